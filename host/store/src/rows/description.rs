//! The description of a connector, as stored in `connector.description`.

use purser_model::{
    Action, ConnectorName, DataStream, Description, Host, Method, PathPattern, RateHint,
    RateLimitResponse, ReclaimMode, ReclaimOffer, RequestedAccess, SettingField, SettingName,
    SettingType, SettingValue, StreamKind, StreamName,
};
use serde::{Deserialize, Serialize};

/// A stored [`Description`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DescriptionRow {
    name: ConnectorName,
    version: semver::Version,
    publisher: String,
    application: String,
    summary: String,
    templates: Vec<String>,
    settings: Vec<SettingRow>,
    streams: Vec<StreamRow>,
    reclaims: Vec<ReclaimRow>,
    requests: Vec<RequestRow>,
    rate: Option<RateRow>,
    #[serde(default)]
    rate_limit_responses: Vec<RateLimitResponseRow>,
}

/// A stored [`SettingField`].
#[derive(Debug, Serialize, Deserialize)]
struct SettingRow {
    name: SettingName,
    title: String,
    help: String,
    #[serde(rename = "type")]
    kind: SettingTypeRow,
    required: bool,
    default: Option<SettingValue>,
}

/// A stored [`SettingType`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SettingTypeRow {
    Text,
    Integer,
    Boolean,
    Choice(Vec<String>),
}

/// A stored [`DataStream`].
#[derive(Debug, Serialize, Deserialize)]
struct StreamRow {
    name: StreamName,
    title: String,
    kind: StreamKind,
    reports_activity: bool,
    incremental: bool,
    #[serde(default)]
    per_account: bool,
}

/// A stored [`ReclaimOffer`].
#[derive(Debug, Serialize, Deserialize)]
struct ReclaimRow {
    mode: ReclaimMode,
    summary: String,
    reversible: bool,
    floor_product: Option<String>,
}

/// A stored [`RequestedAccess`].
#[derive(Debug, Serialize, Deserialize)]
struct RequestRow {
    action: Action,
    methods: Vec<Method>,
    host: Option<Host>,
    path: PathPattern,
    reason: String,
}

/// A stored [`RateHint`].
#[derive(Debug, Serialize, Deserialize)]
struct RateRow {
    requests: u32,
    per: u64,
}

/// A stored [`RateLimitResponse`].
#[derive(Debug, Serialize, Deserialize)]
struct RateLimitResponseRow {
    status: u16,
    body_has: Option<String>,
}

/// Converts a list element by element.
fn convert<A, B: From<A>>(list: Vec<A>) -> Vec<B> {
    list.into_iter().map(B::from).collect()
}

impl From<&Description> for DescriptionRow {
    fn from(description: &Description) -> Self {
        let Description {
            name,
            version,
            publisher,
            application,
            summary,
            templates,
            settings,
            streams,
            reclaims,
            requests,
            rate,
            rate_limit_responses,
        } = description.clone();

        Self {
            name,
            version,
            publisher,
            application,
            summary,
            templates,
            settings: convert(settings),
            streams: convert(streams),
            reclaims: convert(reclaims),
            requests: convert(requests),
            rate: rate.map(RateRow::from),
            rate_limit_responses: convert(rate_limit_responses),
        }
    }
}

impl From<DescriptionRow> for Description {
    fn from(row: DescriptionRow) -> Self {
        let DescriptionRow {
            name,
            version,
            publisher,
            application,
            summary,
            templates,
            settings,
            streams,
            reclaims,
            requests,
            rate,
            rate_limit_responses,
        } = row;

        Self {
            name,
            version,
            publisher,
            application,
            summary,
            templates,
            settings: convert(settings),
            streams: convert(streams),
            reclaims: convert(reclaims),
            requests: convert(requests),
            rate: rate.map(RateHint::from),
            rate_limit_responses: convert(rate_limit_responses),
        }
    }
}

impl From<SettingType> for SettingTypeRow {
    fn from(kind: SettingType) -> Self {
        match kind {
            SettingType::Text => Self::Text,
            SettingType::Integer => Self::Integer,
            SettingType::Boolean => Self::Boolean,
            SettingType::Choice(choices) => Self::Choice(choices),
        }
    }
}

impl From<SettingTypeRow> for SettingType {
    fn from(row: SettingTypeRow) -> Self {
        match row {
            SettingTypeRow::Text => Self::Text,
            SettingTypeRow::Integer => Self::Integer,
            SettingTypeRow::Boolean => Self::Boolean,
            SettingTypeRow::Choice(choices) => Self::Choice(choices),
        }
    }
}

/// Converts between two structures with fields of the same names, in both directions. The pattern
/// names every field, so that a field that is added to the model is not lost.
macro_rules! same_fields {
    ($($model:ident = $row:ident { $($field:ident),* })*) => {$(
        impl From<$model> for $row {
            fn from($model { $($field),* }: $model) -> Self {
                Self { $($field: $field.into()),* }
            }
        }

        impl From<$row> for $model {
            fn from($row { $($field),* }: $row) -> Self {
                Self { $($field: $field.into()),* }
            }
        }
    )*};
}

same_fields! {
    SettingField = SettingRow { name, title, help, kind, required, default }
    DataStream = StreamRow { name, title, kind, reports_activity, incremental, per_account }
    ReclaimOffer = ReclaimRow { mode, summary, reversible, floor_product }
    RequestedAccess = RequestRow { action, methods, host, path, reason }
    RateHint = RateRow { requests, per }
    RateLimitResponse = RateLimitResponseRow { status, body_has }
}
