//! Runs as text: their progress, their results, and their rejected rows.

use super::{Table, next_step, number, sanitize};
use purser_engine::{LogLine, RejectedRowView, RunDetail};
use purser_model::{ConnectionName, Counts, Outcome, Run, RunState, StreamName, StreamRun};
use std::time::Duration;

/// Returns a notice that a run skips a connection.
pub(crate) fn skipped(connection: &ConnectionName) -> String {
    format!("{connection}: skipped, because it needs attention; `purser connection list` says why")
}

/// Returns a notice that the read of a stream started.
pub(crate) fn started(connection: &ConnectionName, stream: &StreamName, resumed: bool) -> String {
    format!(
        "{connection}: reading {stream}{}",
        if resumed { " from its checkpoint" } else { "" }
    )
}

/// Returns a notice that a parked run continues, at once or after a wait.
pub(crate) fn continued(connection: &ConnectionName, wait: Duration) -> String {
    if wait.is_zero() {
        return format!("{connection}: continuing the parked run");
    }

    format!(
        "{connection}: the run is parked for {} more",
        number::duration(wait)
    )
}

/// Returns a notice that the run waits for the application's rate limit.
pub(crate) fn waiting(stream: &StreamName, pause: Duration) -> String {
    format!(
        "{stream}: waiting for {}, as the application asks",
        number::duration(pause)
    )
}

/// Returns the result of a stream's read.
pub(crate) fn ended(stream: &StreamName, counts: &Counts) -> String {
    let Counts {
        pages,
        records,
        rejected: _,
        requests,
        retries,
        waited_ms,
        removed,
        repeated,
        with_warnings,
        missing,
    } = *counts;
    let lost = counts.lost();

    let mut text = format!(
        "{stream}: {} in {}",
        number::counted(records, "record"),
        number::counted(pages, "page")
    );
    if lost > 0 {
        text += &format!(", {} rejected", number::counted(lost, "row"));
    }
    if repeated > 0 {
        text += &format!(", {} repeated", number::counted(repeated, "row"));
    }
    if with_warnings > 0 {
        text += &format!(
            ", {} with unreadable fields",
            number::counted(with_warnings, "account")
        );
    }
    if missing > 0 {
        text += &format!(
            ", {} missing, removed if the next read lacks them too",
            number::count(missing)
        );
    }
    if removed > 0 {
        text += &format!(", {} removed in the application", number::count(removed));
    }
    if requests > 0 {
        text += &format!("; {}", number::counted(requests, "request"));
    }
    if retries > 0 {
        text += &format!(", {} of them retries", number::count(retries));
    }
    if waited_ms > 0 {
        text += &format!(
            ", {} waited",
            number::duration(Duration::from_millis(waited_ms))
        );
    }

    text
}

/// Returns the details of several runs, one after the other.
pub(crate) fn all_details(runs: &[Run]) -> String {
    runs.iter().map(details).collect::<Vec<_>>().join("\n\n")
}

/// Returns the details of a run: a sentence, and a row for each stream.
pub(crate) fn details(run: &Run) -> String {
    let duration = match run.parked_until {
        Some(until) => format!(" until {}", number::time(until)),
        None => number::between(run.started_at, run.ended_at)
            .map(|took| format!(" after {}", number::duration(took)))
            .unwrap_or_default(),
    };
    let outcome = run
        .outcome
        .as_ref()
        .map(|outcome| format!(" ({})", sanitize::line(outcome.class.as_str())))
        .unwrap_or_default();

    let mut text = format!(
        "Run {} of {} through {}: {}{duration}{outcome}",
        run.id,
        run.profile,
        run.connection,
        state(run)
    );
    if !run.streams.is_empty() {
        text += &format!("\n\n{}", streams(&run.streams));
    }

    text
}

/// Returns the state of a run, with the rows that it lost although it is complete.
fn state(run: &Run) -> String {
    let state = run.state.as_str();
    let lost = run.lost();

    if run.state == RunState::Complete && lost > 0 {
        format!("{state} with {} rejected", number::count(lost))
    } else {
        state.to_owned()
    }
}

/// Column heads of the table of streams.
const STREAM_HEADS: [&str; 10] = [
    "STREAM",
    ">RECORDS",
    ">PAGES",
    ">REJECTED",
    ">MISSING",
    ">REMOVED",
    ">REQUESTS",
    ">RETRIES",
    ">WAITED",
    "END",
];

fn streams(streams: &[StreamRun]) -> Table {
    let mut table = Table::new(STREAM_HEADS);

    for stream in streams {
        let counts = &stream.counts;
        let numbers = [
            counts.records,
            counts.pages,
            counts.rejected,
            counts.missing,
            counts.removed,
            counts.requests,
            counts.retries,
        ];
        let waited = number::duration(Duration::from_millis(counts.waited_ms));
        let end = end(stream);

        let cells = [stream.stream.to_string()]
            .into_iter()
            .chain(numbers.map(number::count))
            .chain([waited, end]);
        table.row(cells);
    }

    table
}

/// Returns the end of a stream's read in words.
fn end(stream: &StreamRun) -> String {
    if !stream.complete {
        return "unfinished".to_owned();
    }

    let mut end = "complete".to_owned();
    if stream.counts.lost() > 0 {
        end += &format!(" with {} rejected", number::count(stream.counts.lost()));
    }
    if stream.counts.with_warnings > 0 {
        end += &format!(
            ", {} with unreadable fields",
            number::counted(stream.counts.with_warnings, "account")
        );
    }
    if stream.resumed {
        end += ", resumed";
    }
    end
}

