//! Clock skew between this machine and the provider, from the `date` of a response. Assertions
//! carry the time, so a wrong clock makes them invalid.

use purser_model::Timestamp;
use std::fmt;

/// Tolerated difference between two clocks, in seconds: a response takes time, and providers allow
/// for as much.
const TOLERANCE_SECONDS: i64 = 60;

/// Difference between this machine's clock and the provider's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockSkew {
    /// Difference in seconds; positive if this machine is ahead.
    pub seconds: i64,
}

impl ClockSkew {
    /// Compares the instant of a request with the response's `date`; `None` if they agree or there
    /// is no usable date.
    pub(super) fn measure(now: Timestamp, date: Option<&str>) -> Option<Self> {
        let theirs = Timestamp::try_from(httpdate::parse_http_date(date?).ok()?).ok()?;
        let seconds = now.as_second().saturating_sub(theirs.as_second());
        (seconds.saturating_abs() > TOLERANCE_SECONDS).then_some(Self { seconds })
    }
}

impl fmt::Display for ClockSkew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (amount, unit) = match self.seconds.unsigned_abs() {
            seconds @ ..=120 => (seconds, "seconds"),
            seconds @ ..=7_200 => (seconds.div_ceil(60), "minutes"),
            seconds @ ..=172_800 => (seconds.div_ceil(3_600), "hours"),
            seconds => (seconds.div_ceil(86_400), "days"),
        };

        write!(
            f,
            "about {amount} {unit} {}",
            if self.seconds > 0 { "ahead" } else { "behind" }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Instant of the date below, in seconds since 1970.
    const THEN: i64 = 1_431_696_861;
    const DATE: &str = "Fri, 15 May 2015 13:34:21 GMT";

    fn skew(seconds: i64) -> Option<i64> {
        ClockSkew::measure(Timestamp::from_second(THEN + seconds).unwrap(), Some(DATE))
            .map(|skew| skew.seconds)
    }

    #[test]
    fn measure_difference_of_a_minute_is_tolerated() {
        assert_eq!([skew(0), skew(60), skew(-60)], [None; 3]);
        assert_eq!(
            [skew(61), skew(-61), skew(-600)],
            [Some(61), Some(-61), Some(-600)]
        );
    }

    #[test]
    fn measure_missing_or_malformed_date_is_none() {
        let now = Timestamp::from_second(0).unwrap();
        assert_eq!(ClockSkew::measure(now, None), None);
        assert_eq!(ClockSkew::measure(now, Some("yesterday")), None);
    }

    #[test]
    fn display_difference_is_in_words() {
        let text = |seconds| ClockSkew { seconds }.to_string();
        assert_eq!(text(90), "about 90 seconds ahead");
        assert_eq!(text(-300), "about 5 minutes behind");
        assert_eq!(text(7_201), "about 3 hours ahead");
        assert_eq!(text(-864_000), "about 10 days behind");
    }
}
