//! Integration profiles.

use super::{Table, number};
use purser_engine::ProfileView;
use purser_model::{ConnectionName, Profile};

/// One profile a row.
pub(crate) fn list(profiles: &[ProfileView]) -> String {
    if profiles.is_empty() {
        return "No profile yet. Next: purser profile create NAME --connector CONNECTOR --alias ALIAS".into();
    }
    let mut table = Table::new(["NAME", "STATE", "SHOWN AS", "CONNECTOR", "DIGEST", "ALIAS"]);
    for view in profiles {
        let profile = &view.profile;
        table.row([
            profile.name.as_str(),
            &state(view),
            &profile.display_name,
            profile.connector.as_str(),
            &profile.digest.short(),
            profile.alias.as_str(),
        ]);
    }
    table.to_string()
}

/// All of one profile, and whether it can run.
pub(crate) fn detail(view: &ProfileView) -> String {
    let waiting: Vec<_> = view
        .needs_attention
        .iter()
        .map(ConnectionName::as_str)
        .collect();
    if waiting.is_empty() {
        return sheet(&view.profile);
    }
    let waiting = waiting.join(", ");
    let what = if view.paused {
        "It is paused until this has been seen to"
    } else {
        "Left out of its runs"
    };
    format!(
        "{}\n\n{what}: {waiting}. `purser connection list` says what to do.",
        sheet(&view.profile)
    )
}

fn state(view: &ProfileView) -> String {
    let paused = if view.paused { ", paused" } else { "" };
    format!("{}{paused}", view.profile.state.as_str())
}

/// A profile's own facts.
pub(crate) fn sheet(profile: &Profile) -> String {
    let mut facts = Table::of_facts();
    facts.row(["Profile", profile.name.as_str()]);
    facts.row(["State", profile.state.as_str()]);
    facts.row(["Shown as", &profile.display_name]);
    facts.row(["Connector", profile.connector.as_str()]);
    facts.row(["Digest", &profile.digest.to_string()]);
    facts.row(["Alias", profile.alias.as_str()]);
    for (name, value) in &profile.settings {
        facts.row([format!("Setting {name}"), value.to_string()]);
    }
    facts.row(["Made", &number::time(profile.created_at)]);
    facts.to_string()
}
