//! What an answer says about when to come back: `Retry-After` (RFC 9110, section 10.2.3) and the usual rate-limit headers.

use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The spellings in use: GitHub's and most others', the IETF draft's, Okta's and X's.
const FAMILIES: [(&str, &str); 3] = [
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
    ("x-rate-limit-remaining", "x-rate-limit-reset"),
];

/// A number of seconds above this is an instant since 1970, below it a delay. As a delay it would be 31 years.
const EPOCH: f64 = 1e9;

/// Above this, it is in milliseconds.
const EPOCH_MILLIS: f64 = 1e12;

/// The longest that an application is taken at its word. Should it still mean it then, it can say so again.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// How long the application wants to be left alone, counted from when its answer was made; rounded up, never down. `Retry-After` goes before
/// the other headers, which count when nothing remains, or when the status says so and they do not say how much remains.
pub(crate) fn wait(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    // An instant is meant by the application's clock, not by ours.
    let now = text(headers, DATE.as_str())
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or(now);
    let told = if is_refusal(status) {
        retry_after(headers, now)
    } else {
        None
    };
    told.or_else(|| spent(status, headers, now))
        .map(|wait| wait.min(LONGEST))
}

/// Whether the application refuses for now, rather than for good. GitHub limits with 403; that one counts only with a word on when to come
/// back.
pub(crate) fn is_for_now(status: StatusCode, wait: Option<Duration>) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    ) || (status == StatusCode::FORBIDDEN && wait.is_some())
}

/// With a success or a redirect, `Retry-After` is about something else, such as a job being prepared.
fn is_refusal(status: StatusCode) -> bool {
    is_for_now(status, Some(Duration::ZERO))
}

fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = text(headers, RETRY_AFTER.as_str())?;
    match httpdate::parse_http_date(text) {
        Ok(at) => Some(at.duration_since(now).unwrap_or_default()),
        Err(_) => Some(delay(number(text)?)),
    }
}

fn spent(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    FAMILIES.iter().find_map(|(remaining, reset)| {
        let spent = match text(headers, remaining).and_then(number) {
            Some(remaining) => remaining <= 0.0,
            None => status == StatusCode::TOO_MANY_REQUESTS,
        };
        if spent {
            Some(until_reset(number(text(headers, reset)?)?, now))
        } else {
            None
        }
    })
}

fn until_reset(reset: f64, now: SystemTime) -> Duration {
    let seconds = match reset {
        reset if reset >= EPOCH_MILLIS => reset / 1000.0,
        reset if reset >= EPOCH => reset,
        reset => return delay(reset),
    };
    let at = UNIX_EPOCH.checked_add(delay(seconds));
    at.map_or(LONGEST, |at| at.duration_since(now).unwrap_or_default())
}

/// Whole seconds, rounded up. More than there are numbers for is long, and not nothing.
fn delay(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.ceil()).unwrap_or(Duration::MAX)
}

/// A number without a sign; so many digits that it is infinite are one, too.
fn number(text: &str) -> Option<f64> {
    text.parse()
        .ok()
        .filter(|_| text.starts_with(|c: char| c.is_ascii_digit()))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    /// 2015-10-21T07:28:00Z.
    const NOW: u64 = 1_445_412_480;

    fn told(status: u16, headers: &[(&str, &str)]) -> Option<u64> {
        let pairs = headers.iter().map(|(name, value)| {
            (
                name.parse::<HeaderName>().unwrap(),
                value.parse::<HeaderValue>().unwrap(),
            )
        });
        let now = UNIX_EPOCH + Duration::from_secs(NOW);
        wait(StatusCode::from_u16(status).unwrap(), &pairs.collect(), now)
            .map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(told(429, &[("retry-after", "7")]), Some(7));
        assert_eq!(told(503, &[("retry-after", " 0 ")]), Some(0));
        assert_eq!(told(429, &[("retry-after", "1.2")]), Some(2));
        for endless in ["99999999999999999999999", &"9".repeat(400)] {
            assert_eq!(told(429, &[("retry-after", endless)]), Some(24 * 3600));
            assert_eq!(
                told(429, &[("x-ratelimit-reset", endless)]),
                Some(24 * 3600)
            );
        }
        assert_eq!(
            told(429, &[("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT")]),
            Some(30)
        );
        assert_eq!(
            told(429, &[("retry-after", "Wed, 21 Oct 2015 07:27:30 GMT")]),
            Some(0)
        );
        for nonsense in ["soon", "-1", "", "NaN", "inf"] {
            assert_eq!(told(429, &[("retry-after", nonsense)]), None, "{nonsense}");
        }
    }

    #[test]
    fn a_date_is_by_the_clock_of_the_application() {
        let headers = [
            ("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"),
            ("date", "Wed, 21 Oct 2015 07:28:20 GMT"),
        ];
        assert_eq!(told(429, &headers), Some(10));
        let headers = [
            ("x-ratelimit-reset", "1445412490"),
            ("date", "Wed, 21 Oct 2015 07:27:00 GMT"),
        ];
        assert_eq!(told(429, &headers), Some(70));
    }

    #[test]
    fn a_reset_is_an_instant_or_a_delay() {
        for (remaining, reset) in FAMILIES {
            assert_eq!(
                told(200, &[(remaining, "0"), (reset, "1445412500")]),
                Some(20)
            );
            assert_eq!(
                told(200, &[(remaining, "0"), (reset, "1445412500500")]),
                Some(21)
            );
            assert_eq!(told(200, &[(remaining, "0"), (reset, "20")]), Some(20));
            assert_eq!(told(200, &[(remaining, "0"), (reset, "0.2")]), Some(1));
            assert_eq!(told(200, &[(remaining, "1"), (reset, "20")]), None);
            assert_eq!(told(200, &[(reset, "20")]), None);
            assert_eq!(told(429, &[(reset, "20")]), Some(20));
            assert_eq!(told(429, &[(remaining, "12"), (reset, "20")]), None);
        }
    }

    #[test]
    fn retry_after_goes_first_and_only_with_a_refusal() {
        let headers = [
            ("retry-after", "3"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "3600"),
        ];
        assert_eq!(told(403, &headers), Some(3));
        assert_eq!(told(200, &[("retry-after", "3")]), None);
        assert_eq!(told(302, &[("retry-after", "3")]), None);
    }

    #[test]
    fn nobody_is_believed_for_more_than_a_day() {
        assert_eq!(
            told(429, &[("retry-after", "99999999999999999999")]),
            Some(24 * 3600)
        );
        assert_eq!(told(429, &[("retry-after", "9999999")]), Some(24 * 3600));
        assert_eq!(
            told(429, &[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")]),
            Some(24 * 3600)
        );
    }

    #[test]
    fn a_refusal_for_now_is_told_by_its_status() {
        for status in [429, 502, 503, 504] {
            assert!(is_for_now(StatusCode::from_u16(status).unwrap(), None));
        }
        for status in [200, 301, 400, 401, 403, 404, 409, 500, 501] {
            assert!(!is_for_now(StatusCode::from_u16(status).unwrap(), None));
        }
        assert!(is_for_now(StatusCode::FORBIDDEN, Some(Duration::ZERO)));
    }
}
