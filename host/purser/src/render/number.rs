//! Counts, sizes, durations and times as text.

use jiff::Timestamp;
use std::time::Duration;

/// Returns a count such as `1,234,567`.
pub(crate) fn count(value: u64) -> String {
    indicatif::HumanCount(value).to_string()
}

/// Returns a count with its noun, such as `1 page` or `2,000 pages`.
pub(crate) fn counted(value: u64, noun: &str) -> String {
    format!(
        "{} {noun}{}",
        count(value),
        if value == 1 { "" } else { "s" }
    )
}

/// Returns a size such as `118 KiB`.
pub(crate) fn size(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}

/// Returns a duration such as `0.4 s`, `12.0 s` or `3 min 20 s`.
///
/// `indicatif::HumanDuration` would round these to `0 seconds` and `3 minutes`.
pub(crate) fn duration(took: Duration) -> String {
    match took.as_secs() {
        0..60 => format!("{:.1} s", took.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// Returns the time between two instants; `None` if it is unknown or negative.
pub(crate) fn between(start: Timestamp, end: Option<Timestamp>) -> Option<Duration> {
    Duration::try_from(end?.duration_since(start)).ok()
}

/// Returns a time such as `2026-03-01 09:30Z`.
///
/// It is in UTC, because tables are copied into tickets that are read in other time zones.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%MZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn count_is_grouped_by_thousands() {
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
    fn duration_has_tenths_below_a_minute() {
        assert_eq!(duration(Duration::from_millis(420)), "0.4 s");
        assert_eq!(duration(Duration::from_secs(200)), "3 min 20 s");
    }

    #[test]
    fn time_has_its_zone_and_negative_span_is_none() {
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
