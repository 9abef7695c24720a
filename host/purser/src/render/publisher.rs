//! Publishers and the signature policy as text.

use super::{Table, names, number};
use purser_engine::{Policy, PublisherView};
use purser_model::ProfileName;

/// Returns the result of trusting a publisher.
pub(crate) fn trusted(publisher: &PublisherView) -> String {
    let name = &publisher.name;
    let key = publisher
        .key_id
        .map(|id| format!(" (key {id})"))
        .unwrap_or_default();

    format!(
        "Trusted publisher {name}{key}: connectors that it signs count as signed.\n\n\
         Upload connectors that it signed earlier again, with their signatures."
    )
}

/// Returns the result of no longer trusting a publisher.
pub(crate) fn distrusted(former: &PublisherView, policy: &Policy) -> String {
    let mut text = format!("Publisher {} is no longer trusted.", former.name);

    if !former.connectors.is_empty() {
        text += &format!(" Now unsigned: {}.", former.connectors.join(", "));
    }
    if !policy.blocked_profiles.is_empty() {
        let profiles = names(&policy.blocked_profiles, ProfileName::as_str, ", ");
        text += &format!("\nThese profiles no longer run: {profiles}.");
    }

    text
}

/// Returns a table of trusted publishers.
pub(crate) fn list(publishers: &[PublisherView]) -> String {
    if publishers.is_empty() {
        return "No publisher is trusted. Next: purser publisher trust NAME KEY".into();
    }

    let mut table = Table::new(["NAME", "KEY", "SINCE", "SIGNED"]);
    for publisher in publishers {
        let key = publisher
            .key_id
            .map(|id| id.to_string())
            .unwrap_or_default();
        table.row([
            publisher.name.as_str(),
            &key,
            &number::time(publisher.trusted_at),
            &publisher.connectors.join(", "),
        ]);
    }

    table.to_string()
}

/// Returns the signature policy, with the profiles that it stops.
pub(crate) fn policy(policy: &Policy) -> String {
    if !policy.require_signature {
        return "Connectors need no signature; a connector with an invalid one is refused anyway."
            .into();
    }

    let rule = "Connectors are uploaded, granted and run only if a trusted publisher signed them.";
    if policy.blocked_profiles.is_empty() {
        return rule.into();
    }
    let profiles = names(&policy.blocked_profiles, ProfileName::as_str, ", ");
    format!("{rule}\nThese profiles do not run, because their connectors are unsigned: {profiles}.")
}
