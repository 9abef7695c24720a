//! What a member is like: what is the matter with it, and how the company knows it.

use crate::truth::Holder;

/// What is the matter with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Story {
    Working,
    /// Used last 59 days ago: within the limit, by a day.
    Boundary,
    Idle,
    Never,
    New,
    Private,
    Leaver,
    LeavingSoon,
    Stranger,
    Guest,
    Bot,
}

/// The share of each in a hundred.
const STORIES: [(usize, Story); 11] = [
    (63, Story::Working),
    (1, Story::Boundary),
    (12, Story::Idle),
    (6, Story::Never),
    (3, Story::New),
    (2, Story::Private),
    (5, Story::Leaver),
    (1, Story::LeavingSoon),
    (2, Story::Stranger),
    (3, Story::Guest),
    (2, Story::Bot),
];

impl Story {
    /// The member's, by its place in the list. 37 and 100 have no common divisor, so every hundred holds every story.
    pub(crate) fn of(index: usize) -> Self {
        let mut slot = index.wrapping_mul(37) % 100;
        for (share, story) in STORIES {
            if slot < share {
                return story;
            }
            slot -= share;
        }
        Self::Working
    }

    /// Who holds the member's seats.
    pub(crate) const fn holder(self) -> Holder {
        match self {
            Self::Leaver => Holder::Leaver,
            Self::Stranger => Holder::Stranger,
            Self::Guest => Holder::Guest,
            Self::Bot => Holder::Bot,
            _ => Holder::Employee,
        }
    }

    /// Whether the company's directory has the person.
    pub(crate) const fn is_employee(self) -> bool {
        !matches!(self, Self::Stranger | Self::Guest | Self::Bot)
    }
}

/// How the application knows an employee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contact {
    /// By the address that the directory has.
    Address,
    /// By the same address in other letter case.
    OtherCase,
    /// By an address of a former brand, which the directory has as an alias.
    Alias,
    /// By the employee number alone.
    Number,
    /// By the user name alone.
    UserName,
}

impl Contact {
    /// The member's, by its place in the list. 23 shares no divisor with 100, so every story meets every contact.
    pub(crate) const fn of(index: usize) -> Self {
        match index % 23 {
            3 => Self::OtherCase,
            7 => Self::Alias,
            11 => Self::Number,
            13 => Self::UserName,
            _ => Self::Address,
        }
    }
}
