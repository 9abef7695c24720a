//! Path patterns in grants.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Path with wildcards: `*` matches exactly one segment, a last `**` any number of them, none
/// included.
///
/// Segments are compared as they are encoded in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PathPattern(String);

/// Text that is not a path pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a path pattern: {why}")]
pub struct PathPatternError {
    text: String,
    why: &'static str,
}

impl PathPattern {
    /// Returns true if the pattern covers a path (which begins with `/`).
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let mut wanted = self.0.split('/');
        let mut given = path.split('/');

        loop {
            match (wanted.next(), given.next()) {
                (Some("**"), _) | (None, None) => return true,
                (Some("*"), Some(segment)) if !segment.is_empty() => {}
                (Some(wanted), Some(given)) if wanted == given => {}
                (Some(_), None) | (None, Some(_)) | (Some(_), Some(_)) => return false,
            }
        }
    }

    /// Returns true if this pattern covers every path that `other` covers.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let mut mine = self.0.split('/');
        let mut theirs = other.0.split('/');

        loop {
            match (mine.next(), theirs.next()) {
                (Some("**"), _) | (None, None) => return true,
                (Some("*"), Some(segment)) if !segment.is_empty() && segment != "**" => {}
                (Some(mine), Some(theirs)) if mine == theirs => {}
                _ => return false,
            }
        }
    }
}

impl FromStr for PathPattern {
    type Err = PathPatternError;

    fn from_str(text: &str) -> Result<Self, PathPatternError> {
        let wrong = |why| {
            Err(PathPatternError {
                text: text.chars().take(80).collect(),
                why,
            })
        };

        if !text.starts_with('/') {
            return wrong("it must begin with /");
        }

        if text.len() > 1024 {
            return wrong("it is longer than 1024 bytes");
        }

        if text.contains(['?', '#', '\\']) {
            return wrong("it cannot hold a query, fragment or backslash");
        }

        // URLs hold nothing else, and a character that reorders text would make an operator read
        // another line.
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return wrong(
                "a space, a control character, and one that is not ASCII must be percent-encoded",
            );
        }

        let segments: Vec<_> = text.split('/').collect();
        let last = segments.len() - 1;

        for (index, segment) in segments.iter().enumerate() {
            match *segment {
                "*" => {}
                "**" if index == last => {}
                "**" => return wrong("`**` can only be the last segment"),
                "." | ".." => return wrong("it cannot hold a dot segment"),
                segment if segment.contains('*') => {
                    return wrong("a `*` stands for a whole segment, not a part of one");
                }
                _ => {}
            }
        }

        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for PathPattern {
    type Error = PathPatternError;

    fn try_from(text: String) -> Result<Self, PathPatternError> {
        text.parse()
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> Self {
        pattern.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> PathPattern {
        text.parse().unwrap()
    }

    #[test]
    fn matches_star_is_one_segment_and_two_are_the_rest() {
        assert!(pattern("/users").matches("/users"));
        assert!(!pattern("/users").matches("/users/"));
        assert!(!pattern("/users").matches("/users/1"));
        assert!(pattern("/users/*").matches("/users/1"));
        assert!(!pattern("/users/*").matches("/users/"));
        assert!(!pattern("/users/*").matches("/users/1/groups"));
        assert!(pattern("/users/*/groups").matches("/users/1/groups"));
        assert!(pattern("/users/**").matches("/users/1/groups"));
        assert!(pattern("/users/**").matches("/users"));
        assert!(!pattern("/users/**").matches("/usersx"));
        assert!(pattern("/**").matches("/anything/at/all"));
    }

    #[test]
    fn covers_narrower_pattern_is_true() {
        assert!(pattern("/**").covers(&pattern("/users/*")));
        assert!(pattern("/users/*").covers(&pattern("/users/me")));
        assert!(!pattern("/users/*").covers(&pattern("/users/**")));
        assert!(!pattern("/users/me").covers(&pattern("/users/*")));
        assert!(pattern("/users/*").covers(&pattern("/users/*")));
    }

    #[test]
    fn parse_ambiguous_pattern_is_refused() {
        for bad in [
            "", "users", "/a?b", "/a/../b", "/a/./b", "/**/a", "/a*", "/a b", "/a\\b", "/a#b",
        ] {
            assert!(bad.parse::<PathPattern>().is_err(), "{bad:?}");
        }
    }
}
