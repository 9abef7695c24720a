//! The rows of a page. A faulty row is rejected, and the rest of its page kept.

use crate::RejectedRow;
use crate::json::lenient::{self, RawRow};
use crate::json::{self, row};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// Fields by which applications identify a row, for the reader of the run's log.
const IDENTIFIERS: [&str; 5] = ["id", "name", "userName", "login", "email"];

/// The rows of a page: the decoded ones, and the rejected ones with a reason.
///
/// Use it instead of a `Vec` in a type that is decoded; `null` is an empty list.
///
/// A field of a row that cannot be read is left out if it is optional (`Option`, or
/// `#[serde(default)]`), and [`Page::accounts`](crate::Page::accounts) adds a warning to the
/// account. A required field that cannot be read rejects the row.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// The decoded rows.
    pub good: Vec<T>,
    /// The rows that could not be used.
    pub rejected: Vec<RejectedRow>,
    /// The notes of the decoded rows, in their order. Empty: the page was read without any.
    notes: Vec<Note>,
    /// The fields that can identify the rejected rows, in their order. Shorter than the list if an
    /// author rejected further rows.
    rejected_identifiers: Vec<Identifiers>,
}

/// Names and values of the fields that can identify a row.
type Identifiers = Vec<(String, String)>;

/// Notes of the decoding of one row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Note {
    /// Fields that could not be read, one sentence each.
    pub(crate) warnings: Vec<String>,
    identifiers: Identifiers,
}

/// Rows with the notes of each.
pub(crate) struct NotedRows<T> {
    pub(crate) good: Vec<(T, Note)>,
    pub(crate) rejected: Vec<RejectedRow>,
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
            notes: self.notes,
            rejected_identifiers: self.rejected_identifiers,
        }
    }

    /// Converts each decoded row, or rejects it with [`rejected`].
    #[must_use]
    pub fn try_map<U>(self, mut each: impl FnMut(T) -> Result<U, RejectedRow>) -> Rows<U> {
        let has_notes = !self.notes.is_empty();
        let mut notes = self.notes.into_iter();
        let mut rows = Rows {
            good: Vec::with_capacity(self.good.len()),
            rejected: self.rejected,
            notes: Vec::new(),
            rejected_identifiers: self.rejected_identifiers,
        };
        for row in self.good {
            let note = notes.next();
            match each(row) {
                Ok(row) => {
                    rows.good.push(row);
                    rows.notes
                        .extend(has_notes.then(|| note.unwrap_or_default()));
                }
                Err(row) => rows.rejected.push(row),
            }
        }
        rows
    }

    /// Decodes a row that stands alone, such as a line of a file, and adds it or rejects it. A
    /// field that cannot be read costs itself, as in a list.
    pub fn push_json<'de>(&mut self, json: &'de [u8])
    where
        T: Deserialize<'de>,
    {
        match serde_json::from_slice(json) {
            Ok(row) => self.good.push(row),
            Err(_) => match json::raw_row(json) {
                Ok(raw) => self.push_raw(&raw),
                Err(reason) => {
                    let position = self.len() + 1;
                    self.rejected
                        .push(rejected(format!("row {position}"), reason));
                }
            },
        }
    }

    fn push_raw<'de>(&mut self, raw: &RawRow)
    where
        T: Deserialize<'de>,
    {
        let identifiers = row::identifiers(raw);
        match row::decode(raw) {
            Ok(decoded) => {
                // why: rows that were read without notes come before
                self.notes.resize_with(self.good.len(), Note::default);
                self.good.push(decoded.row);
                self.notes.push(Note {
                    warnings: decoded.warnings,
                    identifiers,
                });
            }
            Err(reason) => {
                let position = self.len() + 1;
                let row = describe(&identifiers, position);
                self.rejected_identifiers
                    .resize_with(self.rejected.len(), Vec::new);
                self.rejected.push(rejected(row, reason));
                self.rejected_identifiers.push(identifiers);
            }
        }
    }

    /// Names the field that is the id of a row, so that a rejected row is known to be listed still.
    /// For a field of an object in the row, `object.field`.
    ///
    /// Without it, the id is the field whose value is that of the account in every other row.
    #[must_use]
    pub fn identified_by(mut self, field: &str) -> Self {
        for (row, identifiers) in self.rejected.iter_mut().zip(&self.rejected_identifiers) {
            row.id = row.id.take().or_else(|| value_of(identifiers, field));
        }
        self
    }

    /// Returns the rows with their notes, and identifies the rejected ones. `id` returns the id of
    /// a row.
    pub(crate) fn noted(self, id: impl Fn(&T) -> &str) -> NotedRows<T> {
        let field = self.id_field(id).map(str::to_owned);
        let rows = match field {
            Some(field) => self.identified_by(&field),
            None => self,
        };

        // why: rows that an author removed from the list cannot be told from those that remain
        let is_aligned = rows.good.len() >= rows.notes.len();
        let notes = rows.notes.into_iter().filter(|_| is_aligned);
        let notes = notes.chain(std::iter::repeat_with(Note::default));
        NotedRows {
            good: rows.good.into_iter().zip(notes).collect(),
            rejected: rows.rejected,
        }
    }

    /// Returns the field whose value is the id of every row.
    fn id_field(&self, id: impl Fn(&T) -> &str) -> Option<&str> {
        let is_aligned = self.good.len() == self.notes.len() && !self.rejected.is_empty();
        let (first, _) = self
            .notes
            .first()
            .zip(self.good.first())
            .filter(|_| is_aligned)?;
        let mut fields = first.identifiers.iter().map(|(name, _)| name.as_str());

        fields.find(|field| {
            let mut rows = self.good.iter().zip(&self.notes);
            rows.all(|(row, note)| value_of(&note.identifiers, field).as_deref() == Some(id(row)))
        })
    }
}

