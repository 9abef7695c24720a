//! Parses the time that an application states in a header field, in every form in use: a delay, an
//! HTTP date (RFC 9110, section 5.6.7), RFC 3339, or an epoch.

use jiff::fmt::friendly::SpanParser;
use jiff::{SpanRelativeTo, Timestamp};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The longest wait that an application can mean. One that lies further ahead is a placeholder or a
/// misread unit, and says nothing.
const MAX_PLAUSIBLE: Duration = Duration::from_secs(366 * 24 * 3600);

/// The longest time by which an instant may have passed: clocks differ, and a response travels. An
/// earlier instant is a placeholder, and says nothing.
const MAX_SKEW: Duration = Duration::from_secs(5 * 60);

/// The smallest number that is read as an instant since 1970. As a delay in seconds, it would last
/// 31 years.
const MIN_EPOCH: f64 = 1e9;

/// Units of an epoch, in seconds: seconds, milliseconds, microseconds, nanoseconds. They lie so far
/// apart that at most one of them gives a plausible instant.
const EPOCH_UNITS: [f64; 4] = [1.0, 1e-3, 1e-6, 1e-9];

/// Unit of a number that states none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BareUnit {
    /// Seconds, or an epoch if the number is too large for a delay.
    Seconds,
    /// Milliseconds, as the name of the field says.
    Milliseconds,
}

/// Returns the wait that a field value states, counted from `now` and rounded up to whole seconds.
/// Of several values in one field, the longest counts. `None` if it states no plausible time.
pub(super) fn wait(text: &str, unit: BareUnit, now: SystemTime) -> Option<Duration> {
    // why: a date has a comma of its own, so the whole text comes before its parts
    wait_of_one(text, unit, now).or_else(|| {
        text.split(',')
            .filter_map(|part| wait_of_one(part, unit, now))
            .max()
    })
}

fn wait_of_one(text: &str, unit: BareUnit, now: SystemTime) -> Option<Duration> {
    let text = text.trim().trim_matches(['"', '\'']).trim();

    match number(text) {
        Some(number) => wait_of_number(number, unit, now),
        None => delay_with_units(text)
            .and_then(whole_seconds)
            .or_else(|| until(instant(text)?, now)),
    }
}

/// Parses a number without sign and exponent, which `f64` would accept.
pub(super) fn number(text: &str) -> Option<f64> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_number.then(|| text.parse().ok()).flatten()
}

fn wait_of_number(number: f64, unit: BareUnit, now: SystemTime) -> Option<Duration> {
    if number < MIN_EPOCH {
        return whole_seconds(match unit {
            BareUnit::Seconds => number,
            BareUnit::Milliseconds => number * 1e-3,
        });
    }

    EPOCH_UNITS.iter().find_map(|unit| {
        let since_epoch = Duration::try_from_secs_f64(number * unit).ok()?;
        until(UNIX_EPOCH.checked_add(since_epoch)?, now)
    })
}

/// Parses a delay in which every number has a unit: `20s`, `1m30s`, `1.5 sec`. Returns seconds.
fn delay_with_units(text: &str) -> Option<f64> {
    let span = SpanParser::new()
        .parse_span(text.to_ascii_lowercase())
        .ok()?;
    let delay = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;

    (!delay.is_negative()).then(|| delay.as_secs_f64())
}

/// Parses an instant: an HTTP date, one with a numeric zone (RFC 5322), or RFC 3339.
fn instant(text: &str) -> Option<SystemTime> {
    // why: some libraries write the same zone by its newer name
    let of_http = text
        .strip_suffix(" UTC")
        .map_or_else(|| text.to_owned(), |date| format!("{date} GMT"));
    if let Ok(at) = httpdate::parse_http_date(&of_http) {
        return Some(at);
    }
    if let Ok(at) = jiff::fmt::rfc2822::parse(text) {
        return system_time(at.timestamp());
    }

    // why: most applications that leave out the zone mean UTC, and a wrong guess is at most hours
    let at = text
        .parse::<Timestamp>()
        .or_else(|_| format!("{text}Z").parse());
    system_time(at.ok()?)
}

fn system_time(at: Timestamp) -> Option<SystemTime> {
    // why: an instant before 1970 is a placeholder
    let milliseconds = u64::try_from(at.as_millisecond()).ok()?;
    UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds))
}

