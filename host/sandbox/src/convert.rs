//! The way between the WIT package's types and the model's. What comes from a guest is checked on the way: a value of the model's keeps the
//! rules that the WIT package states.
//!
//! Text keeps what the application gave it, except where it identifies something (no control characters there) and that nothing holds a
//! NUL, which ends a string for many a program. What is shown to people is escaped by who shows it.

pub(crate) mod answer;
pub(crate) mod describe;
#[cfg(test)]
mod fuzz;
pub(crate) mod http;
pub(crate) mod page;
pub(crate) mod request;

use purser_model::Timestamp;

/// A checked value, or a sentence that begins with the field's name.
pub(crate) type Checked<T> = Result<T, String>;

/// The longest identifier, in bytes.
const MAX_ID: usize = 1 << 10;

/// The longest text of a record, in bytes. Far above any name; an attribute can hold a paragraph.
const MAX_TEXT: usize = 64 << 10;

/// Checks what identifies an account, a product: never empty, short, one line.
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

/// Checks any other text.
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

/// Checks text that need not be there.
fn optional(value: Option<String>, field: &str) -> Checked<Option<String>> {
    value.map(|value| text(value, field)).transpose()
}

/// Reads an instant.
fn instant(milliseconds: i64, field: &str) -> Checked<Timestamp> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| {
        format!("{field} is {milliseconds} ms, which no calendar has: use milliseconds since 1970")
    })
}

/// Reads an instant that need not be there.
fn optional_instant(milliseconds: Option<i64>, field: &str) -> Checked<Option<Timestamp>> {
    milliseconds
        .map(|milliseconds| instant(milliseconds, field))
        .transpose()
}

/// Checks each item of a list, and names the one at fault by its place.
fn each<T, U>(
    items: Vec<T>,
    list: &str,
    mut check: impl FnMut(T) -> Checked<U>,
) -> Checked<Vec<U>> {
    let checked = |(index, item)| check(item).map_err(|why| format!("{list}[{index}].{why}"));
    items.into_iter().enumerate().map(checked).collect()
}
