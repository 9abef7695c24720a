//! Patterns that select accounts, for exclusions from matching and exemptions from reclaim.

use purser_model::Account;
use serde::{Deserialize, Serialize};
use wildmatch::WildMatch;

/// A pattern that selects accounts by id, principal name or any address.
///
/// `*` stands for any number of characters and `?` for exactly one. A pattern without either
/// selects the exact text. Case does not matter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "SerializedPattern", into = "SerializedPattern")]
pub struct AccountPattern {
    written: SerializedPattern,
    glob: WildMatch,
}

/// The pattern as written in a settings file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SerializedPattern {
    /// The only application whose accounts it selects; absent for all applications. An id is
    /// unique within one application only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    application: Option<String>,
    /// The text with wildcards. Never blank.
    account: String,
}

/// A blank pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an account pattern must not be empty: write an account's id, name or address, with `*` for \
     any characters"
)]
pub struct PatternError;

impl AccountPattern {
    /// Creates a pattern for one application, or for all if it is `None`.
    ///
    /// # Errors
    /// Returns [`PatternError`] if `account` is blank.
    pub fn new(application: Option<&str>, account: &str) -> Result<Self, PatternError> {
        SerializedPattern {
            application: application.map(str::to_owned),
            account: account.to_owned(),
        }
        .try_into()
    }

    /// Returns the text of the pattern as written, without the application.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written.account
    }

    /// Returns true if the pattern selects an account of an application.
    #[must_use]
    pub fn matches(&self, application: &str, account: &Account) -> bool {
        let is_in_scope = self
            .written
            .application
            .as_deref()
            .is_none_or(|only| only == application);
        if !is_in_scope {
            return false;
        }

        let addresses = account.emails.iter().map(|email| email.address.as_str());
        std::iter::once(account.id.as_str())
            .chain(account.principal_name.as_deref())
            .chain(addresses)
            .any(|text| self.glob.matches(text))
    }
}

impl TryFrom<SerializedPattern> for AccountPattern {
    type Error = PatternError;

    fn try_from(written: SerializedPattern) -> Result<Self, PatternError> {
        if written.account.trim().is_empty() {
            return Err(PatternError);
        }

        Ok(Self {
            glob: WildMatch::new_case_insensitive(&written.account),
            written,
        })
    }
}

impl From<AccountPattern> for SerializedPattern {
    fn from(pattern: AccountPattern) -> Self {
        pattern.written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{AccountBuilder, account};

    #[test]
    fn pattern_matches_id_name_or_address() {
        let ada = account("u-17")
            .with_principal_name("Ada.L")
            .with_emails(&["ada@example.com"]);

        for (text, is_match) in [
            ("u-17", true),
            ("U-17", true),
            ("u-1", false),
            ("u-?7", true),
            ("ada.*", true),
            ("*@EXAMPLE.com", true),
            ("*@example.org", false),
            ("*", true),
        ] {
            let pattern = AccountPattern::new(None, text).unwrap();
            assert_eq!(pattern.matches("hub", &ada), is_match, "{text}");
        }
    }

    #[test]
    fn pattern_of_one_application_ignores_other_applications() {
        let pattern = AccountPattern::new(Some("hub"), "1*").unwrap();

        assert!(pattern.matches("hub", &account("17")));
        assert!(!pattern.matches("scim", &account("17")));
    }

    #[test]
    fn pattern_serializes_to_the_json_it_was_parsed_from() {
        let text = r#"{"application":"hub","account":"svc-*"}"#;

        let pattern: AccountPattern = serde_json::from_str(text).unwrap();

        assert_eq!(serde_json::to_string(&pattern).unwrap(), text);
    }

    #[test]
    fn blank_pattern_is_refused() {
        assert!(serde_json::from_str::<AccountPattern>(r#"{"account":" "}"#).is_err());
    }
}
