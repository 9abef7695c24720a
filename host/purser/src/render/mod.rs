//! How things look on a terminal: text made safe, tables, numbers and times, and one file for each kind of thing that is shown.

pub(crate) mod account;
pub(crate) mod candidate;
pub(crate) mod cassette;
pub(crate) mod connection;
pub(crate) mod connector;
#[cfg(test)]
pub(crate) mod fixtures;
pub(crate) mod json;
pub(crate) mod lifecycle;
pub(crate) mod next_step;
pub(crate) mod number;
pub(crate) mod plain;
pub(crate) mod position;
pub(crate) mod profile;
pub(crate) mod progress;
pub(crate) mod reconciliation;
pub(crate) mod run;
mod table;
pub(crate) mod template;

pub(crate) use table::Table;

/// The word that an enumeration's case has in JSON, for a table: what is read in one can be looked for in the other.
pub(crate) fn word(case: &impl serde::Serialize) -> String {
    match serde_json::to_value(case) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// What something is called, with the connection it was read through where an application has several.
pub(crate) fn at(name: &str, connection: Option<&str>) -> String {
    connection.map_or_else(
        || name.to_owned(),
        |connection| format!("{name} at {connection}"),
    )
}