fn value_of(identifiers: &Identifiers, field: &str) -> Option<String> {
    let mut named = identifiers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(field));
    let value = named.next().map(|(_, value)| value.clone())?;
    named.next().is_none().then_some(value)
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<T> From<Vec<T>> for Rows<T> {
    fn from(good: Vec<T>) -> Self {
        Self {
            good,
            rejected: Vec::new(),
            notes: Vec::new(),
            rejected_identifiers: Vec::new(),
        }
    }
}

/// Returns a rejected row: its identity for a person, and the reason, naming the field. Add the id
/// of the account with [`RejectedRow::with_id`] if it is known.
#[must_use]
pub fn rejected(row: impl Into<String>, reason: impl Into<String>) -> RejectedRow {
    RejectedRow {
        id: None,
        row: row.into(),
        reason: reason.into(),
    }
}

impl RejectedRow {
    /// Sets the id of the account or product, as in its record. The host then knows that the
    /// application still lists it.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
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
        if !lenient::is_active() {
            while let Some(row) = list.next_element()? {
                rows.good.push(row);
            }
            return Ok(rows);
        }

        // Each row is taken as a tree and decoded by itself: an error inside would end the page.
        while let Some(raw) = list.next_element::<RawRow>()? {
            rows.push_raw(&raw);
        }
        Ok(rows)
    }
}

