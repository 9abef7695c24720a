//! The options of everything that reconciles: how accounts are matched, and when a seat counts as wasted.

use super::{Failure, input};
use purser_engine::licensing::{AccountPattern, PatternError};
use std::path::PathBuf;

/// The largest file that is read as rules. Mappings by hand are a line each.
const AT_MOST: u64 = 16 << 20;

/// How accounts are matched, and when a seat counts as wasted.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Rules")]
pub(super) struct Rules {
    /// Take the rules from a TOML file with [matching] and [reclamation]; the options below go before it
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// A seat is inactive when it was last used at least this many days ago [default: 60]
    #[arg(long, value_name = "DAYS")]
    inactive_days: Option<u32>,
    /// A seat given fewer than this many days ago is left alone [default: 30]
    #[arg(long, value_name = "DAYS")]
    grace_days: Option<u32>,
    /// When nobody at all used an application for this many days, have somebody look before its seats count as idle; 0: never [default: 7]
    #[arg(long, value_name = "DAYS")]
    frozen_days: Option<u32>,
    /// Never propose accounts whose id, login or address fits this, such as 'svc-*'
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    exempt: Vec<AccountPattern>,
}

impl Rules {
    /// The rules of the file, if there is one, with the options in place of what it says.
    pub(super) fn read(self) -> Result<purser_engine::Rules, Failure> {
        let mut rules = match &self.rules {
            None => purser_engine::Rules::default(),
            Some(file) => toml::from_str(&input::read_text(file, AT_MOST)?).map_err(|error| {
                let next = "correct it; it can have [matching] with mappings, exclude and domains, and [reclamation]";
                Failure::input(format!("{} holds no rules: {error}", file.display()), next)
            })?,
        };
        let reclamation = &mut rules.reclamation;
        reclamation.inactive_after_days = self
            .inactive_days
            .unwrap_or(reclamation.inactive_after_days);
        reclamation.grace_days = self.grace_days.unwrap_or(reclamation.grace_days);
        reclamation.frozen_after_days = self.frozen_days.unwrap_or(reclamation.frozen_after_days);
        reclamation.exempt.extend(self.exempt);
        Ok(rules)
    }
}

fn pattern(text: &str) -> Result<AccountPattern, PatternError> {
    AccountPattern::new(None, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_engine::licensing::ReclamationRules;

    const NONE: Rules = Rules {
        rules: None,
        inactive_days: None,
        grace_days: None,
        frozen_days: None,
        exempt: Vec::new(),
    };

    #[test]
    fn the_help_tells_the_defaults() {
        let ReclamationRules {
            inactive_after_days,
            grace_days,
            frozen_after_days,
            ..
        } = NONE.read().unwrap().reclamation;
        assert_eq!(
            (inactive_after_days, grace_days, frozen_after_days),
            (60, 30, 7)
        );
    }

    #[test]
    fn options_go_before_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.toml");
        std::fs::write(
            &path,
            "[reclamation]\ninactive_after_days = 90\ngrace_days = 5\n",
        )
        .unwrap();
        let rules = Rules {
            rules: Some(path.clone()),
            grace_days: Some(7),
            ..NONE
        }
        .read()
        .unwrap()
        .reclamation;
        assert_eq!((rules.inactive_after_days, rules.grace_days), (90, 7));
        std::fs::write(&path, "[reclamation]\ninactive = 90\n").unwrap();
        let failure = Rules {
            rules: Some(path),
            ..NONE
        }
        .read()
        .unwrap_err();
        assert_eq!(failure.exit_code(), 3);
    }
}
