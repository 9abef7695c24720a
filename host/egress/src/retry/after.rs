//! Parses from a response how long to wait before the next request: `Retry-After` (RFC 9110,
//! section 10.2.3) and the usual rate-limit headers.

use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Pairs of header fields, the remaining requests and the time of the reset: those of GitHub and
/// most others, of the IETF draft, and of Okta and X.
const RATE_LIMIT_HEADERS: [(&str, &str); 3] = [
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
    ("x-rate-limit-remaining", "x-rate-limit-reset"),
];

/// The smallest number of seconds that is read as an instant since 1970. A smaller number is a
/// delay; as a delay, this one would last 31 years.
const MIN_EPOCH_SECONDS: f64 = 1e9;

/// The smallest number that is read as milliseconds since 1970.
const MIN_EPOCH_MILLIS: f64 = 1e12;

/// The longest wait that is accepted. An application that wants a longer one can repeat it.
const MAX_WAIT: Duration = Duration::from_secs(24 * 3600);

/// Returns how long the application asks to send nothing, counted from when it made the response
/// and rounded up.
///
/// `Retry-After` takes precedence over the rate-limit headers. Those count if no request remains,
/// or if the status is 429 and the number of remaining requests is missing.
pub(crate) fn requested_wait(
    status: StatusCode,
    headers: &HeaderMap,
    now: SystemTime,
) -> Option<Duration> {
    // Instants are by the application's clock, which its `Date` shows; ours may differ.
    let now = header_text(headers, DATE.as_str())
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or(now);
    // With a success or a redirect, `Retry-After` is about something else, such as a pending job.
    let retry_after = if can_carry_retry_after(status) {
        parse_retry_after(headers, now)
    } else {
        None
    };

    retry_after
        .or_else(|| wait_until_reset(status, headers, now))
        .map(|wait| wait.min(MAX_WAIT))
}

/// True if the application refuses for now rather than for good. A 403 counts only together with a
/// requested wait, which is how GitHub limits.
pub(crate) fn is_temporary_refusal(status: StatusCode, requested_wait: Option<Duration>) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    ) || (status == StatusCode::FORBIDDEN && requested_wait.is_some())
}

fn can_carry_retry_after(status: StatusCode) -> bool {
    is_temporary_refusal(status, Some(Duration::ZERO))
}

/// Parses `Retry-After`, which is a date or a number of seconds.
fn parse_retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = header_text(headers, RETRY_AFTER.as_str())?;
    match httpdate::parse_http_date(text) {
        Ok(at) => Some(at.duration_since(now).unwrap_or_default()),
        Err(_) => Some(whole_seconds(parse_number(text)?)),
    }
}

/// Returns the time until the rate limit is reset, if no request remains before that.
fn wait_until_reset(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    RATE_LIMIT_HEADERS.iter().find_map(|(remaining, reset)| {
        let is_exhausted = match header_text(headers, remaining).and_then(parse_number) {
            Some(remaining) => remaining <= 0.0,
            None => status == StatusCode::TOO_MANY_REQUESTS,
        };
        if !is_exhausted {
            return None;
        }

        let reset = parse_number(header_text(headers, reset)?)?;
        Some(duration_until(reset, now))
    })
}

/// Reads a reset as a delay, as seconds since 1970, or as milliseconds since 1970, by its size.
fn duration_until(reset: f64, now: SystemTime) -> Duration {
    let epoch_seconds = match reset {
        reset if reset >= MIN_EPOCH_MILLIS => reset / 1000.0,
        reset if reset >= MIN_EPOCH_SECONDS => reset,
        delay => return whole_seconds(delay),
    };

    UNIX_EPOCH
        .checked_add(whole_seconds(epoch_seconds))
        .map_or(MAX_WAIT, |at| at.duration_since(now).unwrap_or_default())
}

/// Rounds up to whole seconds. A number too large for a `Duration` becomes the longest one, not
/// zero.
fn whole_seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.ceil()).unwrap_or(Duration::MAX)
}

/// Parses an unsigned number. A number with so many digits that it reads as infinite is accepted.
fn parse_number(text: &str) -> Option<f64> {
    text.parse()
        .ok()
        .filter(|_| text.starts_with(|c: char| c.is_ascii_digit()))
}

fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    /// 2015-10-21T07:28:00Z, in seconds since 1970.
    const NOW: u64 = 1_445_412_480;

    /// The wait that a response asks for, in seconds.
    fn requested(status: u16, headers: &[(&str, &str)]) -> Option<u64> {
        let pairs = headers.iter().map(|(name, value)| {
            (
                name.parse::<HeaderName>().unwrap(),
                value.parse::<HeaderValue>().unwrap(),
            )
        });
        let now = UNIX_EPOCH + Duration::from_secs(NOW);

        requested_wait(StatusCode::from_u16(status).unwrap(), &pairs.collect(), now)
            .map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_accepts_seconds_and_dates() {
        assert_eq!(requested(429, &[("retry-after", "7")]), Some(7));
        assert_eq!(requested(503, &[("retry-after", " 0 ")]), Some(0));
        assert_eq!(requested(429, &[("retry-after", "1.2")]), Some(2));

        for endless in ["99999999999999999999999", &"9".repeat(400)] {
            assert_eq!(requested(429, &[("retry-after", endless)]), Some(24 * 3600));
            assert_eq!(
                requested(429, &[("x-ratelimit-reset", endless)]),
                Some(24 * 3600)
            );
        }

        assert_eq!(
            requested(429, &[("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT")]),
            Some(30)
        );
        assert_eq!(
            requested(429, &[("retry-after", "Wed, 21 Oct 2015 07:27:30 GMT")]),
            Some(0)
        );

        for nonsense in ["soon", "-1", "", "NaN", "inf"] {
            assert_eq!(
                requested(429, &[("retry-after", nonsense)]),
                None,
                "{nonsense}"
            );
        }
    }

    #[test]
    fn dates_are_measured_by_the_clock_of_the_application() {
        let headers = [
            ("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"),
            ("date", "Wed, 21 Oct 2015 07:28:20 GMT"),
        ];

        assert_eq!(requested(429, &headers), Some(10));

        let headers = [
            ("x-ratelimit-reset", "1445412490"),
            ("date", "Wed, 21 Oct 2015 07:27:00 GMT"),
        ];

        assert_eq!(requested(429, &headers), Some(70));
    }

    #[test]
    fn rate_limit_reset_accepts_instants_and_delays() {
        for (remaining, reset) in RATE_LIMIT_HEADERS {
            assert_eq!(
                requested(200, &[(remaining, "0"), (reset, "1445412500")]),
                Some(20)
            );
            assert_eq!(
                requested(200, &[(remaining, "0"), (reset, "1445412500500")]),
                Some(21)
            );
            assert_eq!(requested(200, &[(remaining, "0"), (reset, "20")]), Some(20));
            assert_eq!(requested(200, &[(remaining, "0"), (reset, "0.2")]), Some(1));
            assert_eq!(requested(200, &[(remaining, "1"), (reset, "20")]), None);
            assert_eq!(requested(200, &[(reset, "20")]), None);
            assert_eq!(requested(429, &[(reset, "20")]), Some(20));
            assert_eq!(requested(429, &[(remaining, "12"), (reset, "20")]), None);
        }
    }

    #[test]
    fn retry_after_takes_precedence_and_needs_a_refusal() {
        let headers = [
            ("retry-after", "3"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "3600"),
        ];

        assert_eq!(requested(403, &headers), Some(3));
        assert_eq!(requested(200, &[("retry-after", "3")]), None);
        assert_eq!(requested(302, &[("retry-after", "3")]), None);
    }

    #[test]
    fn requested_wait_is_capped_at_one_day() {
        assert_eq!(
            requested(429, &[("retry-after", "99999999999999999999")]),
            Some(24 * 3600)
        );
        assert_eq!(
            requested(429, &[("retry-after", "9999999")]),
            Some(24 * 3600)
        );
        assert_eq!(
            requested(429, &[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")]),
            Some(24 * 3600)
        );
    }

    #[test]
    fn temporary_refusal_is_recognized_by_its_status() {
        for status in [429, 502, 503, 504] {
            assert!(is_temporary_refusal(
                StatusCode::from_u16(status).unwrap(),
                None
            ));
        }

        for status in [200, 301, 400, 401, 403, 404, 409, 500, 501] {
            assert!(!is_temporary_refusal(
                StatusCode::from_u16(status).unwrap(),
                None
            ));
        }

        assert!(is_temporary_refusal(
            StatusCode::FORBIDDEN,
            Some(Duration::ZERO)
        ));
    }
}
