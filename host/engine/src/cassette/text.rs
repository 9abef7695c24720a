//! Length limit for foreign text in errors and reports.

/// Characters that are kept of a text.
const MAX_CHARS: usize = 200;

/// Returns the text, cut with an ellipsis if it is long.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
