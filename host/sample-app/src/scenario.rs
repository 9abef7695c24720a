//! The scenario of each member, and the identifier by which the application knows an employee.

use crate::expected::SeatHolder;

/// The scenario that a member demonstrates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// An employee who uses the seat.
    Active,
    /// An employee who used the seat 59 days ago: one day within the window.
    ActiveAtLimit,
    /// An employee who has not used the seat for more than 60 days.
    Inactive,
    /// An employee who never used the seat.
    NeverUsed,
    /// An employee whose account is a few days old.
    New,
    /// An employee whose activity is not reported.
    ActivityHidden,
    /// A person who has left the company.
    Leaver,
    /// An employee who will leave in 20 days.
    LeavingSoon,
    /// A person who is not in the directory.
    Unlisted,
    /// A person of another company.
    Guest,
    /// A program.
    Bot,
}

/// The share of each scenario in a hundred members.
const SHARES: [(usize, Scenario); 11] = [
    (63, Scenario::Active),
    (1, Scenario::ActiveAtLimit),
    (12, Scenario::Inactive),
    (6, Scenario::NeverUsed),
    (3, Scenario::New),
    (2, Scenario::ActivityHidden),
    (5, Scenario::Leaver),
    (1, Scenario::LeavingSoon),
    (2, Scenario::Unlisted),
    (3, Scenario::Guest),
    (2, Scenario::Bot),
];

impl Scenario {
    /// Returns the scenario of the member at an index of the list.
    pub(crate) fn for_index(index: usize) -> Self {
        // 37 and 100 have no common divisor, so every hundred members have every scenario.
        let mut slot = index.wrapping_mul(37) % 100;
        for (share, scenario) in SHARES {
            if slot < share {
                return scenario;
            }
            slot -= share;
        }

        Self::Active
    }

    /// Returns the holder of the member's seats.
    pub(crate) const fn holder(self) -> SeatHolder {
        match self {
            Self::Leaver => SeatHolder::Leaver,
            Self::Unlisted => SeatHolder::Unlisted,
            Self::Guest => SeatHolder::Guest,
            Self::Bot => SeatHolder::Bot,
            _ => SeatHolder::Employee,
        }
    }

    /// Returns true if the person is in the company's directory.
    pub(crate) const fn is_in_directory(self) -> bool {
        !matches!(self, Self::Unlisted | Self::Guest | Self::Bot)
    }
}

/// The identifier by which the application knows an employee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identifier {
    /// The address in the directory.
    Email,
    /// The address in the directory, in another letter case.
    EmailInOtherCase,
    /// An address of a former brand, which is an alias in the directory.
    Alias,
    /// The employee number alone.
    EmployeeNumber,
    /// The user name alone.
    UserName,
}

impl Identifier {
    /// Returns the identifier of the member at an index of the list.
    pub(crate) const fn for_index(index: usize) -> Self {
        // 23 and 100 have no common divisor, so every scenario meets every identifier.
        match index % 23 {
            3 => Self::EmailInOtherCase,
            7 => Self::Alias,
            11 => Self::EmployeeNumber,
            13 => Self::UserName,
            _ => Self::Email,
        }
    }
}
