//! Conversion of descriptions to the host's model, so that a test fails if the host would refuse
//! one.

use crate::{Action, Description, ReclaimMode, SettingType, SettingValue, StreamKind};
use serde_json::{Value, json};

/// Converts and validates a description.
///
/// # Panics
/// Panics if the host would refuse it, with the host's message.
pub(super) fn validated(described: &Description) -> purser_model::Description {
    let description: purser_model::Description = serde_json::from_value(value(described))
        .unwrap_or_else(|error| panic!("the description is not valid: {error}"));
    description
        .validate()
        .unwrap_or_else(|error| panic!("{error}"));
    description
}

pub(super) const fn mode(mode: ReclaimMode) -> purser_model::ReclaimMode {
    match mode {
        ReclaimMode::RemoveLicence => purser_model::ReclaimMode::RemoveLicence,
        ReclaimMode::Suspend => purser_model::ReclaimMode::Suspend,
        ReclaimMode::Delete => purser_model::ReclaimMode::Delete,
        ReclaimMode::Downgrade => purser_model::ReclaimMode::Downgrade,
    }
}

fn value(described: &Description) -> Value {
    let Description {
        name,
        version,
        publisher,
        application,
        summary,
        templates,
        ..
    } = described;
    json!({
        "name": name, "version": version, "publisher": publisher, "application": application, "summary": summary,
        "templates": templates,
        "settings": described.settings.iter().map(|field| json!({
            "name": field.name, "title": field.title, "help": field.help, "type": setting_type(&field.type_),
            "required": field.required, "default": field.default.as_ref().map(setting_value),
        })).collect::<Vec<_>>(),
        "streams": described.streams.iter().map(|stream| json!({
            "name": stream.name, "title": stream.title, "kind": stream_kind(stream.kind),
            "reports_activity": stream.reports_activity, "incremental": stream.incremental,
            "per_account": stream.per_account,
        })).collect::<Vec<_>>(),
        "reclaims": described.reclaims.iter().map(|offer| json!({
            "mode": mode(offer.mode).as_str(), "summary": offer.summary, "reversible": offer.reversible,
            "floor_product": offer.target_product,
        })).collect::<Vec<_>>(),
        "requests": described.requested_access.iter().map(|access| json!({
            "action": action(&access.action), "methods": access.methods.iter().map(|method| method.as_str()).collect::<Vec<_>>(),
            "host": access.host, "path": access.path, "reason": access.reason,
        })).collect::<Vec<_>>(),
        "rate": described.rate_limit.map(|limit| json!({ "requests": limit.requests, "per": limit.period_ms })),
        "rate_limit_responses": described.rate_limit_responses.iter().map(|response| json!({
            "status": response.status, "body_has": response.body_contains,
        })).collect::<Vec<_>>(),
    })
}

fn action(action: &Action) -> String {
    match action {
        Action::Check => "check".into(),
        Action::Read(stream) => format!("read:{stream}"),
        Action::Reclaim(offer) => format!("reclaim:{}", mode(*offer).as_str()),
    }
}

const fn stream_kind(kind: StreamKind) -> &'static str {
    match kind {
        StreamKind::Accounts => "accounts",
        StreamKind::Activity => "activity",
        StreamKind::Products => "products",
    }
}

fn setting_type(kind: &SettingType) -> Value {
    match kind {
        SettingType::Text => json!("text"),
        SettingType::Integer => json!("integer"),
        SettingType::Boolean => json!("boolean"),
        SettingType::Choice(choices) => json!({ "choice": choices }),
    }
}

fn setting_value(value: &SettingValue) -> Value {
    match value {
        SettingValue::Text(text) => json!(text),
        SettingValue::Integer(number) => json!(number),
        SettingValue::Boolean(value) => json!(value),
    }
}
