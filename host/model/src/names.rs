//! Names that people give to connectors, aliases, connections, profiles and the other things they
//! manage. Each kind is a type of its own, so that a profile's name cannot stand for a
//! connection's.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Longest name in bytes.
const MAX_LENGTH: usize = 64;

/// Text that cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a valid name: use 1 to 64 lower-case letters, digits and hyphens, beginning with a letter"
)]
pub struct NameError(String);

/// Checks the rules that every name obeys.
fn check(text: &str) -> Result<(), NameError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let valid = text.len() <= MAX_LENGTH
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.chars().all(allowed);

    if valid {
        Ok(())
    } else {
        Err(NameError(text.chars().take(80).collect()))
    }
}

/// Defines one type per kind of name. All share the same syntax: 1 to 64 lower-case letters, digits
/// and hyphens, beginning with a letter and not ending with a hyphen.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// Syntax: 1 to 64 lower-case letters, digits and hyphens, beginning with a letter and not
        /// ending with a hyphen. It needs no quoting in a path, a URL or a shell command.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Returns the name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )*};
}

names! {
    /// Name of a connector, shared by all its versions.
    ConnectorName;
    /// Name of a connection alias.
    AliasName;
    /// Name of a connection.
    ConnectionName;
    /// Name of an integration profile. Entitlements name their application by it.
    ProfileName;
    /// Name of a data stream, unique within a connector.
    StreamName;
    /// Name of a setting, unique within a connector.
    SettingName;
    /// Name of a configuration template.
    TemplateName;
    /// Name of a field of a configuration template.
    FieldName;
    /// Name under which an operator trusts a publisher.
    PublisherName;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_in_kebab_case_is_accepted_and_any_other_refused() {
        for good in ["a", "jupyterhub", "acme-eu-2"] {
            assert!(good.parse::<ProfileName>().is_ok(), "{good}");
        }

        for bad in [
            "",
            "-a",
            "a-",
            "A",
            "a b",
            "a/b",
            "1a",
            "é",
            &"a".repeat(65),
        ] {
            assert!(bad.parse::<ProfileName>().is_err(), "{bad}");
        }
    }
}
