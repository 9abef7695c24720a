//! Timestamps and activity in the format of RFC 3339, for serde's `deserialize_with`.
//!
//! Use them with `#[serde(default)]`, so that an absent field means that the application does not
//! tell:
//!
//! ```
//! # use purser_sdk::{LastActivity, Timestamp, time};
//! #[derive(serde::Deserialize)]
//! struct User {
//!     #[serde(default, deserialize_with = "time::optional")]
//!     created: Option<Timestamp>,
//!     #[serde(default, deserialize_with = "time::null_is_never")]
//!     last_login: LastActivity,
//! }
//! ```
//!
//! | the application writes | `created` | `last_login` |
//! |---|---|---|
//! | an instant with an offset, or a plausible number of seconds or milliseconds | that instant | that instant |
//! | null | absent | never, or with [`null_is_unknown`] unknown |
//! | the first or last day of some system: `0001-01-01`, `1601-01-01`, `1970-01-01T00:00:00Z`, `9999-12-31` | absent | unknown |
//! | anything else, such as a time without an offset | absent, with a warning | unknown, with a warning |
//!
//! In a row of [`Rows`](crate::Rows), a text that cannot be read costs the field, not the row.

use crate::instant::{self, Reading};
use crate::{LastActivity, Timestamp};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;

/// Parses a date and time with an offset, such as `2026-11-23T10:51:39.889254Z`, into milliseconds
/// since 1970. Finer digits are cut.
///
/// # Errors
/// A sentence, if the text has another format, no offset, or stands for "no time" as `0001-01-01`
/// does. Without an offset it is not an instant.
pub fn parse(text: &str) -> Result<Timestamp, String> {
    match instant::read(text) {
        Some(Reading::At(at)) => Ok(at),
        Some(Reading::Placeholder) => Err(format!("{text:?} stands for no time at all")),
        None => Err(not_an_instant(text)),
    }
}

/// Decodes an instant that may be absent or null.
pub fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(match read(deserializer)? {
        Some(Reading::At(at)) => Some(at),
        Some(Reading::Placeholder) | None => None,
    })
}

/// Decodes activity of an application that writes `null` for an account that was never used.
///
/// Use it only if the application documents that: otherwise used seats would count as wasted. A
/// placeholder such as `0001-01-01` is unknown, because it is not the null that is documented.
pub fn null_is_never<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LastActivity, D::Error> {
    Ok(match read(deserializer)? {
        Some(Reading::At(at)) => LastActivity::At(at),
        Some(Reading::Placeholder) => LastActivity::Unknown,
        None => LastActivity::Never,
    })
}

/// Decodes activity of an application that writes `null` if it does not know.
pub fn null_is_unknown<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<LastActivity, D::Error> {
    Ok(optional(deserializer)?.map_or(LastActivity::Unknown, LastActivity::At))
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Reading>, D::Error> {
    Ok(Option::<Instant>::deserialize(deserializer)?.map(|Instant(reading)| reading))
}

fn not_an_instant(text: &str) -> String {
    format!("{text:?} is not a date and time with an offset (RFC 3339)")
}

struct Instant(Reading);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // why: in a row that is odd, a number is read by its digits
        deserializer.deserialize_str(InstantVisitor)
    }
}

struct InstantVisitor;

impl Visitor<'_> for InstantVisitor {
    type Value = Instant;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date and time with an offset (RFC 3339)")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Instant, E> {
        let reading = instant::read(text).ok_or_else(|| E::custom(not_an_instant(text)))?;
        Ok(Instant(reading))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct User {
        #[serde(default, deserialize_with = "null_is_never")]
        never_if_null: LastActivity,
        #[serde(default, deserialize_with = "null_is_unknown")]
        unknown_if_null: LastActivity,
        #[serde(default, deserialize_with = "optional")]
        created: Option<Timestamp>,
    }

    fn user(json: &str) -> User {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn instant_of_any_offset_is_cut_to_milliseconds() {
        assert_eq!(parse("1970-01-01T00:00:01.0019Z"), Ok(1001));
        assert_eq!(parse("1970-01-01T01:00:02+01:00"), Ok(2000));
        assert!(
            parse("0001-01-01T00:00:00Z")
                .unwrap_err()
                .contains("no time")
        );
        for bad in ["", "1970-01-01", "1970-01-01T00:00:00", "yesterday"] {
            assert!(parse(bad).unwrap_err().contains(bad), "{bad}");
        }
    }

    #[test]
    fn absent_null_and_instant_stay_distinct() {
        let absent = user("{}");
        assert_eq!(
            (absent.never_if_null, absent.unknown_if_null, absent.created),
            (LastActivity::Unknown, LastActivity::Unknown, None)
        );
        let null = user(r#"{"never_if_null":null,"unknown_if_null":null,"created":null}"#);
        assert_eq!(
            (null.never_if_null, null.unknown_if_null, null.created),
            (LastActivity::Never, LastActivity::Unknown, None)
        );
        let at = "\"1970-01-01T00:00:05Z\"";
        let all = user(&format!(
            r#"{{"never_if_null":{at},"unknown_if_null":{at},"created":{at}}}"#
        ));
        assert_eq!(
            (all.never_if_null, all.unknown_if_null, all.created),
            (LastActivity::At(5000), LastActivity::At(5000), Some(5000))
        );
    }

    #[test]
    fn placeholder_of_activity_is_unknown() {
        for text in [
            "0001-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            let read = user(&format!(
                r#"{{"never_if_null":"{text}","unknown_if_null":"{text}","created":"{text}"}}"#
            ));
            assert_eq!(
                (read.never_if_null, read.unknown_if_null, read.created),
                (LastActivity::Unknown, LastActivity::Unknown, None),
                "{text}"
            );
        }
    }

    #[test]
    fn error_of_another_format_quotes_the_text() {
        let error = serde_json::from_str::<User>(r#"{"never_if_null":"soon"}"#)
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("\"soon\" is not a date and time"), "{error}");
        assert!(
            serde_json::from_str::<User>(r#"{"never_if_null":5}"#)
                .err()
                .unwrap()
                .to_string()
                .contains("RFC 3339")
        );
    }
}
