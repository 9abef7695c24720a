//! Replaying: the calls of a cassette are made again, offline, and what comes of them is held against what was recorded.

use super::responses::Answers;
use super::{Call, CallResult, Cassette, CassetteError, Ended, Identity, Stream, in_short};
use crate::Error;
use purser_model::{
    Cursor, Description, Limits, OutcomeClass, Settings, StreamKind, StreamName, Timestamp,
};
use purser_sandbox::{Compiler, Connector, Level, Outbound, ReadRequest, RunLog, Sandbox};
use semver::Version;
use serde::Serialize;
use std::sync::Arc;

/// The most differences of a stream that are told apart. One thing that changed shows in every call.
const MOST_DIFFERENCES: usize = 100;

/// Failures that come of time and of the machine, and so need not come again.
const OF_THE_MOMENT: [OutcomeClass; 2] = [OutcomeClass::WallClock, OutcomeClass::Host];

/// What a replay came to.
#[derive(Debug, Clone, Serialize)]
pub struct Replayed {
    /// What was replayed.
    pub connector: Identity,
    /// What was recorded.
    pub recorded_with: Identity,
    /// The Purser that recorded it.
    pub recorded_by: Version,
    /// When.
    pub recorded_at: Timestamp,
    /// How the recorded run ended: `complete`, `interrupted`, or the kind of failure.
    pub recorded_end: String,
    /// Whether the recorded run had more calls than the cassette.
    pub cut_off: bool,
    /// Limits that were others in the recorded run: name, value then, value now.
    pub other_limits: Vec<(String, u64, u64)>,
    /// What became of each stream.
    pub streams: Vec<StreamReplayed>,
    /// Whether everything came out as recorded.
    pub same: bool,
}

/// What became of a stream.
#[derive(Debug, Clone, Serialize)]
pub struct StreamReplayed {
    /// The stream.
    pub stream: StreamName,
    /// Calls that were made again.
    pub calls: u64,
    /// Calls that ended by the clock, and were not made again.
    pub left_out: u64,
    /// Records of these calls.
    pub records: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// Recorded requests that were not asked for. A connector that needs less is none the worse for it.
    pub unused: u64,
    /// What came out otherwise; the first of it.
    pub differences: Vec<Difference>,
    /// How much came out otherwise that is not told.
    pub more_differences: u64,
}

/// Something that came out otherwise than recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The call, counted from 1; absent where it is about the stream.
    pub call: Option<usize>,
    /// What is different.
    pub point: Point,
    /// What was recorded.
    pub recorded: String,
    /// What came out.
    pub replayed: String,
}

/// What can be different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// The connector has no such stream any more, or one of another kind.
    Stream,
    /// It asked for what is not on the cassette.
    Request,
    /// The number of records.
    Records,
    /// The number of rejected rows.
    Rejected,
    /// Where the next page begins.
    Next,
    /// Where else the stream can be begun.
    Partitions,
    /// Whether there is a page, or the kind of failure.
    Outcome,
}

/// Replays a cassette with a component, within these limits. Nothing is sent, and nothing is kept.
///
/// # Errors
/// When the bytes are no connector for this host, when it is another connector than the recorded one, or does not take its settings.
pub async fn replay(
    compiler: Compiler,
    bytes: Vec<u8>,
    cassette: Cassette,
    limits: &Limits,
) -> Result<Replayed, Error> {
    let making = tokio::task::spawn_blocking(move || {
        let code = compiler.compile(&bytes)?;
        Sandbox::new()?.load(&bytes, &code)
    });
    let connector = making.await??;
    let description = connector.describe().await?;
    let Cassette {
        purser,
        recorded_at,
        ended,
        cut_off,
        connector: recorded,
        limits: then,
        settings,
        streams,
        ..
    } = cassette;
    if description.name != recorded.name {
        return Err(CassetteError::OtherConnector {
            recorded: recorded.name,
            given: description.name,
        }
        .into());
    }
    let settings = description
        .complete(&settings)
        .map_err(CassetteError::Settings)?;
    let player = Player {
        connector: &connector,
        description: &description,
        limits,
        settings: &settings,
    };
    let mut replayed = Vec::new();
    for stream in streams {
        replayed.push(player.stream(stream).await?);
    }
    let Description { name, version, .. } = &description;
    Ok(Replayed {
        connector: Identity {
            name: name.clone(),
            version: version.clone(),
            digest: connector.digest(),
        },
        recorded_with: recorded,
        recorded_by: purser,
        recorded_at,
        recorded_end: match ended {
            Ended::Complete => "complete".to_owned(),
            Ended::Interrupted => "interrupted".to_owned(),
            Ended::Failed(outcome) => outcome.class.as_str().to_owned(),
        },
        cut_off,
        other_limits: differing(&then, limits),
        same: replayed.iter().all(|stream| stream.differences.is_empty()),
        streams: replayed,
    })
}

/// The limits that are not the same, by the names that they have everywhere.
fn differing(then: &Limits, now: &Limits) -> Vec<(String, u64, u64)> {
    let values = |limits| match serde_json::to_value(limits) {
        Ok(serde_json::Value::Object(values)) => values,
        _ => serde_json::Map::new(),
    };
    let now = values(now);
    let pairs = values(then).into_iter().filter_map(|(name, then)| {
        let (then, now) = (then.as_u64()?, now.get(&name)?.as_u64()?);
        (then != now).then_some((name, then, now))
    });
    pairs.collect()
}

