//! Parsers of fields that several kinds of file have.

use jiff::civil::Date;

/// Characters of a field that are quoted in a message.
const MAX_QUOTED: usize = 40;

/// Parser of a field that is not empty. An error continues a sentence that begins with the field.
pub(super) type FieldParser<V> = fn(&str) -> Result<V, String>;

/// Accepts any text.
pub(super) fn parse_text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// Parses a date such as 2026-08-31, the one form that means the same everywhere.
pub(super) fn parse_date(text: &str) -> Result<Date, String> {
    // why: the parser also accepts 20260831 and times of day
    let has_form = text.len() == "2026-08-31".len() && text.contains('-');

    text.parse()
        .ok()
        .filter(|_| has_form)
        .ok_or_else(|| "is not a date: write year, month and day, such as 2026-08-31".to_owned())
}

/// Returns a text as it stands in a message: in quotation marks, on one line, cut if it is long.
pub(super) fn quote(text: &str) -> String {
    let start: String = text.chars().take(MAX_QUOTED).collect();
    let is_cut = text.chars().nth(MAX_QUOTED).is_some();

    format!("{start:?}{}", if is_cut { "…" } else { "" })
}
