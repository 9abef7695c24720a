//! The party at fault for a failure. Every error that reaches a person carries it, with the next
//! step.

use crate::NextStep;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Party at fault for a failure, and so the one who can fix it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Blame {
    /// The connector: its code or its description.
    Guest,
    /// The SaaS application, or the network between it and Purser.
    Upstream,
    /// The person who configured it: a grant, a credential, a setting, an input file.
    Operator,
    /// Purser itself, or the machine it runs on.
    Host,
}

impl Blame {
    /// Returns the word used in tables, JSON and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns the words used in a sentence.
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

/// Error with a party at fault and a next step. Its `Display` describes the failure.
pub trait Blamed: std::error::Error {
    /// Returns the party at fault.
    fn blame(&self) -> Blame;

    /// Returns the step that the reader should take, if there is one.
    fn next_step(&self) -> Option<NextStep> {
        None
    }
}
