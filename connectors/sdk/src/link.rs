//! Parser of the `Link` header field (RFC 8288, section 3): `<URL>; rel="next", <URL>; rel="last"`.
//!
//! Written here because only the target of one relation is needed, and every dependency becomes
//! part of each guest. A field that breaks the grammar is read where it has one reading: without
//! brackets, without `;`, with single quotes. If it has none, it is an error if it may announce the
//! relation: a page that was announced and not read must not look like the end of a list.

/// Characters around a relation that break the grammar and mean nothing.
const QUOTES: [char; 7] = ['"', '\'', '\\', '>', '`', '\u{201c}', '\u{201d}'];

/// Returns the target of the link with this relation in the values of a field. `None` if there is
/// no such link.
///
/// # Errors
/// The value, if it mentions the relation and no link of it can be read, or two that differ.
pub(crate) fn target<'a>(
    values: impl Iterator<Item = &'a str>,
    relation: &str,
) -> Result<Option<&'a str>, &'a str> {
    let mut found = None;
    for value in values {
        let links = links(value, relation);
        let is_ambiguous = links
            .targets
            .iter()
            .any(|target| *found.get_or_insert(*target) != *target);
        let is_unreadable =
            links.targets.is_empty() && links.is_doubtful && mentions(value, relation);

        if is_ambiguous || is_unreadable {
            return Err(value);
        }
    }
    Ok(found)
}

/// The links of one field value.
struct Links<'a> {
    /// The targets of the links with the relation.
    targets: Vec<&'a str>,
    /// True if a link has no target that can be read, or no relation.
    is_doubtful: bool,
}

fn links<'a>(mut value: &'a str, relation: &str) -> Links<'a> {
    let mut links = Links {
        targets: Vec::new(),
        is_doubtful: false,
    };
    loop {
        value = value.trim_start_matches([' ', '\t', ',']);
        if value.is_empty() {
            return links;
        }

        let (target, rest) = split_target(value);
        let (parameters, rest) = parameters(rest, relation);
        value = rest;

        match parameters {
            Parameters::OtherRelation => {}
            Parameters::Relation if is_readable(target) => links.targets.push(target),
            Parameters::Relation | Parameters::NoRelation => links.is_doubtful = true,
        }
    }
}

/// Splits the target from what follows it: `<URL>`, or a bare URL up to its first parameter.
fn split_target(value: &str) -> (&str, &str) {
    let (target, rest) = match value.strip_prefix('<') {
        Some(bracketed) => bracketed.split_once('>').unwrap_or((bracketed, "")),
        None => value.split_at(value.find([';', ',']).unwrap_or(value.len())),
    };
    (target.trim_matches(['<', '>', ' ', '\t']), rest)
}

/// True if the text can be one URL. An unclosed bracket takes in the parameters, or the next link.
fn is_readable(target: &str) -> bool {
    !target.is_empty() && !target.contains(['<', '>', '"', ' ', '\t'])
}

/// The meaning of the parameters of one link.
enum Parameters {
    /// The first `rel` names the relation.
    Relation,
    /// The first `rel` names others.
    OtherRelation,
    /// No `rel` was found.
    NoRelation,
}

/// Parses the parameters of one link, and returns them with the text after the link.
fn parameters<'a>(mut rest: &'a str, relation: &str) -> (Parameters, &'a str) {
    // Only the first `rel` counts (section 3.3).
    let mut found = Parameters::NoRelation;
    loop {
        // why: between parameters, stray marks separate as `;` does
        rest = rest.trim_start_matches([' ', '\t', ';', ':', '>']);
        if rest.is_empty() || rest.starts_with(',') {
            return (found, rest);
        }

        let end = rest.find(['=', ';', ',']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let Some(after) = after.strip_prefix('=') else {
            rest = after;
            continue;
        };

        let (text, after) = parameter_value(after.trim_start());
        let is_relation = name.trim().eq_ignore_ascii_case("rel") && !text.starts_with('&');
        if is_relation && matches!(found, Parameters::NoRelation) {
            found = if names(text, relation) {
                Parameters::Relation
            } else {
                Parameters::OtherRelation
            };
        }
        rest = after;
    }
}

/// True if a list of relations contains this one, compared without case.
fn names(relations: &str, relation: &str) -> bool {
    relations
        .split([' ', '\t', ','])
        .any(|each| each.trim_matches(QUOTES).eq_ignore_ascii_case(relation))
}

/// True if a word of the text is the relation.
fn mentions(text: &str, relation: &str) -> bool {
    text.split(|character: char| !character.is_alphanumeric())
        .any(|word| word.eq_ignore_ascii_case(relation))
}

/// Parses a token or a quoted string, and returns it with the text after it. Relations contain no
/// escaped characters, so escapes are skipped and not resolved.
fn parameter_value(text: &str) -> (&str, &str) {
    let quote = text
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''));
    let Some((quote, quoted)) = quote.and_then(|quote| Some((quote, text.strip_prefix(quote)?)))
    else {
        let (token, rest) = text.split_at(text.find([';', ',']).unwrap_or(text.len()));
        return (token.trim_end(), rest);
    };

    let mut escaped = false;
    for (index, character) in quoted.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => {
                let (inside, rest) = quoted.split_at(index);
                return (inside, rest.strip_prefix(quote).unwrap_or(rest));
            }
            _ => {}
        }
    }
    (quoted, "")
}

