//! Descriptions: from the WIT package to the model.
//!
//! Validates names, and text for display. [`purser_model::Description::validate`] finds
//! contradictions.

use super::{Checked, each, http};
use crate::bindings::types as wit;
use purser_model::{
    Action, DataStream, Description, RateHint, RateLimitResponse, ReclaimMode, ReclaimOffer,
    RequestedAccess, SettingField, SettingType, SettingValue, StreamKind,
};
use std::fmt::Display;
use std::str::FromStr;

/// Longest text, in bytes.
const MAX_TEXT: usize = 1_000;

/// Largest number of entries in a list. An operator reads all of them before granting.
const MAX_ENTRIES: usize = 200;

/// Converts a description.
pub(crate) fn description(from: wit::Description) -> Checked<Description> {
    Ok(Description {
        name: parsed(&from.name, "name")?,
        version: parsed(&from.version, "version")?,
        publisher: text(from.publisher, "publisher")?,
        application: text(from.application, "application")?,
        summary: text(from.summary, "summary")?,
        templates: listed(from.templates, "templates", |template| {
            text(template, "name")
        })?,
        settings: listed(from.settings, "settings", setting_field)?,
        streams: listed(from.streams, "streams", data_stream)?,
        reclaims: listed(from.reclaims, "reclaims", reclaim_offer)?,
        requests: listed(from.requested_access, "requested-access", requested_access)?,
        rate: from.rate_limit.map(rate_limit).transpose()?,
        rate_limit_responses: listed(
            from.rate_limit_responses,
            "rate-limit-responses",
            rate_limit_response,
        )?,
    })
}

fn listed<T, U>(items: Vec<T>, list: &str, check: impl FnMut(T) -> Checked<U>) -> Checked<Vec<U>> {
    if items.len() > MAX_ENTRIES {
        return Err(format!(
            "{list} has {} entries; it can have {MAX_ENTRIES}",
            items.len()
        ));
    }
    each(items, list, check)
}

/// Validates text that an operator reads: one line, without characters that control a terminal or
/// reorder text.
fn text(value: String, field: &str) -> Checked<String> {
    if value.len() > MAX_TEXT {
        return Err(format!(
            "{field} has {} bytes; it can have {MAX_TEXT}",
            value.len()
        ));
    }

    if crate::text::plain(&value, MAX_TEXT) != value {
        return Err(format!("{field} holds a control character"));
    }
    Ok(value)
}

/// Parses a value with a syntax of its own. The length is limited first, because a version, for
/// example, may have any length.
fn parsed<T: FromStr<Err: Display>>(value: &str, field: &str) -> Checked<T> {
    if value.len() > super::MAX_ID {
        return Err(format!(
            "{field} has {} bytes; it can have {}",
            value.len(),
            super::MAX_ID
        ));
    }
    value
        .parse()
        .map_err(|error| format!("{field}: {}", crate::text::plain(&format!("{error}"), 300)))
}

fn setting_field(field: wit::SettingField) -> Checked<SettingField> {
    Ok(SettingField {
        name: parsed(&field.name, "name")?,
        title: text(field.title, "title")?,
        help: text(field.help, "help")?,
        kind: match field.type_ {
            wit::SettingType::Text => SettingType::Text,
            wit::SettingType::Integer => SettingType::Integer,
            wit::SettingType::Boolean => SettingType::Boolean,
            wit::SettingType::Choice(values) => {
                SettingType::Choice(listed(values, "choice", |value| text(value, "value"))?)
            }
        },
        required: field.required,
        default: field.default.map(setting_value).transpose()?,
    })
}

fn setting_value(value: wit::SettingValue) -> Checked<SettingValue> {
    Ok(match value {
        wit::SettingValue::Text(value) => SettingValue::Text(text(value, "default")?),
        wit::SettingValue::Integer(value) => SettingValue::Integer(value),
        wit::SettingValue::Boolean(value) => SettingValue::Boolean(value),
    })
}

fn data_stream(stream: wit::DataStream) -> Checked<DataStream> {
    Ok(DataStream {
        name: parsed(&stream.name, "name")?,
        title: text(stream.title, "title")?,
        kind: match stream.kind {
            wit::StreamKind::Accounts => StreamKind::Accounts,
            wit::StreamKind::Activity => StreamKind::Activity,
            wit::StreamKind::Products => StreamKind::Products,
        },
        reports_activity: stream.reports_activity,
        incremental: stream.incremental,
        per_account: stream.per_account,
    })
}

fn reclaim_offer(offer: wit::ReclaimOffer) -> Checked<ReclaimOffer> {
    Ok(ReclaimOffer {
        mode: reclaim_mode(offer.mode),
        summary: text(offer.summary, "summary")?,
        reversible: offer.reversible,
        floor_product: offer.target_product.map(target_product).transpose()?,
    })
}

/// Validates the product of a downgrade, which is an identifier and is also shown to the approver.
fn target_product(product: String) -> Checked<String> {
    text(super::id(product, "target-product")?, "target-product")
}

const fn reclaim_mode(mode: wit::ReclaimMode) -> ReclaimMode {
    match mode {
        wit::ReclaimMode::RemoveLicence => ReclaimMode::RemoveLicence,
        wit::ReclaimMode::Suspend => ReclaimMode::Suspend,
        wit::ReclaimMode::Delete => ReclaimMode::Delete,
        wit::ReclaimMode::Downgrade => ReclaimMode::Downgrade,
    }
}

fn requested_access(access: wit::RequestedAccess) -> Checked<RequestedAccess> {
    Ok(RequestedAccess {
        action: match access.action {
            wit::Action::Check => Action::Check,
            wit::Action::Read(stream) => Action::Read(parsed(&stream, "action")?),
            wit::Action::Reclaim(mode) => Action::Reclaim(reclaim_mode(mode)),
        },
        methods: listed(access.methods, "methods", |method| Ok(http::method(method)))?,
        host: access.host.map(|host| parsed(&host, "host")).transpose()?,
        path: parsed(&access.path, "path")?,
        reason: text(access.reason, "reason")?,
    })
}

fn rate_limit_response(response: wit::RateLimitResponse) -> Checked<RateLimitResponse> {
    Ok(RateLimitResponse {
        status: response.status,
        body_has: response
            .body_contains
            .map(|contains| text(contains, "body-contains"))
            .transpose()?,
    })
}

fn rate_limit(limit: wit::RateLimit) -> Checked<RateHint> {
    if limit.requests == 0 || limit.period_ms == 0 {
        return Err("rate-limit allows no request at all".into());
    }

    Ok(RateHint {
        requests: limit.requests,
        per: limit.period_ms,
    })
}
