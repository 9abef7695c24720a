//! Connectors as text.

use super::{Table, names, number, sanitize};
use crate::words;
use purser_engine::{ConnectorView, Inspected};
use purser_model::{
    DataStream, Description, Digest, ProfileName, RateLimitResponse, ReclaimOffer, RequestedAccess,
    SettingField, SettingType,
};
use std::time::Duration;

/// Returns all details of an uploaded connector.
pub(crate) fn details(view: &ConnectorView) -> String {
    let mut text = description_details(&view.description, view.digest, view.size);
    text += &format!("\n\nState: {}.", state(view));
    text += &match &view.signed_by {
        Some(publisher) => format!(" Signed by {publisher}."),
        None => " Not signed by a trusted publisher.".into(),
    };
    if !view.profiles.is_empty() {
        let profiles = names(&view.profiles, ProfileName::as_str, ", ");
        text += &format!(" Profiles that run it: {profiles}.");
    }
    match &view.grant {
        None => {
            text += &format!(
                "\n\nNothing is granted. Next: purser connector grant {}",
                view.description.name
            )
        }
        Some(_) if view.missing.is_empty() => text += "\n\nAll of this is granted.",
        Some(_) => text += &format!("\n\nNot granted of this:\n\n{}", requests(&view.missing)),
    }

    text
}

/// Returns all details of a component that is not uploaded.
pub(crate) fn inspected(inspected: &Inspected) -> String {
    description_details(&inspected.description, inspected.digest, inspected.size)
}

/// Returns a line such as `jupyterhub 0.1.0 by Acme: Reads users.`
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
        sanitize::line(publisher),
        sanitize::line(summary)
    )
}

/// Column heads of the table.
const LIST_HEADS: [&str; 9] = [
    "NAME",
    "VERSION",
    "APPLICATION",
    "DIGEST",
    ">SIZE",
    "UPLOADED",
    "GRANTED",
    "STATE",
    "PROFILES",
];

/// Returns a table of connectors.
pub(crate) fn list(connectors: &[ConnectorView]) -> String {
    if connectors.is_empty() {
        return "No connector yet. Next: purser connector upload FILE".into();
    }

    let mut table = Table::new(LIST_HEADS);
    for view in connectors {
        let Description {
            name,
            version,
            application,
            requests,
            ..
        } = &view.description;
        let granted = match &view.grant {
            None => "nothing".into(),
            Some(_) if view.missing.is_empty() => "all requested".into(),
            Some(_) => format!(
                "{} of {}",
                requests.len() - view.missing.len(),
                requests.len()
            ),
        };
        table.row([
            name.as_str(),
            &version.to_string(),
            application,
            &view.digest.short(),
            &number::size(view.size),
            &number::time(view.uploaded_at),
            &granted,
            &state(view),
            &names(&view.profiles, ProfileName::as_str, " "),
        ]);
    }

    table.to_string()
}

/// Returns a table of requested access, with reasons.
pub(crate) fn requests(requested: &[RequestedAccess]) -> Table {
    let mut table = Table::new(["ACTION", "METHODS", "PATH", "REASON"]);
    for RequestedAccess {
        action,
        methods,
        host,
        path,
        reason,
    } in requested
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

fn description_details(description: &Description, digest: Digest, size: u64) -> String {
    let mut parts = vec![
        headline(description),
        facts(description, digest, size).to_string(),
        format!("Streams\n{}", streams(&description.streams)),
    ];

    if !description.settings.is_empty() {
        parts.push(format!("Settings\n{}", settings(&description.settings)));
    }
    if !description.reclaims.is_empty() {
        let reclaims = reclaims(&description.reclaims);
        parts.push(format!("Ways to reclaim a seat\n{reclaims}"));
    }
    let requests = requests(&description.requests);
    parts.push(format!("Requested access\n{requests}"));

    parts.join("\n\n")
}

fn facts(description: &Description, digest: Digest, size: u64) -> Table {
    let mut fields = Table::of_fields();
    fields.row(["Application", &description.application]);
    fields.row(["Digest", &digest.to_string()]);
    fields.row(["Size", &number::size(size)]);
    fields.row(["Templates", &description.templates.join(", ")]);

    if let Some(rate) = description.rate {
        let requests = number::counted(rate.requests.into(), "request");
        let period = number::duration(Duration::from_millis(rate.per));
        fields.row(["Rate", &format!("{requests} in {period}")]);
    }
    for RateLimitResponse { status, body_has } in &description.rate_limit_responses {
        let body = body_has
            .as_ref()
            .map(|text| format!(" with {text:?}"))
            .unwrap_or_default();
        let response = format!("a response with status {status}{body}");
        fields.row(["Rate limit", &response]);
    }

    fields
}

fn streams(streams: &[DataStream]) -> Table {
    let mut table = Table::new(["NAME", "READS", "REPORTS ACTIVITY", "TITLE"]);
    for stream in streams {
        table.row([
            stream.name.as_str(),
            words::stream_kind(stream.kind),
            yes_no(stream.reports_activity),
            &stream.title,
        ]);
    }

    table
}

fn settings(fields: &[SettingField]) -> Table {
    let mut table = Table::new(["NAME", "TYPE", "REQUIRED", "DEFAULT", "HELP"]);
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
    let mut table = Table::new(["MODE", "REVERSIBLE", "WHAT HAPPENS"]);
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

/// Returns the state of a version in the words of the list.
fn state(view: &ConnectorView) -> String {
    let granted = if view.grant.is_some() {
        "granted"
    } else {
        "not granted"
    };
    let latest = view.latest.then_some("latest");
    let signed = view.signed_by.as_ref().map(|_| "signed");
    let disabled = view.disabled_at.map(|_| "disabled");

    latest
        .into_iter()
        .chain([granted])
        .chain(signed)
        .chain(disabled)
        .collect::<Vec<_>>()
        .join(", ")
}
