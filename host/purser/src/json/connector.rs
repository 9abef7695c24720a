//! Connectors in JSON: `purser connector list`, `inspect`, `build` and others.

use super::description::{DescriptionJson, RequestedAccessJson};
use super::grant::GrantJson;
use super::{Document, list};
use jiff::Timestamp;
use purser_engine::{ConnectorView, Inspected};
use purser_model::{Digest, ProfileName, PublisherName};
use serde::Serialize;
use std::path::Path;

/// A version of a connector that was uploaded.
#[derive(Serialize)]
pub(crate) struct ConnectorJson<'a> {
    description: DescriptionJson<'a>,
    digest: Digest,
    size: u64,
    uploaded_at: Timestamp,
    grant: Option<GrantJson>,
    missing: Vec<RequestedAccessJson<'a>>,
    disabled_at: Option<Timestamp>,
    signed_by: Option<&'a str>,
    latest: bool,
    profiles: Vec<&'a str>,
}

/// A component that was inspected without being uploaded.
#[derive(Serialize)]
pub(crate) struct ConnectorInspectedJson<'a> {
    digest: Digest,
    size: u64,
    description: DescriptionJson<'a>,
}

/// A component that was built.
#[derive(Serialize)]
pub(crate) struct ConnectorBuiltJson<'a> {
    pub(crate) path: &'a Path,
    /// Bytes.
    pub(crate) size: u64,
    /// True if the file is new or its bytes are not those that it had.
    pub(crate) changed: bool,
}

impl Document for ConnectorJson<'_> {}
impl Document for ConnectorInspectedJson<'_> {}
impl Document for ConnectorBuiltJson<'_> {}

impl<'a> From<&'a ConnectorView> for ConnectorJson<'a> {
    fn from(view: &'a ConnectorView) -> Self {
        Self {
            description: (&view.description).into(),
            digest: view.digest,
            size: view.size,
            uploaded_at: view.uploaded_at,
            grant: view.grant.as_ref().map(GrantJson::from),
            missing: list(&view.missing),
            disabled_at: view.disabled_at,
            signed_by: view.signed_by.as_ref().map(PublisherName::as_str),
            latest: view.latest,
            profiles: view.profiles.iter().map(ProfileName::as_str).collect(),
        }
    }
}

impl<'a> From<&'a Inspected> for ConnectorInspectedJson<'a> {
    fn from(inspected: &'a Inspected) -> Self {
        Self {
            digest: inspected.digest,
            size: inspected.size,
            description: (&inspected.description).into(),
        }
    }
}
