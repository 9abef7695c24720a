//! Parser of the `Link` header field (RFC 8288, section 3): `<URL>; rel="next", <URL>; rel="last"`.
//!
//! Written here because only the target of one relation is needed, and every dependency becomes
//! part of each guest.

/// Returns the target of the first link with this relation in one field value. Parsing stops at a
/// malformed link; links before it count.
pub(crate) fn target<'a>(mut value: &'a str, relation: &str) -> Option<&'a str> {
    loop {
        value = value.trim_start_matches([' ', '\t', ',']);
        let (target, rest) = value.strip_prefix('<')?.split_once('>')?;
        let (found, rest) = parameters(rest, relation);
        if found {
            return Some(target);
        }
        value = rest;
    }
}

/// Parses the parameters of one link. Returns true if its `rel` contains the relation, and the text
/// after the link.
fn parameters<'a>(mut rest: &'a str, relation: &str) -> (bool, &'a str) {
    // Only the first `rel` counts (section 3.3).
    let mut found = None;
    loop {
        rest = rest.trim_start();
        let Some(parameter) = rest.strip_prefix(';') else {
            return (found.unwrap_or(false), rest);
        };
        let end = parameter.find(['=', ';', ',']).unwrap_or(parameter.len());
        let (name, after) = parameter.split_at(end);
        let Some(after) = after.strip_prefix('=') else {
            rest = after;
            continue;
        };
        let (text, after) = parameter_value(after.trim_start());
        if name.trim().eq_ignore_ascii_case("rel") && found.is_none() {
            found = Some(
                text.split_ascii_whitespace()
                    .any(|each| each.eq_ignore_ascii_case(relation)),
            );
        }
        rest = after;
    }
}

/// Parses a token or a quoted string, and returns it with the text after it. Relations contain no
/// escaped characters, so escapes are skipped and not resolved.
fn parameter_value(text: &str) -> (&str, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (token, rest) = text.split_at(text.find([';', ',']).unwrap_or(text.len()));
        return (token.trim_end(), rest);
    };
    let mut escaped = false;
    for (index, character) in quoted.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let (inside, rest) = quoted.split_at(index);
                return (inside, rest.strip_prefix('"').unwrap_or(rest));
            }
            _ => {}
        }
    }
    (quoted, "")
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn target_of_the_relation_is_found() {
        let value =
            r#"<https://a.example/u?page=1>; rel="prev", <https://a.example/u?page=3>; rel="next""#;
        assert_eq!(target(value, "next"), Some("https://a.example/u?page=3"));
        assert_eq!(target(value, "prev"), Some("https://a.example/u?page=1"));
        assert_eq!(target(value, "last"), None);
    }

    #[test]
    fn commas_and_semicolons_in_targets_and_quotes_do_not_separate() {
        let value = r#"<https://a.example/?x=1,2;3>; title="a, b; rel=\"next\""; rel=prev,<https://a.example/?y>;rel=next"#;
        assert_eq!(target(value, "next"), Some("https://a.example/?y"));
        assert_eq!(target(value, "prev"), Some("https://a.example/?x=1,2;3"));
    }

    #[test]
    fn relations_are_case_insensitive_lists_and_the_first_counts() {
        assert_eq!(target(r#"<a>; REL = "last NEXT""#, "next"), Some("a"));
        assert_eq!(target(r#"<a>; rel=last; rel=next"#, "next"), None);
        assert_eq!(target(r#"<a>; rel="nextish""#, "next"), None);
    }

    #[test]
    fn malformed_value_has_no_link() {
        for value in [
            "",
            "a",
            "<a",
            "<a>",
            "<a>; rel",
            "<a>; rel=",
            r#"<a>; rel=""#,
            "a; rel=next",
            ";;,<a",
            "<a> x; rel=next",
        ] {
            assert_eq!(target(value, "next"), None, "{value}");
        }
    }
}
