//! Header of a file: positions of the known columns.

use super::error::ImportError;
use super::fields::quote;
use csv::StringRecord;
use std::collections::HashMap;

/// Column that a kind of file can have.
#[derive(Debug)]
pub(super) struct Column {
    /// Name that Purser uses.
    pub(super) name: &'static str,
    /// Names that other systems use. Case and separators do not matter.
    pub(super) synonyms: &'static [&'static str],
    /// True if every file must have the column.
    pub(super) required: bool,
}

/// Header of one file.
pub(super) struct Header {
    /// Fields of the header, which every row must have, too.
    pub(super) width: usize,
    /// Positions of the known columns, from 0.
    pub(super) positions: HashMap<&'static str, usize>,
    /// Unknown columns, as the file spells them.
    pub(super) ignored: Vec<String>,
    /// Names of all columns, as they are compared.
    names: Vec<String>,
}

impl Header {
    /// Finds the known columns among the names of a header.
    ///
    /// # Errors
    /// Two names mean the same column, or a required column is missing.
    pub(super) fn new(names: &StringRecord, columns: &[Column]) -> Result<Self, ImportError> {
        let mut header = Self {
            width: names.len(),
            positions: HashMap::new(),
            ignored: Vec::new(),
            names: names.iter().map(normalize).collect(),
        };

        for (position, spelling) in names.iter().enumerate() {
            let Some(column) = find_column(columns, spelling) else {
                header.ignored.push(spelling.trim().to_owned());
                continue;
            };
            if let Some(earlier) = header.positions.insert(column.name, position) {
                return Err(ImportError::DuplicateColumn {
                    column: column.name,
                    first: names.get(earlier).unwrap_or_default().to_owned(),
                    second: spelling.to_owned(),
                });
            }
        }
        // why: a separator at the end of each line makes a column without a name
        header.ignored.retain(|name| !name.is_empty());

        header.require_columns(names, columns)?;
        Ok(header)
    }

    /// Returns true if a row repeats the header, as where two files were joined.
    pub(super) fn is_repeated_by(&self, fields: &StringRecord) -> bool {
        fields.iter().map(normalize).eq(self.names.iter().cloned())
    }

    fn require_columns(&self, names: &StringRecord, columns: &[Column]) -> Result<(), ImportError> {
        let missing: Vec<_> = columns
            .iter()
            .filter(|column| column.required && !self.positions.contains_key(column.name))
            .map(|column| column.name)
            .collect();
        if missing.is_empty() {
            return Ok(());
        }

        Err(ImportError::MissingColumns {
            missing,
            present: names.iter().map(|name| quote(name.trim())).collect(),
        })
    }
}

fn find_column<'c>(columns: &'c [Column], spelling: &str) -> Option<&'c Column> {
    let name = normalize(spelling);

    columns.iter().find(|column| {
        std::iter::once(&column.name)
            .chain(column.synonyms)
            .any(|known| normalize(known) == name)
    })
}

/// Returns the name of a column as it is compared: its letters and digits, in lower case.
fn normalize(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
