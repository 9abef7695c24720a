//! The rows of a page, good and bad. One that cannot be used costs itself, and not the page.

use crate::{RejectedRow, json};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

/// Names by which applications identify a row, for the reader of the run's log.
const IDENTIFIERS: [&str; 5] = ["id", "name", "userName", "login", "email"];

/// The rows of a page: those that were decoded, and those that could not be, with why. Takes the place of a `Vec` in what an author
/// decodes; `null` is an empty list. It borrows from the page's text, so it is for [`Response::json`](crate::Response::json).
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// Rows that can be used.
    pub good: Vec<T>,
    /// Rows that cannot.
    pub rejected: Vec<RejectedRow>,
}

impl<T> Rows<T> {
    /// How many rows the application sent, rejected ones included: what a pager counts by.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.good.len() + self.rejected.len()
    }

    /// Whether the application sent none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes something else of each good row.
    #[must_use]
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Rows<U> {
        Rows {
            good: self.good.into_iter().map(each).collect(),
            rejected: self.rejected,
        }
    }

    /// Makes something else of each good row, or rejects it: [`rejected`] makes the reason.
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

/// A row that could not be used: what identifies it to a person, and why, naming the field.
#[must_use]
pub fn rejected(row: impl Into<String>, reason: impl Into<String>) -> RejectedRow {
    RejectedRow {
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
        if !ONE_BY_ONE.get() {
            while let Some(row) = list.next_element()? {
                rows.good.push(row);
            }
            return Ok(rows);
        }
        // The text of the row is found first and decoded after: an error in the middle of a row would end the whole page.
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

thread_local! {
    static ONE_BY_ONE: Cell<bool> = const { Cell::new(false) };
}

/// Decodes with bad rows set apart. Finding the end of each row before decoding it makes a page a third slower (measured with 200 SCIM
/// users), so [`json::decode`] does it only for pages that do not decode without.
pub(crate) fn one_by_one<T>(decode: impl FnOnce() -> T) -> T {
    let before = ONE_BY_ONE.replace(true);
    let decoded = decode();
    ONE_BY_ONE.set(before);
    decoded
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
    fn one_bad_row_does_not_spoil_the_page() {
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
    fn no_list_is_an_empty_one_but_no_list_is_no_object() {
        assert!(rows(r#"{"items":null}"#).is_empty());
        assert!(rows("{}").is_empty());
        let wrong = json::decode::<List>(br#"{"items":{}}"#).unwrap_err();
        assert!(
            wrong.starts_with("items: invalid type: map, expected a list"),
            "{wrong}"
        );
    }

    #[test]
    fn a_connector_can_reject_what_it_could_decode() {
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
