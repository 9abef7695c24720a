//! A target of `tests/fuzz`: the description of a connector.
//!
//! An accepted description is within every limit of the WIT package and of the model, and contains
//! nothing that could mislead the operator who reads it. Inputs are JSON; missing fields are empty.

#[path = "../../../../tests/fuzz/harness.rs"]
mod harness;

use super::describe::description;
use crate::bindings::types as wit;
use harness::{Target, Verdict};
use purser_model::{Action, Description, Grant, GrantRule, SettingType, Settings};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn accepted_description_is_bounded_and_plain() {
    Target {
        name: "description",
        rounds: 30_000,
        words: WORDS,
        read: |file| file,
        check,
    }
    .run();
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "\\u0000", "\\u001b[2J", "\\u202e", "\\u2066", "\\u2028", "\\u00ad", "\\u0085", "\\n", "{", "}", "[", "]", ",",
    "\"name\": ", "\"title\": ", "\"settings\": [", "\"streams\": [", "\"reclaims\": [", "\"requests\": [",
    "\"templates\": [", "\"floor-product\": ", "\"host\": ", "\"path\": ", "\"default\": ", "\"rate\": ", "\"check\"",
    "\"read:users\"", "\"reclaim:delete\"", "\"GET\"", "\"/users/*\"", "\"/**\"", "\"accounts\"", "\"downgrade\"",
    "\"integer\"", "true", "null", "0", "-9223372036854775808", "18446744073709551615", "1.0.0-", "\"\"", "\" \"",
];

fn check(input: &[u8]) -> Verdict {
    let value: Value = match serde_json::from_slice(input) {
        Ok(value) => value,
        Err(_) => return Verdict::Refused("no JSON".into()),
    };
    let checked = description(from_json(&value))
        .and_then(|it| it.validate().map_err(|error| error.0).map(|()| it));
    let it = match checked {
        Ok(it) => it,
        Err(why) => {
            assert!(!why.chars().any(misleads) || why.len() < 1_000, "{why:?}");
            return Verdict::Refused(why);
        }
    };
    let json = serde_json::to_string(&it).unwrap();
    assert_eq!(
        serde_json::from_str::<Description>(&json).unwrap(),
        it,
        "it is stored unchanged"
    );
    bounded(&serde_json::to_value(&it).unwrap());
    consistent(&it);
    let lists = [
        it.settings.len(),
        it.streams.len(),
        it.reclaims.len(),
        it.requests.len(),
    ]
    .map(|length| length.min(3));
    Verdict::Accepted(format!("{lists:?} {}", it.rate.is_some()))
}

