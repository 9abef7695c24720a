//! Length limit for foreign text in errors and reports.

use purser_model::safe_text;

/// Characters that are kept of a text.
const MAX_CHARS: usize = 200;

/// Returns the text, cut with an ellipsis if it is long.
pub(super) fn shorten(text: &str) -> String {
    safe_text::truncate(text, MAX_CHARS).into_owned()
}
