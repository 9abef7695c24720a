//! Tables: a header and rows, read whole or not at all.

use super::error::{ImportError, RowError};
use csv::{ReaderBuilder, StringRecord};
use std::collections::HashMap;
use std::hash::Hash;
use std::io::Read;

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported<T> {
    /// Its rows, in the order of the file.
    pub rows: Vec<T>,
    /// The columns that were ignored, as the file spells them.
    pub ignored_columns: Vec<String>,
}

/// A column that a table knows.
#[derive(Debug)]
pub(super) struct Column {
    /// The name that Purser gives it.
    pub(super) name: &'static str,
    /// The names that other systems give it, in lower case with underscores.
    pub(super) synonyms: &'static [&'static str],
    /// Whether no row can do without it.
    pub(super) required: bool,
}

/// A kind of table.
pub(super) struct Table<T, K> {
    /// The columns it knows.
    pub(super) columns: &'static [Column],
    /// What identifies a row, in words.
    pub(super) key: &'static str,
    /// That, as it is compared: no two rows may have the same.
    pub(super) key_of: fn(&T) -> K,
    /// Makes a record of a row, or tells the row what is wrong with it.
    pub(super) parse: fn(&mut Row<'_>) -> Option<T>,
}

/// The largest file, in MiB: about a million people.
const MAX_FILE_MIB: u64 = 128;
/// The longest field, in bytes.
const MAX_FIELD: usize = 8 << 10;
/// How many errors are kept to be shown.
const MAX_SHOWN: usize = 20;

impl<T, K: Eq + Hash> Table<T, K> {
    /// Reads a file of this kind.
    pub(super) fn read(&self, file: impl Read) -> Result<Imported<T>, ImportError> {
        let text = read_text(file)?;
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            .delimiter(separator(&text))
            .from_reader(text.as_bytes());
        let header = Header::read(reader.headers().map_err(unreadable)?, self.columns)?;
        let (mut rows, mut keys, mut errors) = (Vec::new(), HashMap::new(), Errors::default());
        let (mut fields, mut lines) = (StringRecord::new(), Lines::of(&text));
        while reader.read_record(&mut fields).map_err(unreadable)? {
            if fields.iter().all(|field| field.trim().is_empty()) {
                continue;
            }
            let line = lines.line_at(fields.position().map_or(0, csv::Position::byte));
            let mut row = Row {
                line,
                fields: &fields,
                header: &header,
                errors: &mut errors,
            };
            let Some(record) = row.parse(self.parse) else {
                continue;
            };
            match keys.insert((self.key_of)(&record), line) {
                Some(earlier) => {
                    row.wrong(None, format!("the same {} as on line {earlier}", self.key))
                }
                None => rows.push(record),
            }
        }
        if errors.total > 0 {
            return Err(ImportError::Rows {
                shown: errors.shown,
                total: errors.total,
            });
        }
        if rows.is_empty() {
            return Err(ImportError::NoRows);
        }
        Ok(Imported {
            rows,
            ignored_columns: header.ignored,
        })
    }
}

/// One row of a table, while it is read.
pub(super) struct Row<'r> {
    line: u64,
    fields: &'r StringRecord,
    header: &'r Header,
    errors: &'r mut Errors,
}

/// Makes a value of a field that says something, or says why it cannot, as the rest of a sentence that begins with the field.
pub(super) type Reading<V> = fn(&str) -> Result<V, String>;

/// The reading of a field that can hold any text.
pub(super) fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// That a field cannot be used, and that this was told.
struct Told;

impl Row<'_> {
    /// What the column says, as `read` understands it; absent when it says nothing, or when what is wrong with it was told.
    pub(super) fn optional<V>(&mut self, column: &'static str, read: Reading<V>) -> Option<V> {
        let text = self.field(column).ok()??;
        self.understand(column, &text, read)
    }

    /// The same of a column that must say something.
    pub(super) fn required<V>(&mut self, column: &'static str, read: Reading<V>) -> Option<V> {
        let Some(text) = self.field(column).ok()? else {
            self.wrong(Some(column), "must not be empty".to_owned());
            return None;
        };
        self.understand(column, &text, read)
    }

    fn understand<V>(&mut self, column: &'static str, text: &str, read: Reading<V>) -> Option<V> {
        let value = read(text);
        value
            .map_err(|problem| self.wrong(Some(column), format!("{} {problem}", quoted(text))))
            .ok()
    }

    /// Tells that something is wrong with the row.
    pub(super) fn wrong(&mut self, column: Option<&'static str>, problem: String) {
        self.errors.total += 1;
        if self.errors.shown.len() < MAX_SHOWN {
            self.errors.shown.push(RowError {
                line: self.line,
                column,
                problem,
            });
        }
    }

    fn field(&mut self, column: &'static str) -> Result<Option<String>, Told> {
        let place = self.header.places.get(column);
        let untrimmed = place
            .and_then(|&place| self.fields.get(place))
            .unwrap_or_default();
        let text = untrimmed.trim();
        if text.len() > MAX_FIELD {
            self.wrong(
                Some(column),
                format!("longer than {MAX_FIELD} bytes; is a quotation mark missing?"),
            );
            return Err(Told);
        }
        // A line break at its end too: that is a quotation mark without its partner, which took in the rest of the file.
        if text.chars().any(char::is_control) || untrimmed.contains(['\n', '\r']) {
            self.wrong(
                Some(column),
                "holds a line break or another control character".to_owned(),
            );
            return Err(Told);
        }
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    }

    /// The record of the row, unless anything at all is wrong with it.
    fn parse<T>(&mut self, parse: fn(&mut Row<'_>) -> Option<T>) -> Option<T> {
        let (found, expected) = (self.fields.len(), self.header.width);
        if found != expected {
            self.wrong(
                None,
                format!("has {found} fields where the header has {expected}"),
            );
            return None;
        }
        let before = self.errors.total;
        let record = parse(self);
        record.filter(|_| self.errors.total == before)
    }
}

