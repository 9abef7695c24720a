//! Changes between versions of a connector in JSON: `purser connector upload`, `grant` and
//! `rollback`.

use super::connector::ConnectorJson;
use super::grant::GrantRuleJson;
use super::{Document, list};
use crate::words;
use purser_engine::{
    DifferenceView, Granted, IncompatibleProfile, MovedProfile, Previous, RolledBack,
    SignatureStatus, Uploaded,
};
use purser_model::{Digest, FieldChange};
use serde::Serialize;

/// An upload.
#[derive(Serialize)]
pub(crate) struct UploadedJson<'a> {
    connector: ConnectorJson<'a>,
    signature: SignatureJson<'a>,
    already_there: bool,
    previous: Option<PreviousJson<'a>>,
}

/// The signature of an upload.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub(super) enum SignatureJson<'a> {
    Unsigned,
    Trusted { publisher: &'a str },
    Unknown { key: String },
}

/// The version before, and its differences.
#[derive(Serialize)]
struct PreviousJson<'a> {
    version: String,
    digest: Digest,
    changes: Vec<ChangeJson<'a>>,
}

/// A difference between two descriptions.
#[derive(Serialize)]
struct ChangeJson<'a> {
    part: &'static str,
    name: &'a str,
    was: Option<&'a str>,
    is: Option<&'a str>,
}

/// A grant.
#[derive(Serialize)]
pub(crate) struct GrantedJson<'a> {
    #[serde(flatten)]
    connector: ConnectorJson<'a>,
    difference: Option<GrantDifferenceJson<'a>>,
    moved: Vec<MovedJson<'a>>,
    stayed: Vec<StayedJson<'a>>,
}

/// The difference to what an earlier version was granted.
#[derive(Serialize)]
struct GrantDifferenceJson<'a> {
    version: String,
    digest: Digest,
    added: Vec<GrantRuleJson>,
    gone: Vec<GrantRuleJson>,
    /// Name, value before, value now.
    limits: Vec<(&'a str, u64, u64)>,
}

/// A profile that runs another version from now on.
#[derive(Serialize)]
struct MovedJson<'a> {
    profile: &'a str,
    from: Digest,
}

/// A profile that stays with its version.
#[derive(Serialize)]
struct StayedJson<'a> {
    profile: &'a str,
    why: &'a str,
}

/// A rollback.
#[derive(Serialize)]
pub(crate) struct RolledBackJson<'a> {
    connector: ConnectorJson<'a>,
    moved: Vec<MovedJson<'a>>,
    stayed: Vec<StayedJson<'a>>,
}

impl Document for UploadedJson<'_> {}
impl Document for GrantedJson<'_> {}
impl Document for RolledBackJson<'_> {}

impl<'a> From<&'a Uploaded> for UploadedJson<'a> {
    fn from(uploaded: &'a Uploaded) -> Self {
        Self {
            connector: (&uploaded.connector).into(),
            signature: (&uploaded.signature).into(),
            already_there: uploaded.already_there,
            previous: uploaded.previous.as_ref().map(PreviousJson::from),
        }
    }
}

impl<'a> From<&'a SignatureStatus> for SignatureJson<'a> {
    fn from(signature: &'a SignatureStatus) -> Self {
        match signature {
            SignatureStatus::Unsigned => Self::Unsigned,
            SignatureStatus::Trusted { publisher } => Self::Trusted {
                publisher: publisher.as_str(),
            },
            SignatureStatus::Unknown { key } => Self::Unknown {
                key: key.to_string(),
            },
        }
    }
}

impl<'a> From<&'a Previous> for PreviousJson<'a> {
    fn from(previous: &'a Previous) -> Self {
        Self {
            version: previous.version.to_string(),
            digest: previous.digest,
            changes: list(&previous.changes),
        }
    }
}

impl<'a> From<&'a FieldChange> for ChangeJson<'a> {
    fn from(change: &'a FieldChange) -> Self {
        Self {
            part: words::description_part(change.kind),
            name: &change.name,
            was: change.before.as_deref(),
            is: change.after.as_deref(),
        }
    }
}

impl<'a> From<&'a Granted> for GrantedJson<'a> {
    fn from(granted: &'a Granted) -> Self {
        Self {
            connector: (&granted.connector).into(),
            difference: granted.difference.as_ref().map(GrantDifferenceJson::from),
            moved: list(&granted.moved),
            stayed: list(&granted.stayed),
        }
    }
}

impl<'a> From<&'a DifferenceView> for GrantDifferenceJson<'a> {
    fn from(view: &'a DifferenceView) -> Self {
        let limits = view.difference.limits.iter();

        Self {
            version: view.version.to_string(),
            digest: view.digest,
            added: list(&view.difference.added),
            gone: list(&view.difference.removed),
            limits: limits
                .map(|(name, before, now)| (name.as_str(), *before, *now))
                .collect(),
        }
    }
}

impl<'a> From<&'a MovedProfile> for MovedJson<'a> {
    fn from(moved: &'a MovedProfile) -> Self {
        Self {
            profile: moved.profile.as_str(),
            from: moved.from,
        }
    }
}

impl<'a> From<&'a IncompatibleProfile> for StayedJson<'a> {
    fn from(stayed: &'a IncompatibleProfile) -> Self {
        Self {
            profile: stayed.profile.as_str(),
            why: &stayed.why,
        }
    }
}

impl<'a> From<&'a RolledBack> for RolledBackJson<'a> {
    fn from(back: &'a RolledBack) -> Self {
        Self {
            connector: (&back.connector).into(),
            moved: list(&back.moved),
            stayed: list(&back.stayed),
        }
    }
}
