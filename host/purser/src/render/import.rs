//! Text that the imports of people and of entitlements share.

use super::sanitize;

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
