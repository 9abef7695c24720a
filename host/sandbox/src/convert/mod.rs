//! Conversion between the types of the WIT package and those of the model.
//!
//! Values from a guest are validated on the way, so that a value of the model keeps the rules of
//! the WIT package. Text stays as the application gave it, with two exceptions: identifiers must
//! not contain control characters, and no text may contain NUL, which ends a string in many
//! programs. Text is escaped where it is displayed, not here.

pub(crate) mod describe;
#[cfg(test)]
mod fuzz;
pub(crate) mod http;
pub(crate) mod page;
pub(crate) mod request;
pub(crate) mod results;
mod row;

use purser_model::Timestamp;

/// A valid value, or a sentence that begins with the name of the field.
pub(crate) type Checked<T> = Result<T, String>;

/// Longest identifier, in bytes.
const MAX_ID: usize = 1 << 10;

/// Longest text of a record, in bytes. More than any name; an attribute can hold a paragraph.
const MAX_TEXT: usize = 64 << 10;

/// Validates the identifier of an account or product: not empty, short, one line.
fn id(value: String, field: &str) -> Checked<String> {
    if value.is_empty() {
        return Err(format!("{field} is empty"));
    }
    if value.len() > MAX_ID {
        return Err(format!(
            "{field} has {} bytes; it can have {MAX_ID}",
            value.len()
        ));
    }
    if let Some(c) = value.chars().find(|c| c.is_control()) {
        return Err(format!(
            "{field} holds the control character U+{:04X}",
            u32::from(c)
        ));
    }
    Ok(value)
}

/// Validates any other text.
fn text(value: String, field: &str) -> Checked<String> {
    if value.len() > MAX_TEXT {
        return Err(format!(
            "{field} has {} bytes; it can have {MAX_TEXT}",
            value.len()
        ));
    }
    if value.contains('\0') {
        return Err(format!("{field} holds a NUL character"));
    }
    Ok(value)
}

/// Validates an optional text.
fn optional(value: Option<String>, field: &str) -> Checked<Option<String>> {
    value.map(|value| text(value, field)).transpose()
}

/// Converts an instant.
fn instant(milliseconds: i64, field: &str) -> Checked<Timestamp> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| {
        format!("{field} is {milliseconds} ms, which is out of range: use milliseconds since 1970")
    })
}

/// Converts an optional instant.
fn optional_instant(milliseconds: Option<i64>, field: &str) -> Checked<Option<Timestamp>> {
    milliseconds
        .map(|milliseconds| instant(milliseconds, field))
        .transpose()
}

/// Converts each item of a list, and names the faulty one by its index.
fn each<T, U>(
    items: Vec<T>,
    list: &str,
    mut check: impl FnMut(T) -> Checked<U>,
) -> Checked<Vec<U>> {
    items
        .into_iter()
        .enumerate()
        .map(|(index, item)| check(item).map_err(|reason| format!("{list}[{index}].{reason}")))
        .collect()
}
