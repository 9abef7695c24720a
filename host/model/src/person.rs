//! People: the employees in the company's directory.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Whether a person works for the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", content = "on")]
pub enum Employment {
    /// They do.
    Employed,
    /// They left, or will leave, on this day; absent when the directory does not tell when.
    Left(Option<Date>),
}

impl Employment {
    /// Whether the person has left by a day.
    #[must_use]
    pub fn has_left_by(self, day: Date) -> bool {
        match self {
            Self::Employed => false,
            Self::Left(None) => true,
            Self::Left(Some(on)) => on <= day,
        }
    }
}

/// A person of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The employer's number of the person: what identifies them. Never empty.
    pub employee_number: String,
    /// Their name.
    pub name: String,
    /// Their main address.
    pub email: Option<String>,
    /// Their other addresses.
    pub aliases: Vec<String>,
    /// What they type to sign in where it is no address.
    pub user_name: Option<String>,
    /// Where they work.
    pub department: Option<String>,
    /// The employee number of their manager.
    pub manager: Option<String>,
    /// Whether they work here.
    pub employment: Employment,
}
