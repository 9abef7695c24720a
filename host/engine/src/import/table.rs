//! Table: a kind of CSV file, read completely or not at all.

use super::error::ImportError;
use super::header::{Column, Header};
use super::note::Notes;
use super::row::{Row, RowErrors};
use super::source::{LineCounter, Source};
use csv::{ReaderBuilder, StringRecord};
use purser_model::DecimalMark;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::io::Read;

/// Rows of a file that is valid throughout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedRows<T> {
    /// Records, in the order of the file.
    pub rows: Vec<T>,
    /// Unknown columns, as the file spells them.
    pub ignored_columns: Vec<String>,
    /// Known columns that the file has, by the names that Purser uses.
    pub columns: HashSet<&'static str>,
    /// Accepted values that a reader should look at.
    pub notes: Notes,
}

/// Kind of CSV file.
pub(super) struct Table<T, K, P> {
    /// Known columns.
    pub(super) columns: &'static [Column],
    /// Key of a row, in words.
    pub(super) key: &'static str,
    /// Key of a record, as it is compared: no two rows may have the same.
    pub(super) key_of: fn(&T) -> K,
    /// Column of amounts, which together show their decimal mark; absent if there is none.
    pub(super) amounts: Option<&'static str>,
    /// Parser of a row. It returns `None` if it reported an error in a required column.
    pub(super) parser: P,
}

impl<T, K: Eq + Hash, P: Fn(&mut Row<'_>) -> Option<T>> Table<T, K, P> {
    /// Reads a file of this kind.
    ///
    /// # Errors
    /// The file cannot be used; the error names the invalid rows.
    pub(super) fn read(&self, file: impl Read) -> Result<ParsedRows<T>, ImportError> {
        let source = Source::read(file)?;
        let mut reader = open(&source);
        let names = reader.headers().map_err(csv_error)?;
        let header = Header::new(names, self.columns)?;

        let mut errors = RowErrors::default();
        let mut notes = Notes::default();
        for note in &source.notes {
            notes.add(note.clone());
        }
        let rows = self.read_rows(&source, &header, &mut errors, &mut notes)?;

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
            columns: header.positions.keys().copied().collect(),
            ignored_columns: header.ignored,
            notes,
        })
    }

    /// Reads the valid rows, and reports the errors of the others.
    fn read_rows(
        &self,
        source: &Source,
        header: &Header,
        errors: &mut RowErrors,
        notes: &mut Notes,
    ) -> Result<Vec<T>, ImportError> {
        let decimal_mark = self.find_decimal_mark(source, header)?;
        let mut reader = open(source);
        let mut rows = Vec::new();
        let mut lines_by_key = HashMap::new();
        let mut fields = StringRecord::new();
        let mut lines = LineCounter::new(source);
        reader.headers().map_err(csv_error)?;

        while reader.read_record(&mut fields).map_err(csv_error)? {
            if fields.iter().all(|field| field.trim().is_empty()) {
                continue;
            }

            let line = lines.line_at(fields.position().map_or(0, csv::Position::byte));
            let mut row = Row {
                line,
                fields: &fields,
                header,
                decimal_mark,
                errors,
                notes,
            };
            if header.is_repeated_by(&fields) {
                let problem = "the header again; were two files joined?";
                row.report(None, problem.to_owned());
                continue;
            }
            let Some(record) = row.parse(&self.parser) else {
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

    /// Returns the decimal mark that the amounts of the file show; `None` if they show none, or
    /// both.
    fn find_decimal_mark(
        &self,
        source: &Source,
        header: &Header,
    ) -> Result<Option<DecimalMark>, ImportError> {
        let position = self.amounts.and_then(|column| header.positions.get(column));
        let Some(position) = position else {
            return Ok(None);
        };

        let mut reader = open(source);
        let mut fields = StringRecord::new();
        let mut found = None;
        reader.headers().map_err(csv_error)?;
        while reader.read_record(&mut fields).map_err(csv_error)? {
            let amount = fields.get(*position).unwrap_or_default();
            let Some(mark) = DecimalMark::shown_by(amount) else {
                continue;
            };
            if found.is_some_and(|found| found != mark) {
                return Ok(None);
            }
            found = Some(mark);
        }
        Ok(found)
    }
}

fn open(source: &Source) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .flexible(true)
        .delimiter(source.separator)
        .from_reader(source.text.as_bytes())
}

/// Wraps an error of the CSV reader. None is expected: text in memory can be read to its end, and
/// rows of any width are accepted.
fn csv_error(error: csv::Error) -> ImportError {
    ImportError::Read(error.into())
}
