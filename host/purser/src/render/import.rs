//! Text that the imports of people and of entitlements share.

use super::{number, sanitize};
use purser_engine::import::Notes;

/// Returns a line with the columns that an import ignored; empty if it used all of them.
///
/// A column that is ignored may hold a fact that the operator expects to be used, such as a date of
/// leaving under an unknown name.
pub(crate) fn ignored_columns(columns: &[String]) -> String {
    if columns.is_empty() {
        return String::new();
    }

    let names: Vec<_> = columns
        .iter()
        .map(|name| sanitize::line(name).into_owned())
        .collect();
    format!("\nIgnored columns: {}", names.join(", "))
}

/// Returns the notes of an import, a line each; empty if there are none.
pub(crate) fn notes(notes: &Notes) -> String {
    let mut text: String = notes
        .shown
        .iter()
        .map(|note| format!("\nNote: {}.", sanitize::line(&note.to_string())))
        .collect();

    let shown = u64::try_from(notes.shown.len()).unwrap_or(u64::MAX);
    let rest = notes.total.saturating_sub(shown);
    if rest > 0 {
        text += &format!("\nNote: {} more of this kind.", number::count(rest));
    }
    text
}

/// Returns the line before the counts of a dry run; empty for an import.
pub(crate) const fn dry_run(is_dry_run: bool) -> &'static str {
    if is_dry_run {
        "Nothing was changed. The import would be:\n"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_columns_are_listed_and_sanitized() {
        let columns = ["Shoe Size".to_owned(), "a\u{1b}[2J".to_owned()];

        assert_eq!(
            ignored_columns(&columns),
            "\nIgnored columns: Shoe Size, a\\u{1b}[2J"
        );
        assert_eq!(ignored_columns(&[]), "");
    }
}
