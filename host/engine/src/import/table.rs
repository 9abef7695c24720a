//! Table: a kind of CSV file, read completely or not at all.

use super::error::ImportError;
use super::header::{Column, Header};
use super::row::{Row, RowErrors};
use super::source::{LineCounter, find_separator, read_text};
use csv::{ReaderBuilder, StringRecord};
use std::collections::HashMap;
use std::hash::Hash;
use std::io::Read;

/// Rows of a file that is valid throughout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedRows<T> {
    /// Records, in the order of the file.
    pub rows: Vec<T>,
    /// Unknown columns, as the file spells them.
    pub ignored_columns: Vec<String>,
}

/// Kind of CSV file.
pub(super) struct Table<T, K> {
    /// Known columns.
    pub(super) columns: &'static [Column],
    /// Key of a row, in words.
    pub(super) key: &'static str,
    /// Key of a record, as it is compared: no two rows may have the same.
    pub(super) key_of: fn(&T) -> K,
    /// Parser of a row. It returns `None` if it reported an error in a required column.
    pub(super) parser: fn(&mut Row<'_>) -> Option<T>,
}

impl<T, K: Eq + Hash> Table<T, K> {
    /// Reads a file of this kind.
    ///
    /// # Errors
    /// The file cannot be used; the error names the invalid rows.
    pub(super) fn read(&self, file: impl Read) -> Result<ParsedRows<T>, ImportError> {
        let text = read_text(file)?;
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            .delimiter(find_separator(&text))
            .from_reader(text.as_bytes());
        let names = reader.headers().map_err(csv_error)?;
        let header = Header::new(names, self.columns)?;

        let mut errors = RowErrors::default();
        let rows = self.read_rows(&mut reader, &text, &header, &mut errors)?;

        if errors.total > 0 {
            return Err(ImportError::Rows {
                shown: errors.shown,
                total: errors.total,
            });
        }
        if rows.is_empty() {
            return Err(ImportError::NoRows);
        }
        Ok(ParsedRows {
            rows,
            ignored_columns: header.ignored,
        })
    }

    /// Reads the valid rows, and reports the errors of the others.
    fn read_rows(
        &self,
        reader: &mut csv::Reader<&[u8]>,
        text: &str,
        header: &Header,
        errors: &mut RowErrors,
    ) -> Result<Vec<T>, ImportError> {
        let mut rows = Vec::new();
        let mut lines_by_key = HashMap::new();
        let mut fields = StringRecord::new();
        let mut lines = LineCounter::new(text);

        while reader.read_record(&mut fields).map_err(csv_error)? {
            if fields.iter().all(|field| field.trim().is_empty()) {
                continue;
            }

            let line = lines.line_at(fields.position().map_or(0, csv::Position::byte));
            let mut row = Row {
                line,
                fields: &fields,
                header,
                errors,
            };
            let Some(record) = row.parse(self.parser) else {
                continue;
            };

            match lines_by_key.insert((self.key_of)(&record), line) {
                Some(earlier) => {
                    let problem = format!("the same {} as on line {earlier}", self.key);
                    row.report(None, problem);
                }
                None => rows.push(record),
            }
        }
        Ok(rows)
    }
}

/// Wraps an error of the CSV reader. None is expected: text in memory can be read to its end, and
/// rows of any width are accepted.
fn csv_error(error: csv::Error) -> ImportError {
    ImportError::Read(error.into())
}
