//! The `--limit` option of `grant` and `check`.

use crate::cli::Failure;
use purser_model::Limits;

/// Parses `NAME=VALUE`.
pub(super) fn parse_limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("use NAME=VALUE")?;
    let value = value
        .parse()
        .map_err(|_| format!("{value:?} is not a whole number"))?;

    Ok((name.to_owned(), value))
}

/// Returns the limits with some of them changed.
///
/// Goes through the serialised form, so that the names are those of a grant's file and of JSON.
pub(super) fn with_limits(limits: &Limits, changes: &[(String, u64)]) -> Result<Limits, Failure> {
    let mut value = serde_json::to_value(limits)?;
    for (name, number) in changes {
        if let Some(fields) = value.as_object_mut() {
            fields.insert(name.clone(), (*number).into());
        }
    }

    serde_json::from_value(value).map_err(|error| {
        Failure::input(
            format!("no such limit: {error}"),
            "use a name from the list",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_is_set_by_name() {
        let change = parse_limit("page-rows=7").unwrap();

        let limits = with_limits(&Limits::default(), &[change]).unwrap();

        let expected = Limits {
            page_rows: 7,
            ..Limits::default()
        };
        assert_eq!(limits, expected);
    }

    #[test]
    fn unknown_limit_is_refused_with_the_known_names() {
        let error = with_limits(&Limits::default(), &[("pagerows".into(), 7)]).unwrap_err();

        let message = error.to_string();
        assert!(
            message.contains("pagerows") && message.contains("page-rows"),
            "{message}"
        );
    }

    #[test]
    fn limit_without_number_is_refused() {
        assert!(parse_limit("page-rows").is_err());
        assert!(parse_limit("page-rows=many").is_err());
    }
}
