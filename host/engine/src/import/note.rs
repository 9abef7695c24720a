//! Notes: values of an accepted file that a reader should look at.

use serde::Serialize;
use std::fmt;

/// Notes that are kept to be shown.
const MAX_SHOWN: usize = 20;

/// Remark on a value of a file, which was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Line on which the row begins, from 1; absent for the file as a whole.
    pub line: Option<u64>,
    /// Column, by the name that Purser uses; absent if the note concerns the whole row.
    pub column: Option<&'static str>,
    /// Remark, as a clause.
    pub text: String,
}

/// Notes of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Notes {
    /// The first notes, in the order of the file.
    pub shown: Vec<Note>,
    /// Number of all notes.
    pub total: u64,
}

impl Note {
    /// Creates a note on the file as a whole.
    pub(super) fn of_file(text: impl Into<String>) -> Self {
        Self {
            line: None,
            column: None,
            text: text.into(),
        }
    }
}

impl Notes {
    /// Adds a note, and keeps it if there is room.
    pub(super) fn add(&mut self, note: Note) {
        self.total += 1;
        if self.shown.len() < MAX_SHOWN {
            self.shown.push(note);
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: ")?,
            None => f.write_str("the file ")?,
        }
        if let Some(column) = self.column {
            write!(f, "{column}: ")?;
        }
        f.write_str(&self.text)
    }
}
