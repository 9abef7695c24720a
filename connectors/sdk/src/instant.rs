//! Dates and times (RFC 3339), and the instants that mean "none".

use crate::Timestamp;
use jiff::fmt::temporal::Pieces;
use std::borrow::Cow;

/// Largest number of digits of a fraction that the parser takes. Finer digits are cut in any case.
const MAX_FRACTION: usize = 9;

/// Seconds of a day.
const DAY_SECONDS: i32 = 86_400;

/// The earliest and the latest second that a number is taken for a time: 1990 and 2100.
const PLAUSIBLE_SECONDS: std::ops::RangeInclusive<i64> = 631_152_000..=4_102_444_800;

/// Numbers that systems write for "never": zero, and the largest one of a FILETIME.
const PLACEHOLDER_NUMBERS: [&str; 2] = ["0", "9223372036854775807"];

/// Days that systems write for "never": the first day of FILETIME, of SQL Server and of
/// spreadsheets, the last day of Oracle, and that of years with four digits.
const PLACEHOLDER_DAYS: [(i16, i8, i8); 7] = [
    (1601, 1, 1),
    (1753, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
    (4712, 12, 31),
    (9999, 12, 31),
];

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

    let text = normalized(text);
    let pieces = Pieces::parse(&*text).ok()?;
    let day = pieces.date();
    let date = (day.year(), day.month(), day.day());
    // why: RFC 3339 has offsets below a day only
    let offset = pieces
        .to_numeric_offset()
        .filter(|offset| offset.seconds().abs() < DAY_SECONDS);
    let at = pieces.time().zip(offset);
    // why: .NET, Go and others begin with the year 1; without an offset, the start of Unix time is
    // recognised by its day
    let is_unset = day.year() <= 1 || (at.is_none() && date == (1970, 1, 1));
    if is_unset || PLACEHOLDER_DAYS.contains(&date) {
        return Some(Reading::Placeholder);
    }

    let (time, offset) = at?;
    let at = offset.to_timestamp(day.to_datetime(time));
    let at = at.map(jiff::Timestamp::as_millisecond);
    Some(match at {
        Ok(at) if at != 0 => Reading::At(at),
        // why: the start of Unix time is what a field says that was never set, and what the
        // calendar cannot hold lies at its end
        Ok(_) | Err(_) => Reading::Placeholder,
    })
}

/// Removes what the parser does not take: digits after the ninth, and a space before the offset.
fn normalized(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if let Some((whole, rest)) = text.split_once(['.', ',']) {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > MAX_FRACTION {
            let fraction = rest.get(..MAX_FRACTION).unwrap_or_default();
            let offset = rest.get(digits..).unwrap_or_default();
            text = Cow::Owned(format!("{whole}.{fraction}{offset}"));
        }
    }

    match text.rsplit_once(' ') {
        Some((time, offset)) if offset.starts_with(['+', '-', 'Z', 'z']) => {
            Cow::Owned(format!("{time}{offset}"))
        }
        _ => text,
    }
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

/// Returns the milliseconds of the digits after a decimal point. Finer digits are cut.
fn milliseconds(fraction: &str) -> i64 {
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
    digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
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
            "2024-03-01 09:00:00 +0100",
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
