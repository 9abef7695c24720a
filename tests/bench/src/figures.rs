//! Statistics over repeated measurements, and the goals they are compared with.

use std::fmt;

/// Median, minimum and maximum of repeated measurements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figure {
    /// Median; for an even number of values the mean of the two in the middle.
    pub(crate) median: f64,
    least: f64,
    most: f64,
}

impl Figure {
    /// Summarizes measurements. Without any, all values are NaN.
    pub(crate) fn from_values(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let half = values.len() / 2;
        let median = match values.len() {
            0 => f64::NAN,
            count if count.is_multiple_of(2) => f64::midpoint(at(half - 1), at(half)),
            _ => at(half),
        };

        Self {
            median,
            least: at(0),
            most: at(values.len().wrapping_sub(1)),
        }
    }
}

/// Formats as `1.52 (1.24–1.82)`, with the requested number of decimals, by default two.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = f.precision().unwrap_or(2);
        let Self {
            median,
            least,
            most,
        } = self;

        write!(
            f,
            "{median:.decimals$} ({least:.decimals$}–{most:.decimals$})"
        )
    }
}

/// Bound that a figure should keep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// Upper bound, inclusive.
    AtMost(f64),
    /// Lower bound, inclusive.
    AtLeast(f64),
}

impl Goal {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }
}

/// One result line of a job, such as `wall time: 1.32× native's (1.28–1.35); goal: at most 1.15×:
/// missed`.
#[derive(Debug)]
pub(crate) struct Finding {
    /// Name of the measured quantity.
    pub(crate) what: String,
    /// Measured values.
    pub(crate) figure: Figure,
    /// Unit as printed right after the number: `×`, ` MiB`.
    pub(crate) unit: &'static str,
    /// Reference that a ratio is relative to, such as `native's`. Empty for absolute values.
    pub(crate) beside: &'static str,
    /// Bound to keep, if the job sets one.
    pub(crate) goal: Option<Goal>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            figure:
                Figure {
                    median,
                    least,
                    most,
                },
            unit,
            beside,
            goal,
        } = self;

        // Ratios need more digits than numbers of MiB.
        let decimals = if *median < 20.0 { 2 } else { 0 };
        let space = if beside.is_empty() { "" } else { " " };
        write!(
            f,
            "{what}: {median:.decimals$}{unit}{space}{beside} ({least:.decimals$}–{most:.decimals$})"
        )?;

        let Some(goal) = goal else { return Ok(()) };
        let met = if goal.is_met(*median) {
            "met"
        } else {
            "missed"
        };

        match goal {
            Goal::AtMost(most) => write!(f, "; goal: at most {most}{unit}: {met}"),
            Goal::AtLeast(least) => write!(f, "; goal: at least {least}{unit}: {met}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_the_middle_value() {
        assert_eq!(Figure::from_values([3.0, 1.0, 2.0]).median, 2.0);
        assert_eq!(Figure::from_values([4.0, 1.0, 2.0, 3.0]).median, 2.5);
        assert!(Figure::from_values([]).median.is_nan());
        assert_eq!(
            format!("{:.1}", Figure::from_values([3.0, 1.0, 2.0])),
            "2.0 (1.0–3.0)"
        );
    }

    #[test]
    fn finding_states_if_its_goal_is_met() {
        let finding = |value: f64, goal| Finding {
            what: "wall time".into(),
            figure: Figure::from_values([value]),
            unit: "×",
            beside: "native's",
            goal: Some(goal),
        };

        let text = finding(1.32, Goal::AtMost(1.15)).to_string();
        assert_eq!(
            text,
            "wall time: 1.32× native's (1.32–1.32); goal: at most 1.15×: missed"
        );
        assert!(
            finding(1.15, Goal::AtMost(1.15))
                .to_string()
                .ends_with(": met")
        );
        assert!(
            finding(5.9, Goal::AtLeast(6.0))
                .to_string()
                .ends_with("at least 6×: missed")
        );
        assert!(
            finding(f64::NAN, Goal::AtMost(1.0))
                .to_string()
                .ends_with(": missed"),
            "a goal without measurement is missed"
        );
    }
}
