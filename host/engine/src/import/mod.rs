//! Importing what the company knows and owns from CSV files: people and entitlements. Pure parsing: nothing is stored here, and a file
//! with a single bad row gives nothing but the list of what is wrong with it.
//!
//! A file is UTF-8, with or without a byte order mark, its fields separated by commas, semicolons or tabs, whichever its first row has
//! most of. That row names the columns, in any order; case, spaces and hyphens in the names do not matter, and each column also goes by
//! the names that other systems export it under. Columns that are not known are ignored and listed. Rows without any value are skipped.

mod entitlements;
mod error;
mod people;
mod service;
mod table;

#[cfg(test)]
mod tests;

pub use entitlements::parse_entitlements;
pub use error::{ImportError, RowError};
pub use people::parse_people;
pub use service::{Entitlements, EntitlementsImported, People, PeopleImported};
pub use table::Imported;
