//! Many measurements of one thing, boiled down, and what they should have been.

use std::fmt;

/// The middle of some measurements, and how far they lie apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figure {
    /// The middle value; of an even number, the mean of the two in the middle.
    pub(crate) median: f64,
    least: f64,
    most: f64,
}

impl Figure {
    /// Of some measurements; of none, not a number.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
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

/// `1.52 (1.24–1.82)`: with as many decimals as are asked for, two if none.
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

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
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

/// One line of what came of a job: `wall time: 1.32× native's (1.28–1.35); goal: at most 1.15×: missed`.
#[derive(Debug)]
pub(crate) struct Finding {
    /// What was found out.
    pub(crate) what: String,
    /// How much.
    pub(crate) figure: Figure,
    /// In what, as written behind the number: `×`, ` MiB`.
    pub(crate) unit: &'static str,
    /// What it is to be compared with, where it says more: `native's`.
    pub(crate) beside: &'static str,
    /// What it should be.
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
        // A ratio is told more exactly than a number of MiB.
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
    fn the_median_is_the_middle() {
        assert_eq!(Figure::of([3.0, 1.0, 2.0]).median, 2.0);
        assert_eq!(Figure::of([4.0, 1.0, 2.0, 3.0]).median, 2.5);
        assert!(Figure::of([]).median.is_nan());
        assert_eq!(
            format!("{:.1}", Figure::of([3.0, 1.0, 2.0])),
            "2.0 (1.0–3.0)"
        );
    }

    #[test]
    fn a_goal_is_met_or_missed() {
        let finding = |value: f64, goal| Finding {
            what: "wall time".into(),
            figure: Figure::of([value]),
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
            "nothing measured, nothing met"
        );
    }
}
