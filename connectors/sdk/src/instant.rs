//! Parser of dates and times (RFC 3339), and the instants that mean "none".
//!
//! Written here because a guest needs no time zones, and every dependency becomes part of each
//! guest. Years from 0 to 9999 are read, as the standard says.

use crate::Timestamp;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// The latest instant that the host accepts: 9999-12-30T22:00:00Z.
const LATEST: Timestamp = 253_402_207_200_000;

/// The earliest and the latest second that a number is taken for a time: 1990 and 2100.
const PLAUSIBLE_SECONDS: std::ops::RangeInclusive<i64> = 631_152_000..=4_102_444_800;

/// Numbers that systems write for "never": zero, and the largest one of a FILETIME.
const PLACEHOLDER_NUMBERS: [&str; 2] = ["0", "9223372036854775807"];

/// Days that systems write for "never": the first day of FILETIME, of SQL Server and of
/// spreadsheets, the last day of Oracle, and that of years with four digits.
const PLACEHOLDER_DAYS: [Date; 7] = [
    (1601, 1, 1),
    (1753, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
    (4712, 12, 31),
    (9999, 12, 31),
];

/// A year, month and day.
type Date = (i64, i64, i64);

/// The meaning of a text in a place for an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// An instant.
    At(Timestamp),
    /// A value that stands for "no instant": the first or last day of some system, or zero.
    Placeholder,
}

/// Reads a text, or a number as text. `None` if it is not an instant.
///
/// A number is an instant if it is plausible as seconds or milliseconds since 1970.
pub(crate) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    if PLACEHOLDER_NUMBERS.contains(&text) || text.starts_with("0000-") {
        return Some(Reading::Placeholder);
    }
    if let Some(at) = epoch(text) {
        return Some(Reading::At(at));
    }

    let (date, rest) = date(text)?;
    let ms = rest.and_then(time_of_day);
    let (year, month, day) = date;
    // why: .NET, Go and others begin with the year 1; without an offset, the start of Unix time is
    // recognised by its day
    let is_unset = year <= 1 || (ms.is_none() && date == (1970, 1, 1));
    if is_unset || PLACEHOLDER_DAYS.contains(&date) {
        return Some(Reading::Placeholder);
    }

    let at = days_from_civil(year, month, day) * DAY_MS + ms?;
    // why: the start of Unix time is what a field says that was never set
    let is_placeholder = at == 0 || at > LATEST;
    Some(if is_placeholder {
        Reading::Placeholder
    } else {
        Reading::At(at)
    })
}

/// Reads a plausible number of seconds or milliseconds since 1970.
fn epoch(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }

    let number: i64 = whole.parse().ok()?;
    if PLAUSIBLE_SECONDS.contains(&number) {
        return Some(number * 1_000 + milliseconds(fraction));
    }
    PLAUSIBLE_SECONDS
        .contains(&number.div_euclid(1_000))
        .then_some(number)
}

/// Splits a text into a valid date and the text after it, without the separator.
fn date(text: &str) -> Option<(Date, Option<&str>)> {
    let (date, rest) = match text.split_once(['T', 't', ' ']) {
        Some((date, rest)) => (date, Some(rest.trim_start())),
        None => (text, None),
    };

    let mut fields = date.split('-');
    let year = digits(fields.next()?, 4)?;
    let month = digits(fields.next()?, 2)?;
    let day = digits(fields.next()?, 2)?;
    let is_valid = fields.next().is_none()
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day);
    is_valid.then_some(((year, month, day), rest))
}

