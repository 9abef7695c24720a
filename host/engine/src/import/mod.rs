//! Import of people and entitlements from CSV files.
//!
//! A file is imported completely or not at all: one invalid row, and the result is the list of all
//! invalid rows. Parsing is pure; only the service stores anything.
//!
//! A file is UTF-8 or UTF-16, with or without a byte order mark. Fields are separated by commas,
//! semicolons, tabs or bars; the one most frequent in the first row counts, unless a line such as
//! `sep=;` states it. The first row names the columns, in any order. Case, spaces, hyphens and
//! underscores in names do not matter, and each column is also known by the names that other
//! systems export it under. Unknown columns are ignored and listed. Rows without any value are
//! skipped. A value that a spreadsheet changed is refused or, if nothing was lost, read and noted.
//!
//! | step | file |
//! |---|---|
//! | service → parse → store | `service` |
//! | columns of each kind of file | `people`, `entitlements` |
//! | file → text → header → rows | `table`, `encoding`, `source`, `header`, `row` |
//! | field → value | `fields`, `spreadsheet`, `addresses`, `employment` |

mod addresses;
mod employment;
mod encoding;
mod entitlements;
mod error;
mod fields;
mod header;
mod note;
mod people;
mod row;
mod service;
mod source;
mod spreadsheet;
mod table;

#[cfg(test)]
mod tests;

pub use entitlements::parse_entitlements;
pub use error::{ImportError, RowError};
pub use note::{Note, Notes};
pub use people::parse_people;
pub use service::{
    Entitlements, EntitlementsImported, People, PeopleImportOptions, PeopleImported,
};
pub use table::ParsedRows;
