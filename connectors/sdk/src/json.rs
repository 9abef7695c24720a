//! JSON decoding that names the faulty field, and that reads an odd field by its only meaning.
//!
//! A page is decoded by `serde_json` first. Only a page that it refuses is decoded again, by the
//! lenient reader: a field of a row that is optional and cannot be read then costs itself and
//! leaves a warning on the account, a required one costs its row, and nothing in a row costs the
//! page. The `lenient` module has the table of what is read as what.
//!
//! A byte order mark is skipped, and UTF-16 and UTF-32 are read.

mod any_case;
pub(crate) mod body;
pub(crate) mod lenient;
pub(crate) mod row;
pub(crate) mod tree;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, Visitor};
use std::fmt;
use tree::Names;

/// Decodes JSON.
///
/// # Errors
/// A sentence that begins with the path of the field: `items[3].name: invalid type: …`.
pub fn decode<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, String> {
    // Nearly every page is valid. Only the others need the slower decoding that rejects single rows
    // and tracks the path.
    serde_json::from_slice(json).or_else(|_| decode_leniently(json, Names::Exact))
}

/// Decodes JSON whose names may be spelled in upper or lower case, as those of SCIM may (RFC 7643,
/// section 2.1).
///
/// # Errors
/// As for [`decode`].
pub fn decode_ignoring_case<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, String> {
    any_case::decode(json).or_else(|_| decode_leniently(json, Names::AnyCase))
}

/// Decodes an identifier that may be written as a whole number, for serde's `deserialize_with`.
///
/// [`Rows`](crate::Rows) accept such an identifier for any text. This is faster for an application
/// whose identifiers are numbers.
pub fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    // why: the lenient reader is strict with a text that is required
    if lenient::is_active() {
        return String::deserialize(deserializer);
    }
    deserializer.deserialize_any(IdVisitor)
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a whole number")
    }

    fn visit_str<E: Error>(self, id: &str) -> Result<String, E> {
        Ok(id.to_owned())
    }

    fn visit_string<E: Error>(self, id: String) -> Result<String, E> {
        Ok(id)
    }

    fn visit_u64<E: Error>(self, id: u64) -> Result<String, E> {
        Ok(id.to_string())
    }

    fn visit_i64<E: Error>(self, id: i64) -> Result<String, E> {
        Ok(id.to_string())
    }
}

/// Returns the tree of a row that stands alone, such as a line of a file.
///
/// # Errors
/// The problem of a text that is not JSON.
#[cold]
pub(crate) fn raw_row(json: &[u8]) -> Result<lenient::RawRow, String> {
    let text = body::text(json);
    match tree::parse(&text, Names::Exact) {
        Some(tree) => Ok(lenient::RawRow {
            tree,
            names: Names::Exact,
        }),
        None => Err(problem_of(&text)),
    }
}

#[cold]
fn decode_leniently<'a, T: Deserialize<'a>>(json: &'a [u8], names: Names) -> Result<T, String> {
    let text = body::text(json);
    match tree::parse(&text, names) {
        Some(tree) => lenient::decode(&tree, names),
        None => Err(problem_of(&text)),
    }
}

/// Names the problem of a text that is not JSON.
fn problem_of(text: &[u8]) -> String {
    body::other_format(text).unwrap_or_else(|| {
        let strict = serde_json::from_slice::<IgnoredAny>(text);
        strict
            .err()
            .map_or_else(|| "it is not JSON".into(), |error| error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct List {
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    struct Item {
        name: String,
    }

    fn problem(json: &str) -> String {
        decode::<List>(json.as_bytes()).unwrap_err()
    }

    #[test]
    fn error_names_the_path_of_the_field() {
        let wrong = problem(r#"{"items":[{"name":"a"},{"name":{}}]}"#);
        assert!(
            wrong.starts_with("items[1].name: invalid type: map, expected a string"),
            "{wrong}"
        );
        let missing = problem(r#"{"items":[{"nam":"a"}]}"#);
        assert!(
            missing.starts_with("items[0]: missing field `name`"),
            "{missing}"
        );
        assert!(problem("{}").starts_with("missing field `items`"));
    }

    #[test]
    fn mark_and_encoding_of_a_body_are_no_problem() {
        let json = r#"{"items":[{"name":"ü"}]}"#;
        let utf16: Vec<u8> = json.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for body in [[b"\xef\xbb\xbf", json.as_bytes()].concat(), utf16] {
            assert_eq!(decode::<List>(&body).unwrap().items[0].name, "ü");
        }
    }

    #[test]
    fn list_around_rows_is_read_strictly() {
        #[derive(Debug, Deserialize)]
        struct Page {
            total: u64,
            next: Option<String>,
            items: Vec<Item>,
        }
        let page = |json: &str| decode::<Page>(json.as_bytes());

        let read = page(r#"{"total":"7","next":5,"total":7,"items":[]}"#).unwrap();
        assert_eq!(
            (read.total, read.next.as_deref(), read.items.len()),
            (7, Some("5"), 0)
        );
        for (json, named) in [
            (r#"{"total":"seven","items":[]}"#, "total: invalid type"),
            (r#"{"total":7,"next":{},"items":[]}"#, "next: invalid type"),
            (r#"{"total":7,"items":{"name":"a"}}"#, "items: invalid type"),
            (r#"{"total":7,"items":"a"}"#, "items: invalid type"),
            (
                r#"{"total":7,"items":[],"items":[{"name":"a"}]}"#,
                "items: is given more than once",
            ),
            (r#"[{"total":7,"items":[]}]"#, "invalid type: sequence"),
        ] {
            let error = page(json).unwrap_err();
            assert!(error.starts_with(named), "{json}: {error}");
        }
    }

    #[test]
    fn id_is_a_text_or_a_whole_number() {
        #[derive(Debug, Deserialize)]
        struct User {
            #[serde(deserialize_with = "id")]
            id: String,
        }
        let read = |json: &str| decode::<User>(json.as_bytes()).map(|user| user.id);
        assert_eq!(read(r#"{"id":"a"}"#).as_deref(), Ok("a"));
        assert_eq!(read(r#"{"id":157663}"#).as_deref(), Ok("157663"));
        assert_eq!(
            read(r#"{"id":18446744073709551616}"#).as_deref(),
            Ok("18446744073709551616")
        );
        for odd in ["1.0", "1e3", "true", "null", "{}", "[]", "007"] {
            assert!(read(&format!(r#"{{"id":{odd}}}"#)).is_err(), "{odd}");
        }
    }

    #[test]
    fn error_of_invalid_json_names_the_problem() {
        assert_eq!(problem(" \n"), "the body is empty");
        assert!(problem(r#"{"items":["#).contains("EOF while parsing"));
        assert!(problem(r#"{"items":[]} x"#).contains("trailing characters"));
    }
}
