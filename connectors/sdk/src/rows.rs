//! The rows of a page. A faulty row is rejected, and the rest of its page kept.

use crate::{RejectedRow, json, rejecting};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

/// Fields by which applications identify a row, for the reader of the run's log.
const IDENTIFIERS: [&str; 5] = ["id", "name", "userName", "login", "email"];

/// The rows of a page: the decoded ones, and the rejected ones with a reason.
///
/// Use it instead of a `Vec` in a type that is decoded; `null` is an empty list. It borrows from
/// the body, so it needs [`Response::json`](crate::Response::json).
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// The decoded rows.
    pub good: Vec<T>,
    /// The rows that could not be used.
    pub rejected: Vec<RejectedRow>,
}

impl<T> Rows<T> {
    /// Returns how many rows the response has, including rejected ones. Offsets count these.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.good.len() + self.rejected.len()
    }

    /// True if the response has no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Converts each decoded row.
    #[must_use]
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Rows<U> {
        Rows {
            good: self.good.into_iter().map(each).collect(),
            rejected: self.rejected,
        }
    }

    /// Converts each decoded row, or rejects it with [`rejected`].
    #[must_use]
    pub fn try_map<U>(self, mut each: impl FnMut(T) -> Result<U, RejectedRow>) -> Rows<U> {
        let mut rows = Rows {
            good: Vec::with_capacity(self.good.len()),
            rejected: self.rejected,
        };
        for row in self.good {
            match each(row) {
                Ok(row) => rows.good.push(row),
                Err(row) => rows.rejected.push(row),
            }
        }
        rows
    }
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            good: Vec::new(),
            rejected: Vec::new(),
        }
    }
}

impl<T> From<Vec<T>> for Rows<T> {
    fn from(good: Vec<T>) -> Self {
        Self {
            good,
            rejected: Vec::new(),
        }
    }
}

/// Returns a rejected row: its identity for a person, and the reason, naming the field.
#[must_use]
pub fn rejected(row: impl Into<String>, reason: impl Into<String>) -> RejectedRow {
    RejectedRow {
        id: None,
        row: row.into(),
        reason: reason.into(),
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(RowsVisitor(PhantomData))
    }
}

struct RowsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for RowsVisitor<T> {
    type Value = Rows<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_none<E>(self) -> Result<Rows<T>, E> {
        Ok(Rows::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Rows<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows<T>, A::Error> {
        let mut rows = Rows::default();
        if !rejecting::is_active() {
            while let Some(row) = list.next_element()? {
                rows.good.push(row);
            }
            return Ok(rows);
        }

        // Finds the end of each row before decoding it: an error inside a row would end the page.
        while let Some(text) = list.next_element::<&'de RawValue>()? {
            match json::decode(text.get().as_bytes()) {
                Ok(row) => rows.good.push(row),
                Err(reason) => rows
                    .rejected
                    .push(rejected(identify(text, rows.len()), reason)),
            }
        }
        Ok(rows)
    }
}

#[cold]
fn identify(text: &RawValue, before: usize) -> String {
    let row: Value = serde_json::from_str(text.get()).unwrap_or_default();
    let position = before + 1;
    let name = |name: &&str| match row.get(*name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match IDENTIFIERS.iter().find_map(name) {
        Some(name) => format!("{name} (row {position} of its page)"),
        None => format!("row {position} of its page"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    struct User {
        name: String,
        age: u8,
    }

    #[derive(Debug, Deserialize)]
    struct List {
        #[serde(default)]
        items: Rows<User>,
    }

    fn rows(json: &str) -> Rows<User> {
        json::decode::<List>(json.as_bytes()).unwrap().items
    }

    #[test]
    fn faulty_row_is_rejected_and_the_others_kept() {
        let rows = rows(
            r#"{"items":[{"name":"a","age":1},{"name":"b","age":"x"},{"age":3},{"name":"d","age":4}]}"#,
        );
        assert_eq!(
            rows.good
                .iter()
                .map(|user| user.name.as_str())
                .collect::<Vec<_>>(),
            ["a", "d"]
        );
        assert_eq!(rows.len(), 4);
        let [second, third] = rows.rejected.as_slice() else {
            panic!("{rows:?}")
        };
        assert_eq!(second.row, "b (row 2 of its page)");
        assert!(
            second.reason.starts_with("age: invalid type"),
            "{}",
            second.reason
        );
        assert_eq!(third.row, "row 3 of its page");
        assert!(
            third.reason.starts_with("missing field `name`"),
            "{}",
            third.reason
        );
    }

    #[test]
    fn null_is_an_empty_list_and_an_object_an_error() {
        assert!(rows(r#"{"items":null}"#).is_empty());
        assert!(rows("{}").is_empty());
        let wrong = json::decode::<List>(br#"{"items":{}}"#).unwrap_err();
        assert!(
            wrong.starts_with("items: invalid type: map, expected a list"),
            "{wrong}"
        );
    }

    #[test]
    fn try_map_rejects_a_decoded_row() {
        let rows = rows(r#"{"items":[{"name":"","age":1},{"name":"b","age":2}]}"#);
        let rows = rows.try_map(|user| {
            if user.name.is_empty() {
                Err(rejected("1", "name: empty"))
            } else {
                Ok(user.age)
            }
        });
        assert_eq!(
            rows,
            Rows {
                good: vec![2],
                rejected: vec![rejected("1", "name: empty")]
            }
        );
    }
}
