//! Rules that the operator sets: matching of accounts, and waste. A settings file can hold all.

use crate::pattern::AccountPattern;
use jiff::civil::Date;
use purser_model::{Timestamp, fold_identity, parse_address};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All rules of a reconciliation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Rules for matching accounts to people.
    pub matching: MatchRules,
    /// Rules for wasted seats.
    pub reclamation: ReclamationRules,
}

/// Rules for matching accounts to people, in addition to the directory.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MatchRules {
    /// Mappings by hand: application → account id → employee number. They override everything else.
    pub mappings: BTreeMap<String, BTreeMap<String, String>>,
    /// Accounts that need no holder, such as test and break-glass accounts.
    pub exclude: Vec<AccountPattern>,
    /// Domains of addresses that stand for another domain. With `eu.corp.example.org` →
    /// `example.com`, `ada@eu.corp.example.org` matches `ada@example.com`. Applied last; case does
    /// not matter.
    pub domains: BTreeMap<String, String>,
}

impl MatchRules {
    /// Returns the employee number that an account is mapped to by hand, if it is.
    pub(crate) fn mapped_employee(&self, application: &str, account: &str) -> Option<&str> {
        self.mappings
            .get(application)?
            .get(account)
            .map(String::as_str)
    }

    /// Returns the address with its domain rewritten; `None` if no rule names the domain.
    pub(crate) fn rewrite_domain(&self, address: &str) -> Option<String> {
        // why: most operators have no rule, and every address comes here
        if self.domains.is_empty() {
            return None;
        }

        let bare = parse_address(address).unwrap_or_else(|_| address.to_owned());
        let (local, domain) = bare.rsplit_once('@')?;
        let fold = |domain: &str| fold_identity(&format!("x@{domain}")).into_owned();
        let domain = fold(domain);
        let (_, to) = self.domains.iter().find(|(from, _)| fold(from) == domain)?;

        Some(format!("{local}@{to}"))
    }
}

/// Rules for wasted seats. Days are whole days of 24 hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReclamationRules {
    /// Days since the last use after which a seat is inactive. Never 0.
    ///
    /// With 60, a use 59 days and 23 hours ago still counts as in use.
    pub inactive_after_days: u32,
    /// Days after the assignment of the seat, or the creation of the account, during which a seat
    /// is found neither inactive nor never used. With 0 there is no grace.
    ///
    /// A seat with neither date has no grace: an application without dates would otherwise never
    /// show a wasted seat.
    pub grace_days: u32,
    /// Days without activity of any person after which an application is taken to have stopped
    /// reporting. Its idle seats then need a review. With 0 this never happens.
    pub frozen_after_days: u32,
    /// Accounts that are never proposed for reclaim, regardless of the findings.
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

/// The moment that a reconciliation describes.
///
/// The day is separate, because leaving dates and contracts are counted in days of the company's
/// own time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsOf {
    /// The instant from which the age of activity is counted.
    pub now: Timestamp,
    /// The day by which people have left and on which entitlements are active.
    pub today: Date,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domain_is_rewritten_in_any_case() {
        let rules = MatchRules {
            domains: BTreeMap::from([("EU.Corp.example.org".to_owned(), "example.com".to_owned())]),
            ..MatchRules::default()
        };

        let rewritten = rules.rewrite_domain("Ada@eu.corp.example.ORG");
        assert_eq!(rewritten.as_deref(), Some("Ada@example.com"));

        let spelt = rules.rewrite_domain("<ada@eu.corp\u{3002}example.org.>");
        assert_eq!(spelt.as_deref(), Some("ada@example.com"));

        assert_eq!(rules.rewrite_domain("ada@corp.example.org"), None);
        assert_eq!(rules.rewrite_domain("ada"), None);
    }

    #[test]
    fn empty_settings_file_gives_the_defaults() {
        let rules: Rules = serde_json::from_str("{}").unwrap();

        assert_eq!(rules.reclamation.inactive_after_days, 60);
        assert_eq!(rules.reclamation.grace_days, 30);
    }

    #[test]
    fn unknown_setting_is_refused() {
        let json = r#"{"reclamation":{"inactive_days":90}}"#;

        assert!(serde_json::from_str::<Rules>(json).is_err());
    }
}
