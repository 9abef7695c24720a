//! Parses from a response how long to wait before the next request: `Retry-After` (RFC 9110,
//! section 10.2.3) and the rate limits that it states.

use super::limits::{StatedLimit, stated_limits};
use super::stated_time::{self, BareUnit};
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER, WWW_AUTHENTICATE};
use std::time::{Duration, SystemTime};

/// Fields that state a wait, and the unit of a bare number in them. Those in milliseconds are of
/// Azure and of OpenAI.
const RETRY_AFTER_FIELDS: [(&str, BareUnit); 4] = [
    ("retry-after", BareUnit::Seconds),
    ("x-retry-after", BareUnit::Seconds),
    ("retry-after-ms", BareUnit::Milliseconds),
    ("x-ms-retry-after-ms", BareUnit::Milliseconds),
];

/// The longest wait that is accepted. An application that wants a longer one can repeat it.
const MAX_WAIT: Duration = Duration::from_secs(24 * 3600);

/// Returns how long the application asks to send nothing, counted from when it made the response
/// and rounded up.
///
/// It is the longest of `Retry-After` and the resets of the limits that are used up. A limit that
/// does not say how many requests remain counts with a 429 alone, if nothing else states a time.
pub(crate) fn requested_wait(
    status: StatusCode,
    headers: &HeaderMap,
    now: SystemTime,
) -> Option<Duration> {
    // Instants are by the application's clock, which its `Date` shows; ours may differ.
    let now = headers
        .get(DATE)
        .and_then(|date| date.to_str().ok())
        .and_then(|date| httpdate::parse_http_date(date.trim()).ok())
        .unwrap_or(now);

    let limits = stated_limits(headers, now);
    let of_exhausted = limits
        .iter()
        .filter(|limit| limit.is_exhausted())
        .filter_map(|limit| limit.reset)
        .max();
    // With a success or a redirect, `Retry-After` is about something else, such as a pending job.
    let retry_after = if can_carry_retry_after(status) {
        parse_retry_after(headers, now)
    } else {
        None
    };

    if status == StatusCode::FORBIDDEN && !is_rate_limit(headers, &limits) {
        return None;
    }
    retry_after
        .max(of_exhausted)
        .or_else(|| {
            let is_refused = status == StatusCode::TOO_MANY_REQUESTS;
            is_refused.then(|| reset_of_unknown(&limits)).flatten()
        })
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

/// True if a success carries `Retry-After`, which then means nothing in a 403 either. With a 202 it
/// is about a pending job.
pub(crate) fn is_on_success(status: StatusCode, headers: &HeaderMap) -> bool {
    status.is_success() && status != StatusCode::ACCEPTED && headers.contains_key(RETRY_AFTER)
}

/// True if no request remains of a limit that the response states.
pub(crate) fn states_exhausted(headers: &HeaderMap, now: SystemTime) -> bool {
    stated_limits(headers, now)
        .iter()
        .any(StatedLimit::is_exhausted)
}

fn can_carry_retry_after(status: StatusCode) -> bool {
    is_temporary_refusal(status, Some(Duration::ZERO))
}

/// True unless something speaks against a 403 being a rate limit: requests that remain, or a
/// challenge that asks for another scope (RFC 6750, section 3.1).
fn is_rate_limit(headers: &HeaderMap, limits: &[StatedLimit]) -> bool {
    if limits.iter().any(StatedLimit::is_exhausted) {
        return true;
    }

    !limits.iter().any(StatedLimit::has_requests) && !headers.contains_key(WWW_AUTHENTICATE)
}

/// Returns the longest wait of `Retry-After` and its like. A proxy may have added another one.
fn parse_retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    RETRY_AFTER_FIELDS
        .iter()
        .flat_map(|(name, unit)| {
            headers
                .get_all(*name)
                .iter()
                .map(move |value| (value, unit))
        })
        .filter_map(|(value, unit)| stated_time::wait(value.to_str().ok()?, *unit, now))
        .max()
}

