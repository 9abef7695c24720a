//! Runs: how they began and ended, in sentences and tables.

use super::{Table, next_step, number, plain};
use purser_engine::{LogLine, RejectedRowView, RunDetail};
use purser_model::{ConnectionName, Counts, Outcome, Run, StreamName, StreamRun};
use std::time::Duration;

/// A connection that a run does not read.
pub(crate) fn left_out(connection: &ConnectionName) -> String {
    format!("{connection}: left out, because it needs attention; `purser connection list` says why")
}

/// That a stream's read began.
pub(crate) fn started(connection: &ConnectionName, stream: &StreamName, resumed: bool) -> String {
    format!(
        "{connection}: reading {stream}{}",
        if resumed { " from its checkpoint" } else { "" }
    )
}

/// That a parked run is gone on with.
pub(crate) fn taken_up(connection: &ConnectionName, wait: Duration) -> String {
    if wait.is_zero() {
        return format!("{connection}: going on with the run that was parked");
    }
    format!(
        "{connection}: the run is parked for {} more",
        number::duration(wait)
    )
}

/// That the application is left alone for a while.
pub(crate) fn waiting(stream: &StreamName, pause: Duration) -> String {
    format!(
        "{stream}: waiting for {}, as the application asks",
        number::duration(pause)
    )
}

/// What a stream's read came to.
pub(crate) fn ended(stream: &StreamName, counts: &Counts) -> String {
    let Counts {
        pages,
        records,
        rejected,
        requests,
        retries,
        waited_ms,
        removed,
    } = *counts;
    let mut text = format!(
        "{stream}: {} in {}",
        number::counted(records, "record"),
        number::counted(pages, "page")
    );
    if rejected > 0 {
        text += &format!(", {} rejected", number::counted(rejected, "row"));
    }
    if removed > 0 {
        text += &format!(", {} gone from the application", number::count(removed));
    }
    if requests > 0 {
        text += &format!("; {}", number::counted(requests, "request"));
    }
    if retries > 0 {
        text += &format!(", {} of them repeated", number::count(retries));
    }
    if waited_ms > 0 {
        text += &format!(
            ", {} waited",
            number::duration(Duration::from_millis(waited_ms))
        );
    }
    text
}

/// One run: a sentence, and a row for each stream.
pub(crate) fn sheet(run: &Run) -> String {
    let Run {
        id,
        profile,
        connection,
        ..
    } = run;
    let took = number::between(run.started_at, run.ended_at)
        .map(|took| format!(" after {}", number::duration(took)));
    let took = took.unwrap_or_default();
    let took = match run.parked_until {
        Some(until) => format!(" until {}", number::time(until)),
        None => took,
    };
    let why = run
        .outcome
        .as_ref()
        .map(|outcome| format!(" ({})", plain::line(outcome.class.as_str())))
        .unwrap_or_default();
    let mut text = format!(
        "Run {id} of {profile} through {connection}: {}{took}{why}",
        run.state.as_str()
    );
    if !run.streams.is_empty() {
        text += &format!("\n\n{}", streams(&run.streams));
    }
    text
}

fn streams(streams: &[StreamRun]) -> Table {
    let heads = [
        "STREAM",
        ">RECORDS",
        ">PAGES",
        ">REJECTED",
        ">REMOVED",
        ">REQUESTS",
        ">REPEATED",
        ">WAITED",
        "END",
    ];
    let mut table = Table::new(heads);
    for StreamRun {
        stream,
        complete,
        resumed,
        counts,
        ..
    } in streams
    {
        let end = match (complete, resumed) {
            (true, false) => "complete",
            (true, true) => "complete, resumed",
            (false, _) => "unfinished",
        };
        let numbers = [
            counts.records,
            counts.pages,
            counts.rejected,
            counts.removed,
            counts.requests,
            counts.retries,
        ];
        let waited = number::duration(Duration::from_millis(counts.waited_ms));
        let cells = [stream.to_string()]
            .into_iter()
            .chain(numbers.map(number::count))
            .chain([waited, end.to_owned()]);
        table.row(cells);
    }
    table
}

/// Rejected rows that are shown with a run. There may be thousands.
const SHOWN: usize = 20;

/// One run a row.
pub(crate) fn list(runs: &[Run]) -> String {
    if runs.is_empty() {
        return "No run yet. Next: purser run PROFILE".into();
    }
    let mut table = Table::new([
        ">RUN",
        "PROFILE",
        "CONNECTION",
        "STATE",
        "STARTED",
        ">TOOK",
        ">RECORDS",
        ">REJECTED",
        "WHY",
    ]);
    for run in runs {
        let sum = |of: fn(&Counts) -> u64| {
            number::count(run.streams.iter().map(|stream| of(&stream.counts)).sum())
        };
        table.row([
            run.id.to_string().as_str(),
            run.profile.as_str(),
            run.connection.as_str(),
            run.state.as_str(),
            &number::time(run.started_at),
            &number::between(run.started_at, run.ended_at)
                .map(number::duration)
                .unwrap_or_default(),
            &sum(|counts| counts.records),
            &sum(|counts| counts.rejected),
            run.outcome
                .as_ref()
                .map(|outcome| outcome.class.as_str())
                .unwrap_or_default(),
        ]);
    }
    table.to_string()
}