/// Describes a row for the reader of the run's log.
#[cold]
fn describe(identifiers: &Identifiers, position: usize) -> String {
    match IDENTIFIERS
        .iter()
        .find_map(|field| value_of(identifiers, field))
    {
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

    #[derive(Debug, Deserialize, PartialEq)]
    struct Person {
        id: String,
        name: Option<String>,
        #[serde(default)]
        tags: Vec<String>,
        active: Option<bool>,
        seat: Option<Seat>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Seat {
        plan: String,
        since: Option<u64>,
    }

    /// Returns the only row, with its warnings.
    fn person(json: &str) -> (Person, Vec<String>) {
        let rows: Rows<Person> = json::decode(format!("[{json}]").as_bytes()).unwrap();
        assert_eq!(rows.rejected, [], "{json}");
        let mut noted = rows.noted(|person| &person.id);
        let (person, note) = noted.good.remove(0);
        (person, note.warnings)
    }

    fn refusal(json: &str) -> RejectedRow {
        let mut rows: Rows<Person> = json::decode(format!("[{json}]").as_bytes()).unwrap();
        assert_eq!(rows.good, [], "{json}");
        rows.rejected.remove(0)
    }

    #[test]
    fn odd_field_with_one_meaning_is_read() {
        for (json, expected) in [
            (r#""name":5"#, "5"),
            (r#""name":00077"#, "00077"),
            (r#""name":1.5"#, "1.5"),
            (r#""name":true"#, "true"),
            (r#""name":["a"]"#, "a"),
            (r#""name":"old","name":"a""#, "a"),
        ] {
            let (person, _) = person(&format!(r#"{{"id":7,{json}}}"#));
            assert_eq!(person.id, "7");
            assert_eq!(person.name.as_deref().unwrap_or("-"), expected, "{json}");
        }
        for word in [
            r#""True""#,
            r#""true ""#,
            r#""YES""#,
            "1",
            r#""1""#,
            "[true]",
        ] {
            let (person, warnings) = person(&format!(r#"{{"id":"a","active":{word}}}"#));
            assert_eq!((person.active, warnings), (Some(true), vec![]), "{word}");
        }
        for (list, tags) in [
            (r#""a""#, vec!["a"]),
            ("5", vec!["5"]),
            ("null", vec![]),
            (r#""""#, vec![]),
            (r#"["a",5]"#, vec!["a", "5"]),
        ] {
            let (person, warnings) = person(&format!(r#"{{"id":7,"tags":{list}}}"#));
            assert_eq!(
                (person.tags, warnings),
                (tags.iter().map(|&tag| tag.to_owned()).collect(), vec![])
            );
        }
        let (person, _) = person(r#"{"id":7,"seat":[{"plan":"a","since":"12"}]}"#);
        assert_eq!(person.seat.and_then(|seat| seat.since), Some(12));
    }

    #[test]
    fn optional_field_that_cannot_be_read_costs_itself_and_is_named() {
        for (json, warning) in [
            (r#""name":{"a":1}"#, "name: invalid type"),
            (r#""name":["a","b"]"#, "name: invalid type"),
            (r#""name":NaN"#, "name: NaN is not"),
            (r#""name":"a","name":"b""#, "name: is given more than once"),
            (r#""name":"a\ud800""#, "name: has bytes that are not text"),
            (r#""active":"perhaps""#, "active: invalid type"),
            (r#""active":2"#, "active: invalid type"),
            (r#""tags":["a",{},"b"]"#, "tags[1]: invalid type"),
            (r#""tags":["a","\ud800","b"]"#, "tags[1]: has bytes"),
            (r#""seat":{"since":1}"#, "seat: missing field `plan`"),
            (
                r#""seat":{"plan":"a","since":"soon"}"#,
                "seat.since: invalid type",
            ),
            (r#""seat":{"plan":{},"since":1}"#, "seat.plan: invalid type"),
        ] {
            let (person, warnings) = person(&format!(r#"{{"id":7,{json}}}"#));
            assert_eq!(person.id, "7", "{json}");
            assert_eq!(warnings.len(), 1, "{json}: {warnings:?}");
            assert!(warnings[0].starts_with(warning), "{json}: {warnings:?}");
        }
        let (person, warnings) = person(r#"{"id":"a","tags":[1,[],2],"active":[],"name":[]}"#);
        assert_eq!((person.tags.len(), warnings.len()), (2, 3));
    }

    #[test]
    fn required_field_is_strict_and_names_its_reason() {
        for (id, reason) in [
            ("1.0", "id: invalid type"),
            ("1e3", "id: invalid type"),
            ("true", "id: invalid type"),
            ("{}", "id: invalid type"),
            ("[1,2]", "id: invalid type"),
            ("null", "id: is null"),
            (r#""a\udfff""#, "id: has bytes that are not text"),
            (r#""a","id":"b""#, "id: is given more than once"),
        ] {
            let rejected = refusal(&format!(r#"{{"name":"n","id":{id}}}"#));
            assert!(rejected.reason.starts_with(reason), "{id}: {rejected:?}");
            assert_eq!(
                (rejected.row.as_str(), rejected.id),
                ("n (row 1 of its page)", None)
            );
        }
        assert!(refusal("5").reason.starts_with("invalid type"));
        assert!(refusal("{}").reason.starts_with("missing field `id`"));
    }

    #[test]
    fn row_that_is_not_json_costs_itself() {
        let deep = format!("{}{}", "[".repeat(9_000), "]".repeat(9_000));
        let json = [
            br#"[{"id":"a"},{"id":"b","name":""#.as_slice(),
            b"\xff\0",
            br#""},{"id":NaN},{"id":"d","x":"#,
            deep.as_bytes(),
            br#"},{"id":"e","seat":"#,
            deep.as_bytes(),
            b"}]",
        ]
        .concat();
        let rows: Rows<Person> = json::decode(&json).unwrap();
        let ids: Vec<_> = rows.good.iter().map(|person| person.id.as_str()).collect();
        assert_eq!((ids, rows.rejected.len()), (vec!["a", "b", "d", "e"], 1));
    }

    #[test]
    fn rejected_row_has_the_id_of_the_field_that_identifies_the_others() {
        let ids = |json: &str, named: Option<&str>| {
            let mut rows: Rows<User> = json::decode(json.as_bytes()).unwrap();
            if let Some(field) = named {
                rows = rows.identified_by(field);
            }
            let rejected = rows.noted(|user| &user.name).rejected;
            rejected.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        let bad = r#"{"id":"2","name":"b","age":"x"}"#;
        let good = r#"{"id":"1","name":"a","age":1}"#;
        let by_name = vec![Some("b".to_owned())];
        assert_eq!(ids(&format!("[{good},{bad}]"), None), by_name);
        assert_eq!(ids(&format!("[{bad}]"), Some("name")), by_name);
        // Without another row it is unknown which field is the id.
        assert_eq!(ids(&format!("[{bad}]"), None), [None]);
        assert_eq!(
            ids(r#"[{"name":"a","age":1},{"id":"2","age":3}]"#, None),
            [None]
        );
    }

    #[test]
    fn rows_of_a_file_are_as_lenient_as_those_of_a_list() {
        let mut rows = Rows::<Person>::default();
        for line in [
            r#"{"id":"a"}"#,
            r#"{"id":7,"active":"perhaps"}"#,
            r#"{"id":1.0,"name":"n"}"#,
            r#"{"id":"#,
            "\u{feff}{\"id\":\"d\"}",
        ] {
            rows.push_json(line.as_bytes());
        }
        assert_eq!((rows.len(), rows.rejected.len()), (5, 2));
        assert!(
            rows.rejected[1].reason.contains("EOF"),
            "{:?}",
            rows.rejected
        );
        let noted = rows.noted(|person| &person.id).good;
        let warnings: Vec<_> = noted
            .iter()
            .map(|(row, note)| (row.id.as_str(), note.warnings.len()))
            .collect();
        assert_eq!(warnings, [("a", 0), ("7", 1), ("d", 0)]);
    }

    #[test]
    fn try_map_keeps_the_warnings_with_their_rows() {
        let json = br#"[{"id":"a"},{"id":"b","active":"x"},{"id":"c"},{"id":"d","active":"y"}]"#;
        let rows: Rows<Person> = json::decode(json).unwrap();
        let rows = rows.try_map(|person| match person.id.as_str() {
            "a" => Err(rejected("a", "not wanted")),
            _ => Ok(person.id),
        });
        let warned = rows.noted(|id| id).good.into_iter();
        let warned: Vec<_> = warned
            .filter(|(_, note)| !note.warnings.is_empty())
            .collect();
        assert_eq!(
            warned.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(),
            ["b", "d"]
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
                rejected: vec![rejected("1", "name: empty")],
                ..Rows::from(vec![2])
            }
        );
    }
}
