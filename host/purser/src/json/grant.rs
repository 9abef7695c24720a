//! Grants in JSON.

use super::list;
use crate::words;
use purser_model::{Grant, GrantRule, Limits};
use serde::Serialize;

/// A grant: rules and limits.
#[derive(Serialize)]
pub(super) struct GrantJson {
    rules: Vec<GrantRuleJson>,
    limits: LimitsJson,
}

/// A rule that allows requests.
#[derive(Serialize)]
pub(super) struct GrantRuleJson {
    action: String,
    methods: Vec<&'static str>,
    /// Left out when the rule is for the host of the connection's base URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    path: String,
}

/// The limits of a grant, by the names that `--limit` takes.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct LimitsJson {
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

impl From<&Grant> for GrantJson {
    fn from(grant: &Grant) -> Self {
        Self {
            rules: list(&grant.rules),
            limits: (&grant.limits).into(),
        }
    }
}

impl From<&GrantRule> for GrantRuleJson {
    fn from(rule: &GrantRule) -> Self {
        Self {
            action: rule.action.to_string(),
            methods: rule.methods.iter().copied().map(words::method).collect(),
            host: rule.host.as_ref().map(ToString::to_string),
            path: rule.path.to_string(),
        }
    }
}

impl From<&Limits> for LimitsJson {
    fn from(limits: &Limits) -> Self {
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
    }
}
