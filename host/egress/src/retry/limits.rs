//! Rate limits that an application states in header fields: the families of `X-RateLimit-Reset`,
//! and `RateLimit` of draft-ietf-httpapi-ratelimit-headers in its old and new form.
//!
//! Fields are recognised by the words of their names, because applications agree on the words and
//! on nothing else. `RateLimit` is split by hand: a parser of structured fields (RFC 9651) rejects
//! the whole field for one odd character, and the wait that it states would be lost.

use super::stated_time::{self, BareUnit};
use reqwest::header::HeaderMap;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// Words of a name that do not tell one limit from another.
const NEUTRAL: [&str; 8] = [
    "x",
    "reset",
    "remaining",
    "after",
    "at",
    "in",
    "time",
    "seconds",
];

/// One limit, as far as the response states it.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct StatedLimit {
    /// The requests that remain; `None` if not stated.
    pub(super) remaining: Option<f64>,
    /// The time until the limit is reset; `None` if not stated or not plausible.
    pub(super) reset: Option<Duration>,
}

impl StatedLimit {
    /// True if the response says that no request remains.
    pub(super) fn is_exhausted(&self) -> bool {
        self.remaining.is_some_and(|remaining| remaining <= 0.0)
    }

    /// True if the response says that requests remain.
    pub(super) fn has_requests(&self) -> bool {
        self.remaining.is_some_and(|remaining| remaining > 0.0)
    }

    /// Adds a statement. Of several times, the longest counts.
    fn add(&mut self, statement: Statement) {
        match statement {
            Statement::Remaining(remaining) => {
                self.remaining = Some(self.remaining.map_or(remaining, |old| old.min(remaining)));
            }
            Statement::Reset(reset) => self.reset = self.reset.max(Some(reset)),
        }
    }
}

/// One fact about a limit.
enum Statement {
    Remaining(f64),
    Reset(Duration),
}

/// Returns all limits that a response states.
pub(super) fn stated_limits(headers: &HeaderMap, now: SystemTime) -> Vec<StatedLimit> {
    let mut by_words: BTreeMap<Vec<String>, StatedLimit> = BTreeMap::new();
    let mut limits = Vec::new();

    for (name, value) in headers {
        let Ok(text) = value.to_str() else { continue };
        let Some(words) = words_of_limit(name.as_str()) else {
            continue;
        };

        let has = |word: &str| words.iter().any(|known| known == word);
        let statement = if has("remaining") {
            first_number(text).map(Statement::Remaining)
        } else if has("reset") {
            let unit = if has("ms") {
                BareUnit::Milliseconds
            } else {
                BareUnit::Seconds
            };
            stated_time::wait(text, unit, now).map(Statement::Reset)
        } else {
            limits.extend(structured_limits(text, now));
            None
        };

        if let Some(statement) = statement {
            let key = words
                .into_iter()
                .filter(|word| word != "ms" && !NEUTRAL.contains(&word.as_str()))
                .collect();
            by_words.entry(key).or_default().add(statement);
        }
    }

    limits.extend(by_words.into_values());
    limits
}

/// Returns the words of a name that is about a rate limit; `None` for any other name.
fn words_of_limit(name: &str) -> Option<Vec<String>> {
    let joined = name
        .to_ascii_lowercase()
        .replace("rate-limit", "ratelimit")
        .replace('_', "-");
    let words: Vec<_> = joined.split('-').map(str::to_owned).collect();

    words
        .iter()
        .any(|word| word == "ratelimit")
        .then_some(words)
}

/// Parses the `RateLimit` field: `"default";r=0;t=20, "day";r=7;t=3600`, and the older
/// `limit=100, remaining=0, reset=20`.
fn structured_limits(text: &str, now: SystemTime) -> Vec<StatedLimit> {
    let mut limits = vec![StatedLimit::default()];

    for piece in pieces(text) {
        let Some((name, value)) = piece.split_once('=') else {
            // why: a bare string or token names the next limit
            limits.push(StatedLimit::default());
            continue;
        };

        let value = value.trim();
        let statement = match name.trim().to_ascii_lowercase().as_str() {
            "r" | "remaining" => first_number(value).map(Statement::Remaining),
            "t" | "reset" | "resets" => {
                stated_time::wait(value, BareUnit::Seconds, now).map(Statement::Reset)
            }
            _ => None,
        };
        if let (Some(statement), Some(limit)) = (statement, limits.last_mut()) {
            limit.add(statement);
        }
    }

    limits.retain(|limit| *limit != StatedLimit::default());
    limits
}

/// Splits a field at commas and semicolons, except those within quotes.
fn pieces(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(move |c: char| {
        is_quoted ^= c == '"';
        !is_quoted && matches!(c, ',' | ';')
    })
    .map(str::trim)
    .filter(|piece| !piece.is_empty())
    .collect()
}

/// Returns the first number of a text such as `0`, `"0"` or `0, 0;w=60`.
fn first_number(text: &str) -> Option<f64> {
    let text = text.trim_start_matches(['"', '\'', ' ']);
    if text.starts_with('-') {
        // why: some count below zero once the limit is exceeded
        return Some(0.0);
    }

    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    stated_time::number(text.get(..end)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::UNIX_EPOCH;

    fn limits(text: &str) -> Vec<(Option<f64>, Option<u64>)> {
        structured_limits(text, UNIX_EPOCH + Duration::from_secs(1_795_810_020))
            .into_iter()
            .map(|limit| (limit.remaining, limit.reset.map(|reset| reset.as_secs())))
            .collect()
    }

    #[test]
    fn rate_limit_field_of_every_draft_is_read() {
        for text in [
            "\"default\";r=0;t=20",
            "default;r=0;t=20",
            "\"default\"; r=0 ; t=20",
            "\"de;fa,ult\";r=0;t=20",
            "limit=100, remaining=0, reset=20",
            "limit=100;w=60, remaining=0, reset=20",
            "limit=100; remaining=0; resets=20",
            "remaining=\"0\", reset=\"20\"",
        ] {
            assert_eq!(limits(text), [(Some(0.0), Some(20))], "{text}");
        }
    }

    #[test]
    fn every_policy_of_a_rate_limit_field_is_a_limit_of_its_own() {
        assert_eq!(
            limits("\"burst\";r=0;t=3, \"day\";r=7;t=3600"),
            [(Some(0.0), Some(3)), (Some(7.0), Some(3600))]
        );
        assert_eq!(limits("\"default\";q=100;w=60"), []);
        assert_eq!(limits("100"), []);
        assert_eq!(limits("-5"), []);
    }

    proptest! {
        #[test]
        fn any_field_is_read_without_a_panic(text in ".{0,80}") {
            let _ = limits(&text);
        }
    }
}