/// Returns the longest reset of the limits that do not say how many requests remain.
fn reset_of_unknown(limits: &[StatedLimit]) -> Option<Duration> {
    limits
        .iter()
        .filter(|limit| limit.remaining.is_none())
        .filter_map(|limit| limit.reset)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};
    use std::time::UNIX_EPOCH;

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
            assert_eq!(requested(429, &[("retry-after", endless)]), None);
            assert_eq!(requested(429, &[("x-ratelimit-reset", endless)]), None);
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
    fn reset_of_an_exhausted_limit_accepts_instants_and_delays() {
        for (remaining, reset) in [
            ("x-ratelimit-remaining", "x-ratelimit-reset"),
            ("ratelimit-remaining", "ratelimit-reset"),
            ("x-rate-limit-remaining", "x-rate-limit-reset"),
            ("x-ratelimit-remaining", "x-ratelimit-reset-after"),
            (
                "x-ratelimit-remaining-requests",
                "x-ratelimit-reset-requests",
            ),
            (
                "acme-ratelimit-requests-remaining",
                "acme-ratelimit-requests-reset",
            ),
        ] {
            let requested_with =
                |left: &str, at: &str| requested(200, &[(remaining, left), (reset, at)]);

            assert_eq!(requested_with("0", "1445412500"), Some(20));
            assert_eq!(requested_with("0", "1445412500500"), Some(21));
            assert_eq!(requested_with("0", "2015-10-21T07:28:20Z"), Some(20));
            assert_eq!(requested_with("0", "1m30s"), Some(90));
            assert_eq!(requested_with("0", "20"), Some(20));
            assert_eq!(requested_with("0", "0.2"), Some(1));
            assert_eq!(requested_with("-3", "20"), Some(20));
            assert_eq!(requested_with("1", "20"), None);
            assert_eq!(requested(200, &[(reset, "20")]), None);
            assert_eq!(requested(429, &[(reset, "20")]), Some(20));
            assert_eq!(requested(429, &[(remaining, "12"), (reset, "20")]), None);
        }
    }

    #[test]
    fn longest_wait_of_the_exhausted_limits_counts() {
        let headers = [
            ("retry-after", "3"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "3600"),
        ];
        assert_eq!(requested(403, &headers), Some(3600));

        let headers = [
            ("x-ratelimit-remaining-minute", "0"),
            ("x-ratelimit-reset-minute", "20"),
            ("x-ratelimit-remaining-day", "4000"),
            ("x-ratelimit-reset-day", "40000"),
        ];
        assert_eq!(requested(429, &headers), Some(20), "the day is not used up");

        let headers = [
            ("ratelimit", "\"burst\";r=4;t=1, \"hour\";r=0;t=900"),
            ("retry-after", "1"),
        ];
        assert_eq!(requested(429, &headers), Some(900));

        let headers = [("retry-after", "3"), ("x-ratelimit-reset", "3600")];
        assert_eq!(requested(429, &headers), Some(3), "of an unknown limit");
        assert_eq!(requested(429, &[("retry-after-ms", "2500")]), Some(3));
    }

    #[test]
    fn rate_limit_field_is_read_with_any_status() {
        let field = [("ratelimit", "\"default\";r=0;t=20")];

        assert_eq!(requested(429, &field), Some(20));
        assert_eq!(requested(200, &field), Some(20));
        assert_eq!(
            requested(200, &[("ratelimit", "\"default\";r=9;t=20")]),
            None
        );
    }

    #[test]
    fn retry_after_needs_a_refusal() {
        assert_eq!(requested(403, &[("retry-after", "3")]), Some(3));
        assert_eq!(requested(200, &[("retry-after", "3")]), None);
        assert_eq!(requested(302, &[("retry-after", "3")]), None);
    }

    #[test]
    fn forbidden_response_that_speaks_against_a_rate_limit_asks_for_no_wait() {
        let retry = ("retry-after", "3");

        for against in [
            ("x-ratelimit-remaining", "4999"),
            ("ratelimit", "\"default\";r=12;t=20"),
            (
                "www-authenticate",
                "Bearer error=\"insufficient_scope\", scope=\"users:read\"",
            ),
        ] {
            assert_eq!(requested(403, &[retry, against]), None, "{against:?}");
            assert_eq!(requested(429, &[retry, against]), Some(3), "{against:?}");
        }
    }

    #[test]
    fn requested_wait_is_capped_at_one_day() {
        for text in ["9999999", "Fri, 23 Oct 2015 07:28:30 GMT", "72h"] {
            assert_eq!(requested(429, &[("retry-after", text)]), Some(24 * 3600));
        }
        assert_eq!(
            requested(429, &[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")]),
            None,
            "a placeholder"
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