/// True for characters that end a line, control a terminal, or reorder text.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Asserts the limits of every text and list, at any depth.
fn bounded(value: &Value) {
    match value {
        Value::String(text) => {
            assert!(text.len() <= 1_024, "a text of {} bytes", text.len());
            assert!(!text.chars().any(misleads), "{text:?}");
        }
        Value::Array(items) => {
            assert!(items.len() <= 200, "a list of {}", items.len());
            items.iter().for_each(bounded);
        }
        Value::Object(fields) => fields.values().for_each(bounded),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Asserts that the parts of a description agree, and that it can be granted.
fn consistent(it: &Description) {
    assert!(!it.streams.is_empty() && !it.templates.is_empty());
    let shown = [&it.publisher, &it.application, &it.summary];
    assert!(
        shown
            .iter()
            .all(|text| !text.trim().is_empty() && text.len() <= 1_000)
    );
    let streams: BTreeSet<_> = it.streams.iter().map(|stream| &stream.name).collect();
    let settings: BTreeSet<_> = it.settings.iter().map(|field| &field.name).collect();
    let modes: BTreeSet<_> = it.reclaims.iter().map(|offer| offer.mode).collect();
    assert_eq!(
        (streams.len(), settings.len(), modes.len()),
        (it.streams.len(), it.settings.len(), it.reclaims.len())
    );
    assert_eq!(it.streams_in_order().len(), it.streams.len());
    let grant = Grant::as_requested(it);
    assert!(
        grant.missing(it).is_empty(),
        "a grant of all requested access must be enough"
    );
    for (wanted, rule) in it.requests.iter().zip(&grant.rules) {
        let offered = match &wanted.action {
            Action::Check => true,
            Action::Read(name) => streams.contains(name),
            Action::Reclaim(mode) => modes.contains(mode),
        };
        assert!(offered && !wanted.methods.is_empty(), "{rule}");
        assert_eq!(
            rule.to_string().parse::<GrantRule>().as_ref(),
            Ok(rule),
            "a rule is granted as it is shown"
        );
    }
    let complete = it.complete(&Settings::new());
    let missing = it
        .settings
        .iter()
        .any(|field| field.required && field.default.is_none());
    assert_eq!(complete.is_err(), missing, "{complete:?}");
    let rate = it.rate.is_none_or(|rate| rate.requests > 0 && rate.per > 0);
    assert!(
        rate && it
            .settings
            .iter()
            .all(|field| !matches!(&field.kind, SettingType::Choice(values) if values.len() > 200))
    );
}

/// Returns the description of the JSON input, as a connector would return it.
fn from_json(it: &Value) -> wit::Description {
    wit::Description {
        name: text(it, "name"),
        version: text(it, "version"),
        publisher: text(it, "publisher"),
        application: text(it, "application"),
        summary: text(it, "summary"),
        templates: list(it, "templates", string),
        settings: list(it, "settings", setting),
        streams: list(it, "streams", stream),
        reclaims: list(it, "reclaims", reclaim),
        requested_access: list(it, "requests", wanted),
        rate_limit: it.get("rate").map(|rate| wit::RateLimit {
            requests: number(rate, "requests"),
            period_ms: number(rate, "per"),
        }),
        rate_limit_responses: list(it, "rate-limit-responses", rate_limit_response),
    }
}

fn rate_limit_response(it: &Value) -> wit::RateLimitResponse {
    wit::RateLimitResponse {
        status: number(it, "status"),
        body_contains: it.get("body_has").map(string),
    }
}

fn text(it: &Value, field: &str) -> String {
    it.get(field).map(string).unwrap_or_default()
}

fn string(it: &Value) -> String {
    it.as_str().unwrap_or_default().to_owned()
}

fn flag(it: &Value, field: &str) -> bool {
    it.get(field) == Some(&Value::Bool(true))
}

fn number<N: TryFrom<u64> + Default>(it: &Value, field: &str) -> N {
    it.get(field)
        .and_then(Value::as_u64)
        .and_then(|number| number.try_into().ok())
        .unwrap_or_default()
}

fn list<T>(it: &Value, field: &str, one: fn(&Value) -> T) -> Vec<T> {
    it.get(field)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(one)
        .collect()
}

fn setting(it: &Value) -> wit::SettingField {
    let type_ = match it.get("type") {
        Some(Value::Array(values)) => wit::SettingType::Choice(values.iter().map(string).collect()),
        Some(Value::String(word)) if word == "integer" => wit::SettingType::Integer,
        Some(Value::String(word)) if word == "boolean" => wit::SettingType::Boolean,
        _ => wit::SettingType::Text,
    };
    let default = it.get("default").map(|default| match default {
        Value::Bool(value) => wit::SettingValue::Boolean(*value),
        Value::Number(value) => wit::SettingValue::Integer(value.as_i64().unwrap_or_default()),
        other => wit::SettingValue::Text(string(other)),
    });
    wit::SettingField {
        name: text(it, "name"),
        title: text(it, "title"),
        help: text(it, "help"),
        type_,
        required: flag(it, "required"),
        default,
    }
}

fn stream(it: &Value) -> wit::DataStream {
    wit::DataStream {
        name: text(it, "name"),
        title: text(it, "title"),
        kind: match text(it, "kind").as_str() {
            "activity" => wit::StreamKind::Activity,
            "products" => wit::StreamKind::Products,
            _ => wit::StreamKind::Accounts,
        },
        reports_activity: flag(it, "reports-activity"),
        incremental: flag(it, "incremental"),
        per_account: flag(it, "per-account"),
    }
}

fn reclaim(it: &Value) -> wit::ReclaimOffer {
    wit::ReclaimOffer {
        mode: mode(&text(it, "mode")),
        summary: text(it, "summary"),
        reversible: flag(it, "reversible"),
        target_product: it.get("floor-product").map(string),
    }
}

fn mode(word: &str) -> wit::ReclaimMode {
    match word {
        "remove-licence" => wit::ReclaimMode::RemoveLicence,
        "suspend" => wit::ReclaimMode::Suspend,
        "downgrade" => wit::ReclaimMode::Downgrade,
        _ => wit::ReclaimMode::Delete,
    }
}

fn wanted(it: &Value) -> wit::RequestedAccess {
    wit::RequestedAccess {
        action: match text(it, "action").split_once(':') {
            Some(("read", stream)) => wit::Action::Read(stream.to_owned()),
            Some((_, word)) => wit::Action::Reclaim(mode(word)),
            None => wit::Action::Check,
        },
        methods: list(it, "methods", |method| match method.as_str() {
            Some("POST") => wit::Method::Post,
            Some("DELETE") => wit::Method::Delete,
            _ => wit::Method::Get,
        }),
        host: it.get("host").map(string),
        path: text(it, "path"),
        reason: text(it, "reason"),
    }
}