/// Reads a time with an offset, in milliseconds of the day in UTC. May be negative or exceed a day.
fn time_of_day(text: &str) -> Option<i64> {
    // why: a time zone in brackets (RFC 9557) says nothing that the offset does not
    let text = match text.split_once('[') {
        Some((time, zone)) if zone.ends_with(']') => time,
        Some(_) => return None,
        None => text,
    };
    let start = text.find(['Z', 'z', '+', '-'])?;
    let (time, offset) = text.split_at(start);
    let offset_minutes = offset_minutes(offset)?;

    let (time, fraction) = time
        .trim_end()
        .split_once(['.', ','])
        .unwrap_or((time, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }

    let mut fields = time.trim_end().split(':');
    let hour = digits(fields.next()?, 2)?;
    let minute = digits(fields.next()?, 2)?;
    let second = fields.next().map_or(Some(0), |second| digits(second, 2))?;
    // why: a leap second is the second before it, as the interface counts none
    let is_valid = fields.next().is_none() && hour < 24 && minute < 60 && second <= 60;

    let minutes = hour * 60 + minute - offset_minutes;
    is_valid.then(|| (minutes * 60 + second.min(59)) * 1_000 + milliseconds(fraction))
}

/// Reads `Z`, `+01:00`, `+0100` or `+01`. `-00:00` is UTC with an unknown place (RFC 3339, section
/// 4.3).
fn offset_minutes(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };

    let (hours, minutes) = match rest.split_once(':') {
        Some(pair) => pair,
        None if rest.len() == 2 => (rest, "00"),
        None => rest.split_at_checked(2)?,
    };
    let hours = digits(hours, 2)?;
    let minutes = digits(minutes, 2)?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Returns the milliseconds of the digits after a decimal point. Finer digits are cut.
fn milliseconds(fraction: &str) -> i64 {
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
    digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
}

/// Reads exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Returns the days from 1970-01-01 to a date of the Gregorian calendar.
///
/// Counts years from March, so that a leap day ends its year; 719,468 days lie between 0000-03-01
/// and 1970-01-01.
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        match read(text) {
            Some(Reading::At(at)) => at,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn every_form_of_the_standard_is_read() {
        let second = 1_709_280_000_000;
        for text in [
            "2024-03-01T08:00:00Z",
            "2024-03-01t08:00:00z",
            "2024-03-01 08:00:00Z",
            "2024-03-01T08:00:00-00:00",
            "2024-03-01T08:00:00.0000000000009Z",
            "2024-03-01T09:30:00+01:30",
            "2024-03-01T09:30:00+0130",
            "2024-02-29T22:00:00-10",
            "2024-03-01T08:00Z",
            "2024-03-01T09:00:00+01:00[Europe/Berlin]",
            " 2024-03-01T08:00:00Z ",
        ] {
            assert_eq!(at(text), second, "{text}");
        }
        assert_eq!(at("2024-03-01T08:00:00.1239999999999Z"), second + 123);
        assert_eq!(at("2016-12-31T23:59:60Z"), at("2016-12-31T23:59:59Z"));
        assert_eq!(at("1969-12-31T23:59:59.999Z"), -1);
        assert_eq!(at("0004-02-29T00:00:00Z"), -62_035_891_200_000);
    }

    #[test]
    fn days_agree_with_another_calendar() {
        for days in (-700_000..2_900_000).step_by(97) {
            let date = jiff::civil::date(1970, 1, 1)
                .checked_add(jiff::Span::new().days(days))
                .unwrap();
            let (year, month, day) = (date.year(), date.month(), date.day());
            assert_eq!(days_from_civil(year.into(), month.into(), day.into()), days);
        }
    }

    #[test]
    fn text_without_an_instant_is_not_read() {
        for text in [
            "",
            "soon",
            "2024-03-01",
            "2024-03-01T08:00:00",
            "2024-03-01T08:00:00.Z",
            "2023-02-29T08:00:00Z",
            "2024-13-01T08:00:00Z",
            "2024-03-01T24:00:00Z",
            "2024-03-01T08:00:61Z",
            "2024-03-01T08:00:00+24:00",
            "2024-03-01T08:00:00+1",
            "2024-3-1T08:00:00Z",
            "01/03/2024",
            "1",
            "-1",
            "12345678901234567",
            "17092800000x",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn plausible_numbers_are_seconds_or_milliseconds() {
        assert_eq!(at("1709280000"), 1_709_280_000_000);
        assert_eq!(at("1709280000.25"), 1_709_280_000_250);
        assert_eq!(at("1709280000123"), 1_709_280_000_123);
    }

    #[test]
    fn placeholders_are_no_instant() {
        for text in [
            "0",
            "0000-00-00T00:00:00Z",
            "0000-00-00 00:00:00",
            "0001-01-01T00:00:00Z",
            "0001-01-01T00:00:00",
            "0001-01-01",
            "1601-01-01T00:00:00Z",
            "1899-12-30T00:00:00Z",
            "1900-01-01T00:00:00+01:00",
            "1970-01-01T00:00:00Z",
            "1970-01-01T01:00:00+01:00",
            "4712-12-31T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59.9999999Z",
            "9999-12-30T23:59:59-01:00",
            "9223372036854775807",
        ] {
            assert_eq!(read(text), Some(Reading::Placeholder), "{text}");
        }
        assert_eq!(at("1970-01-01T00:00:01Z"), 1_000);
    }
}
