//! Aliases in JSON: `purser alias`.

use super::Document;
use purser_engine::AliasView;
use purser_model::ConnectionName;
use serde::Serialize;

/// An alias with its connections.
#[derive(Serialize)]
pub(crate) struct AliasJson<'a> {
    name: &'a str,
    application: &'a str,
    retry: RetryJson,
    connections: Vec<&'a str>,
}

/// The retry policy of an alias.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RetryJson {
    attempts: u32,
    within_seconds: u32,
}

impl Document for AliasJson<'_> {}

impl<'a> From<&'a AliasView> for AliasJson<'a> {
    fn from(alias: &'a AliasView) -> Self {
        Self {
            name: alias.name.as_str(),
            application: &alias.application,
            retry: RetryJson {
                attempts: alias.retry.attempts,
                within_seconds: alias.retry.within_seconds,
            },
            connections: alias
                .connections
                .iter()
                .map(ConnectionName::as_str)
                .collect(),
        }
    }
}
