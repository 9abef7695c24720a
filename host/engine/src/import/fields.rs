//! Parsers of fields that several kinds of file have.

use super::spreadsheet::serial_day;
use jiff::civil::Date;

/// Characters of a field that are quoted in a message.
const MAX_QUOTED: usize = 40;

/// Parser of a field that is not empty. An error continues a sentence that begins with the field.
pub(super) type FieldParser<V> = fn(&str) -> Result<V, String>;

/// Accepts any text.
pub(super) fn parse_text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// Parses a date such as 2026-08-31, the one form that means the same everywhere. A time of day is
/// accepted if it is midnight.
pub(super) fn parse_date(text: &str) -> Result<Date, String> {
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00"));
    // why: the parser also accepts 20260831
    let has_form = day.len() == "2026-08-31".len() && day.contains('-');
    let is_midnight = time
        .trim_end_matches('Z')
        .bytes()
        .all(|byte| matches!(byte, b'0' | b':' | b'.'));

    if let Some(day) = serial_day(text) {
        return Err(format!(
            "is a day as a spreadsheet counts it, probably {day}: format the column as dates such \
             as 2026-08-31"
        ));
    }
    day.parse()
        .ok()
        .filter(|_| has_form && is_midnight)
        .ok_or_else(|| "is not a date: write year, month and day, such as 2026-08-31".to_owned())
}

/// Returns a text as it stands in a message: in quotation marks, on one line, cut if it is long.
pub(super) fn quote(text: &str) -> String {
    let start: String = text.chars().take(MAX_QUOTED).collect();
    let is_cut = text.chars().nth(MAX_QUOTED).is_some();

    format!("{start:?}{}", if is_cut { "…" } else { "" })
}
