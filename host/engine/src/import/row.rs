//! Row of a file: its fields by column, and the errors found in them.

use super::error::RowError;
use super::fields::{FieldParser, parse_text, quote};
use super::header::Header;
use super::note::{Note, Notes};
use super::spreadsheet::{broken_value, protected_text};
use csv::StringRecord;
use purser_model::DecimalMark;

/// Length of the longest field, in bytes.
const MAX_FIELD_BYTES: usize = 8 << 10;

/// Errors that are kept to be shown.
const MAX_SHOWN: usize = 20;

/// Errors of all rows of a file.
#[derive(Default)]
pub(super) struct RowErrors {
    /// The first errors, in the order of the file.
    pub(super) shown: Vec<RowError>,
    /// Number of all errors.
    pub(super) total: u64,
}

/// Row that is being parsed.
pub(super) struct Row<'r> {
    /// Line on which it begins, from 1.
    pub(super) line: u64,
    /// Fields, untrimmed.
    pub(super) fields: &'r StringRecord,
    /// Header of the file.
    pub(super) header: &'r Header,
    /// Decimal mark that amounts of the file show; absent if they show none, or both.
    pub(super) decimal_mark: Option<DecimalMark>,
    /// Errors of the file, to which those of the row are added.
    pub(super) errors: &'r mut RowErrors,
    /// Notes of the file, to which those of the row are added.
    pub(super) notes: &'r mut Notes,
}

/// Marker: the field is invalid, and has been reported.
struct Reported;

impl Row<'_> {
    /// Parses a field. Returns `None` if it is empty, or invalid and reported.
    pub(super) fn optional<V>(
        &mut self,
        column: &'static str,
        parser: FieldParser<V>,
    ) -> Option<V> {
        let text = self.field(column).ok()??;
        self.parse_field(column, &text, parser)
    }

    /// Parses a field that must not be empty. Returns `None` if it is invalid and reported.
    pub(super) fn required<V>(
        &mut self,
        column: &'static str,
        parser: FieldParser<V>,
    ) -> Option<V> {
        let Some(text) = self.field(column).ok()? else {
            self.report(Some(column), "must not be empty".to_owned());
            return None;
        };

        self.parse_field(column, &text, parser)
    }

    /// Parses a field to a text, as [`Row::optional`] does. A note tells if the text is another.
    pub(super) fn optional_text(
        &mut self,
        column: &'static str,
        parser: FieldParser<String>,
    ) -> Option<String> {
        let text = self.field(column).ok()??;
        let parsed = self.parse_field(column, &text, parser)?;
        self.note_change(column, &text, &parsed);
        Some(parsed)
    }

    /// Parses a field to a text, as [`Row::required`] does. A note tells if the text is another.
    pub(super) fn required_text(
        &mut self,
        column: &'static str,
        parser: FieldParser<String>,
    ) -> Option<String> {
        let text = self.required(column, parse_text)?;
        let parsed = self.parse_field(column, &text, parser)?;
        self.note_change(column, &text, &parsed);
        Some(parsed)
    }

    /// Adds a note on a column, or on the row as a whole.
    pub(super) fn note(&mut self, column: Option<&'static str>, text: String) {
        self.notes.add(Note {
            line: Some(self.line),
            column,
            text,
        });
    }

    /// Reports an error in a column, or in the row as a whole.
    pub(super) fn report(&mut self, column: Option<&'static str>, problem: String) {
        self.errors.total += 1;

        if self.errors.shown.len() < MAX_SHOWN {
            self.errors.shown.push(RowError {
                line: self.line,
                column,
                problem,
            });
        }
    }

    /// Parses the row. Returns `None` if anything in it is invalid.
    pub(super) fn parse<T>(&mut self, parser: impl Fn(&mut Row<'_>) -> Option<T>) -> Option<T> {
        let found = self.fields.len();
        let expected = self.header.width;
        if found != expected {
            self.report(
                None,
                format!("has {found} fields where the header has {expected}"),
            );
            return None;
        }

        let errors_before = self.errors.total;
        let record = parser(self);
        // why: a parser continues after an error, to report all of them
        record.filter(|_| self.errors.total == errors_before)
    }

    fn note_change(&mut self, column: &'static str, text: &str, parsed: &str) {
        if text != parsed {
            self.note(
                Some(column),
                format!("{} is read as {}", quote(text), quote(parsed)),
            );
        }
    }

    fn parse_field<V>(
        &mut self,
        column: &'static str,
        text: &str,
        parser: FieldParser<V>,
    ) -> Option<V> {
        match parser(text) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.report(Some(column), format!("{} {problem}", quote(text)));
                None
            }
        }
    }

    /// Returns a field, trimmed; `None` if it is empty or the file does not have the column.
    fn field(&mut self, column: &'static str) -> Result<Option<String>, Reported> {
        let position = self.header.positions.get(column);
        let untrimmed = position
            .and_then(|position| self.fields.get(*position))
            .unwrap_or_default();
        // why: a cell of a zero-width space alone is empty
        let text = match purser_model::strip_invisible(untrimmed) {
            visible if visible.is_empty() => "",
            _ => untrimmed.trim(),
        };

        if text.len() > MAX_FIELD_BYTES {
            let problem =
                format!("longer than {MAX_FIELD_BYTES} bytes; is a quotation mark missing?");
            self.report(Some(column), problem);
            return Err(Reported);
        }
        // why: also a line break at the end, which is a quotation mark without its counterpart that
        // took in the following rows
        if text.chars().any(char::is_control) || untrimmed.contains(['\n', '\r']) {
            let problem = "contains a line break or another control character";
            self.report(Some(column), problem.to_owned());
            return Err(Reported);
        }

        if let Some(inner) = protected_text(text) {
            return Ok(Some(inner.to_owned()).filter(|inner| !inner.is_empty()));
        }
        if let Some(problem) = broken_value(text) {
            self.report(Some(column), format!("{} {problem}", quote(text)));
            return Err(Reported);
        }
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    }
}
