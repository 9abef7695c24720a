//! Notes of imports in JSON, part of the imports of people and of entitlements.

use purser_engine::import::Notes;
use serde::Serialize;

/// Accepted values that a reader should look at.
#[derive(Serialize)]
pub(super) struct NotesJson<'a> {
    /// The first notes, in the order of the file.
    notes: Vec<NoteJson<'a>>,
    /// Number of all notes.
    note_count: u64,
}

/// A remark on a value of a file.
#[derive(Serialize)]
struct NoteJson<'a> {
    line: Option<u64>,
    column: Option<&'a str>,
    text: &'a str,
}

impl<'a> From<&'a Notes> for NotesJson<'a> {
    fn from(notes: &'a Notes) -> Self {
        let shown = notes.shown.iter();

        Self {
            notes: shown
                .map(|note| NoteJson {
                    line: note.line,
                    column: note.column,
                    text: &note.text,
                })
                .collect(),
            note_count: notes.total,
        }
    }
}
