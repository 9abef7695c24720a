//! Connectors: what they are, offer and ask for.

use super::{Table, lifecycle, number, plain};
use purser_engine::{ConnectorView, Inspected};
use purser_model::{
    DataStream, Description, Digest, ProfileName, RateLimitResponse, ReclaimOffer, RequestedAccess,
    SettingField, SettingType,
};

/// All of a connector that was taken in.
pub(crate) fn view(known: &ConnectorView) -> String {
    let mut text = sheet(&known.description, known.digest, known.size);
    text += &format!("\n\nState: {}.", lifecycle::state(known));
    text += &match &known.signed_by {
        Some(publisher) => format!(" Signed by {publisher}."),
        None => " Not signed by a trusted publisher.".into(),
    };
    if !known.profiles.is_empty() {
        let profiles: Vec<_> = known.profiles.iter().map(ProfileName::as_str).collect();
        text += &format!(" Profiles that run it: {}.", profiles.join(", "));
    }
    match &known.grant {
        None => {
            text += &format!(
                "\n\nNothing is granted. Next: purser connector grant {}",
                known.description.name
            )
        }
        Some(_) if known.missing.is_empty() => text += "\n\nAll of this is granted.",
        Some(_) => text += &format!("\n\nNot granted of this:\n\n{}", requests(&known.missing)),
    }
    text
}

/// All of a file that was looked at.
pub(crate) fn inspected(inspected: &Inspected) -> String {
    sheet(&inspected.description, inspected.digest, inspected.size)
}

/// `jupyterhub 0.1.0 by Somebody: what it does`.
pub(crate) fn headline(description: &Description) -> String {
    let Description {
        name,
        version,
        publisher,
        summary,
        ..
    } = description;
    format!(
        "{name} {version} by {}: {}",
        plain::line(publisher),
        plain::line(summary)
    )
}

/// One connector a row.
pub(crate) fn list(connectors: &[ConnectorView]) -> String {
    if connectors.is_empty() {
        return "No connector yet. Next: purser connector upload FILE".into();
    }
    let mut table = Table::new([
        "NAME",
        "VERSION",
        "APPLICATION",
        "DIGEST",
        ">SIZE",
        "UPLOADED",
        "GRANTED",
        "STATE",
        "PROFILES",
    ]);
    for known in connectors {
        let Description {
            name,
            version,
            application,
            requests,
            ..
        } = &known.description;
        let granted = match &known.grant {
            None => "nothing".into(),
            Some(_) if known.missing.is_empty() => "all it wants".into(),
            Some(_) => format!(
                "{} of {}",
                requests.len() - known.missing.len(),
                requests.len()
            ),
        };
        table.row([
            name.as_str(),
            &version.to_string(),
            application,
            &known.digest.short(),
            &number::size(known.size),
            &number::time(known.uploaded_at),
            &granted,
            &lifecycle::state(known),
            &known
                .profiles
                .iter()
                .map(ProfileName::as_str)
                .collect::<Vec<_>>()
                .join(" "),
        ]);
    }
    table.to_string()
}

/// Requests that a connector wants, each with its reason.
pub(crate) fn requests(wanted: &[RequestedAccess]) -> Table {
    let mut table = Table::new(["FOR", "METHODS", "WHERE", "WHY"]);
    for RequestedAccess {
        action,
        methods,
        host,
        path,
        reason,
    } in wanted
    {
        let methods: Vec<_> = methods.iter().map(|method| method.as_str()).collect();
        let place = format!(
            "{}{path}",
            host.as_ref().map(ToString::to_string).unwrap_or_default()
        );
        table.row([&action.to_string(), &methods.join(","), &place, reason]);
    }
    table
}

fn sheet(description: &Description, digest: Digest, size: u64) -> String {
    let mut facts = Table::of_facts();
    facts.row(["Application", &description.application]);
    facts.row(["Digest", &digest.to_string()]);
    facts.row(["Size", &number::size(size)]);
    facts.row(["Templates", &description.templates.join(", ")]);
    if let Some(rate) = description.rate {
        let period = number::duration(std::time::Duration::from_millis(rate.per));
        facts.row([
            "Rate",
            &format!(
                "{} in {period}",
                number::counted(rate.requests.into(), "request")
            ),
        ]);
    }
    for RateLimitResponse { status, body_has } in &description.rate_limit_responses {
        let body = body_has
            .as_ref()
            .map(|text| format!(" with {text:?}"))
            .unwrap_or_default();
        facts.row([
            "Rate limit",
            &format!("an answer of {status}{body} means one"),
        ]);
    }
    let mut parts = vec![headline(description), facts.to_string()];
    parts.push(format!("Streams\n{}", streams(&description.streams)));
    if !description.settings.is_empty() {
        parts.push(format!("Settings\n{}", settings(&description.settings)));
    }
    if !description.reclaims.is_empty() {
        parts.push(format!(
            "Ways of taking a seat back\n{}",
            reclaims(&description.reclaims)
        ));
    }
    parts.push(format!(
        "Requests it asks to be allowed\n{}",
        requests(&description.requests)
    ));
    parts.join("\n\n")
}

fn streams(streams: &[DataStream]) -> Table {
    let mut table = Table::new(["NAME", "READS", "TELLS ACTIVITY", "TITLE"]);
    for stream in streams {
        let kind = super::word(&stream.kind);
        table.row([
            stream.name.as_str(),
            &kind,
            yes_no(stream.reports_activity),
            &stream.title,
        ]);
    }
    table
}

fn settings(fields: &[SettingField]) -> Table {
    let mut table = Table::new(["NAME", "TAKES", "REQUIRED", "DEFAULT", "HELP"]);
    for field in fields {
        let takes = match &field.kind {
            SettingType::Text => "text".into(),
            SettingType::Integer => "whole number".into(),
            SettingType::Boolean => "true or false".into(),
            SettingType::Choice(choices) => choices.join(", "),
        };
        let default = field
            .default
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        table.row([
            field.name.as_str(),
            &takes,
            yes_no(field.required),
            &default,
            &field.help,
        ]);
    }
    table
}

fn reclaims(offers: &[ReclaimOffer]) -> Table {
    let mut table = Table::new(["MODE", "CAN BE UNDONE", "WHAT HAPPENS"]);
    for offer in offers {
        table.row([
            offer.mode.as_str(),
            yes_no(offer.reversible),
            &offer.summary,
        ]);
    }
    table
}

const fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}
