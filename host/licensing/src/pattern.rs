//! Patterns that pick accounts: for exclusions from matching and for exemptions from reclaim.

use purser_model::Account;
use serde::{Deserialize, Serialize};
use wildmatch::WildMatch;

/// Picks accounts by their id, principal name or any address. `*` stands for any number of characters and `?` for exactly one; a pattern
/// without either picks exactly what it says. Case does not matter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct AccountPattern {
    written: Written,
    glob: WildMatch,
}

/// The pattern as it stands in a settings file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// The only application it holds for; absent: all of them. Ids are unique in one application only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    application: Option<String>,
    account: String,
}

/// Text that is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an account pattern must not be empty: write an account's id, name or address, with `*` for any characters"
)]
pub struct PatternError;

impl AccountPattern {
    /// Makes a pattern for one application, or for all of them.
    ///
    /// # Errors
    /// When the text is blank.
    pub fn new(application: Option<&str>, account: &str) -> Result<Self, PatternError> {
        Written {
            application: application.map(str::to_owned),
            account: account.to_owned(),
        }
        .try_into()
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written.account
    }

    /// Whether it picks an account of an application.
    #[must_use]
    pub fn picks(&self, application: &str, account: &Account) -> bool {
        let here = self
            .written
            .application
            .as_deref()
            .is_none_or(|only| only == application);
        here && (self.fits(&account.id)
            || account
                .principal_name
                .as_deref()
                .is_some_and(|name| self.fits(name))
            || account.emails.iter().any(|email| self.fits(&email.address)))
    }

    fn fits(&self, text: &str) -> bool {
        self.glob.matches(text)
    }
}

impl TryFrom<Written> for AccountPattern {
    type Error = PatternError;

    fn try_from(written: Written) -> Result<Self, PatternError> {
        if written.account.trim().is_empty() {
            return Err(PatternError);
        }
        Ok(Self {
            glob: WildMatch::new_case_insensitive(&written.account),
            written,
        })
    }
}

impl From<AccountPattern> for Written {
    fn from(pattern: AccountPattern) -> Self {
        pattern.written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{AccountWords, account};

    #[test]
    fn a_pattern_picks_by_id_name_or_address() {
        let ada = account("u-17")
            .named("Ada.L")
            .with_emails(&["ada@example.com"]);
        for (pattern, picked) in [
            ("u-17", true),
            ("U-17", true),
            ("u-1", false),
            ("u-?7", true),
            ("ada.*", true),
            ("*@EXAMPLE.com", true),
            ("*@example.org", false),
            ("*", true),
        ] {
            assert_eq!(
                AccountPattern::new(None, pattern)
                    .unwrap()
                    .picks("hub", &ada),
                picked,
                "{pattern}"
            );
        }
    }

    #[test]
    fn a_pattern_can_hold_for_one_application() {
        let pattern = AccountPattern::new(Some("hub"), "1*").unwrap();
        assert!(pattern.picks("hub", &account("17")));
        assert!(!pattern.picks("scim", &account("17")));
    }

    #[test]
    fn a_pattern_reads_back_what_it_writes_and_is_never_empty() {
        let text = r#"{"application":"hub","account":"svc-*"}"#;
        let pattern: AccountPattern = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&pattern).unwrap(), text);
        assert!(serde_json::from_str::<AccountPattern>(r#"{"account":" "}"#).is_err());
    }
}
