//! Text with placeholders: `Bearer {token}`. A brace that is one is written twice.

use crate::Secret;
use purser_model::FieldName;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Text with placeholders. Parsing takes back exactly what it prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Part>);

/// A stretch of a pattern. Of two neighbours at most one is text, and no text is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Name(FieldName),
}

/// Why text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// A `{` whose `}` is missing.
    #[error("a {{ is not closed; a brace that is meant as one is written twice")]
    Open,
    /// A `}` before which there is no `{`.
    #[error("a }} closes nothing; a brace that is meant as one is written twice")]
    Close,
    /// What stands between the braces cannot be the name of a field.
    #[error("{{{0}}} names no field: names are lower-case letters, digits and hyphens")]
    Name(String),
}

impl Pattern {
    pub(crate) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Everything it mentions, as often as it does.
    pub(crate) fn names(&self) -> impl Iterator<Item = &FieldName> {
        self.0.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name),
            Part::Text(_) => None,
        })
    }

    /// The text, where it has no placeholder.
    pub(crate) fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The name, where it is one placeholder and nothing else.
    pub(crate) fn sole(&self) -> Option<&FieldName> {
        match self.0.as_slice() {
            [Part::Name(name)] => Some(name),
            _ => None,
        }
    }

    /// The pattern with these names replaced for good.
    pub(crate) fn with_fixed(self, fixed: &BTreeMap<FieldName, String>) -> Self {
        let mut parts = Parts::default();
        for part in self.0 {
            match part {
                Part::Text(text) => parts.text(&text),
                Part::Name(name) => match fixed.get(&name) {
                    Some(text) => parts.text(text),
                    None => parts.0.push(Part::Name(name)),
                },
            }
        }
        Self(parts.0)
    }

    /// The text with every placeholder replaced; nothing where one of them has no value. It may hold secrets, so it is one.
    pub(crate) fn render<'a>(
        &'a self,
        value: impl Fn(&FieldName) -> Option<&'a str>,
    ) -> Option<Secret> {
        let texts = self.0.iter().map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Name(name) => value(name),
        });
        // Joined in one allocation, so that no half of a secret is left behind in memory.
        Some(Secret::new(texts.collect::<Option<Vec<_>>>()?.concat()))
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let mut parts = Parts::default();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            parts.text(before);
            rest = if let Some(after) = from.strip_prefix("{{") {
                parts.text("{");
                after
            } else if let Some(after) = from.strip_prefix("}}") {
                parts.text("}");
                after
            } else if let Some(inside) = from.strip_prefix('{') {
                let (name, after) = inside.split_once('}').ok_or(PatternError::Open)?;
                let wrong = |_| PatternError::Name(name.chars().take(80).collect());
                parts.0.push(Part::Name(name.parse().map_err(wrong)?));
                after
            } else {
                return Err(PatternError::Close);
            };
        }
        parts.text(rest);
        Ok(Self(parts.0))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}")),
            Part::Name(name) => write!(f, "{{{name}}}"),
        })
    }
}

#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn text(&mut self, more: &str) {
        match self.0.last_mut() {
            _ if more.is_empty() => {}
            Some(Part::Text(text)) => text.push_str(more),
            _ => self.0.push(Part::Text(more.to_owned())),
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
    fn placeholders_are_replaced_and_doubled_braces_are_braces() {
        assert_eq!(
            rendered("Bearer {token}", &[("token", "t")]).unwrap(),
            "Bearer t"
        );
        assert_eq!(rendered("{a}{b}", &[("a", "1"), ("b", "")]).unwrap(), "1");
        assert_eq!(rendered("{{{a}}} {{a}}", &[("a", "1")]).unwrap(), "{1} {a}");
        assert_eq!(rendered("", &[]).unwrap(), "");
    }

    #[test]
    fn a_value_is_not_read_as_a_pattern() {
        assert_eq!(rendered("{a}", &[("a", "{b}"), ("b", "1")]).unwrap(), "{b}");
        let fixed = BTreeMap::from([("a".parse().unwrap(), "{b}".to_owned())]);
        assert_eq!(pattern("x{a}").with_fixed(&fixed).literal(), Some("x{b}"));
    }

    #[test]
    fn text_with_a_value_missing_is_left_out() {
        assert_eq!(rendered("{a}-{b}", &[("a", "1")]), None);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
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
    fn it_tells_what_it_is() {
        assert_eq!(pattern("{a}").sole().map(Name::as_str), Some("a"));
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
        fn any_text_can_be_written_as_a_pattern(text in ".{0,40}") {
            let written = text.replace('{', "{{").replace('}', "}}");
            let pattern = pattern(&written);
            prop_assert_eq!(pattern.literal(), Some(text.as_str()));
        }

        #[test]
        fn what_parses_prints_as_it_was_written(text in "([a-z{}]|\\{[a-z][a-z0-9]{0,3}\\}){0,12}") {
            if let Ok(pattern) = text.parse::<Pattern>() {
                prop_assert_eq!(pattern.to_string(), text);
            }
        }

        #[test]
        fn rendering_puts_values_where_the_names_stand(before in "[^{}]{0,8}", value in ".{0,12}", after in "[^{}]{0,8}") {
            let text = format!("{before}{{a}}{after}");
            prop_assert_eq!(rendered(&text, &[("a", &value)]), Some(format!("{before}{value}{after}")));
        }
    }
}
