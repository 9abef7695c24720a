//! What an operator decides: how accounts are matched and when a seat counts as wasted. All of it can stand in a settings file.

use crate::AccountPattern;
use jiff::civil::Date;
use purser_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that steers a reconciliation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// How accounts are matched to people.
    pub matching: MatchRules,
    /// When a seat counts as wasted.
    pub reclamation: ReclamationRules,
}

/// How accounts are matched to people, beyond what the directory says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MatchRules {
    /// Whose an account is, decided by hand: application → account id → employee number. Nothing overrides it.
    pub mappings: BTreeMap<String, BTreeMap<String, String>>,
    /// Accounts that are nobody's and need no owner, such as test and break-glass accounts.
    pub exclude: Vec<AccountPattern>,
    /// Domains of addresses that stand for another: `eu.corp.example.org` → `example.com` lets `ada@eu.corp.example.org` match
    /// `ada@example.com`. Tried last, and case does not matter.
    pub domains: BTreeMap<String, String>,
}

impl MatchRules {
    /// The employee number that an account was mapped to by hand.
    #[must_use]
    pub fn mapped(&self, application: &str, account: &str) -> Option<&str> {
        self.mappings
            .get(application)?
            .get(account)
            .map(String::as_str)
    }

    /// The address with its domain rewritten, where a rewrite is configured for it.
    #[must_use]
    pub fn rewrite(&self, address: &str) -> Option<String> {
        let (local, domain) = address.rsplit_once('@')?;
        let (_, to) = self
            .domains
            .iter()
            .find(|(from, _)| from.eq_ignore_ascii_case(domain))?;
        Some(format!("{local}@{to}"))
    }
}

/// When a seat counts as wasted. Days are whole days of 24 hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReclamationRules {
    /// A seat is inactive when its last use is at least this many whole days ago: with 60, a use 59 days and 23 hours ago still counts
    /// as in use. Never 0.
    pub inactive_after_days: u32,
    /// A seat assigned, or an account made, fewer than this many whole days ago is found neither inactive nor never used. With 0 there
    /// is no grace. Where neither day is known there is none either: an application that does not date its accounts would otherwise
    /// never show a wasted seat.
    pub grace_days: u32,
    /// When no person's account was used for at least this many whole days, the application is taken to no longer tell: its idle seats are
    /// proposed only for somebody to look at. With 0 that is never so.
    pub frozen_after_days: u32,
    /// Accounts that are never proposed for reclaim, whatever is found about them.
    pub exempt: Vec<AccountPattern>,
}

impl Default for ReclamationRules {
    fn default() -> Self {
        Self {
            inactive_after_days: 60,
            grace_days: 30,
            frozen_after_days: 7,
            exempt: Vec::new(),
        }
    }
}

/// The moment that a reconciliation is about. The day is given apart, because leaving and contracts are counted in days of the company's
/// own time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsOf {
    /// What the age of activity is counted back from.
    pub now: Timestamp,
    /// The day on which people have left and entitlements are active.
    pub today: Date,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_rewritten_whatever_its_case() {
        let domains =
            BTreeMap::from([("EU.Corp.example.org".to_owned(), "example.com".to_owned())]);
        let rules = MatchRules {
            domains,
            ..MatchRules::default()
        };
        assert_eq!(
            rules.rewrite("Ada@eu.corp.example.ORG").as_deref(),
            Some("Ada@example.com")
        );
        assert_eq!(rules.rewrite("ada@corp.example.org"), None);
        assert_eq!(rules.rewrite("ada"), None);
    }

    #[test]
    fn an_empty_settings_file_means_the_defaults_and_a_misspelt_one_is_refused() {
        let rules: Rules = serde_json::from_str("{}").unwrap();
        assert_eq!(
            (
                rules.reclamation.inactive_after_days,
                rules.reclamation.grace_days
            ),
            (60, 30)
        );
        assert!(serde_json::from_str::<Rules>(r#"{"reclamation":{"inactive_days":90}}"#).is_err());
    }
}
