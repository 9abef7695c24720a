//! Errors of importing a file.

use purser_model::{Blame, Blamed, NextStep};
use std::fmt;

/// Columns that a message lists. A file of another kind can have thousands.
const MAX_LISTED: usize = 30;

/// Error in one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Line on which the row begins, from 1.
    pub line: u64,
    /// Column, by the name that Purser uses; absent if the error concerns the whole row.
    pub column: Option<&'static str>,
    /// Problem, as a clause.
    pub problem: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if let Some(column) = self.column {
            write!(f, "{column}: ")?;
        }
        f.write_str(&self.problem)
    }
}

/// Reason why a file was not imported. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file could not be read to its end.
    #[error("the file could not be read: {0}")]
    Read(#[source] std::io::Error),
    /// The file has not even a header.
    #[error("the file is empty")]
    Empty,
    /// The file has a header only.
    #[error("the file has a header and no records")]
    NoRows,
    /// The file is larger than any directory or list of contracts.
    #[error("the file is larger than {limit_mib} MiB")]
    TooLarge {
        /// Limit, in MiB.
        limit_mib: u64,
    },
    /// The file is not UTF-8.
    #[error("line {line} is not UTF-8{}", guess.map(|name| format!("; it is probably {name}")).unwrap_or_default())]
    Encoding {
        /// First line that is not, from 1.
        line: u64,
        /// Encoding that it probably has; absent if the bytes give no sign.
        guess: Option<&'static str>,
    },
    /// The file is not CSV.
    #[error("the file is {kind}, not CSV")]
    OtherKind {
        /// Kind of file, with its article.
        kind: &'static str,
    },
    /// Required columns are missing.
    #[error("the file has no column {}; it has {}", missing.join(", "), list_columns(present))]
    MissingColumns {
        /// Missing columns, by the names that Purser uses.
        missing: Vec<&'static str>,
        /// Columns of the file, quoted as the file spells them.
        present: Vec<String>,
    },
    /// Two columns mean the same, and could contradict each other.
    #[error("the columns {first:?} and {second:?} both mean {column}")]
    DuplicateColumn {
        /// Column, by the name that Purser uses.
        column: &'static str,
        /// First column, as the file spells it.
        first: String,
        /// Second column, as the file spells it.
        second: String,
    },
    /// Rows are invalid.
    #[error("{}", list_rows(shown, *total))]
    Rows {
        /// The first errors, in the order of the file.
        shown: Vec<RowError>,
        /// Number of all errors.
        total: u64,
    },
}

impl Blamed for ImportError {
    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn next_step(&self) -> Option<NextStep> {
        let text = match self {
            Self::Read(_) => "check that the file exists, and that you may read it",
            Self::Empty | Self::NoRows => {
                "give a file with a row of column names and a row for each record; \
                 nothing was imported"
            }
            Self::TooLarge { .. } => "check that it is the right file, or split it",
            Self::Encoding { .. } => {
                "save the file as UTF-8, which a spreadsheet calls \"CSV UTF-8\"; \
                 nothing was imported"
            }
            Self::OtherKind { .. } => {
                "export the list as CSV, which a spreadsheet calls \"CSV UTF-8\"; \
                 nothing was imported"
            }
            Self::MissingColumns { .. } => {
                "name the columns in the first row, separated by commas, semicolons or tabs"
            }
            Self::DuplicateColumn { .. } => "delete or rename one of the two columns",
            Self::Rows { .. } => "correct the rows and import the file again; nothing was imported",
        };
        Some(NextStep::advice(text))
    }
}

fn list_columns(columns: &[String]) -> String {
    if columns.is_empty() {
        return "none".to_owned();
    }

    let listed = columns.get(..MAX_LISTED).unwrap_or(columns);
    let text = listed.join(", ");
    match columns.len() - listed.len() {
        0 => text,
        rest => format!("{text} and {rest} more"),
    }
}

fn list_rows(shown: &[RowError], total: u64) -> String {
    let mut text = match total {
        1 => "the file has 1 error:".to_owned(),
        many => format!("the file has {many} errors:"),
    };
    for error in shown {
        text += &format!("\n  {error}");
    }

    let rest = total.saturating_sub(u64::try_from(shown.len()).unwrap_or(u64::MAX));
    if rest > 0 {
        text += &format!("\n  and {rest} more");
    }
    text
}
