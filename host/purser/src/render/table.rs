//! Plain tables: a header, columns two spaces apart, numbers to the right.
//!
//! They have no lines and no colour, so that they can be read, copied and cut.

use super::sanitize;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Width, presets};
use std::{fmt, iter};

/// Spaces to the left and right of a cell.
const PADDING: (u16, u16) = (0, 2);

/// Minimum width of a column of words. On a narrower terminal the table runs over the edge, and can
/// still be read.
const MIN_WIDTH: u16 = 16;

/// Table whose cells are sanitized.
pub(crate) struct Table {
    table: comfy_table::Table,
    /// For each column, true if it holds numbers.
    numeric: Vec<bool>,
}

impl Table {
    /// Creates a table with column heads. A head that begins with `>` marks a column of numbers,
    /// which are aligned to the right.
    pub(crate) fn new<const COLUMNS: usize>(heads: [&str; COLUMNS]) -> Self {
        let mut table = Self::of_fields();
        table
            .table
            .set_header(heads.map(|head| head.trim_start_matches('>').to_owned()));
        Self {
            numeric: heads.map(|head| head.starts_with('>')).to_vec(),
            ..table
        }
    }

    /// Creates a table without heads: names on the left, values on the right.
    pub(crate) fn of_fields() -> Self {
        let mut table = comfy_table::Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic);
        Self {
            table,
            numeric: Vec::new(),
        }
    }

    /// Adds a row, with one cell for each head.
    pub(crate) fn row<I: IntoIterator<Item = impl AsRef<str>>>(&mut self, cells: I) {
        self.table.add_row(
            cells
                .into_iter()
                .map(|cell| sanitize::line(cell.as_ref()).into_owned())
                .collect::<Vec<_>>(),
        );
    }

    /// Returns the table for a terminal of this width, or for this process's standard output.
    ///
    /// If it is too wide, words are wrapped, but numbers are not.
    fn layout(&self, terminal: Option<u16>) -> String {
        let mut table = self.table.clone();
        if let Some(width) = terminal {
            table.set_width(width);
        }
        let widths = table.column_max_content_widths();
        let numeric = self.numeric.iter().copied().chain(iter::repeat(false));
        for ((column, width), numeric) in table.column_iter_mut().zip(widths).zip(numeric) {
            column.set_padding(PADDING);
            if numeric {
                column.set_cell_alignment(CellAlignment::Right);
                column.set_constraint(ColumnConstraint::ContentWidth);
            } else {
                let min_width = width.min(MIN_WIDTH) + PADDING.0 + PADDING.1;
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(min_width)));
            }
        }

        table.trim_fmt()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.layout(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_right_aligned_and_lines_are_trimmed() {
        let mut table = Table::new(["PRODUCT", ">SEATS", "STATUS"]);
        table.row(["pro", "1,000", "compliant"]);
        table.row(["a-longer-name", "5", "x"]);
        let lines = [
            "PRODUCT        SEATS  STATUS",
            "pro            1,000  compliant",
            "a-longer-name      5  x",
        ];
        assert_eq!(table.to_string(), lines.join("\n"));
    }

    #[test]
    fn cell_with_control_characters_is_sanitized() {
        let mut table = Table::new(["NAME"]);
        table.row(["evil\n\u{1b}[31mred"]);
        assert_eq!(table.to_string(), "NAME\nevil\\n\\u{1b}[31mred");
    }

    #[test]
    fn wide_characters_keep_columns_aligned() {
        let mut table = Table::new(["NAME", "X"]);
        table.row(["山田", "1"]);
        table.row(["abcd", "2"]);
        assert_eq!(table.to_string(), "NAME  X\n山田  1\nabcd  2");
    }

    #[test]
    fn narrow_terminal_wraps_words_but_not_numbers() {
        let mut table = Table::new(["WHY", ">SAVES A YEAR"]);
        table.row(["never used, held since 2021-07-02", "1,234,567.00 EUR"]);
        let lines = [
            "WHY                   SAVES A YEAR",
            "never used, held  1,234,567.00 EUR",
            "since 2021-07-02",
        ];
        assert_eq!(table.layout(Some(36)), lines.join("\n"));
        assert!(
            table.layout(Some(5)).contains("1,234,567.00 EUR"),
            "{}",
            table.layout(Some(5))
        );
    }
}
