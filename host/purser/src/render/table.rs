//! Plain tables: a header, columns two spaces apart, numbers to the right, no lines and no colour, so that they can be read, copied and
//! cut alike.

use super::plain;
use comfy_table::{CellAlignment, ContentArrangement, presets};
use std::fmt;

/// Spaces to the left and right of a cell.
const APART: (u16, u16) = (0, 2);

/// A table under construction. Its cells are made safe to print.
pub(crate) struct Table(comfy_table::Table);

impl Table {
    /// A table with these column heads. A head that begins with `>` makes a column of numbers, which stand to the right.
    pub(crate) fn new<const COLUMNS: usize>(heads: [&str; COLUMNS]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(heads.map(|head| head.trim_start_matches('>').to_owned()));
        for (column, head) in table.column_iter_mut().zip(heads) {
            column.set_padding(APART);
            if head.starts_with('>') {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self(table)
    }

    /// A table without a head: the name of a fact on the left, the fact on the right.
    pub(crate) fn of_facts() -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        Self(table)
    }

    /// Adds a row; it has as many cells as there are heads.
    pub(crate) fn row<I: IntoIterator<Item = impl AsRef<str>>>(&mut self, cells: I) {
        self.0.add_row(cells.into_iter().map(|cell| plain::line(cell.as_ref()).into_owned()).collect::<Vec<_>>());
        for column in self.0.column_iter_mut() {
            column.set_padding(APART);
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.trim_fmt())
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
        let lines = ["PRODUCT        SEATS  STATUS", "pro            1,000  compliant", "a-longer-name      5  x"];
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
}