/// What every call is made with.
struct Player<'a> {
    connector: &'a Connector,
    description: &'a Description,
    limits: &'a Limits,
    settings: &'a Settings,
}

impl Player<'_> {
    async fn stream(&self, stream: Stream) -> Result<StreamReplayed, CassetteError> {
        let mut replayed = StreamReplayed {
            stream: stream.stream,
            calls: 0,
            left_out: 0,
            records: 0,
            rejected: 0,
            unused: 0,
            differences: Vec::new(),
            more_differences: 0,
        };
        let offered = self
            .description
            .streams
            .iter()
            .find(|offered| offered.name == replayed.stream);
        if offered.is_none_or(|offered| offered.kind != stream.kind) {
            let now =
                offered.map_or_else(|| "no such stream".to_owned(), |offered| word(offered.kind));
            replayed.differ(None, Point::Stream, word(stream.kind), now);
            return Ok(replayed);
        }
        for (number, call) in (1..).zip(stream.calls) {
            let of_the_moment = matches!(&call.result, CallResult::Failure { class, .. } if OF_THE_MOMENT.contains(class));
            if of_the_moment {
                replayed.left_out += 1;
                continue;
            }
            let Call {
                cursor,
                since,
                page_size,
                accounts,
                exchanges,
                result: recorded,
            } = call;
            let cursor = cursor.map(Cursor::new).transpose();
            let cursor = cursor.map_err(|error| {
                CassetteError::Damaged(format!("in a call of {}: {error}", replayed.stream))
            })?;
            let request = ReadRequest {
                stream: replayed.stream.clone(),
                kind: stream.kind,
                cursor,
                since,
                page_size,
                accounts,
            };
            let answers = Arc::new(Answers::of(exchanges)?);
            let call = purser_sandbox::Call {
                limits: self.limits.clone(),
                settings: self.settings.clone(),
                outbound: Arc::clone(&answers) as Arc<dyn Outbound>,
                log: Arc::new(Silence),
            };
            let result = CallResult::of(&self.connector.read(call, request).await);
            replayed.calls += 1;
            replayed.unused += answers.unused();
            for missing in answers.missing() {
                replayed.differ(Some(number), Point::Request, String::new(), missing);
            }
            replayed.compare(number, recorded, result);
        }
        Ok(replayed)
    }
}

impl StreamReplayed {
    fn differ(&mut self, call: Option<usize>, point: Point, recorded: String, replayed: String) {
        if self.differences.len() < MOST_DIFFERENCES {
            let (recorded, replayed) = (in_short(&recorded), in_short(&replayed));
            self.differences.push(Difference {
                call,
                point,
                recorded,
                replayed,
            });
        } else {
            self.more_differences += 1;
        }
    }

    fn compare(&mut self, number: usize, recorded: CallResult, replayed: CallResult) {
        if let CallResult::Page {
            records, rejected, ..
        } = &replayed
        {
            self.records += records;
            self.rejected += rejected;
        }
        for (point, recorded, replayed) in differences(recorded, replayed) {
            self.differ(Some(number), point, recorded, replayed);
        }
    }
}

fn differences(recorded: CallResult, replayed: CallResult) -> Vec<(Point, String, String)> {
    let cursor = |cursor: Option<String>| cursor.unwrap_or_else(|| "none".to_owned());
    let points = match (recorded, replayed) {
        (
            CallResult::Page {
                records,
                rejected,
                next,
                partitions,
            },
            CallResult::Page {
                records: now,
                rejected: rejected_now,
                next: next_now,
                partitions: partitions_now,
            },
        ) => vec![
            (Point::Records, records.to_string(), now.to_string()),
            (
                Point::Rejected,
                rejected.to_string(),
                rejected_now.to_string(),
            ),
            (Point::Next, cursor(next), cursor(next_now)),
            (
                Point::Partitions,
                partitions.join(", "),
                partitions_now.join(", "),
            ),
        ],
        // What a failure says may be put better.
        (
            CallResult::Failure { class, next, .. },
            CallResult::Failure {
                class: now,
                next: next_now,
                ..
            },
        ) if class == now => {
            vec![(Point::Next, cursor(next), cursor(next_now))]
        }
        (recorded, replayed) => vec![(Point::Outcome, recorded.in_words(), replayed.in_words())],
    };
    points
        .into_iter()
        .filter(|(_, recorded, replayed)| recorded != replayed)
        .collect()
}

impl CallResult {
    fn in_words(&self) -> String {
        match self {
            Self::Page { records, .. } => format!("a page of {records}"),
            Self::Failure { class, message, .. } => format!("{class}: {message}"),
        }
    }
}

/// Takes no notice of a log.
struct Silence;

impl RunLog for Silence {
    fn line(&self, _: Level, _: String) {}
}

fn word(kind: StreamKind) -> String {
    let word = match kind {
        StreamKind::Accounts => "accounts",
        StreamKind::Activity => "activity",
        StreamKind::Products => "products",
    };
    word.to_owned()
}
