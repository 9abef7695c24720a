//! Publishers and the signature policy in JSON: `purser publisher` and `purser connector policy`.

use super::Document;
use jiff::Timestamp;
use purser_engine::{Policy, PublisherView};
use purser_model::ProfileName;
use serde::Serialize;

/// A trusted publisher.
#[derive(Serialize)]
pub(crate) struct PublisherJson<'a> {
    name: &'a str,
    key: &'a str,
    key_id: Option<String>,
    trusted_at: Timestamp,
    connectors: &'a [String],
}

/// The signature policy.
#[derive(Serialize)]
pub(crate) struct PolicyJson<'a> {
    require_signature: bool,
    /// Profiles that do not run, because their connectors are not signed.
    stopped: Vec<&'a str>,
}

impl Document for PublisherJson<'_> {}
impl Document for PolicyJson<'_> {}

impl<'a> From<&'a PublisherView> for PublisherJson<'a> {
    fn from(publisher: &'a PublisherView) -> Self {
        Self {
            name: publisher.name.as_str(),
            key: &publisher.key,
            key_id: publisher.key_id.map(|id| id.to_string()),
            trusted_at: publisher.trusted_at,
            connectors: &publisher.connectors,
        }
    }
}

impl<'a> From<&'a Policy> for PolicyJson<'a> {
    fn from(policy: &'a Policy) -> Self {
        Self {
            require_signature: policy.require_signature,
            stopped: policy
                .blocked_profiles
                .iter()
                .map(ProfileName::as_str)
                .collect(),
        }
    }
}
