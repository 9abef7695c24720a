//! Counts, sizes, durations and times as people read them.

use jiff::Timestamp;
use std::time::Duration;

/// `1,234,567`.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 page`, `2,000 pages`: the noun takes an `s` unless there is exactly one.
pub(crate) fn counted(value: u64, noun: &str) -> String {
    format!(
        "{} {noun}{}",
        count(value),
        if value == 1 { "" } else { "s" }
    )
}

/// `118 KiB`: what a file manager shows.
pub(crate) fn size(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}

/// `0.4 s`, `12.0 s`, `3 min 20 s`.
pub(crate) fn duration(took: Duration) -> String {
    match took.as_secs() {
        0..60 => format!("{:.1} s", took.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// The time between two instants, where it is known and not negative.
pub(crate) fn between(start: Timestamp, end: Option<Timestamp>) -> Option<Duration> {
    Duration::try_from(end?.duration_since(start)).ok()
}

/// `2026-03-01 09:30Z`: UTC, because a table is copied into tickets read in other time zones.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%MZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(value), text);
        }
        assert_eq!(counted(1, "page"), "1 page");
        assert_eq!(counted(2000, "page"), "2,000 pages");
    }

    #[test]
    fn durations_are_short() {
        assert_eq!(duration(Duration::from_millis(420)), "0.4 s");
        assert_eq!(duration(Duration::from_secs(200)), "3 min 20 s");
    }

    #[test]
    fn times_say_their_zone() {
        assert_eq!(time(Timestamp::UNIX_EPOCH), "1970-01-01 00:00Z");
        let later = Timestamp::UNIX_EPOCH + Duration::from_secs(3);
        assert_eq!(
            between(Timestamp::UNIX_EPOCH, Some(later)),
            Some(Duration::from_secs(3))
        );
        assert_eq!(
            between(later, Some(Timestamp::UNIX_EPOCH)),
            None,
            "the clock was set back"
        );
    }
}
