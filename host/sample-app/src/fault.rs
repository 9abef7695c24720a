//! Faults of a SaaS application, injected on request.

use crate::scope::Scope;
use std::time::Duration;

/// A fault of the server. Pages are those of the member list, counted from 0. Requests are counted
/// from the start of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The first request for the page fails with 503; later ones succeed.
    UnavailableOnce {
        /// Page number.
        page: usize,
    },
    /// The page's JSON is cut in the middle.
    MalformedJson {
        /// Page number.
        page: usize,
    },
    /// The page contains its first member twice.
    DuplicateInPage {
        /// Page number.
        page: usize,
    },
    /// The page repeats the last member of the previous page, as offset paging does when rows move.
    DuplicateOfPreviousPage {
        /// Page number.
        page: usize,
    },
    /// The page's cursor leads back to an earlier page or to the page itself, so the list never
    /// ends.
    CursorTo {
        /// Page number.
        page: usize,
        /// Number of the page that its cursor leads to.
        back_to: usize,
    },
    /// The server crashes: every connection breaks, and new ones are refused.
    CrashesAfter {
        /// Number of requests that are still processed.
        requests: u64,
    },
    /// The token is revoked.
    TokenRevokedAfter {
        /// Number of requests that are still processed.
        requests: u64,
    },
    /// The token lacks a scope.
    ScopeMissing(Scope),
    /// The member list contains only its first members.
    ListsOnly {
        /// Number of members; 0 for an empty list.
        members: usize,
    },
    /// The list ends after its first members, although its total counts all of them.
    EndsEarly {
        /// Number of members.
        members: usize,
    },
    /// Every page is empty, and its cursor leads to another one.
    EmptyPages,
    /// The first member of the list leaves, once, and all others move one place up.
    MemberLeavesBefore {
        /// Smallest offset of the request before which it happens.
        offset: usize,
    },
    /// A member joins at the beginning of the list, once, and all others move one place down.
    MemberJoinsBefore {
        /// Smallest offset of the request before which it happens.
        offset: usize,
    },
    /// Some requests exceed the rate limit. The body is the text "rate limit exceeded".
    RateLimits {
        /// Number of requests processed before.
        after: u64,
        /// Number of requests refused.
        requests: u64,
        /// Status of the response.
        status: u16,
        /// Value of `Retry-After` in seconds; absent for no such header.
        retry_after: Option<u32>,
    },
    /// Every response is delayed.
    Slow {
        /// Delay of each response.
        each: Duration,
    },
    /// The next download of an export file is cut off, once.
    ExportDisconnects {
        /// Number of bytes sent before.
        after: usize,
    },
    /// Exports started from now on end with empty lines, which compress to almost nothing.
    ExportBomb {
        /// Number of empty lines.
        bytes: usize,
    },
    /// Exports started from now on contain the token in each row, at the beginning of its id.
    ExportEchoesToken,
    /// Ranges of an export file are not supported.
    ExportWithoutRanges,
}
