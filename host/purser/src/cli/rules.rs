//! Options of all commands that reconcile: matching of accounts, and the definition of waste.

use super::{Failure, input};
use purser_engine::licensing::{AccountPattern, PatternError};
use std::path::PathBuf;

/// Largest file that is read as rules. Each manual mapping is one line.
const MAX_RULES_BYTES: u64 = 16 << 20;

/// Rules for matching accounts and for wasted seats.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Rules")]
pub(super) struct RulesArgs {
    /// Read the rules from a TOML file with [matching] and [reclamation]; the options below
    /// override it
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// A seat is inactive if it was last used at least this many days ago [default: 60]
    #[arg(long, value_name = "DAYS")]
    inactive_days: Option<u32>,
    /// A seat assigned fewer than this many days ago is not reclaimed [default: 30]
    #[arg(long, value_name = "DAYS")]
    grace_days: Option<u32>,
    /// Hold idle seats for review if no account of an application shows activity for this many
    /// days; 0 disables [default: 7]
    #[arg(long, value_name = "DAYS")]
    frozen_days: Option<u32>,
    /// Never propose accounts whose id, login or address matches, such as 'svc-*'
    #[arg(long, value_name = "PATTERN", value_parser = parse_pattern)]
    exempt: Vec<AccountPattern>,
}

impl RulesArgs {
    /// Returns the rules of the file, or the defaults, overridden by the options.
    pub(super) fn read(self) -> Result<purser_engine::Rules, Failure> {
        let mut rules = match &self.rules {
            None => purser_engine::Rules::default(),
            Some(file) => {
                let text = input::read_text(file, MAX_RULES_BYTES)?;
                toml::from_str(&text).map_err(|error| {
                    Failure::input(
                        format!("{} does not hold rules: {error}", file.display()),
                        "correct it; [matching] can have mappings, exclude and domains, and [reclamation] the rules of a wasted seat",
                    )
                })?
            }
        };

        let reclamation = &mut rules.reclamation;
        if let Some(days) = self.inactive_days {
            reclamation.inactive_after_days = days;
        }
        if let Some(days) = self.grace_days {
            reclamation.grace_days = days;
        }
        if let Some(days) = self.frozen_days {
            reclamation.frozen_after_days = days;
        }
        reclamation.exempt.extend(self.exempt);

        Ok(rules)
    }
}

fn parse_pattern(text: &str) -> Result<AccountPattern, PatternError> {
    AccountPattern::new(None, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_OPTIONS: RulesArgs = RulesArgs {
        rules: None,
        inactive_days: None,
        grace_days: None,
        frozen_days: None,
        exempt: Vec::new(),
    };

    #[test]
    fn defaults_are_those_of_the_help() {
        let rules = NO_OPTIONS.read().unwrap().reclamation;

        assert_eq!(rules.inactive_after_days, 60);
        assert_eq!(rules.grace_days, 30);
        assert_eq!(rules.frozen_after_days, 7);
    }

    #[test]
    fn options_override_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.toml");
        let file = "[reclamation]\ninactive_after_days = 90\ngrace_days = 5\n";
        std::fs::write(&path, file).unwrap();

        let args = RulesArgs {
            rules: Some(path),
            grace_days: Some(7),
            ..NO_OPTIONS
        };
        let rules = args.read().unwrap().reclamation;

        assert_eq!((rules.inactive_after_days, rules.grace_days), (90, 7));
    }

    #[test]
    fn file_with_unknown_rule_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.toml");
        std::fs::write(&path, "[reclamation]\ninactive = 90\n").unwrap();

        let args = RulesArgs {
            rules: Some(path),
            ..NO_OPTIONS
        };

        assert_eq!(args.read().unwrap_err().exit_code(), 3);
    }
}
