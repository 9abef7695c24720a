//! The printed result of a job: table, findings and notes.

use crate::figures::{Figure, Finding, Goal};
use crate::measure::ResourceUsage;
use crate::rounds::{ProgramRun, Row};
use std::fmt;

/// Share of a run above which the CPU time of the server, and not the program, limits the result.
const MAX_SERVER_SHARE: f64 = 0.75;

/// Result of one job.
#[derive(Debug)]
pub(crate) struct Section {
    /// The job in one line, with its parameters.
    pub(crate) title: String,
    /// Rows of the table. The first one holds the column titles.
    pub(crate) table: Vec<Vec<String>>,
    /// Findings, one line each.
    pub(crate) findings: Vec<Finding>,
    /// Notes, one line each.
    pub(crate) remarks: Vec<String>,
}

impl Section {
    /// Creates the section of programs that stored rows of one kind, such as `users`. It notes a
    /// saturated server.
    pub(crate) fn new(title: String, row_kind: &str, rows: &[Row]) -> Self {
        let titles = [
            "program",
            &format!("{row_kind}/s"),
            "wall s",
            "CPU s",
            "peak MiB",
            "server CPU s",
            "requests at once",
        ];

        let mut table = vec![titles.map(str::to_owned).to_vec()];
        table.extend(rows.iter().map(line));
        let busy = rows.iter().filter_map(|row| {
            let share =
                Figure::from_values(row.runs.iter().map(|run| run.stats.cpu / run.usage.wall))
                    .median;
            let remark = || {
                format!(
                    "the server computed for {:.0} % of {}'s time: it may limit the result",
                    share * 100.0,
                    row.name
                )
            };

            (share > MAX_SERVER_SHARE).then(remark)
        });

        Self {
            title,
            table,
            findings: Vec::new(),
            remarks: busy.collect(),
        }
    }

    /// Adds a row for the ideal, which is computed and not measured: the time that the latency
    /// alone takes.
    pub(crate) fn with_ideal(mut self, many: usize, wall: f64) -> Self {
        let missing = || "–".to_owned();
        let ideal = [
            "ideal".into(),
            format!("{:.0}", many as f64 / wall),
            format!("{wall:.2}"),
            missing(),
            missing(),
            missing(),
        ];

        self.table
            .push(ideal.into_iter().chain([missing()]).collect());
        self
    }

    /// Adds a finding.
    pub(crate) fn find(
        mut self,
        what: impl Into<String>,
        values: impl IntoIterator<Item = f64>,
        (unit, beside): (&'static str, &'static str),
        goal: Option<Goal>,
    ) -> Self {
        self.findings.push(Finding {
            what: what.into(),
            figure: Figure::from_values(values),
            unit,
            beside,
            goal,
        });

        self
    }

    /// Adds a note.
    pub(crate) fn remark(mut self, remark: impl Into<String>) -> Self {
        self.remarks.push(remark.into());
        self
    }
}

/// Returns one row's measurements divided by another's, round by round.
pub(crate) fn ratios<'a>(
    one: &'a Row,
    base: &'a Row,
    of: fn(&ResourceUsage) -> f64,
) -> impl Iterator<Item = f64> + 'a {
    one.runs
        .iter()
        .zip(&base.runs)
        .map(move |(one, base)| of(&one.usage) / of(&base.usage))
}

fn line(row: &Row) -> Vec<String> {
    let figure = |of: fn(&ProgramRun) -> f64| Figure::from_values(row.runs.iter().map(of));
    let wall = figure(|run| run.usage.wall);

    vec![
        row.name.clone(),
        format!(
            "{:.0}",
            figure(|run| run.contents.rows as f64 / run.usage.wall).median
        ),
        wall.to_string(),
        format!("{:.2}", figure(|run| run.usage.cpu).median),
        format!("{:.0}", figure(|run| run.usage.peak).median),
        format!("{:.2}", figure(|run| run.stats.cpu).median),
        format!(
            "{:.0}",
            figure(|run| run.stats.max_concurrent as f64).median
        ),
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
    use crate::server::ServerStats;

    fn row(name: &str, walls: [f64; 3], server: f64) -> Row {
        let run = |wall| ProgramRun {
            usage: ResourceUsage {
                wall,
                cpu: wall,
                peak: 10.0,
            },
            stats: ServerStats {
                answered: 5,
                repeated: 0,
                max_concurrent: 2,
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
            runs: walls.map(run).to_vec(),
        }
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let native = row("native", [1.0, 10.0, 1.0], 0.1);
        let purser = row("purser", [2.0, 20.0, 2.0], 0.1);
        let rows = [native, purser];
        let section = Section::new("a job".into(), "users", &rows);
        let wall = ratios(&rows[1], &rows[0], |usage| usage.wall);

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
    fn saturated_server_is_noted_in_the_section() {
        let idle = Section::new("a job".into(), "users", &[row("native", [1.0; 3], 0.7)]);
        assert!(idle.remarks.is_empty());

        let busy = Section::new("a job".into(), "users", &[row("native", [1.0; 3], 0.8)]);
        assert!(
            busy.to_string()
                .contains("note: the server computed for 80 % of native's time"),
            "{busy}"
        );
    }
}