/// One run with its log and its rejected rows.
pub(crate) fn detail(RunDetail { run, log, rejected }: &RunDetail) -> String {
    let mut parts = vec![sheet(run)];
    if let Some(outcome) = &run.outcome {
        parts.push(failure(outcome));
    }
    if !rejected.is_empty() {
        let first = rejected.get(..SHOWN).unwrap_or(rejected);
        let mut text = format!("Rows that could not be used\n{}", rows(first));
        if first.len() < rejected.len() {
            let (first, all) = (
                number::count(SHOWN as u64),
                number::count(rejected.len() as u64),
            );
            text += &format!(
                "\nThese are the first {first} of {all}; `purser runs rejected {}` writes all of them as CSV.",
                run.id
            );
        }
        parts.push(text);
    }
    if !log.is_empty() {
        parts.push(format!("What the connector said\n{}", lines(log)));
    }
    parts.join("\n\n")
}

/// Rejected rows as CSV: stream, row, reason.
pub(crate) fn rejected_csv(rejected: &[RejectedRowView]) -> std::io::Result<String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["stream", "row", "reason"])?;
    for RejectedRowView { stream, row } in rejected {
        table.write_record([stream.as_str(), &cell(&row.row), &cell(&row.reason)])?;
    }
    let bytes = table
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

/// Text of the application's, such that no spreadsheet takes it for a formula.
fn cell(text: &str) -> String {
    let text = plain::line(text);
    if text.starts_with(['=', '+', '-', '@']) {
        format!("'{text}")
    } else {
        text.into()
    }
}

fn failure(
    Outcome {
        message,
        blame,
        next_step: step,
        ..
    }: &Outcome,
) -> String {
    let mut facts = Table::of_facts();
    facts.row(["What happened", message]);
    facts.row(["Fault", blame.in_words()]);
    let next = step.as_ref().map(next_step::command);
    facts.row(["Next", next.as_deref().unwrap_or("run the profile again")]);
    facts.to_string()
}

fn rows(rejected: &[RejectedRowView]) -> Table {
    let mut table = Table::new(["STREAM", "ROW", "WHY"]);
    for RejectedRowView { stream, row } in rejected {
        table.row([stream.as_str(), &row.row, &row.reason]);
    }
    table
}

fn lines(log: &[LogLine]) -> Table {
    let mut table = Table::new(["AT", "LEVEL", "TEXT"]);
    for LogLine { at, level, text } in log {
        table.row([&number::time(*at), level, text]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixtures;
    use purser_model::RejectedRow;

    #[test]
    fn a_failed_run_says_why_and_how_far_it_came() {
        let run = fixtures::run(Some("it broke\u{1b}[2J"));
        let sheet = sheet(&run);
        assert!(
            sheet
                .starts_with("Run 7 of hub through acme: failed after 2.0 s (transient)\n\nSTREAM"),
            "{sheet}"
        );
        assert!(
            sheet.contains("users     1,200      3") && sheet.ends_with("1.5 s  unfinished"),
            "{sheet}"
        );
        let detail = detail(&RunDetail {
            run,
            log: Vec::new(),
            rejected: Vec::new(),
        });
        assert!(
            detail
                .contains("What happened  it broke\\u{1b}[2J\nFault          the SaaS application"),
            "{detail}"
        );
    }

    fn rejected(row: &str, reason: &str) -> RejectedRowView {
        let row = RejectedRow {
            row: row.into(),
            reason: reason.into(),
        };
        RejectedRowView {
            stream: "users".parse().unwrap(),
            row,
        }
    }

    #[test]
    fn rejected_rows_are_written_as_csv_that_no_spreadsheet_runs() {
        let rows = [
            rejected("7", "email: \"x\", twice"),
            rejected("=cmd|' /C calc'!A0", "-1\u{1b}\nusers,8,fine"),
        ];
        let expected =
            "stream,row,reason\nusers,7,\"email: \"\"x\"\", twice\"\nusers,'=cmd|' /C calc'!A0,";
        let table = rejected_csv(&rows).unwrap();
        assert!(table.starts_with(expected), "{table}");
        assert_eq!(table.lines().count(), 3, "{table}");
        assert!(
            !table.contains('\u{1b}') && table.contains("'-1"),
            "{table}"
        );
        assert_eq!(rejected_csv(&[]).unwrap(), "stream,row,reason");
    }

    #[test]
    fn a_run_shows_the_first_of_many_rejected_rows() {
        let many: Vec<_> = (0..50)
            .map(|number| rejected(&format!("row-{number}"), "no id"))
            .collect();
        let shown = detail(&RunDetail {
            run: fixtures::run(None),
            log: Vec::new(),
            rejected: many,
        });
        assert!(
            shown.contains("row-19") && !shown.contains("row-20"),
            "{shown}"
        );
        assert!(
            shown.contains("first 20 of 50; `purser runs rejected 7`"),
            "{shown}"
        );
    }

    #[test]
    fn words_of_the_application_are_made_safe() {
        let row = RejectedRow {
            row: "x\u{7}".into(),
            reason: "no id\nnext:  rm".into(),
        };
        let rejected = vec![RejectedRowView {
            stream: "users".parse().unwrap(),
            row,
        }];
        let log = vec![LogLine {
            at: jiff::Timestamp::UNIX_EPOCH,
            level: "info".into(),
            text: "\u{1b}]0;t\u{7}".into(),
        }];
        let detail = detail(&RunDetail {
            run: fixtures::run(None),
            log,
            rejected,
        });
        assert!(
            !detail.chars().any(|c| c != '\n' && plain::is_unsafe(c)),
            "{detail}"
        );
        assert!(
            !detail.lines().any(|line| line.starts_with("next:")),
            "{detail}"
        );
    }
}
