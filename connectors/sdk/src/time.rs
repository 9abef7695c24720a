//! Timestamps and activity as applications write them (RFC 3339), for serde's `deserialize_with`.
//!
//! Use them with `#[serde(default)]`, so that a field that is absent is one that the application does not tell:
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

use crate::{LastActivity, Timestamp};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;

/// Milliseconds since 1970 of a date and time with an offset, such as `2026-11-23T10:51:39.889254Z`. What is finer is cut.
///
/// # Errors
/// A sentence, when it is none, or has no offset: without one it is no instant.
pub fn parse(text: &str) -> Result<Timestamp, String> {
    match text.parse::<jiff::Timestamp>() {
        Ok(instant) => Ok(instant.as_millisecond()),
        Err(_) => Err(format!(
            "{text:?} is no date and time with an offset (RFC 3339)"
        )),
    }
}

/// An instant that may be absent or null.
///
/// # Errors
/// When it is neither that nor RFC 3339.
pub fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(Option::<Instant>::deserialize(deserializer)?.map(|Instant(at)| at))
}

/// Activity of an application that writes `null` for an account that was never used. Only for those that document it so: for any other,
/// seats in use would be called wasted.
///
/// # Errors
/// When it is neither null nor RFC 3339.
pub fn null_is_never<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LastActivity, D::Error> {
    Ok(optional(deserializer)?.map_or(LastActivity::Never, LastActivity::At))
}

/// Activity of an application that writes `null` for what it does not know.
///
/// # Errors
/// When it is neither null nor RFC 3339.
pub fn null_is_unknown<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<LastActivity, D::Error> {
    Ok(optional(deserializer)?.map_or(LastActivity::Unknown, LastActivity::At))
}

struct Instant(Timestamp);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
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
        parse(text).map(Instant).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct User {
        #[serde(default, deserialize_with = "null_is_never")]
        told: LastActivity,
        #[serde(default, deserialize_with = "null_is_unknown")]
        untold: LastActivity,
        #[serde(default, deserialize_with = "optional")]
        created: Option<Timestamp>,
    }

    fn user(json: &str) -> User {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn instants_are_read_with_any_offset_and_cut_to_milliseconds() {
        assert_eq!(parse("1970-01-01T00:00:01.0019Z"), Ok(1001));
        assert_eq!(parse("1970-01-01T01:00:00+01:00"), Ok(0));
        for bad in ["", "1970-01-01", "1970-01-01T00:00:00", "yesterday"] {
            assert!(parse(bad).unwrap_err().contains(bad), "{bad}");
        }
    }

    #[test]
    fn unknown_never_and_an_instant_never_blur() {
        let absent = user("{}");
        assert_eq!(
            (absent.told, absent.untold, absent.created),
            (LastActivity::Unknown, LastActivity::Unknown, None)
        );
        let null = user(r#"{"told":null,"untold":null,"created":null}"#);
        assert_eq!(
            (null.told, null.untold, null.created),
            (LastActivity::Never, LastActivity::Unknown, None)
        );
        let at = "\"1970-01-01T00:00:05Z\"";
        let all = user(&format!(r#"{{"told":{at},"untold":{at},"created":{at}}}"#));
        assert_eq!(
            (all.told, all.untold, all.created),
            (LastActivity::At(5000), LastActivity::At(5000), Some(5000))
        );
    }

    #[test]
    fn what_is_no_instant_is_refused_with_its_text() {
        let error = serde_json::from_str::<User>(r#"{"told":"soon"}"#)
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("\"soon\" is no date and time"), "{error}");
        assert!(
            serde_json::from_str::<User>(r#"{"told":5}"#)
                .err()
                .unwrap()
                .to_string()
                .contains("RFC 3339")
        );
    }
}
