//! Hosts in grants.

use serde::{Deserialize, Serialize};
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
