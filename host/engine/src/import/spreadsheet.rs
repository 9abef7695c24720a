//! Artefacts of spreadsheets: what they make of a value that a file once had.
//!
//! A number that a spreadsheet formatted has lost its leading zeros or its last digits. Read as it
//! is, it identifies another person or none.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

/// Error values that do not end in a mark.
const ERROR_VALUES: [&str; 5] = ["#N/A", "#NV", "#N/D", "#N/V", "#N/B"];

/// Words for true and false in the languages of spreadsheets, in lower case.
const TRUTHS: [&str; 6] = ["true", "wahr", "vrai", "verdadero", "vero", "waar"];
const FALSEHOODS: [&str; 6] = ["false", "falsch", "faux", "falso", "onwaar", "falskt"];

/// Words that stand for nothing, in lower case.
const EMPTY_WORDS: [&str; 10] = [
    "n/a",
    "na",
    "null",
    "nil",
    "none",
    "nan",
    "undefined",
    "unknown",
    "tbd",
    "(blank)",
];

/// Returns the text of a field that a formula protects, such as `="00123"`; `None` without one.
pub(super) fn protected_text(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("=\"")?.strip_suffix('"')?;

    (!inner.contains('"')).then_some(inner.trim())
}

/// Returns the problem with a field that a spreadsheet could not compute or show.
pub(super) fn broken_value(text: &str) -> Option<&'static str> {
    let is_mark = |c: char| c == '#';
    if text.len() > 1 && text.chars().all(is_mark) {
        return Some("is what a spreadsheet shows in a column that is too narrow");
    }

    let is_error_value = ERROR_VALUES.contains(&text)
        || text.starts_with('#')
            && text.ends_with(['!', '?'])
            && !text.chars().any(|c| c.is_lowercase() || c.is_whitespace());
    if is_error_value {
        return Some("is the error value of a formula");
    }

    text.starts_with('=')
        .then_some("is a formula: export the values of the formulas")
}

/// Parses a value that identifies something, such as an employee number.
pub(super) fn parse_identifier(text: &str) -> Result<String, String> {
    let visible = purser_model::strip_invisible(text);
    // why: an apostrophe before digits tells a spreadsheet that they are text
    let marked = visible
        .strip_prefix(['\'', '’'])
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let value = marked.unwrap_or(&visible);

    match number_problem(value) {
        Some(problem) => Err(problem.to_owned()),
        None => Ok(value.to_owned()),
    }
}

/// Parses an employee number, which is not a word for "none" either: two people without a number
/// would be one.
pub(super) fn parse_number(text: &str) -> Result<String, String> {
    let number = parse_identifier(text)?;
    let word = number.to_lowercase();
    if number.is_empty() || number.chars().all(|c| matches!(c, '-' | '?' | '.' | '–')) {
        return Err("is not a number".to_owned());
    }
    if EMPTY_WORDS.contains(&word.as_str()) || is_truth_value(&word) {
        return Err("is not a number, but a word for none".to_owned());
    }

    Ok(number)
}

/// Parses true or false.
pub(super) fn parse_truth(text: &str) -> Result<bool, String> {
    let word = text.to_lowercase();
    let is = |words: &[&str]| words.contains(&word.as_str());

    if is(&TRUTHS) || is(&["yes", "ja", "oui", "si", "y", "1", "enabled"]) {
        Ok(true)
    } else if is(&FALSEHOODS) || is(&["no", "nein", "non", "n", "0", "disabled"]) {
        Ok(false)
    } else {
        Err("is neither true nor false".to_owned())
    }
}

/// Returns the day that a spreadsheet counts, such as 45000; `None` for another text.
pub(super) fn serial_day(text: &str) -> Option<Date> {
    let (days, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(days) || !is_digits(fraction) || !(4..=5).contains(&days.len()) {
        return None;
    }

    let days: i32 = days.parse().ok()?;
    date(1899, 12, 30).checked_add(days.days()).ok()
}

fn is_truth_value(word: &str) -> bool {
    TRUTHS.contains(&word) || FALSEHOODS.contains(&word)
}

/// Returns the problem with a number that a spreadsheet formatted.
fn number_problem(value: &str) -> Option<&'static str> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());

    if let Some((mantissa, exponent)) = value.split_once(['e', 'E']) {
        let signed = exponent.strip_prefix(['+', '-']);
        let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
        let has_form =
            is_digits(whole) && is_digits(fraction) && is_digits(signed.unwrap_or(exponent));
        // why: `12E3` may be a number that an employer gave
        if has_form && (signed.is_some() || whole != mantissa) {
            return Some("is in scientific notation, which lost digits: format the column as text");
        }
    }

    let is_separator = |c: char| matches!(c, ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}');
    let mut groups = value.split(is_separator);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<_> = groups.collect();
    let is_grouped = is_digits(first)
        && first.len() <= 3
        && !rest.is_empty()
        && rest
            .iter()
            .all(|group| is_digits(group) && group.len() == 3);
    if is_grouped {
        return Some("has separators of thousands: format the column as text");
    }

    let (whole, fraction) = value.split_once('.')?;
    let is_fraction =
        is_digits(whole) && !fraction.is_empty() && fraction.bytes().all(|b| b == b'0');
    is_fraction.then_some("was formatted as a number: format the column as text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_that_a_formula_protects_is_its_text() {
        assert_eq!(protected_text("=\"00123\""), Some("00123"));
        assert_eq!(protected_text("=\" a \""), Some("a"));
        for other in ["00123", "=1+1", "=\"a\"&\"b\"", "=\"", "\"a\""] {
            assert_eq!(protected_text(other), None, "{other}");
        }
    }

    #[test]
    fn value_that_a_spreadsheet_could_not_show_is_named() {
        for broken in [
            "########",
            "##",
            "#N/A",
            "#NV",
            "#REF!",
            "#DIV/0!",
            "#NAME?",
            "#BEZUG!",
            "#VALEUR!",
            "=A1",
            "=HYPERLINK(\"x\")",
        ] {
            assert!(broken_value(broken).is_some(), "{broken}");
        }
        for fine in ["", "#", "#1", "#1 Sales!", "# none", "a=b", "C#", "#sales"] {
            assert_eq!(broken_value(fine), None, "{fine}");
        }
    }

    #[test]
    fn number_that_a_spreadsheet_formatted_is_refused() {
        for bad in [
            "1.23457E+11",
            "1,23457E+11",
            "1E+11",
            "2.5e-3",
            "1.5E7",
            "1,234",
            "12,345,678",
            "1'234",
            "1 234",
            "77.0",
            "77.00",
            "TRUE",
            "wahr",
            "N/A",
            "null",
            "-",
            "??",
        ] {
            assert!(parse_number(bad).is_err(), "{bad}");
        }
        for (text, number) in [
            ("00123", "00123"),
            ("'00123", "00123"),
            ("E1\u{200b}", "E1"),
            ("12E3", "12E3"),
            ("1.234", "1.234"),
            ("7.5", "7.5"),
            ("E-1,2", "E-1,2"),
            ("'t hart", "'t hart"),
        ] {
            assert_eq!(parse_number(text).as_deref(), Ok(number), "{text}");
        }
    }

    #[test]
    fn day_that_a_spreadsheet_counts_is_recognised() {
        assert_eq!(serial_day("45000"), Some(date(2023, 3, 15)));
        assert_eq!(serial_day("45000.5"), Some(date(2023, 3, 15)));
        for other in ["", "1", "20260831", "2026-08-31", "45.000,5"] {
            assert_eq!(serial_day(other), None, "{other}");
        }
    }
}
