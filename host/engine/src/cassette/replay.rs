//! Replay: makes the calls of a cassette again, offline, and compares the results.

use super::compare::{changed_limits, compare_results};
use super::error::CassetteError;
use super::format::{
    CallResult, Cassette, ConnectorIdentity, RecordedCall, RecordedStream, RunEnd,
};
use super::report::{Difference, DifferenceKind, ReplayReport, StreamReplay};
use super::responses::RecordedResponses;
use super::row::PageRow;
use crate::Error;
use purser_model::{Cursor, Description, Limits, OutcomeClass, Settings, StreamKind};
use purser_sandbox::{Call, Compiler, Connector, Level, Outbound, ReadRequest, RunLog, Sandbox};
use std::sync::Arc;

/// Failures that depend on time or on the machine, so that a replay cannot repeat them.
const NOT_REPRODUCIBLE: [OutcomeClass; 2] = [OutcomeClass::WallClock, OutcomeClass::Host];

/// Replays a cassette with a component, within these limits. Sends and stores nothing.
///
/// # Errors
/// The bytes are not a connector for this host, it is another connector than the recorded one, or
/// it does not accept the recorded settings.
pub async fn replay(
    compiler: Compiler,
    bytes: Vec<u8>,
    cassette: Cassette,
    limits: &Limits,
) -> Result<ReplayReport, Error> {
    let connector = load(compiler, bytes).await?;
    let description = connector.describe().await?;
    if description.name != cassette.connector.name {
        return Err(CassetteError::OtherConnector {
            recorded: cassette.connector.name,
            given: description.name,
        }
        .into());
    }

    let settings = description
        .complete(&cassette.settings)
        .map_err(CassetteError::Settings)?;
    let replayer = Replayer {
        connector: &connector,
        description: &description,
        limits,
        settings: &settings,
    };
    let compares_rows = cassette.has_rows();
    let mut streams = Vec::new();
    for stream in cassette.streams {
        streams.push(replayer.replay_stream(stream).await?);
    }

    Ok(ReplayReport {
        connector: ConnectorIdentity {
            name: description.name.clone(),
            version: description.version.clone(),
            digest: connector.digest(),
        },
        recorded_with: cassette.connector,
        recorded_by: cassette.purser,
        recorded_at: cassette.recorded_at,
        recorded_end: end_text(&cassette.ended),
        cut_off: cassette.cut_off,
        other_limits: changed_limits(&cassette.limits, limits),
        compares_rows,
        same: streams.iter().all(|stream| stream.differences.is_empty()),
        streams,
    })
}

async fn load(compiler: Compiler, bytes: Vec<u8>) -> Result<Connector, Error> {
    let loading = tokio::task::spawn_blocking(move || {
        let code = compiler.compile(&bytes)?;
        Sandbox::new()?.load(&bytes, &code)
    });

    Ok(loading.await??)
}

fn end_text(ended: &RunEnd) -> String {
    match ended {
        RunEnd::Complete => "complete".to_owned(),
        RunEnd::Interrupted => "interrupted".to_owned(),
        RunEnd::Failed(outcome) => outcome.class.as_str().to_owned(),
    }
}

/// Connector and options of every replayed call.
struct Replayer<'a> {
    connector: &'a Connector,
    description: &'a Description,
    limits: &'a Limits,
    settings: &'a Settings,
}

impl Replayer<'_> {
    async fn replay_stream(&self, recorded: RecordedStream) -> Result<StreamReplay, CassetteError> {
        let mut replay = StreamReplay::new(recorded.stream);
        if let Some(difference) = self.compare_stream(&replay, recorded.kind) {
            replay.add_difference(difference);
            return Ok(replay);
        }

        for (number, call) in (1..).zip(recorded.calls) {
            if is_reproducible(&call.result) {
                self.replay_call(&mut replay, recorded.kind, number, call)
                    .await?;
            } else {
                replay.left_out += 1;
            }
        }
        Ok(replay)
    }

    /// Returns a difference if the connector does not have the stream, or has another kind of it.
    fn compare_stream(&self, replay: &StreamReplay, kind: StreamKind) -> Option<Difference> {
        let offered = self.description.stream(&replay.stream);
        if offered.is_some_and(|offered| offered.kind == kind) {
            return None;
        }

        Some(Difference {
            call: None,
            kind: DifferenceKind::Stream,
            recorded: kind_text(kind).to_owned(),
            replayed: offered
                .map_or("no such stream", |offered| kind_text(offered.kind))
                .to_owned(),
        })
    }

    async fn replay_call(
        &self,
        replay: &mut StreamReplay,
        kind: StreamKind,
        number: usize,
        recorded: RecordedCall,
    ) -> Result<(), CassetteError> {
        let cursor = recorded.cursor.map(Cursor::new).transpose();
        let cursor = cursor.map_err(|error| {
            CassetteError::Damaged(format!("in a call of {}: {error}", replay.stream))
        })?;
        let request = ReadRequest {
            stream: replay.stream.clone(),
            kind,
            cursor,
            since: recorded.since,
            page_size: recorded.page_size,
            accounts: recorded.accounts,
        };
        let responses = Arc::new(RecordedResponses::new(recorded.exchanges)?);
        let call = Call {
            limits: self.limits.clone(),
            settings: self.settings.clone(),
            outbound: Arc::clone(&responses) as Arc<dyn Outbound>,
            log: Arc::new(NullLog),
        };

        let result = self.connector.read(call, request).await;
        let rows = match &result {
            Ok(page) => PageRow::of_page(page, str::to_owned),
            Err(_) => Vec::new(),
        };
        let result = CallResult::new(&result, str::to_owned);

        add_counts(replay, &result, &responses);
        for target in responses.take_missing() {
            replay.add_difference(Difference {
                call: Some(number),
                kind: DifferenceKind::Request,
                recorded: String::new(),
                replayed: target,
            });
        }
        for difference in compare_results(number, &recorded.result, &result, &rows) {
            replay.add_difference(difference);
        }
        Ok(())
    }
}

fn add_counts(replay: &mut StreamReplay, result: &CallResult, responses: &RecordedResponses) {
    replay.calls += 1;
    replay.unused += responses.unused();

    if let CallResult::Page {
        records, rejected, ..
    } = result
    {
        replay.records += records;
        replay.rejected += rejected;
    }
}

fn is_reproducible(recorded: &CallResult) -> bool {
    match recorded {
        CallResult::Page { .. } => true,
        CallResult::Failure { class, .. } => !NOT_REPRODUCIBLE.contains(class),
    }
}

const fn kind_text(kind: StreamKind) -> &'static str {
    match kind {
        StreamKind::Accounts => "accounts",
        StreamKind::Activity => "activity",
        StreamKind::Products => "products",
    }
}

/// Log that discards every line.
struct NullLog;

impl RunLog for NullLog {
    fn line(&self, _: Level, _: String) {}
}
