//! Fetching one page, as often as the kind of failure makes it worth while.

use super::events::RunEvent;
use super::sink::Desk;
use super::stream::{Reading, StreamError};
use crate::call::Ahead;
use crate::call::Gate;
use crate::cassette;
use crate::outcome;
use jiff::Timestamp;
use purser_model::{
    AccountRef, Action, Cursor, DataStream, Failure, LastActivity, Page, Records, StreamKind,
};
use purser_sandbox::{CallError, ReadRequest};
use purser_store::Effort;
use std::sync::Arc;
use std::time::Duration;

/// Records a page should have, unless the connector knows better. Large enough to make a request worth its latency, small enough to lose
/// little when a run is killed.
const PAGE_SIZE: u32 = 500;

/// Times that one page is asked for again after a passing failure. The channel has repeated each request several times by then.
const PAGE_RETRIES: u32 = 2;

/// Times that one page may be "still being prepared".
const PENDING_ROUNDS: u32 = 100;

/// The longest wait that is sat out. For a longer one the run is parked.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How long an application is left alone that limits us and does not say until when.
const UNTOLD: Duration = Duration::from_secs(5 * 60);

/// The longest that anybody is taken at their word. Should they still mean it then, they can say so again.
const LONGEST_PARKED: Duration = Duration::from_secs(24 * 3600);

/// A wait that whoever watches is told of.
const WORTH_TELLING: Duration = Duration::from_secs(3);

/// What a page is asked for.
pub(crate) enum Ask<'a> {
    /// The next one of a part.
    Part {
        /// The part's number.
        number: u32,
        /// Where the page begins.
        cursor: Option<Cursor>,
        /// What the call before has sent for this one, and this one for the next.
        ahead: &'a Arc<Ahead>,
        /// Where it is noted that the application is preparing the page: whoever takes over asks for what is prepared, and not for another.
        desk: &'a Desk,
    },
    /// What there is of some accounts.
    Accounts {
        /// Where the page begins.
        cursor: Option<Cursor>,
        /// The accounts.
        accounts: &'a [AccountRef],
    },
}

/// A page with what it took to get it.
pub(crate) struct Fetched {
    pub(crate) page: Page,
    pub(crate) effort: Effort,
}

impl Fetched {
    /// A page without a record.
    pub(crate) fn nothing(kind: StreamKind, next: Option<Cursor>) -> Self {
        let records = match kind {
            StreamKind::Accounts => Records::Accounts(Vec::new()),
            StreamKind::Activity => Records::Activity(Vec::new()),
            StreamKind::Products => Records::Products(Vec::new()),
        };
        let page = Page {
            records,
            rejected: Vec::new(),
            next,
            total: None,
            partitions: Vec::new(),
            offset_paged: false,
        };
        Self {
            page,
            effort: Effort::default(),
        }
    }
}

