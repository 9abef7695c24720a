//! Descriptions of connectors in JSON.

use super::list;
use crate::words;
use purser_model::{
    DataStream, Description, RateLimitResponse, ReclaimOffer, RequestedAccess, SettingField,
    SettingType, SettingValue,
};
use serde::Serialize;

/// A connector's description of itself.
#[derive(Serialize)]
pub(super) struct DescriptionJson<'a> {
    name: &'a str,
    version: String,
    publisher: &'a str,
    application: &'a str,
    summary: &'a str,
    templates: &'a [String],
    settings: Vec<SettingJson<'a>>,
    streams: Vec<StreamJson<'a>>,
    reclaims: Vec<ReclaimJson<'a>>,
    requests: Vec<RequestedAccessJson<'a>>,
    rate: Option<RateJson>,
    rate_limit_responses: Vec<RateLimitResponseJson<'a>>,
}

/// A setting that a profile gives a value.
#[derive(Serialize)]
struct SettingJson<'a> {
    name: &'a str,
    title: &'a str,
    help: &'a str,
    r#type: SettingTypeJson<'a>,
    required: bool,
    default: Option<SettingValueJson<'a>>,
}

/// The type of a setting.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum SettingTypeJson<'a> {
    Text,
    Integer,
    Boolean,
    Choice(&'a [String]),
}

/// The value of a setting.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum SettingValueJson<'a> {
    Boolean(bool),
    Integer(i64),
    Text(&'a str),
}

/// A data stream that the connector offers.
#[derive(Serialize)]
struct StreamJson<'a> {
    name: &'a str,
    title: &'a str,
    kind: &'static str,
    reports_activity: bool,
    incremental: bool,
    per_account: bool,
}

/// A way to reclaim a seat.
#[derive(Serialize)]
struct ReclaimJson<'a> {
    mode: &'static str,
    summary: &'a str,
    reversible: bool,
    floor_product: Option<&'a str>,
}

/// Access that the connector requests.
#[derive(Serialize)]
pub(super) struct RequestedAccessJson<'a> {
    action: String,
    methods: Vec<&'static str>,
    host: Option<String>,
    path: String,
    reason: &'a str,
}

/// The rate of requests that the application allows.
#[derive(Serialize)]
struct RateJson {
    requests: u32,
    /// Milliseconds.
    per: u64,
}

/// A response that means a rate limit.
#[derive(Serialize)]
struct RateLimitResponseJson<'a> {
    status: u16,
    body_has: Option<&'a str>,
}

impl<'a> From<&'a Description> for DescriptionJson<'a> {
    fn from(description: &'a Description) -> Self {
        Self {
            name: description.name.as_str(),
            version: description.version.to_string(),
            publisher: &description.publisher,
            application: &description.application,
            summary: &description.summary,
            templates: &description.templates,
            settings: list(&description.settings),
            streams: list(&description.streams),
            reclaims: list(&description.reclaims),
            requests: list(&description.requests),
            rate: description.rate.map(|rate| RateJson {
                requests: rate.requests,
                per: rate.per,
            }),
            rate_limit_responses: list(&description.rate_limit_responses),
        }
    }
}

impl<'a> From<&'a SettingField> for SettingJson<'a> {
    fn from(field: &'a SettingField) -> Self {
        Self {
            name: field.name.as_str(),
            title: &field.title,
            help: &field.help,
            r#type: match &field.kind {
                SettingType::Text => SettingTypeJson::Text,
                SettingType::Integer => SettingTypeJson::Integer,
                SettingType::Boolean => SettingTypeJson::Boolean,
                SettingType::Choice(choices) => SettingTypeJson::Choice(choices),
            },
            required: field.required,
            default: field.default.as_ref().map(SettingValueJson::from),
        }
    }
}

impl<'a> From<&'a SettingValue> for SettingValueJson<'a> {
    fn from(value: &'a SettingValue) -> Self {
        match value {
            SettingValue::Boolean(value) => Self::Boolean(*value),
            SettingValue::Integer(value) => Self::Integer(*value),
            SettingValue::Text(value) => Self::Text(value),
        }
    }
}

impl<'a> From<&'a DataStream> for StreamJson<'a> {
    fn from(stream: &'a DataStream) -> Self {
        Self {
            name: stream.name.as_str(),
            title: &stream.title,
            kind: words::stream_kind(stream.kind),
            reports_activity: stream.reports_activity,
            incremental: stream.incremental,
            per_account: stream.per_account,
        }
    }
}

impl<'a> From<&'a ReclaimOffer> for ReclaimJson<'a> {
    fn from(offer: &'a ReclaimOffer) -> Self {
        Self {
            mode: words::reclaim_mode(offer.mode),
            summary: &offer.summary,
            reversible: offer.reversible,
            floor_product: offer.floor_product.as_deref(),
        }
    }
}

impl<'a> From<&'a RequestedAccess> for RequestedAccessJson<'a> {
    fn from(requested: &'a RequestedAccess) -> Self {
        Self {
            action: requested.action.to_string(),
            methods: requested
                .methods
                .iter()
                .copied()
                .map(words::method)
                .collect(),
            host: requested.host.as_ref().map(ToString::to_string),
            path: requested.path.to_string(),
            reason: &requested.reason,
        }
    }
}

impl<'a> From<&'a RateLimitResponse> for RateLimitResponseJson<'a> {
    fn from(response: &'a RateLimitResponse) -> Self {
        Self {
            status: response.status,
            body_has: response.body_has.as_deref(),
        }
    }
}
