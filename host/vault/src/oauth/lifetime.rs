//! Lifetime of a token, in the forms in which applications state it.
//!
//! A lifetime that is not understood is unknown, never that of a token that does not expire.

use purser_model::Timestamp;
use serde_json::Value;

/// Members that state the lifetime of an access token. `expires_in` is the standard's, and counts
/// before the others: it does not depend on two clocks.
pub(super) const ACCESS: [&str; 7] = [
    "expires_in",
    "expiresIn",
    "expires_at",
    "expiresAt",
    "expires_on",
    "expires",
    "expiry",
];

/// Members that state the lifetime of a refresh token.
pub(super) const REFRESH: [&str; 4] = [
    "refresh_token_expires_in",
    "refresh_expires_in",
    "refresh_token_expires_at",
    "refresh_expires_at",
];

/// Longest lifetime in seconds that is believed: ten years. A longer one is a placeholder.
const MAX_LIFETIME: u64 = 315_360_000;

/// Smallest number that is read as an instant since 1970. As a lifetime in seconds, it would last
/// 31 years.
const MIN_EPOCH: f64 = 1e9;

/// Units of an instant since 1970, in seconds. At most one of them gives a plausible instant.
const EPOCH_UNITS: [f64; 4] = [1.0, 1e-3, 1e-6, 1e-9];

/// Returns the seconds, counted from `now`, for which a token is valid by the first member that is
/// understood and not 0. 0 if a member says that and no other says more; `None` if none was
/// understood.
pub(super) fn stated<'d>(
    members: &[&str],
    member: impl Fn(&str) -> Option<&'d Value>,
    now: Timestamp,
) -> Option<u64> {
    let mut stated = members
        .iter()
        .filter_map(|name| member(name))
        .filter_map(|value| seconds(value, now));

    let first = stated.next()?;
    if first > 0 {
        return Some(first);
    }
    Some(stated.find(|lifetime| *lifetime > 0).unwrap_or(0))
}

fn seconds(value: &Value, now: Timestamp) -> Option<u64> {
    match value {
        Value::Number(number) => of_number(number.as_f64()?, now),
        Value::String(text) => of_text(text.trim(), now),
        _ => None,
    }
}

/// Parses a number, a duration (`PT1H`, `1h`, `3600s`), or an instant: RFC 3339 or an HTTP date.
fn of_text(text: &str, now: Timestamp) -> Option<u64> {
    if let Ok(number) = text.parse() {
        return of_number(number, now);
    }
    if let Ok(duration) = text.parse::<jiff::SignedDuration>() {
        return believed(u64::try_from(duration.as_secs()).ok()?);
    }

    let at = text
        .parse::<Timestamp>()
        .ok()
        .or_else(|| Timestamp::try_from(httpdate::parse_http_date(text).ok()?).ok())?;
    until(at.as_second(), now)
}

/// Reads a number as a lifetime in seconds, or as an instant if it is too large for one.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked, and such a cast saturates"
)]
fn of_number(number: f64, now: Timestamp) -> Option<u64> {
    if !number.is_finite() || number < 0.0 {
        return None;
    }
    if number < MIN_EPOCH {
        // A fraction is cut: a token that seems to expire too early is refreshed, no more.
        return believed(number as u64);
    }

    EPOCH_UNITS
        .iter()
        .find_map(|unit| until((number * unit) as i64, now))
}

/// Returns the seconds until an instant; `None` if it has passed or is too far away to be meant.
fn until(second: i64, now: Timestamp) -> Option<u64> {
    let ahead = second.checked_sub(now.as_second())?;
    believed(u64::try_from(ahead).ok()?).filter(|lifetime| *lifetime > 0)
}

fn believed(lifetime: u64) -> Option<u64> {
    (lifetime <= MAX_LIFETIME).then_some(lifetime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// 2027-01-15T08:00:00Z.
    const NOW: i64 = 1_800_000_000;

    fn read(value: Value) -> Option<u64> {
        seconds(&value, Timestamp::from_second(NOW).unwrap())
    }

    #[test]
    fn lifetimes_and_instants_of_every_form_are_the_same() {
        for value in [
            json!(3600),
            json!(3600.9),
            json!("3600"),
            json!(" 3600.0 "),
            json!("3600s"),
            json!("1h"),
            json!("PT1H"),
            json!(1_800_003_600),
            json!("1800003600"),
            json!(1_800_003_600_000_i64),
            json!(1_800_003_600_000_000_i64),
            json!("2027-01-15T09:00:00Z"),
            json!("2027-01-15T10:00:00+01:00"),
            json!("Fri, 15 Jan 2027 09:00:00 GMT"),
        ] {
            assert_eq!(read(value.clone()), Some(3600), "{value}");
        }
    }

    #[test]
    fn other_values_are_unknown() {
        for value in [
            json!(-1),
            json!("-1"),
            json!("never"),
            json!(""),
            json!(null),
            json!(true),
            json!([3600]),
            json!(u64::MAX),
            json!(1e300),
            json!("NaN"),
            json!("inf"),
            json!("9999-12-31T23:59:59Z"),
            json!("2020-01-01T00:00:00Z"),
            json!(1_500_000_000),
        ] {
            assert_eq!(read(value.clone()), None, "{value}");
        }
        assert_eq!(read(json!(0)), Some(0));
    }
}
