//! Plain tables: a header, columns two spaces apart, numbers to the right, no lines and no colour, so that they can be read, copied and
//! cut alike.

use super::plain;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Width, presets};
use std::{fmt, iter};

/// Spaces to the left and right of a cell.
const APART: (u16, u16) = (0, 2);

/// What a column of words is not made narrower than, however narrow the terminal: a table that runs over its edge can still be read.
const NARROWEST: u16 = 16;

/// A table under construction. Its cells are made safe to print.
pub(crate) struct Table {
    table: comfy_table::Table,
    /// Whether each column holds numbers.
    numeric: Vec<bool>,
}

impl Table {
    /// A table with these column heads. A head that begins with `>` makes a column of numbers, which stand to the right.
    pub(crate) fn new<const COLUMNS: usize>(heads: [&str; COLUMNS]) -> Self {
        let mut table = Self::of_facts();
        table
            .table
            .set_header(heads.map(|head| head.trim_start_matches('>').to_owned()));
        Self {
            numeric: heads.map(|head| head.starts_with('>')).to_vec(),
            ..table
        }
    }

    /// A table without a head: the name of a fact on the left, the fact on the right.
    pub(crate) fn of_facts() -> Self {
        let mut table = comfy_table::Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic);
        Self {
            table,
            numeric: Vec::new(),
        }
    }

    /// Adds a row; it has as many cells as there are heads.
    pub(crate) fn row<I: IntoIterator<Item = impl AsRef<str>>>(&mut self, cells: I) {
        self.table.add_row(
            cells
                .into_iter()
                .map(|cell| plain::line(cell.as_ref()).into_owned())
                .collect::<Vec<_>>(),
        );
    }

    /// The table for a terminal so many columns wide, or for this process's standard output. Where it is too wide words are broken, and
    /// numbers never.
    fn laid_out(&self, terminal: Option<u16>) -> String {
        let mut table = self.table.clone();
        if let Some(width) = terminal {
            table.set_width(width);
        }
        let widths = table.column_max_content_widths();
        let numeric = self.numeric.iter().copied().chain(iter::repeat(false));
        for ((column, width), numeric) in table.column_iter_mut().zip(widths).zip(numeric) {
            column.set_padding(APART);
            if numeric {
                column.set_cell_alignment(CellAlignment::Right);
                column.set_constraint(ColumnConstraint::ContentWidth);
            } else {
                let narrowest = width.min(NARROWEST) + APART.0 + APART.1;
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(narrowest)));
            }
        }
        table.trim_fmt()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.laid_out(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right_and_lines_have_no_tail() {
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
    fn a_cell_can_neither_break_its_row_nor_command_the_terminal() {
        let mut table = Table::new(["NAME"]);
        table.row(["evil\n\u{1b}[31mred"]);
        assert_eq!(table.to_string(), "NAME\nevil\\n\\u{1b}[31mred");
    }

    #[test]
    fn wide_characters_keep_the_columns_aligned() {
        let mut table = Table::new(["NAME", "X"]);
        table.row(["山田", "1"]);
        table.row(["abcd", "2"]);
        assert_eq!(table.to_string(), "NAME  X\n山田  1\nabcd  2");
    }

    #[test]
    fn on_a_narrow_terminal_words_are_broken_and_numbers_are_not() {
        let mut table = Table::new(["WHY", ">SAVES A YEAR"]);
        table.row(["never used, held since 2021-07-02", "1,234,567.00 EUR"]);
        let lines = [
            "WHY                   SAVES A YEAR",
            "never used, held  1,234,567.00 EUR",
            "since 2021-07-02",
        ];
        assert_eq!(table.laid_out(Some(36)), lines.join("\n"));
        assert!(
            table.laid_out(Some(5)).contains("1,234,567.00 EUR"),
            "{}",
            table.laid_out(Some(5))
        );
    }
}
