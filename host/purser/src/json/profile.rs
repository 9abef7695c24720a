//! Profiles in JSON: `purser profile`.

use super::description::SettingValueJson;
use super::run::RunJson;
use super::{Document, list};
use crate::words;
use jiff::Timestamp;
use purser_engine::ProfileView;
use purser_model::{ConnectionName, Digest, Profile, Run};
use serde::Serialize;
use std::collections::BTreeMap;

/// An integration profile.
#[derive(Serialize)]
pub(crate) struct ProfileJson<'a> {
    name: &'a str,
    display_name: &'a str,
    connector: &'a str,
    digest: Digest,
    alias: &'a str,
    settings: BTreeMap<&'a str, SettingValueJson<'a>>,
    state: &'static str,
    created_at: Timestamp,
}

/// A profile with the connections that need attention.
#[derive(Serialize)]
pub(crate) struct ProfileViewJson<'a> {
    #[serde(flatten)]
    profile: ProfileJson<'a>,
    needs_attention: Vec<&'a str>,
    paused: bool,
}

/// A profile that was published, with its first runs.
#[derive(Serialize)]
pub(crate) struct ProfilePublishedJson<'a> {
    profile: ProfileJson<'a>,
    runs: Vec<RunJson<'a>>,
}

impl Document for ProfileJson<'_> {}
impl Document for ProfileViewJson<'_> {}
impl Document for ProfilePublishedJson<'_> {}

impl<'a> From<&'a Profile> for ProfileJson<'a> {
    fn from(profile: &'a Profile) -> Self {
        let settings = profile.settings.iter();

        Self {
            name: profile.name.as_str(),
            display_name: &profile.display_name,
            connector: profile.connector.as_str(),
            digest: profile.digest,
            alias: profile.alias.as_str(),
            settings: settings
                .map(|(name, value)| (name.as_str(), value.into()))
                .collect(),
            state: words::profile_state(profile.state),
            created_at: profile.created_at,
        }
    }
}

impl<'a> From<&'a ProfileView> for ProfileViewJson<'a> {
    fn from(view: &'a ProfileView) -> Self {
        let needs_attention = view.needs_attention.iter();

        Self {
            profile: (&view.profile).into(),
            needs_attention: needs_attention.map(ConnectionName::as_str).collect(),
            paused: view.paused,
        }
    }
}

impl<'a> ProfilePublishedJson<'a> {
    pub(crate) fn new(profile: &'a Profile, runs: &'a [Run]) -> Self {
        Self {
            profile: profile.into(),
            runs: list(runs),
        }
    }
}
