//! Tests of parsing files.

mod entitlements;
mod file;
mod people;

use super::*;
use jiff::civil::{Date, date};
use purser_model::{Entitlement, Person};

/// Day of the imports.
const TODAY: Date = date(2026, 11, 28);

const HEADER: &str = "reference,application,product,quantity,unit_cost,currency,term,start,end\n";

/// Parses a valid file of people.
fn parse_valid(text: &str) -> Vec<Person> {
    parse_people(text.as_bytes(), TODAY).unwrap().rows
}

/// Returns the error of an invalid file of people.
fn people_error(text: &str) -> String {
    parse_people(text.as_bytes(), TODAY)
        .unwrap_err()
        .to_string()
}

/// Returns the notes of a valid file of people.
fn people_notes(text: &str) -> Vec<String> {
    let notes = parse_people(text.as_bytes(), TODAY).unwrap().notes;
    notes.shown.iter().map(Note::to_string).collect()
}

/// Parses rows of entitlements, without their header.
fn parse_rows(rows: &str) -> Result<Vec<Entitlement>, ImportError> {
    parse_entitlements(format!("{HEADER}{rows}").as_bytes()).map(|parsed| parsed.rows)
}

/// Returns the only error of rows of entitlements.
fn entitlement_error(rows: &str) -> String {
    match parse_rows(rows).unwrap_err() {
        ImportError::Rows { shown, total: 1 } => shown[0].to_string(),
        other => panic!("{other}"),
    }
}
