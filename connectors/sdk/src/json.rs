//! JSON decoding that names the faulty field.

use crate::rejecting::rejecting_rows;
use serde::Deserialize;

/// Decodes JSON.
///
/// # Errors
/// A sentence that begins with the path of the field: `items[3].name: invalid type: …`.
pub fn decode<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, String> {
    // Nearly every page is valid. Only the others need the slower decoding that rejects single rows
    // and tracks the path.
    serde_json::from_slice(json).or_else(|_| decode_or_explain(json))
}

#[cold]
fn decode_or_explain<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, String> {
    rejecting_rows(|| serde_json::from_slice(json).map_err(|_| explain::<T>(json)))
}

fn explain<'a, T: Deserialize<'a>>(json: &'a [u8]) -> String {
    if json.trim_ascii().is_empty() {
        return "the body is empty".into();
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) if error.path().iter().next().is_some() => {
            format!("{}: {}", error.path(), error.inner())
        }
        Err(error) => error.inner().to_string(),
        // The value is valid, so the error is in what follows it.
        Ok(_) => deserializer
            .end()
            .err()
            .map_or_else(|| "not readable".into(), |error| error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct List {
        #[allow(dead_code, reason = "only decoded")]
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    struct Item {
        #[allow(dead_code, reason = "only decoded")]
        name: String,
    }

    fn problem(json: &str) -> String {
        decode::<List>(json.as_bytes()).unwrap_err()
    }

    #[test]
    fn error_names_the_path_of_the_field() {
        let wrong = problem(r#"{"items":[{"name":"a"},{"name":5}]}"#);
        assert!(
            wrong.starts_with("items[1].name: invalid type: integer `5`, expected a string"),
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
    fn error_of_invalid_json_names_the_problem() {
        assert_eq!(problem(" \n"), "the body is empty");
        assert!(problem(r#"{"items":["#).contains("EOF while parsing"));
        assert!(problem(r#"{"items":[]} x"#).contains("trailing characters"));
    }
}
