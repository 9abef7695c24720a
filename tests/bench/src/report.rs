//! What is printed of a job: a table, what was found out, and what to know of it.

use crate::figures::{Figure, Finding, Goal};
use crate::measure::Taken;
use crate::rounds::{Lap, Row};
use std::fmt;

/// The share of a run for which the server may compute before it, and not the program, is what is measured.
const BUSY: f64 = 0.75;

/// All of a job.
#[derive(Debug)]
pub(crate) struct Section {
    /// The job in one line, with its measures.
    pub(crate) title: String,
    /// A line each; the first one holds the names of the columns.
    pub(crate) table: Vec<Vec<String>>,
    /// What came of it.
    pub(crate) findings: Vec<Finding>,
    /// What to know of it.
    pub(crate) remarks: Vec<String>,
}

impl Section {
    /// Of programs that stored rows of something: `users`. The server's part is looked at.
    pub(crate) fn of(title: String, of_what: &str, rows: &[Row]) -> Self {
        let titles = [
            "program",
            &format!("{of_what}/s"),
            "wall s",
            "CPU s",
            "peak MiB",
            "server CPU s",
            "requests at once",
        ];
        let mut table = vec![titles.map(str::to_owned).to_vec()];
        table.extend(rows.iter().map(line));
        let busy = rows.iter().filter_map(|row| {
            let share = Figure::of(row.laps.iter().map(|lap| lap.told.cpu / lap.taken.wall)).median;
            let remark = || {
                format!(
                    "the server computed for {:.0} % of {}'s time: it may hold it back",
                    share * 100.0,
                    row.name
                )
            };
            (share > BUSY).then(remark)
        });
        Self {
            title,
            table,
            findings: Vec::new(),
            remarks: busy.collect(),
        }
    }

    /// Adds a line of what was not measured but is known: how long the waits alone take.
    pub(crate) fn with_ideal(mut self, many: usize, wall: f64) -> Self {
        let none = || "–".to_owned();
        let ideal = [
            "ideal".into(),
            format!("{:.0}", many as f64 / wall),
            format!("{wall:.2}"),
            none(),
            none(),
            none(),
        ];
        self.table.push(ideal.into_iter().chain([none()]).collect());
        self
    }

    /// Adds what was found out.
    pub(crate) fn find(
        mut self,
        what: impl Into<String>,
        values: impl IntoIterator<Item = f64>,
        (unit, beside): (&'static str, &'static str),
        goal: Option<Goal>,
    ) -> Self {
        self.findings.push(Finding {
            what: what.into(),
            figure: Figure::of(values),
            unit,
            beside,
            goal,
        });
        self
    }

    /// Adds something to know.
    pub(crate) fn remark(mut self, remark: impl Into<String>) -> Self {
        self.remarks.push(remark.into());
        self
    }
}

/// One row's measurement over another's, round by round.
pub(crate) fn ratios<'a>(
    one: &'a Row,
    base: &'a Row,
    of: fn(&Taken) -> f64,
) -> impl Iterator<Item = f64> + 'a {
    one.laps
        .iter()
        .zip(&base.laps)
        .map(move |(one, base)| of(&one.taken) / of(&base.taken))
}

fn line(row: &Row) -> Vec<String> {
    let figure = |of: fn(&Lap) -> f64| Figure::of(row.laps.iter().map(of));
    let wall = figure(|lap| lap.taken.wall);
    vec![
        row.name.clone(),
        format!(
            "{:.0}",
            figure(|lap| lap.contents.rows as f64 / lap.taken.wall).median
        ),
        wall.to_string(),
        format!("{:.2}", figure(|lap| lap.taken.cpu).median),
        format!("{:.0}", figure(|lap| lap.taken.peak).median),
        format!("{:.2}", figure(|lap| lap.told.cpu).median),
        format!("{:.0}", figure(|lap| lap.told.at_once as f64).median),
    ]
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.title)?;
        let columns = self.table.iter().map(Vec::len).max().unwrap_or(0);
        let cell = |line: &[String], column: usize| line.get(column).cloned().unwrap_or_default();
        let width = |column| {
            self.table
                .iter()
                .map(|line| cell(line, column).chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<_> = (0..columns).map(width).collect();
        for line in &self.table {
            let cells = widths
                .iter()
                .enumerate()
                .map(|(column, &width)| match column {
                    0 => format!("  {:<width$}", cell(line, column)),
                    _ => format!("   {:>width$}", cell(line, column)),
                });
            writeln!(f, "{}", cells.collect::<String>().trim_end())?;
        }
        writeln!(f)?;
        self.findings
            .iter()
            .try_for_each(|finding| writeln!(f, "  {finding}"))?;
        self.remarks
            .iter()
            .try_for_each(|remark| writeln!(f, "  note: {remark}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::Contents;
    use crate::server::Told;

    fn row(name: &str, walls: [f64; 3], server: f64) -> Row {
        let lap = |wall| Lap {
            taken: Taken {
                wall,
                cpu: wall,
                peak: 10.0,
            },
            told: Told {
                answered: 5,
                repeated: 0,
                at_once: 2,
                cpu: server,
            },
            contents: Contents {
                rows: 1,
                id_bytes: 1,
                email_bytes: 1,
            },
        };
        Row {
            name: name.into(),
            laps: walls.map(lap).to_vec(),
        }
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let (native, purser) = (
            row("native", [1.0, 10.0, 1.0], 0.1),
            row("purser", [2.0, 20.0, 2.0], 0.1),
        );
        let rows = [native, purser];
        let section = Section::of("a job".into(), "users", &rows);
        let wall = ratios(&rows[1], &rows[0], |taken| taken.wall);
        let text = section
            .find("wall time", wall, ("×", "native's"), None)
            .to_string();
        assert!(text.contains("2.00 (2.00–20.00)"), "{text}");
        assert!(
            text.contains("wall time: 2.00× native's (2.00–2.00)"),
            "{text}"
        );
    }

    #[test]
    fn a_server_without_time_left_is_told_of() {
        let idle = Section::of("a job".into(), "users", &[row("native", [1.0; 3], 0.7)]);
        assert!(idle.remarks.is_empty());
        let busy = Section::of("a job".into(), "users", &[row("native", [1.0; 3], 0.8)]);
        assert!(
            busy.to_string()
                .contains("note: the server computed for 80 % of native's time"),
            "{busy}"
        );
    }
}
