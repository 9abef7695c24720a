//! Text with placeholders: `Bearer {token}`. A literal brace is written twice.

use crate::Secret;
use purser_model::FieldName;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Text with placeholders. Its `Display` prints exactly the text that was parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Segment>);

/// Segment of a pattern. Two literals are never neighbours, and none is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    Placeholder(FieldName),
}

/// Reason why text is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// A `{` without its `}`.
    #[error("a {{ is not closed; a brace that is meant as one is written twice")]
    Open,
    /// A `}` without its `{`.
    #[error("a }} has no opening brace; a brace that is meant as one is written twice")]
    Close,
    /// The text between the braces cannot be the name of a field.
    #[error("{{{0}}} is not the name of a field: names are lower-case letters, digits and hyphens")]
    Name(String),
}

impl Pattern {
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Returns every name in a placeholder, with repetitions.
    pub(crate) fn names(&self) -> impl Iterator<Item = &FieldName> {
        self.0.iter().filter_map(|segment| match segment {
            Segment::Placeholder(name) => Some(name),
            Segment::Literal(_) => None,
        })
    }

    /// Returns the text of a pattern without placeholders.
    pub(crate) fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Segment::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Returns the name of a pattern that is one placeholder and nothing else.
    pub(crate) fn sole(&self) -> Option<&FieldName> {
        match self.0.as_slice() {
            [Segment::Placeholder(name)] => Some(name),
            _ => None,
        }
    }

    /// Replaces the placeholders of static values.
    pub(crate) fn with_fixed(self, fixed: &BTreeMap<FieldName, String>) -> Self {
        let mut segments = SegmentList::default();
        for segment in self.0 {
            match segment {
                Segment::Literal(text) => segments.push_literal(&text),
                Segment::Placeholder(name) => match fixed.get(&name) {
                    Some(text) => segments.push_literal(text),
                    None => segments.0.push(Segment::Placeholder(name)),
                },
            }
        }

        Self(segments.0)
    }

    /// Returns the text with every placeholder replaced; `None` if one has no value. It may hold
    /// secrets, so it is one.
    pub(crate) fn render<'a>(
        &'a self,
        value: impl Fn(&FieldName) -> Option<&'a str>,
    ) -> Option<Secret> {
        let texts = self.0.iter().map(|segment| match segment {
            Segment::Literal(text) => Some(text.as_str()),
            Segment::Placeholder(name) => value(name),
        });

        // Joined in one allocation, so that no part of a secret is left in memory.
        Some(Secret::new(texts.collect::<Option<Vec<_>>>()?.concat()))
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let mut segments = SegmentList::default();
        let mut rest = text;

        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            segments.push_literal(before);
            rest = if let Some(after) = from.strip_prefix("{{") {
                segments.push_literal("{");
                after
            } else if let Some(after) = from.strip_prefix("}}") {
                segments.push_literal("}");
                after
            } else if let Some(inside) = from.strip_prefix('{') {
                let (name, after) = inside.split_once('}').ok_or(PatternError::Open)?;
                let wrong = |_| PatternError::Name(name.chars().take(80).collect());
                segments
                    .0
                    .push(Segment::Placeholder(name.parse().map_err(wrong)?));
                after
            } else {
                return Err(PatternError::Close);
            };
        }

        segments.push_literal(rest);
        Ok(Self(segments.0))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|segment| match segment {
            Segment::Literal(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}")),
            Segment::Placeholder(name) => write!(f, "{{{name}}}"),
        })
    }
}

/// Segments under construction; joins neighbouring literals.
#[derive(Default)]
struct SegmentList(Vec<Segment>);

impl SegmentList {
    fn push_literal(&mut self, more: &str) {
        match self.0.last_mut() {
            _ if more.is_empty() => {}
            Some(Segment::Literal(text)) => text.push_str(more),
            _ => self.0.push(Segment::Literal(more.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(text: &str) -> Pattern {
        text.parse().unwrap()
    }

    fn rendered(text: &str, values: &[(&str, &str)]) -> Option<String> {
        let value = |name: &FieldName| {
            values
                .iter()
                .find(|(known, _)| *known == name.as_str())
                .map(|(_, value)| *value)
        };

        pattern(text)
            .render(value)
            .map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn render_placeholders_and_doubled_braces_are_replaced() {
        assert_eq!(
            rendered("Bearer {token}", &[("token", "t")]).unwrap(),
            "Bearer t"
        );
        assert_eq!(rendered("{a}{b}", &[("a", "1"), ("b", "")]).unwrap(), "1");
        assert_eq!(rendered("{{{a}}} {{a}}", &[("a", "1")]).unwrap(), "{1} {a}");
        assert_eq!(rendered("", &[]).unwrap(), "");
    }

    #[test]
    fn render_value_with_braces_is_not_a_pattern() {
        assert_eq!(rendered("{a}", &[("a", "{b}"), ("b", "1")]).unwrap(), "{b}");
        let fixed = BTreeMap::from([("a".parse().unwrap(), "{b}".to_owned())]);
        assert_eq!(pattern("x{a}").with_fixed(&fixed).literal(), Some("x{b}"));
    }

    #[test]
    fn render_without_a_value_is_none() {
        assert_eq!(rendered("{a}-{b}", &[("a", "1")]), None);
    }

    #[test]
    fn parse_malformed_pattern_is_refused() {
        for (text, error) in [
            ("{token", PatternError::Open),
            ("{", PatternError::Open),
            ("token}", PatternError::Close),
            ("{a}}", PatternError::Close),
            ("{}", PatternError::Name(String::new())),
            ("{To ken}", PatternError::Name("To ken".into())),
            ("{a{b}", PatternError::Name("a{b".into())),
        ] {
            assert_eq!(text.parse::<Pattern>(), Err(error), "{text}");
        }
    }

    #[test]
    fn literal_sole_and_names_describe_the_pattern() {
        assert_eq!(pattern("{a}").sole().map(FieldName::as_str), Some("a"));
        assert_eq!((pattern("{a}b").sole(), pattern("ab").sole()), (None, None));
        assert_eq!(
            (
                pattern("a{{").literal(),
                pattern("{a}").literal(),
                pattern("").literal()
            ),
            (Some("a{"), None, Some(""))
        );
        assert_eq!(
            pattern("{a}:{b}")
                .names()
                .map(FieldName::as_str)
                .collect::<Vec<_>>(),
            ["a", "b"]
        );
    }

    proptest! {
        #[test]
        fn parse_escaped_text_is_literal(text in ".{0,40}") {
            let escaped = text.replace('{', "{{").replace('}', "}}");
            let pattern = pattern(&escaped);
            prop_assert_eq!(pattern.literal(), Some(text.as_str()));
        }

        #[test]
        fn display_of_a_parsed_pattern_is_the_text(text in "([a-z{}]|\\{[a-z][a-z0-9]{0,3}\\}){0,12}") {
            if let Ok(pattern) = text.parse::<Pattern>() {
                prop_assert_eq!(pattern.to_string(), text);
            }
        }

        #[test]
        fn render_value_stands_in_place_of_its_name(before in "[^{}]{0,8}", value in ".{0,12}", after in "[^{}]{0,8}") {
            let text = format!("{before}{{a}}{after}");
            prop_assert_eq!(rendered(&text, &[("a", &value)]), Some(format!("{before}{value}{after}")));
        }
    }
}
