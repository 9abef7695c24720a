//! What can be wrong with a file to import.

use purser_model::{Blame, Blamed, NextStep};
use std::fmt;

/// What is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The line on which the row begins, counted from 1.
    pub line: u64,
    /// The column, by the name that Purser gives it; absent when it is the row as a whole.
    pub column: Option<&'static str>,
    /// What is wrong, as a clause.
    pub problem: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        self.column
            .map_or(Ok(()), |column| write!(f, "{column}: "))?;
        f.write_str(&self.problem)
    }
}

/// Why a file was not imported. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It could not be read to its end.
    #[error("the file could not be read: {0}")]
    Read(#[source] std::io::Error),
    /// There is nothing in it, not even a header.
    #[error("the file is empty")]
    Empty,
    /// There is nothing in it but the header.
    #[error("the file has a header and no rows")]
    NoRows,
    /// It is larger than any such file.
    #[error("the file is larger than {limit_mib} MiB")]
    TooLarge {
        /// The limit, in MiB.
        limit_mib: u64,
    },
    /// It is in another encoding.
    #[error("line {line} is not UTF-8")]
    Encoding {
        /// The first line that is not, counted from 1.
        line: u64,
    },
    /// Columns that no row can do without are not there.
    #[error("the file has no column {}; it has {}", missing.join(", "), listed(present))]
    MissingColumns {
        /// Their names.
        missing: Vec<&'static str>,
        /// The columns there are, as the file spells them.
        present: Vec<String>,
    },
    /// Two columns mean the same, and may say different things.
    #[error("the columns {first:?} and {second:?} both give the {column}")]
    DuplicateColumn {
        /// The column, by the name that Purser gives it.
        column: &'static str,
        /// How the file spells the first.
        first: String,
        /// How the file spells the second.
        second: String,
    },
    /// Rows are wrong.
    #[error("{}", rows_in_words(shown, *total))]
    Rows {
        /// The first of the errors, in the order of the file.
        shown: Vec<RowError>,
        /// How many there are in all.
        total: u64,
    },
}

impl Blamed for ImportError {
    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn next_step(&self) -> Option<NextStep> {
        let text: String = match self {
            Self::Read(_) => "check that it is a file that you may read".to_owned(),
            Self::Empty | Self::NoRows => {
                "give a file with a row of column names and a row for each record; to import none is no import"
                    .to_owned()
            }
            Self::TooLarge { .. } => "split the file, and look whether it is the right one".to_owned(),
            Self::Encoding { .. } => {
                "save the file again as UTF-8, which a spreadsheet calls \"CSV UTF-8\"; nothing was imported".to_owned()
            }
            Self::MissingColumns { .. } => {
                "name the columns in the first row; fields are separated by commas, semicolons or tabs".to_owned()
            }
            Self::DuplicateColumn { .. } => "remove or rename one of the two columns".to_owned(),
            Self::Rows { .. } => "correct the rows and import the file again; nothing was imported".to_owned(),
        };
        Some(NextStep::from(text))
    }
}

/// A file that is something else can have thousands of columns.
fn listed(columns: &[String]) -> String {
    const MAX: usize = 30;
    match columns {
        [] => "none".to_owned(),
        few if few.len() <= MAX => few.join(", "),
        many => {
            format!(
                "{} and {} more",
                many.iter()
                    .take(MAX)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(", "),
                many.len() - MAX
            )
        }
    }
}

fn rows_in_words(shown: &[RowError], total: u64) -> String {
    let mut text = match total {
        1 => "one thing is wrong in the file:".to_owned(),
        many => format!("{many} things are wrong in the file:"),
    };
    for error in shown {
        text.push_str(&format!("\n  {error}"));
    }
    let rest = total.saturating_sub(u64::try_from(shown.len()).unwrap_or(u64::MAX));
    if rest > 0 {
        text.push_str(&format!("\n  and {rest} more"));
    }
    text
}