impl Reading<'_> {
    /// Fetches one page. What a page that never came has cost is counted too.
    pub(crate) async fn fetch(
        &self,
        stream: &DataStream,
        ask: Ask<'_>,
    ) -> Result<Fetched, StreamError> {
        let mut effort = Effort::default();
        match self.fetch_page(stream, ask, &mut effort).await {
            Ok(page) => Ok(Fetched { page, effort }),
            Err(error) => {
                self.store.record_effort(self.run, &stream.name, effort)?;
                Err(error)
            }
        }
    }

    async fn fetch_page(
        &self,
        stream: &DataStream,
        ask: Ask<'_>,
        effort: &mut Effort,
    ) -> Result<Page, StreamError> {
        let action = Action::Read(stream.name.clone());
        let (gate, mut cursor, accounts, note) = match ask {
            Ask::Part {
                number,
                cursor,
                ahead,
                desk,
            } => {
                let gate = Gate::following(ahead, self.channel, action, self.grant);
                (gate, cursor, &[][..], Some((number, desk)))
            }
            Ask::Accounts { cursor, accounts } => (
                Gate::new(self.channel, action, self.grant),
                cursor,
                accounts,
                None,
            ),
        };
        let (mut retries, mut rounds) = (0, 0);
        loop {
            let asked_at = Timestamp::now();
            let request = ReadRequest {
                stream: stream.name.clone(),
                kind: stream.kind,
                cursor: cursor.clone(),
                since: stream.incremental.then_some(self.since),
                page_size: PAGE_SIZE,
                accounts: accounts.to_vec(),
            };
            let mut call = gate.call(self.settings);
            let listening = cassette::listen(self.recording, &mut call, &request);
            let answer = self.connector.read(call, request).await;
            if let Some(listening) = listening {
                listening.end(&answer);
            }
            add(effort, &gate.take_effort());
            self.log(&gate)?;
            let error = match answer {
                Ok(page) => return Ok(plausible(page, asked_at)),
                Err(error) => error,
            };
            let pause = match &error {
                CallError::Failed {
                    failure: Failure::Pending(next, wait),
                    evidence: None,
                } if rounds < PENDING_ROUNDS => {
                    rounds += 1;
                    let next = Some(next.clone());
                    if let Some((number, desk)) = note
                        && cursor != next
                    {
                        desk.hand_in(stream, number, Fetched::nothing(stream.kind, next.clone()))
                            .await?;
                    }
                    cursor = next;
                    Duration::from_millis(*wait)
                }
                CallError::Failed {
                    failure: Failure::Transient(_),
                    evidence: None,
                } if retries < PAGE_RETRIES => {
                    retries += 1;
                    Duration::from_secs(u64::from(retries))
                }
                CallError::Failed {
                    failure: Failure::RateLimited(Some(until)),
                    evidence: None,
                } => {
                    // Who says "until now" again and again is left alone for a little longer each time.
                    retries += 1;
                    let told = Duration::try_from(until.duration_since(Timestamp::now()))
                        .unwrap_or_default();
                    told.max(Duration::from_secs(u64::from(retries - 1)))
                }
                // A connector has no clock; what the application said of seconds was said to the channel.
                CallError::Failed {
                    failure: Failure::RateLimited(None),
                    evidence: None,
                } => self.channel.closed_for().unwrap_or(UNTOLD),
                _ => return Err(StreamError::Failed(outcome::of_call(&error))),
            };
            let pause = pause.min(LONGEST_PARKED);
            if pause > LONGEST_WAIT && !self.sit_out {
                return Err(parked(pause, &error));
            }
            if pause >= WORTH_TELLING {
                self.watch.event(RunEvent::Waiting {
                    stream: &stream.name,
                    pause,
                });
            }
            effort.waited_ms += u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            tokio::time::sleep(pause).await;
        }
    }

    fn log(&self, gate: &Gate) -> Result<(), StreamError> {
        let lines = gate.take_lines();
        if !lines.is_empty() {
            let lines = lines
                .into_iter()
                .map(|(at, level, text)| purser_store::LogLine {
                    at,
                    level: level.as_str().to_owned(),
                    text,
                });
            self.store.log_lines(self.run, &lines.collect::<Vec<_>>())?;
        }
        Ok(())
    }
}

fn parked(pause: Duration, error: &CallError) -> StreamError {
    let until = Timestamp::now()
        .saturating_add(pause)
        .unwrap_or(Timestamp::MAX);
    StreamError::Parked(until, outcome::of_call(error))
}

fn add(sum: &mut Effort, effort: &purser_egress::Effort) {
    sum.requests += effort.attempts;
    sum.retries += effort.retries;
    sum.waited_ms += u64::try_from(effort.waited.as_millis()).unwrap_or(u64::MAX);
}

/// Activity in the future is a clock that is wrong, here or there. It is brought back to the present: believed as it is, it would make a seat
/// look used for as long as the clock was wrong.
fn plausible(mut page: Page, now: Timestamp) -> Page {
    let clamp = |activity: &mut LastActivity| {
        if let LastActivity::At(at) = activity
            && *at > now
        {
            *at = now;
        }
    };
    match &mut page.records {
        Records::Accounts(accounts) => accounts
            .iter_mut()
            .for_each(|account| clamp(&mut account.last_activity)),
        Records::Activity(rows) => rows
            .iter_mut()
            .for_each(|row| clamp(&mut row.last_activity)),
        Records::Products(_) => {}
    }
    page
}
