//! Integration profiles.

use super::{Table, number};
use purser_model::Profile;

/// One profile a row.
pub(crate) fn list(profiles: &[Profile]) -> String {
    if profiles.is_empty() {
        return "No profile yet. Next: purser profile create NAME --connector CONNECTOR --alias ALIAS".into();
    }
    let mut table = Table::new(["NAME", "STATE", "SHOWN AS", "CONNECTOR", "DIGEST", "ALIAS"]);
    for profile in profiles {
        table.row([
            profile.name.as_str(),
            profile.state.as_str(),
            &profile.display_name,
            profile.connector.as_str(),
            &profile.digest.short(),
            profile.alias.as_str(),
        ]);
    }
    table.to_string()
}

/// All of one profile.
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
