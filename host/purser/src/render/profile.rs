//! Integration profiles as text.

use super::{Table, names, number};
use purser_engine::ProfileView;
use purser_model::{ConnectionName, Profile};

/// Returns a table of profiles.
pub(crate) fn list(profiles: &[ProfileView]) -> String {
    if profiles.is_empty() {
        return "No profile yet. Next: purser profile create NAME --connector CONNECTOR --alias ALIAS".into();
    }

    let mut table = Table::new([
        "NAME",
        "STATE",
        "DISPLAY NAME",
        "CONNECTOR",
        "DIGEST",
        "ALIAS",
    ]);
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

/// Returns all details of a profile, with the connections that stop it from running.
pub(crate) fn full_details(view: &ProfileView) -> String {
    let details = details(&view.profile);
    if view.needs_attention.is_empty() {
        return details;
    }

    let connections = names(&view.needs_attention, ConnectionName::as_str, ", ");
    let effect = if view.paused {
        "It is paused until these connections work"
    } else {
        "Its runs leave these connections out"
    };
    format!("{details}\n\n{effect}: {connections}. `purser connection list` says what to do.")
}

fn state(view: &ProfileView) -> String {
    let paused = if view.paused { ", paused" } else { "" };
    format!("{}{paused}", view.profile.state.as_str())
}

/// Returns a profile's own fields.
pub(crate) fn details(profile: &Profile) -> String {
    let mut fields = Table::of_fields();
    fields.row(["Profile", profile.name.as_str()]);
    fields.row(["State", profile.state.as_str()]);
    fields.row(["Display name", &profile.display_name]);
    fields.row(["Connector", profile.connector.as_str()]);
    fields.row(["Digest", &profile.digest.to_string()]);
    fields.row(["Alias", profile.alias.as_str()]);
    for (name, value) in &profile.settings {
        fields.row([format!("Setting {name}"), value.to_string()]);
    }
    fields.row(["Created", &number::time(profile.created_at)]);

    fields.to_string()
}
