//! Grants: the requests that an operator allowed one digest, per action, and their limits. A
//! request that no rule allows is denied.

use crate::host::{Host, HostError};
use crate::path_pattern::{PathPattern, PathPatternError};
use crate::{Action, Description, Method, RequestedAccess};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// One line of a grant: requests that one action may send.
///
/// Written `read:users GET /users/*` or `read:users GET api.example.com/users/*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GrantRule {
    /// Action that may send them.
    pub action: Action,
    /// Methods; at least one.
    #[serde(deserialize_with = "non_empty_methods")]
    pub methods: Vec<Method>,
    /// Server; absent for the connection's base URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Host>,
    /// Path on that server.
    pub path: PathPattern,
}

/// Refuses a rule without a method, which would allow nothing and whose line could not be parsed.
fn non_empty_methods<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Method>, D::Error> {
    let methods = Vec::deserialize(deserializer)?;
    if methods.is_empty() {
        Err(D::Error::custom("a rule names at least one method"))
    } else {
        Ok(methods)
    }
}

impl GrantRule {
    /// Returns true if the rule allows everything that `wanted` allows.
    #[must_use]
    pub fn covers(&self, wanted: &Self) -> bool {
        self.action == wanted.action
            && self.host == wanted.host
            && self.path.covers(&wanted.path)
            && wanted
                .methods
                .iter()
                .all(|method| self.methods.contains(method))
    }
}

impl From<&RequestedAccess> for GrantRule {
    fn from(wanted: &RequestedAccess) -> Self {
        let RequestedAccess {
            action,
            methods,
            host,
            path,
            reason: _,
        } = wanted.clone();

        Self {
            action,
            methods,
            host,
            path,
        }
    }
}

impl fmt::Display for GrantRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods: Vec<_> = self.methods.iter().map(|method| method.as_str()).collect();
        let host = self
            .host
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();

        write!(
            f,
            "{} {} {host}{}",
            self.action,
            methods.join(","),
            self.path
        )
    }
}

impl FromStr for GrantRule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split_whitespace().collect();
        let [action, methods, target] = parts.as_slice() else {
            return Err(format!(
                "{text:?} is not a grant line: use ACTION METHOD[,METHOD] [HOST]/PATH"
            ));
        };

        let (host, path) = target.split_at(
            target
                .find('/')
                .ok_or_else(|| format!("{target:?} has no path; use / for the root"))?,
        );

        Ok(Self {
            action: action.parse()?,
            methods: methods
                .split(',')
                .map(str::parse)
                .collect::<Result<_, _>>()?,
            host: if host.is_empty() {
                None
            } else {
                Some(host.parse().map_err(|error: HostError| error.to_string())?)
            },
            path: path
                .parse()
                .map_err(|error: PathPatternError| error.to_string())?,
        })
    }
}

/// Limits of one call and of one run. All have defaults; a grant may set any of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// Bytes of linear memory, over all memories of the instance.
    pub memory_bytes: u64,
    /// Milliseconds that a call may compute between two host calls it waits for, before it counts
    /// as stuck.
    pub cpu_ms: u64,
    /// Milliseconds that a call may take in total, waits included.
    pub wall_ms: u64,
    /// Host calls of any kind in one call.
    pub host_calls: u64,
    /// HTTP requests in one call; retries by the host do not count.
    pub requests: u64,
    /// Bytes of one response body, decoded.
    pub response_bytes: u64,
    /// Bytes of all response bodies of one call, decoded.
    pub response_bytes_total: u64,
    /// Bytes of all downloads of one call, as received, and of compressed ones again as they are
    /// decompressed.
    pub download_bytes: u64,
    /// Bytes of one request: target, headers and body.
    pub request_bytes: u64,
    /// Lines of the log in one call.
    pub log_lines: u64,
    /// Bytes of the log in one call.
    pub log_bytes: u64,
    /// Records and rejected rows of one page.
    pub page_rows: u64,
    /// Pages of one stream in one run.
    pub pages: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 64 << 20,
            cpu_ms: 10_000,
            wall_ms: 120_000,
            host_calls: 10_000,
            requests: 1_000,
            response_bytes: 16 << 20,
            response_bytes_total: 64 << 20,
            download_bytes: 1 << 30,
            request_bytes: 1 << 20,
            log_lines: 200,
            log_bytes: 64 << 10,
            page_rows: 10_000,
            pages: 100_000,
        }
    }
}

/// Access that an operator granted one digest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Allowed requests.
    #[serde(default)]
    pub rules: Vec<GrantRule>,
    /// Limits of calls and runs.
    #[serde(default)]
    pub limits: Limits,
}

impl Grant {
    /// Returns the grant of exactly the requested access.
    #[must_use]
    pub fn as_requested(description: &Description) -> Self {
        Self {
            rules: description.requests.iter().map(GrantRule::from).collect(),
            limits: Limits::default(),
        }
    }

    /// Returns true if the action may send this request.
    ///
    /// `host` is `None` for the connection's own base URL, and `path` is then relative to it.
    #[must_use]
    pub fn allows(&self, action: &Action, method: Method, host: Option<&Host>, path: &str) -> bool {
        self.rules.iter().any(|rule| {
            rule.action == *action
                && rule.host.as_ref() == host
                && rule.methods.contains(&method)
                && rule.path.matches(path)
        })
    }

    /// Returns the requested access that the grant does not cover.
    #[must_use]
    pub fn missing<'a>(&self, description: &'a Description) -> Vec<&'a RequestedAccess> {
        let covered = |wanted: &&RequestedAccess| {
            let wanted = GrantRule::from(*wanted);
            self.rules.iter().any(|rule| rule.covers(&wanted))
        };

        description
            .requests
            .iter()
            .filter(|wanted| !covered(wanted))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_of_a_rule_parses_back() {
        for line in [
            "read:users GET /users",
            "reclaim:delete DELETE,GET /users/*",
            "check HEAD api.example.com:8443/v1/**",
        ] {
            assert_eq!(line.parse::<GrantRule>().unwrap().to_string(), line);
        }

        assert!("read:users /users".parse::<GrantRule>().is_err());
        assert!(
            "check GET /\u{2066}a".parse::<GrantRule>().is_err(),
            "a character that reorders the line"
        );
        assert!(
            "check GET /ü".parse::<GrantRule>().is_err(),
            "a character that URLs do not hold"
        );
        assert!("write:users GET /users".parse::<GrantRule>().is_err());
    }

    #[test]
    fn rule_without_method_is_refused() {
        let rule = |methods| format!(r#"{{"action":"check","methods":[{methods}],"path":"/"}}"#);
        assert!(serde_json::from_str::<GrantRule>(&rule("\"GET\"")).is_ok());
        assert!(serde_json::from_str::<GrantRule>(&rule("")).is_err());
    }

    #[test]
    fn allows_other_action_method_or_host_is_false() {
        let grant = Grant {
            rules: vec!["read:users GET /users/*".parse().unwrap()],
            limits: Limits::default(),
        };

        let read: Action = "read:users".parse().unwrap();

        assert!(grant.allows(&read, Method::Get, None, "/users/1"));
        assert!(!grant.allows(&read, Method::Delete, None, "/users/1"));
        assert!(!grant.allows(&Action::Check, Method::Get, None, "/users/1"));
        assert!(!grant.allows(
            &read,
            Method::Get,
            Some(&"other.example".parse().unwrap()),
            "/users/1"
        ));
    }
}
