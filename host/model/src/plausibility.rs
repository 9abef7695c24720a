//! Plausibility of instants and days: which of them can be evidence, and which are placeholders.
//!
//! Applications and directories write a fixed date where they have none: the smallest value of a
//! type (0001-01-01, 1601-01-01, 1753-01-01, 1899-12-30, 1900-01-01, 1970-01-01), the epoch of a
//! system, or the largest value (4712-12-31, 9999-12-31). Read literally, "never" becomes a use
//! 700,000 days ago, and "does not end" becomes a day. Such a value says that nothing is known.

use crate::{LastActivity, Timestamp};
use jiff::SignedDuration;
use jiff::civil::Date;

/// First second that can be evidence, as seconds of Unix time: 1990-01-01. No hosted application
/// was used before the web.
const EARLIEST_SECOND: i64 = 631_152_000;

/// Epochs after that, to the second: 2000-01-01 of PostgreSQL and 2001-01-01 of Cocoa, in UTC. An
/// unset field has exactly this value, and a real use has it once in 30 million.
const EPOCH_SECONDS: [i64; 2] = [946_684_800, 978_307_200];

/// Longest time that a right clock can be ahead: local time of UTC+14 that was sent as UTC of a
/// place at UTC-12.
const MAX_AHEAD: SignedDuration = SignedDuration::from_hours(26);

/// First year whose days are placeholders for "no end", such as 2099-12-31 and 9999-12-31.
const FIRST_ENDLESS_YEAR: i16 = 2090;

/// Last year whose days are placeholders for "not set", such as 0001-01-01 and 1900-01-01.
const LAST_UNSET_YEAR: i16 = 1949;

/// Epochs that days are counted from, and that stand for "not set".
const EPOCH_DAYS: [(i16, i8, i8); 2] = [(1970, 1, 1), (1980, 1, 1)];

/// Returns true if an instant is too early, or is an epoch, and therefore says nothing.
#[must_use]
pub fn is_placeholder(at: Timestamp) -> bool {
    at.as_second() < EARLIEST_SECOND || EPOCH_SECONDS.contains(&at.as_second())
}

/// Returns true if an instant is later than `now` by more than clocks and time zones differ.
#[must_use]
pub fn is_beyond(at: Timestamp, now: Timestamp) -> bool {
    at.duration_since(now) > MAX_AHEAD
}

/// Returns the latest instant that clocks and time zones can explain.
#[must_use]
pub fn latest_plausible(now: Timestamp) -> Timestamp {
    now.saturating_add(MAX_AHEAD).unwrap_or(Timestamp::MAX)
}

/// Returns an instant of the past, such as a creation; `None` if it is a placeholder or lies in the
/// future.
#[must_use]
pub fn plausible_past(at: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    at.filter(|at| !is_placeholder(*at) && !is_beyond(*at, now))
}

/// Returns true if a day of a directory or a contract stands for "none".
#[must_use]
pub fn is_placeholder_day(day: Date) -> bool {
    let parts = (day.year(), day.month(), day.day());

    day.year() >= FIRST_ENDLESS_YEAR || day.year() <= LAST_UNSET_YEAR || EPOCH_DAYS.contains(&parts)
}

impl LastActivity {
    /// Returns the activity as evidence: a placeholder and the future are unknown.
    ///
    /// The future is not set back to `now`: it would then be the latest use of all, although no
    /// use was reported.
    #[must_use]
    pub fn as_evidence(self, now: Timestamp) -> Self {
        match self {
            Self::At(at) if is_placeholder(at) || is_beyond(at, now) => Self::Unknown,
            other => other,
        }
    }

    /// Returns the latest use of an account that was created at an instant. A use before the
    /// creation, by more than clocks differ, contradicts it and is unknown.
    #[must_use]
    pub fn unless_before(self, created_at: Option<Timestamp>) -> Self {
        match (self, created_at) {
            (Self::At(at), Some(created_at)) if is_beyond(created_at, at) => Self::Unknown,
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn now() -> Timestamp {
        "2026-11-28T12:00:00Z".parse().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn constants_are_the_days_they_are_named_for() {
        let seconds = |text| at(text).as_second();

        assert_eq!(seconds("1990-01-01T00:00:00Z"), EARLIEST_SECOND);
        assert_eq!(seconds("2000-01-01T00:00:00Z"), EPOCH_SECONDS[0]);
        assert_eq!(seconds("2001-01-01T00:00:00Z"), EPOCH_SECONDS[1]);
    }

    #[test]
    fn activity_at_a_placeholder_or_in_the_future_is_unknown() {
        for text in [
            "0001-01-01T00:00:00Z",
            "1601-01-01T00:00:00Z",
            "1753-01-01T00:00:00Z",
            "1899-12-30T00:00:00Z",
            "1900-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "1970-01-01T01:00:00Z",
            "1980-01-01T00:00:00Z",
            "1989-12-31T23:59:59Z",
            "2000-01-01T00:00:00Z",
            "2001-01-01T00:00:00.5Z",
            "2026-11-29T14:00:01Z",
            "2038-01-19T03:14:07Z",
            "2099-01-01T00:00:00Z",
            "4712-12-31T00:00:00Z",
            "9999-12-30T22:00:00Z",
        ] {
            let activity = LastActivity::At(at(text));
            assert_eq!(activity.as_evidence(now()), LastActivity::Unknown, "{text}");
            assert_eq!(plausible_past(Some(at(text)), now()), None, "{text}");
        }
    }

    #[test]
    fn activity_of_the_past_and_within_the_difference_of_clocks_is_evidence() {
        for text in [
            "1990-01-01T00:00:00Z",
            "2000-01-01T00:00:01Z",
            "2026-11-28T11:59:59Z",
            "2026-11-29T14:00:00Z",
        ] {
            let activity = LastActivity::At(at(text));
            assert_eq!(activity.as_evidence(now()), activity, "{text}");
        }
        for kept in [LastActivity::Unknown, LastActivity::Never] {
            assert_eq!(kept.as_evidence(now()), kept);
        }
    }

    #[test]
    fn use_before_the_creation_is_unknown() {
        let used = LastActivity::At(at("2020-05-05T12:00:00Z"));
        let since = |created: &str| used.unless_before(Some(at(created)));

        assert_eq!(since("2024-01-01T00:00:00Z"), LastActivity::Unknown);
        assert_eq!(since("2020-05-06T12:00:00Z"), used, "clocks differ");
        assert_eq!(since("2019-01-01T00:00:00Z"), used);
        assert_eq!(used.unless_before(None), used);
    }

    #[test]
    fn days_at_the_ends_of_types_are_placeholders() {
        for (year, month, day) in [
            (1, 1, 1),
            (1899, 12, 30),
            (1900, 1, 1),
            (1970, 1, 1),
            (2099, 12, 31),
            (2999, 12, 31),
            (4712, 12, 31),
            (9999, 12, 31),
        ] {
            assert!(is_placeholder_day(date(year, month, day)), "{year}");
        }
        for (year, month, day) in [(1970, 1, 2), (1985, 5, 5), (2026, 11, 28), (2049, 12, 31)] {
            assert!(!is_placeholder_day(date(year, month, day)), "{year}");
        }
    }
}
