//! Cassettes: what was recorded, and what came of replaying it.

use super::{Table, number, word};
use purser_engine::{
    ConnectorIdentity, Difference, DifferenceKind, RecordingSummary, ReplayReport, StreamReplay,
};

/// Differences that are shown. There may be as many as there are calls.
const SHOWN: usize = 20;

/// What was recorded, and what to know of it.
pub(crate) fn recorded(
    RecordingSummary {
        file,
        calls,
        cut_off,
    }: &RecordingSummary,
) -> String {
    let mut text = format!(
        "Recorded {} in {}. It holds personal data of the application's users, and no credential.",
        number::counted(*calls as u64, "call"),
        file.display()
    );
    if *cut_off {
        text += " The run had more, and there was no room for it.";
    }
    text
}

/// What a replay came to.
pub(crate) fn replayed(replayed: &ReplayReport) -> String {
    let ReplayReport {
        connector,
        recorded_with,
        recorded_by,
        recorded_at,
        recorded_end,
        ..
    } = replayed;
    let mut parts = vec![format!(
        "{} replayed what was recorded with {} on {} (Purser {recorded_by}; the run: {recorded_end}).",
        version(connector),
        if connector == recorded_with {
            "the same bytes".to_owned()
        } else {
            version(recorded_with)
        },
        number::time(*recorded_at),
    )];
    if replayed.cut_off {
        parts.push("The cassette is cut off: the run had more calls than were recorded.".into());
    }
    if !replayed.other_limits.is_empty() {
        let limits = replayed.other_limits.iter();
        let limits: Vec<_> = limits
            .map(|(name, then, _)| format!("--limit {name}={then}"))
            .collect();
        parts.push(format!(
            "It was recorded within other limits: {}.",
            limits.join(" ")
        ));
    }
    parts.push(streams(&replayed.streams));
    parts.push(if replayed.same {
        "Everything came out as recorded.".into()
    } else {
        differences(&replayed.streams)
    });
    parts.join("\n\n")
}

fn version(
    ConnectorIdentity {
        name,
        version,
        digest,
    }: &ConnectorIdentity,
) -> String {
    format!("{name} {version} ({})", digest.short())
}

fn streams(streams: &[StreamReplay]) -> String {
    if streams.is_empty() {
        return "No call was recorded.".into();
    }
    let mut table = Table::new([
        "STREAM",
        ">CALLS",
        ">LEFT OUT",
        ">RECORDS",
        ">REJECTED",
        ">NOT ASKED FOR",
        ">DIFFERENCES",
    ]);
    for StreamReplay {
        stream,
        calls,
        left_out,
        records,
        rejected,
        unused,
        differences,
        more_differences,
    } in streams
    {
        let differences = differences.len() as u64 + more_differences;
        let numbers = [*calls, *left_out, *records, *rejected, *unused, differences];
        table.row(
            [stream.to_string()]
                .into_iter()
                .chain(numbers.map(number::count)),
        );
    }
    table.to_string()
}

fn differences(streams: &[StreamReplay]) -> String {
    let mut table = Table::new(["STREAM", ">CALL", "WHAT", "RECORDED", "NOW"]);
    let of = |stream: &StreamReplay| stream.differences.len() as u64 + stream.more_differences;
    let all: u64 = streams.iter().map(of).sum();
    let each = streams.iter().flat_map(|stream| {
        stream
            .differences
            .iter()
            .map(move |difference| (stream, difference))
    });
    for (
        stream,
        Difference {
            call,
            kind,
            recorded,
            replayed,
        },
    ) in each.take(SHOWN)
    {
        let call = call.map(|call| call.to_string()).unwrap_or_default();
        let recorded = if *kind == DifferenceKind::Request {
            "not on the cassette"
        } else {
            recorded
        };
        table.row([
            stream.stream.as_str(),
            &call,
            &word(kind),
            recorded,
            replayed,
        ]);
    }
    let mut text = format!("What came out otherwise\n{table}");
    if all > SHOWN as u64 {
        text += &format!(
            "\nThese are the first {SHOWN} of {}; --json tells more.",
            number::count(all)
        );
    }
    text
}
