//! Whether this machine's clock is right, as far as the provider's answer shows. Assertions carry the time; a wrong one makes them invalid.

use purser_model::Timestamp;
use std::fmt;

/// How far two clocks may be apart without anyone noticing: an answer takes time, and providers allow for as much.
const TOLERATED_SECONDS: i64 = 60;

/// By how much this machine's clock is off, going by the other side's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockSkew {
    /// Seconds. Positive where this machine is ahead.
    pub seconds: i64,
}

impl ClockSkew {
    /// Compares the moment of a request with the answer's `date`. `None` where they agree, or there is no date to go by.
    pub(super) fn between(now: Timestamp, date: Option<&str>) -> Option<Self> {
        let theirs = Timestamp::try_from(httpdate::parse_http_date(date?).ok()?).ok()?;
        let seconds = now.as_second().saturating_sub(theirs.as_second());
        (seconds.saturating_abs() > TOLERATED_SECONDS).then_some(Self { seconds })
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

    /// The moment of the date below.
    const THEN: i64 = 1_431_696_861;
    const DATE: &str = "Fri, 15 May 2015 13:34:21 GMT";

    fn skew(seconds: i64) -> Option<i64> {
        ClockSkew::between(Timestamp::from_second(THEN + seconds).unwrap(), Some(DATE))
            .map(|skew| skew.seconds)
    }

    #[test]
    fn a_minute_is_tolerated_either_way() {
        assert_eq!([skew(0), skew(60), skew(-60)], [None; 3]);
        assert_eq!(
            [skew(61), skew(-61), skew(-600)],
            [Some(61), Some(-61), Some(-600)]
        );
    }

    #[test]
    fn no_date_or_a_bad_one_shows_nothing() {
        let now = Timestamp::from_second(0).unwrap();
        assert_eq!(ClockSkew::between(now, None), None);
        assert_eq!(ClockSkew::between(now, Some("yesterday")), None);
    }

    #[test]
    fn it_is_told_in_words() {
        let told = |seconds| ClockSkew { seconds }.to_string();
        assert_eq!(told(90), "about 90 seconds ahead");
        assert_eq!(told(-300), "about 5 minutes behind");
        assert_eq!(told(7_201), "about 3 hours ahead");
        assert_eq!(told(-864_000), "about 10 days behind");
    }
}
