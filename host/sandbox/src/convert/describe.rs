//! Descriptions: from the WIT package to the model. What contradicts itself is for [`purser_model::Description::validate`] to find; here it
//! is made sure that names are names and that text can be shown.

use super::{Checked, each, http};
use crate::bindings::types as wit;
use purser_model::{
    Action, DataStream, Description, RateHint, RateLimitResponse, ReclaimMode, ReclaimOffer,
    RequestedAccess, SettingField, SettingType, SettingValue, StreamKind,
};
use std::fmt::Display;
use std::str::FromStr;

/// The longest text, in bytes.
const MAX_TEXT: usize = 1_000;

/// The most entries of any list. An operator reads them all before granting.
const MAX_ENTRIES: usize = 200;

/// Checks a description.
pub(crate) fn description(it: wit::Description) -> Checked<Description> {
    Ok(Description {
        name: parsed(&it.name, "name")?,
        version: parsed(&it.version, "version")?,
        publisher: text(it.publisher, "publisher")?,
        application: text(it.application, "application")?,
        summary: text(it.summary, "summary")?,
        templates: listed(it.templates, "templates", |template| text(template, "name"))?,
        settings: listed(it.settings, "settings", setting_field)?,
        streams: listed(it.streams, "streams", data_stream)?,
        reclaims: listed(it.reclaims, "reclaims", reclaim_offer)?,
        requests: listed(it.requests, "requests", requested_access)?,
        rate: it.rate.map(rate_hint).transpose()?,
        rate_limit_responses: listed(
            it.rate_limit_responses,
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

/// Checks text that an operator will read: one line, with nothing in it that steers a terminal or reorders what is read.
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

/// Reads what has a form of its own. Not every form has an end: a version can be as long as anybody likes.
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
        floor_product: offer.floor_product.map(floor_product).transpose()?,
    })
}

/// It identifies, and is read too: by the person who approves that an account ends up with it.
fn floor_product(product: String) -> Checked<String> {
    text(super::id(product, "floor-product")?, "floor-product")
}

const fn reclaim_mode(mode: wit::ReclaimMode) -> ReclaimMode {
    match mode {
        wit::ReclaimMode::RemoveLicence => ReclaimMode::RemoveLicence,
        wit::ReclaimMode::Suspend => ReclaimMode::Suspend,
        wit::ReclaimMode::Delete => ReclaimMode::Delete,
        wit::ReclaimMode::Downgrade => ReclaimMode::Downgrade,
    }
}

fn requested_access(wanted: wit::RequestedAccess) -> Checked<RequestedAccess> {
    Ok(RequestedAccess {
        action: match wanted.action {
            wit::Action::Check => Action::Check,
            wit::Action::Read(stream) => Action::Read(parsed(&stream, "action")?),
            wit::Action::Reclaim(mode) => Action::Reclaim(reclaim_mode(mode)),
        },
        methods: listed(wanted.methods, "methods", |method| Ok(http::method(method)))?,
        host: wanted.host.map(|host| parsed(&host, "host")).transpose()?,
        path: parsed(&wanted.path, "path")?,
        reason: text(wanted.reason, "reason")?,
    })
}

fn rate_limit_response(answer: wit::RateLimitResponse) -> Checked<RateLimitResponse> {
    let body_has = answer
        .body_has
        .map(|has| text(has, "body-has"))
        .transpose()?;
    Ok(RateLimitResponse {
        status: answer.status,
        body_has,
    })
}

fn rate_hint(rate: wit::RateHint) -> Checked<RateHint> {
    if rate.requests == 0 || rate.per == 0 {
        return Err("rate allows no request at all".into());
    }
    Ok(RateHint {
        requests: rate.requests,
        per: rate.per,
    })
}