/// Returns the time until an instant; zero if it has just passed, `None` if it is not plausible.
fn until(at: SystemTime, now: SystemTime) -> Option<Duration> {
    match at.duration_since(now) {
        Ok(wait) if wait <= MAX_PLAUSIBLE => whole_seconds(wait.as_secs_f64()),
        Ok(_) => None,
        Err(passed) => (passed.duration() <= MAX_SKEW).then_some(Duration::ZERO),
    }
}

/// Rounds up to whole seconds: the application must not be asked any sooner.
fn whole_seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds.ceil()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 2026-11-27T20:07:00Z, in seconds since 1970.
    const NOW: u64 = 1_795_810_020;

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(NOW)
    }

    fn seconds(text: &str) -> Option<u64> {
        wait(text, BareUnit::Seconds, now()).map(|wait| wait.as_secs())
    }

    #[test]
    fn instants_of_every_form_are_waited_for() {
        for text in [
            "Fri, 27 Nov 2026 20:07:20 GMT",
            "Fri, 27 Nov 2026 20:07:20 UTC",
            "Friday, 27-Nov-26 20:07:20 GMT",
            "Fri Nov 27 20:07:20 2026",
            "Fri, 27 Nov 2026 21:07:20 +0100",
            "2026-11-27T20:07:20Z",
            "2026-11-27t20:07:20z",
            "2026-11-27T20:07:19.25Z",
            "2026-11-27T21:07:20+01:00",
            "2026-11-27 20:07:20Z",
            "2026-11-27T20:07:20",
            "\"2026-11-27T20:07:20Z\"",
            "1795810040",
            "1795810039.5",
            "1795810040000",
            "1795810040000000",
            "1795810040000000000",
        ] {
            assert_eq!(seconds(text), Some(20), "{text}");
        }
        assert_eq!(seconds("2026-11-27T22:07Z"), Some(7200), "without seconds");
    }

    #[test]
    fn delays_of_every_form_are_waited_for() {
        for (text, expected) in [
            ("20", 20),
            (" 0 ", 0),
            ("1.5", 2),
            ("\"20\"", 20),
            ("20s", 20),
            ("20 seconds", 20),
            ("1m30s", 90),
            ("6m0s", 360),
            ("1h2m3s", 3723),
            ("1 min", 60),
            ("2 Hours", 7200),
            ("1 day 1h", 90_000),
            ("250ms", 1),
            ("20, 20", 20),
            ("5, 30", 30),
            ("9999999", 9_999_999),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        let milliseconds = wait("1500", BareUnit::Milliseconds, now());
        assert_eq!(milliseconds, Some(Duration::from_secs(2)));
    }

    #[test]
    fn instant_years_away_or_long_past_says_nothing() {
        for text in [
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "9999-12-31T23:59:59Z",
            "1970-01-01T00:00:00Z",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "0001-01-01T00:00:00Z",
            "4294967295",
            "9223372036854775807",
            "99999999999999999999999999",
            "1445412480",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
        assert_eq!(seconds("2026-11-27T20:06:40Z"), Some(0), "just passed");
    }

    #[test]
    fn other_texts_say_nothing() {
        for text in [
            "", "soon", "-1", "-20s", "NaN", "inf", "1e5", "+5", "20x", "s", "1.2.3", "5 apples",
            ",", "\"\"",
        ] {
            assert_eq!(seconds(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,60}") {
            let _ = seconds(&text);
        }

        #[test]
        fn epoch_of_any_unit_is_the_same_wait(ahead in 1_u64..86_400 * 300) {
            for digits in [1, 1_000, 1_000_000, 1_000_000_000] {
                let text = (u128::from(NOW + ahead) * digits).to_string();
                let read = seconds(&text).unwrap();

                // A number of 19 digits is rounded when it is read.
                prop_assert!(read.abs_diff(ahead) <= 1, "{text}: {read} for {ahead}");
            }
        }

        #[test]
        fn delay_is_never_shortened(delay in 0.0_f64..900_000_000.0) {
            let read = wait(&format!("{delay:.3}"), BareUnit::Seconds, now()).unwrap();

            prop_assert!(read.as_secs_f64() + 0.001 >= delay);
        }

        #[test]
        fn instant_is_the_same_in_every_form(ahead in 1_u64..86_400 * 300) {
            let at = now() + Duration::from_secs(ahead);
            let timestamp = Timestamp::from_second((NOW + ahead).cast_signed()).unwrap();

            prop_assert_eq!(seconds(&httpdate::fmt_http_date(at)), Some(ahead));
            prop_assert_eq!(seconds(&timestamp.to_string()), Some(ahead));
        }
    }
}
