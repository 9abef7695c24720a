//! Findings and the rules they are about.

use std::fmt;

/// A place where the house style does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    /// Path of the file below the checkout.
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) rule: Rule,
    pub(super) message: String,
}

/// A rule of the house style that a program can check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// Comments end at column 100.
    Width,
    /// Sentences of documentation open with a verb or a noun.
    Opener,
    /// `# Errors` says more than the return type.
    Errors,
    /// Commands are named by the command line alone.
    Command,
    /// A crate has one type of each name.
    Name,
    /// Files of a crate do not import each other in circles.
    Circle,
    /// Rooms import downward.
    Room,
}

impl Rule {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Width => "width",
            Self::Opener => "opener",
            Self::Errors => "errors",
            Self::Command => "command",
            Self::Name => "name",
            Self::Circle => "circle",
            Self::Room => "room",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self.rule.as_str();
        write!(f, "{}:{}: {rule}: {}", self.path, self.line, self.message)
    }
}
