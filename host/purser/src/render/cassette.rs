//! Recordings and replays as text.

use super::{Table, number};
use crate::words;
use purser_engine::{
    ConnectorIdentity, DifferenceKind, RecordingSummary, ReplayReport, StreamReplay,
};

/// Number of differences that are shown. There may be one for each call.
const MAX_SHOWN: usize = 20;

/// Returns the result of a recording.
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
        text += " It is cut off: the run had more calls than fit.";
    }
    text
}

/// Returns the result of a replay.
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
        "{} replayed the recording made with {} on {} (Purser {recorded_by}; the run: {recorded_end}).",
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
            "It was recorded with other limits: {}.",
            limits.join(" ")
        ));
    }

    if !replayed.compares_rows {
        parts.push(
            "It is of an earlier version of Purser: the contents of records are not compared, only \
             their number. Record again to compare them."
                .into(),
        );
    }

    parts.push(streams(&replayed.streams));
    parts.push(if replayed.same {
        "All results equal the recording.".into()
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
        ">SKIPPED",
        ">RECORDS",
        ">REJECTED",
        ">UNUSED",
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
    let each = streams.iter().flat_map(|stream| {
        let differences = stream.differences.iter();
        differences.map(move |difference| (stream, difference))
    });
    for (stream, difference) in each.take(MAX_SHOWN) {
        // The recorded side of a request that was not recorded is empty.
        let recorded = match difference.kind {
            DifferenceKind::Request => "not recorded",
            _ => &difference.recorded,
        };
        table.row([
            stream.stream.as_str(),
            &difference
                .call
                .map(|call| call.to_string())
                .unwrap_or_default(),
            words::replay_point(difference.kind),
            recorded,
            &difference.replayed,
        ]);
    }

    let count = |stream: &StreamReplay| stream.differences.len() as u64 + stream.more_differences;
    let all: u64 = streams.iter().map(count).sum();
    let mut text = format!("Differences from the recording\n{table}");
    if all > MAX_SHOWN as u64 {
        text += &format!(
            "\nThese are the first {MAX_SHOWN} of {}; --json lists more.",
            number::count(all)
        );
    }

    text
}
