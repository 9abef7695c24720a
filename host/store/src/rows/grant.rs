//! A grant, as stored in `connector.granted`.

use purser_model::{Action, Grant, GrantRule, Host, Limits, Method, PathPattern};
use serde::{Deserialize, Serialize};

/// A stored [`Grant`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantRow {
    #[serde(default)]
    rules: Vec<RuleRow>,
    #[serde(default)]
    limits: LimitsRow,
}

/// A stored [`GrantRule`].
#[derive(Debug, Serialize, Deserialize)]
struct RuleRow {
    action: Action,
    methods: Vec<Method>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<Host>,
    path: PathPattern,
}

/// Stored [`Limits`]. A limit that the stored grant does not have yet takes its default.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct LimitsRow {
    memory_bytes: u64,
    cpu_ms: u64,
    wall_ms: u64,
    host_calls: u64,
    requests: u64,
    response_bytes: u64,
    response_bytes_total: u64,
    download_bytes: u64,
    request_bytes: u64,
    log_lines: u64,
    log_bytes: u64,
    page_rows: u64,
    pages: u64,
}

impl Default for LimitsRow {
    fn default() -> Self {
        Self::from(&Limits::default())
    }
}

impl From<&Grant> for GrantRow {
    fn from(grant: &Grant) -> Self {
        let Grant { rules, limits } = grant;

        Self {
            rules: rules.iter().map(RuleRow::from).collect(),
            limits: limits.into(),
        }
    }
}

impl From<GrantRow> for Grant {
    fn from(row: GrantRow) -> Self {
        let GrantRow { rules, limits } = row;

        Self {
            rules: rules.into_iter().map(GrantRule::from).collect(),
            limits: limits.into(),
        }
    }
}

impl From<&GrantRule> for RuleRow {
    fn from(rule: &GrantRule) -> Self {
        let GrantRule {
            action,
            methods,
            host,
            path,
        } = rule.clone();

        Self {
            action,
            methods,
            host,
            path,
        }
    }
}

impl From<RuleRow> for GrantRule {
    fn from(row: RuleRow) -> Self {
        let RuleRow {
            action,
            methods,
            host,
            path,
        } = row;

        Self {
            action,
            methods,
            host,
            path,
        }
    }
}

/// Converts between two types that have the limits as fields of the same names.
macro_rules! convert_limits {
    ($limits:expr) => {{
        let limits = $limits;
        Self {
            memory_bytes: limits.memory_bytes,
            cpu_ms: limits.cpu_ms,
            wall_ms: limits.wall_ms,
            host_calls: limits.host_calls,
            requests: limits.requests,
            response_bytes: limits.response_bytes,
            response_bytes_total: limits.response_bytes_total,
            download_bytes: limits.download_bytes,
            request_bytes: limits.request_bytes,
            log_lines: limits.log_lines,
            log_bytes: limits.log_bytes,
            page_rows: limits.page_rows,
            pages: limits.pages,
        }
    }};
}

impl From<&Limits> for LimitsRow {
    fn from(limits: &Limits) -> Self {
        convert_limits!(limits)
    }
}

impl From<LimitsRow> for Limits {
    fn from(row: LimitsRow) -> Self {
        convert_limits!(row)
    }
}