#[cfg(test)]
mod tests {
    fn target<'a>(value: &'a str, relation: &str) -> Result<Option<&'a str>, &'a str> {
        super::target(std::iter::once(value), relation)
    }

    #[test]
    fn target_of_the_relation_is_found() {
        let value =
            r#"<https://a.example/u?page=1>; rel="prev", <https://a.example/u?page=3>; rel="next""#;
        assert_eq!(
            target(value, "next"),
            Ok(Some("https://a.example/u?page=3"))
        );
        assert_eq!(
            target(value, "prev"),
            Ok(Some("https://a.example/u?page=1"))
        );
        assert_eq!(target(value, "last"), Ok(None));
    }

    #[test]
    fn commas_and_semicolons_in_targets_and_quotes_do_not_separate() {
        let value = r#"<https://a.example/?x=1,2;3>; title="a, b; rel=\"next\""; rel=prev,<https://a.example/?y>;rel=next"#;
        assert_eq!(target(value, "next"), Ok(Some("https://a.example/?y")));
        assert_eq!(
            target(value, "prev"),
            Ok(Some("https://a.example/?x=1,2;3"))
        );
    }

    #[test]
    fn relations_are_case_insensitive_lists_and_the_first_counts() {
        assert_eq!(target(r#"<a>; REL = "last NEXT""#, "next"), Ok(Some("a")));
        assert_eq!(target(r#"<a>; rel=last; rel=next"#, "next"), Ok(None));
        assert_eq!(target(r#"<a>; rel="nextish""#, "next"), Ok(None));
    }

    #[test]
    fn malformed_link_with_one_reading_is_read() {
        for value in [
            r#"<a?p=2>rel="next""#,
            r#"<a?p=2> rel="next""#,
            r#"<a?p=2>; rel='next'"#,
            r#"<b>;rel="last">,<a?p=2>;rel="next">"#,
            r#"a?p=2; rel="next""#,
            r#"<<a?p=2>>; rel="next""#,
            r#"< a?p=2 >;; rel="next""#,
            r#"<a?p=2>: rel=next"#,
            r#"<a?p=2>; rel=prev next"#,
            r#"<a?p=2>; rel=\"next\""#,
            r#"<a?p=2>; rel="next"#,
            "<a?p=2>; rel=\u{201c}next\u{201d}",
            r#"a?p=2>; title='it"s'; rel=next"#,
        ] {
            assert_eq!(target(value, "next"), Ok(Some("a?p=2")), "{value}");
        }
    }

    #[test]
    fn next_link_that_cannot_be_read_is_an_error() {
        for value in [
            "<a; rel=next",
            r#"<a; rel="prev", <b>; rel="next""#,
            "<>; rel=next",
            "; rel=next",
            "<a b>; rel=next",
            "<a>; next",
            "<a>; rel=&quot;next&quot;",
            r#"{"next": "a?p=2"}"#,
            "next",
            "<a>; rel=next, <b>; rel=next",
        ] {
            assert_eq!(target(value, "next"), Err(value), "{value}");
        }
        let twice = ["<a>; rel=next", "<a>; rel=next"];
        assert_eq!(super::target(twice.into_iter(), "next"), Ok(Some("a")));
        let two = ["<a>; rel=next", "<b>; rel=next"];
        assert_eq!(super::target(two.into_iter(), "next"), Err(two[1]));
    }

    #[test]
    fn value_that_does_not_mention_the_relation_has_none() {
        for value in [
            "",
            "a",
            "<a",
            "<a>",
            "<a>; rel",
            "<a>; rel=",
            r#"<a>; rel=""#,
            ";;,<a",
        ] {
            assert_eq!(target(value, "next"), Ok(None), "{value}");
        }
    }
}
