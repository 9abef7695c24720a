//! Grants: the requests that an operator allowed one digest, per action, and their limits. A
//! request that no rule allows is denied.

use crate::{Action, Description, Method, RequestedAccess};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// Server by name and port. The scheme is https; http is only possible for the connection's own
/// base URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Host {
    name: String,
    port: u16,
}

/// Text that is not a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a host: use a full host name, with :PORT where it is not 443; wildcards and addresses cannot be granted"
)]
pub struct HostError(String);

impl Host {
    /// Returns the name in lower case, in its ASCII form.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for Host {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let wrong = || HostError(text.chars().take(80).collect());

        // The URL standard removes line breaks and tabs, so they must be refused before.
        let is_removed = |c: char| c.is_control() || c.is_whitespace();
        if text.contains(['/', '@', '?', '#', '\\', '*', '%']) || text.contains(is_removed) {
            return Err(wrong());
        }

        let url = url::Url::parse(&format!("https://{text}/")).map_err(|_| wrong())?;
        match url.host() {
            // DNS has no longer names.
            Some(url::Host::Domain(name))
                if !name.ends_with('.') && name.len() <= 253 && url.port() != Some(0) =>
            {
                Ok(Self {
                    name: name.to_owned(),
                    port: url.port_or_known_default().unwrap_or(443),
                })
            }
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            443 => f.pad(&self.name),
            port => f.pad(&format!("{}:{port}", self.name)),
        }
    }
}

impl TryFrom<String> for Host {
    type Error = HostError;

    fn try_from(text: String) -> Result<Self, HostError> {
        text.parse()
    }
}

impl From<Host> for String {
    fn from(host: Host) -> Self {
        host.to_string()
    }
}

/// Path with wildcards: `*` matches exactly one segment, a last `**` any number of them, none
/// included.
///
/// Segments are compared as they are encoded in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PathPattern(String);

/// Text that is not a path pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a path pattern: {why}")]
pub struct PathPatternError {
    text: String,
    why: &'static str,
}

impl PathPattern {
    /// Returns true if the pattern covers a path (which begins with `/`).
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let mut wanted = self.0.split('/');
        let mut given = path.split('/');

        loop {
            match (wanted.next(), given.next()) {
                (Some("**"), _) | (None, None) => return true,
                (Some("*"), Some(segment)) if !segment.is_empty() => {}
                (Some(wanted), Some(given)) if wanted == given => {}
                (Some(_), None) | (None, Some(_)) | (Some(_), Some(_)) => return false,
            }
        }
    }

    /// Returns true if this pattern covers every path that `other` covers.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let mut mine = self.0.split('/');
        let mut theirs = other.0.split('/');

        loop {
            match (mine.next(), theirs.next()) {
                (Some("**"), _) | (None, None) => return true,
                (Some("*"), Some(segment)) if !segment.is_empty() && segment != "**" => {}
                (Some(mine), Some(theirs)) if mine == theirs => {}
                _ => return false,
            }
        }
    }
}

impl FromStr for PathPattern {
    type Err = PathPatternError;

    fn from_str(text: &str) -> Result<Self, PathPatternError> {
        let wrong = |why| {
            Err(PathPatternError {
                text: text.chars().take(80).collect(),
                why,
            })
        };

        if !text.starts_with('/') {
            return wrong("it must begin with /");
        }

        if text.len() > 1024 {
            return wrong("it is longer than 1024 bytes");
        }

        if text.contains(['?', '#', '\\']) {
            return wrong("it cannot hold a query, fragment or backslash");
        }

        // URLs hold nothing else, and a character that reorders text would make an operator read
        // another line.
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return wrong(
                "a space, a control character, and one that is not ASCII must be percent-encoded",
            );
        }

        let segments: Vec<_> = text.split('/').collect();
        let last = segments.len() - 1;

        for (index, segment) in segments.iter().enumerate() {
            match *segment {
                "*" => {}
                "**" if index == last => {}
                "**" => return wrong("`**` can only be the last segment"),
                "." | ".." => return wrong("it cannot hold a dot segment"),
                segment if segment.contains('*') => {
                    return wrong("a `*` stands for a whole segment, not a part of one");
                }
                _ => {}
            }
        }

        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for PathPattern {
    type Error = PathPatternError;

    fn try_from(text: String) -> Result<Self, PathPatternError> {
        text.parse()
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> Self {
        pattern.0
    }
}

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

    fn pattern(text: &str) -> PathPattern {
        text.parse().unwrap()
    }

    #[test]
    fn matches_star_is_one_segment_and_two_are_the_rest() {
        assert!(pattern("/users").matches("/users"));
        assert!(!pattern("/users").matches("/users/"));
        assert!(!pattern("/users").matches("/users/1"));
        assert!(pattern("/users/*").matches("/users/1"));
        assert!(!pattern("/users/*").matches("/users/"));
        assert!(!pattern("/users/*").matches("/users/1/groups"));
        assert!(pattern("/users/*/groups").matches("/users/1/groups"));
        assert!(pattern("/users/**").matches("/users/1/groups"));
        assert!(pattern("/users/**").matches("/users"));
        assert!(!pattern("/users/**").matches("/usersx"));
        assert!(pattern("/**").matches("/anything/at/all"));
    }

    #[test]
    fn covers_narrower_pattern_is_true() {
        assert!(pattern("/**").covers(&pattern("/users/*")));
        assert!(pattern("/users/*").covers(&pattern("/users/me")));
        assert!(!pattern("/users/*").covers(&pattern("/users/**")));
        assert!(!pattern("/users/me").covers(&pattern("/users/*")));
        assert!(pattern("/users/*").covers(&pattern("/users/*")));
    }

    #[test]
    fn parse_ambiguous_pattern_is_refused() {
        for bad in [
            "", "users", "/a?b", "/a/../b", "/a/./b", "/**/a", "/a*", "/a b", "/a\\b", "/a#b",
        ] {
            assert!(bad.parse::<PathPattern>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn parse_host_that_is_not_a_full_name_is_refused() {
        assert_eq!(
            "API.Example.com".parse::<Host>().unwrap().to_string(),
            "api.example.com"
        );
        assert_eq!(
            "api.example.com:8443".parse::<Host>().unwrap().to_string(),
            "api.example.com:8443"
        );
        assert!(
            format!("{}a", "a.".repeat(126)).parse::<Host>().is_ok(),
            "as long as a name can be"
        );

        for bad in [
            "",
            "*.example.com",
            "10.0.0.1",
            "[::1]",
            "0x7f.1",
            "user@host",
            "host/path",
            "host.",
            "a b",
            "a\tb",
            "a\nb",
            "host:0",
            &format!("{}ab", "a.".repeat(126)),
        ] {
            assert!(bad.parse::<Host>().is_err(), "{bad:?}");
        }
    }

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