#[derive(Default)]
struct Errors {
    shown: Vec<RowError>,
    total: u64,
}

/// Where the known columns are.
struct Header {
    width: usize,
    places: HashMap<&'static str, usize>,
    ignored: Vec<String>,
}

impl Header {
    fn read(names: &StringRecord, columns: &[Column]) -> Result<Self, ImportError> {
        let mut header = Self {
            width: names.len(),
            places: HashMap::new(),
            ignored: Vec::new(),
        };
        for (place, spelt) in names.iter().enumerate() {
            let name = normal(spelt);
            let known = columns
                .iter()
                .find(|column| column.name == name || column.synonyms.contains(&name.as_str()));
            let Some(column) = known else {
                header.ignored.push(spelt.trim().to_owned());
                continue;
            };
            if let Some(earlier) = header.places.insert(column.name, place) {
                let first = names.get(earlier).unwrap_or_default().to_owned();
                return Err(ImportError::DuplicateColumn {
                    column: column.name,
                    first,
                    second: spelt.to_owned(),
                });
            }
        }
        header.ignored.retain(|name| !name.is_empty());
        let absent = |column: &&Column| column.required && !header.places.contains_key(column.name);
        let missing: Vec<_> = columns
            .iter()
            .filter(absent)
            .map(|column| column.name)
            .collect();
        if !missing.is_empty() {
            let present = names.iter().map(|name| quoted(name.trim())).collect();
            return Err(ImportError::MissingColumns { missing, present });
        }
        Ok(header)
    }
}

/// Lines of a text by offset. The CSV reader counts lines too, but puts a record that follows blank lines on the first of these.
struct Lines<'t> {
    text: &'t [u8],
    offset: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            text: text.as_bytes(),
            offset: 0,
            line: 1,
        }
    }

    /// The line of the record that begins at an offset or after the blank lines that follow it. Offsets must not go back.
    fn line_at(&mut self, offset: u64) -> u64 {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.text.get(offset..).unwrap_or_default();
        let start = offset
            + rest
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .count();
        let passed = self.text.get(self.offset..start).unwrap_or_default();
        self.line += passed
            .iter()
            .map(|&byte| u64::from(byte == b'\n'))
            .sum::<u64>();
        self.offset = start;
        self.line
    }
}

fn read_text(file: impl Read) -> Result<String, ImportError> {
    let limit = MAX_FILE_MIB << 20;
    let mut bytes = Vec::new();
    let read = file
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(ImportError::Read)?;
    if u64::try_from(read).is_ok_and(|read| read > limit) {
        return Err(ImportError::TooLarge {
            limit_mib: MAX_FILE_MIB,
        });
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error
            .as_bytes()
            .get(..error.utf8_error().valid_up_to())
            .unwrap_or_default();
        ImportError::Encoding {
            line: 1 + good
                .iter()
                .map(|&byte| u64::from(byte == b'\n'))
                .sum::<u64>(),
        }
    })?;
    let text = text
        .strip_prefix('\u{feff}')
        .map(str::to_owned)
        .unwrap_or(text);
    if text.trim().is_empty() {
        Err(ImportError::Empty)
    } else {
        Ok(text)
    }
}

/// The separator: the one that the header has most of. Column names hold none of the three.
fn separator(text: &str) -> u8 {
    let header = text
        .trim_start_matches(['\r', '\n'])
        .lines()
        .next()
        .unwrap_or_default();
    let often = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    // The last of equals wins, so the comma stands last.
    *[b'\t', b';', b',']
        .iter()
        .max_by_key(|separator| often(separator))
        .unwrap_or(&b',')
}

/// A column's name as it is compared.
fn normal(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-', '.'], "_")
}

/// Text as it stands in a message: in quotation marks, on one line, and not endless.
pub(super) fn quoted(text: &str) -> String {
    const MAX: usize = 40;
    let dots = if text.chars().nth(MAX).is_some() {
        "…"
    } else {
        ""
    };
    format!("{:?}{dots}", text.chars().take(MAX).collect::<String>())
}

/// Text in memory is always read to its end; what the CSV reader could complain of was ruled out before.
fn unreadable(error: csv::Error) -> ImportError {
    ImportError::Read(error.into())
}
