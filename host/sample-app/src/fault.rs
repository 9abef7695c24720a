//! What can be wrong with a SaaS application, on request.

use serde::Serialize;
use std::time::Duration;

/// What a token may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Scope {
    /// Read members.
    #[serde(rename = "members:read")]
    MembersRead,
    /// Suspend members and take their seats.
    #[serde(rename = "members:write")]
    MembersWrite,
    /// Read activity.
    #[serde(rename = "activity:read")]
    ActivityRead,
    /// Read plans.
    #[serde(rename = "billing:read")]
    BillingRead,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::MembersRead,
        Self::MembersWrite,
        Self::ActivityRead,
        Self::BillingRead,
    ];

    /// As it appears in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MembersRead => "members:read",
            Self::MembersWrite => "members:write",
            Self::ActivityRead => "activity:read",
            Self::BillingRead => "billing:read",
        }
    }
}

/// A way in which the server misbehaves. Pages are those of the member list, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The page answers 503 the first time it is asked for, and works from then on.
    UnavailableOnce {
        /// Which page.
        page: usize,
    },
    /// The page's JSON ends in the middle.
    MalformedJson {
        /// Which page.
        page: usize,
    },
    /// The page holds its first member twice.
    DuplicateInPage {
        /// Which page.
        page: usize,
    },
    /// The page repeats the last member of the page before, as offset paging does when rows move.
    DuplicateOfPageBefore {
        /// Which page.
        page: usize,
    },
    /// The page's cursor leads back to an earlier page, or to the page itself: the list never ends.
    CursorTo {
        /// Which page.
        page: usize,
        /// Where its cursor leads.
        back_to: usize,
    },
    /// The server is gone after so many requests: every connection breaks off, and nobody listens any more.
    DiesAfter {
        /// How many requests are still answered, counted from the start.
        requests: u64,
    },
    /// The token is refused after so many requests.
    TokenRevokedAfter {
        /// How many requests are still answered, counted from the start.
        requests: u64,
    },
    /// The token lacks a scope.
    ScopeMissing(Scope),
    /// The list shows only its first members: none, with 0.
    ListsOnly {
        /// How many.
        members: usize,
    },
    /// The first member of the list leaves when the page of this offset is first asked for: all others move one place up.
    LeavesBefore {
        /// Which offset, at least.
        offset: usize,
    },
    /// A member joins at the beginning of the list when the page of this offset is first asked for: all others move one place down.
    JoinsBefore {
        /// Which offset, at least.
        offset: usize,
    },
    /// Some requests are refused, because there were too many: with this status, and the words "rate limit exceeded".
    Limits {
        /// How many are answered before, counted from the start.
        after: u64,
        /// How many are refused.
        requests: u64,
        /// The answer's status.
        status: u16,
        /// Seconds after which one may come back, if that is told.
        retry_after: Option<u32>,
    },
    /// Every answer takes this long.
    Slow {
        /// How long.
        each: Duration,
    },
    /// The file of an export breaks off, once.
    ExportBreaksOff {
        /// After how many bytes.
        after: usize,
    },
    /// Exports that are asked for from now on have so many empty lines at the end: packed they are nothing.
    ExportBomb {
        /// How many.
        bytes: usize,
    },
    /// Exports that are asked for from now on hold the token in each row, at the beginning of its id.
    ExportEchoes,
    /// No part of a file can be asked for.
    ExportWithoutRanges,
}
