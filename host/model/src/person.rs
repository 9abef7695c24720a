//! People: the employees in the company's directory.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Employment of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state", content = "on")]
pub enum Employment {
    /// Works for the company.
    Employed,
    /// Left, or will leave, on this day; absent if the directory does not report the day.
    Left(Option<Date>),
    /// The directory contradicts itself, such as an active person whose day of leaving is in the
    /// past, or does not say it, such as a person whose sign-in is disabled. The day is the one
    /// that it reports. Counts as employed, and needs a look.
    Unclear(Option<Date>),
}

impl Employment {
    /// Returns true if the person has left by a day.
    #[must_use]
    pub fn has_left_by(self, day: Date) -> bool {
        match self {
            Self::Employed | Self::Unclear(_) => false,
            Self::Left(None) => true,
            Self::Left(Some(on)) => on <= day,
        }
    }
}

/// Person in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Number that the employer gave the person, which identifies them. Never empty.
    pub employee_number: String,
    /// Full name.
    pub name: String,
    /// Main e-mail address.
    pub email: Option<String>,
    /// Other e-mail addresses.
    pub aliases: Vec<String>,
    /// Name that is typed to sign in, if it is not an address.
    pub user_name: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Employee number of the manager.
    pub manager: Option<String>,
    /// Employment.
    pub employment: Employment,
}
