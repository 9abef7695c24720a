//! Whose fault a failure is. Every error that reaches a person carries it, with what to do next.

use crate::NextStep;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whose fault a failure is, and so who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blame {
    /// The connector: its code or its description.
    Guest,
    /// The SaaS application, or the network on the way to it.
    Upstream,
    /// The person who configured it: a grant, a credential, a setting, an input file.
    Operator,
    /// Purser itself, or the machine it runs on.
    Host,
}

impl Blame {
    /// The word used in tables, JSON and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Upstream => "upstream",
            Self::Operator => "operator",
            Self::Host => "host",
        }
    }

    /// The same, for a sentence.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Guest => "the connector",
            Self::Upstream => "the SaaS application or the network",
            Self::Operator => "the input or configuration",
            Self::Host => "Purser or this machine",
        }
    }
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error that says whose fault it is and what to do next. Its `Display` says what happened.
pub trait Blamed: std::error::Error {
    /// Whose fault.
    fn blame(&self) -> Blame;

    /// Returns the step that the reader should take, if there is one.
    fn next_step(&self) -> Option<NextStep> {
        None
    }
}