/// Number of rejected rows that are shown with a run. There may be thousands.
const MAX_SHOWN: usize = 20;

/// Column heads of the table.
const LIST_HEADS: [&str; 9] = [
    ">RUN",
    "PROFILE",
    "CONNECTION",
    "STATE",
    "STARTED",
    ">TOOK",
    ">RECORDS",
    ">REJECTED",
    "OUTCOME",
];

/// Returns a table of runs.
pub(crate) fn list(runs: &[Run]) -> String {
    if runs.is_empty() {
        return "No run yet. Next: purser run PROFILE".into();
    }
    let mut table = Table::new(LIST_HEADS);
    for run in runs {
        let sum = |count: fn(&Counts) -> u64| {
            number::count(run.streams.iter().map(|stream| count(&stream.counts)).sum())
        };
        table.row([
            run.id.to_string().as_str(),
            run.profile.as_str(),
            run.connection.as_str(),
            &state(run),
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

/// Returns the details of a run with its log and its rejected rows.
pub(crate) fn full_details(RunDetail { run, log, rejected }: &RunDetail) -> String {
    let mut parts = vec![details(run)];
    if let Some(outcome) = &run.outcome {
        parts.push(failure(outcome));
    }
    if !rejected.is_empty() {
        let first = rejected.get(..MAX_SHOWN).unwrap_or(rejected);
        let mut text = format!("Rejected rows\n{}", rows(first));
        if first.len() < rejected.len() {
            let first = number::count(MAX_SHOWN as u64);
            let all = number::count(rejected.len() as u64);
            text += &format!(
                "\nThese are the first {first} of {all}; `purser runs rejected {}` writes all of them as CSV.",
                run.id
            );
        }
        parts.push(text);
    }
    if !log.is_empty() {
        parts.push(format!("Log of the connector\n{}", lines(log)));
    }

    parts.join("\n\n")
}

/// Returns rejected rows as CSV: stream, row, reason.
pub(crate) fn rejected_csv(rejected: &[RejectedRowView]) -> std::io::Result<String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["stream", "row", "reason"])?;
    for RejectedRowView { stream, row } in rejected {
        table.write_record([stream.as_str(), &csv_cell(&row.row), &csv_cell(&row.reason)])?;
    }
    let bytes = table
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

/// Returns text of the application such that no spreadsheet reads it as a formula.
fn csv_cell(text: &str) -> String {
    let text = sanitize::line(text);
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
    let mut fields = Table::of_fields();
    fields.row(["Error", message]);
    fields.row(["Fault", blame.in_words()]);
    let next = step.as_ref().map(next_step::command);
    fields.row(["Next", next.as_deref().unwrap_or("run the profile again")]);

    fields.to_string()
}

fn rows(rejected: &[RejectedRowView]) -> Table {
    let mut table = Table::new(["STREAM", "ROW", "REASON"]);
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
    fn failed_run_has_outcome_and_counts() {
        let run = fixtures::run(Some("it broke\u{1b}[2J"));
        let details = details(&run);
        assert!(
            details
                .starts_with("Run 7 of hub through acme: failed after 2.0 s (transient)\n\nSTREAM"),
            "{details}"
        );
        assert!(
            details.contains("users     1,200      3") && details.ends_with("1.5 s  unfinished"),
            "{details}"
        );

        let text = full_details(&RunDetail {
            run,
            log: Vec::new(),
            rejected: Vec::new(),
        });
        assert!(
            text.contains("Error  it broke\\u{1b}[2J\nFault  the SaaS application"),
            "{text}"
        );
    }

    #[test]
    fn complete_run_that_lost_rows_says_so_in_its_state() {
        let mut run = fixtures::run(None);
        run.streams[0].counts.rejected = 5;
        run.streams[0].counts.repeated = 1;
        run.streams[0].counts.with_warnings = 12;

        let details = details(&run);

        assert!(
            details.contains("complete with 4 rejected after"),
            "{details}"
        );
        assert!(
            details.ends_with("complete with 4 rejected, 12 accounts with unreadable fields"),
            "{details}"
        );
        assert!(list(&[run]).contains("complete with 4 rejected"));
    }

    #[test]
    fn missing_accounts_are_said_to_need_another_read() {
        let counts = Counts {
            missing: 3,
            ..Counts::default()
        };

        let text = ended(&"users".parse().unwrap(), &counts);

        assert!(
            text.contains("3 missing, removed if the next read lacks them too"),
            "{text}"
        );
    }

    fn rejected(row: &str, reason: &str) -> RejectedRowView {
        let row = RejectedRow {
            id: None,
            row: row.into(),
            reason: reason.into(),
        };
        RejectedRowView {
            stream: "users".parse().unwrap(),
            row,
        }
    }

    #[test]
    fn rejected_rows_as_csv_have_no_formulas() {
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
    fn run_with_many_rejected_rows_shows_the_first() {
        let many: Vec<_> = (0..50)
            .map(|number| rejected(&format!("row-{number}"), "no id"))
            .collect();
        let shown = full_details(&RunDetail {
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
    fn text_of_the_application_is_sanitized() {
        let row = RejectedRow {
            id: None,
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

        let text = full_details(&RunDetail {
            run: fixtures::run(None),
            log,
            rejected,
        });
        assert!(
            !text
                .chars()
                .any(|c| c != '\n' && purser_model::safe_text::is_unsafe(c)),
            "{text}"
        );
        assert!(
            !text.lines().any(|line| line.starts_with("next:")),
            "{text}"
        );
    }
}
