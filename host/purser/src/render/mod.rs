//! Results as text for a terminal: tables, numbers, times, and one file for each kind of object.

pub(crate) mod account;
pub(crate) mod alias;
pub(crate) mod candidate;
pub(crate) mod cassette;
pub(crate) mod connection;
pub(crate) mod connector;
pub(crate) mod entitlement;
#[cfg(test)]
pub(crate) mod fixtures;
pub(crate) mod import;
pub(crate) mod next_step;
pub(crate) mod number;
pub(crate) mod person;
pub(crate) mod position;
pub(crate) mod profile;
pub(crate) mod progress;
pub(crate) mod publisher;
pub(crate) mod reconciliation;
pub(crate) mod run;
pub(crate) mod sanitize;
mod table;
pub(crate) mod template;
pub(crate) mod version;

pub(crate) use table::Table;

/// Joins names with a separator.
fn names<T>(names: &[T], as_str: fn(&T) -> &str, separator: &str) -> String {
    let names: Vec<_> = names.iter().map(as_str).collect();

    names.join(separator)
}

/// Returns a name, with the connection it was read through if the application has several.
fn with_connection(name: &str, connection: Option<&str>) -> String {
    connection.map_or_else(
        || name.to_owned(),
        |connection| format!("{name} at {connection}"),
    )
}
