//! Fetching one page, as often as the kind of failure makes it worth while.

use crate::gate::Gate;
use crate::outcome;
use crate::stream::{Reading, StreamError};
use jiff::Timestamp;
use purser_model::{AccountRef, Action, Cursor, DataStream, Failure, LastActivity, Page, Records};
use purser_sandbox::{CallError, ReadRequest};
use purser_store::Effort;
use std::time::Duration;

/// Records a page should have, unless the connector knows better. Large enough to make a request worth its latency, small enough to lose
/// little when a run is killed.
const PAGE_SIZE: u32 = 500;

/// How far back activity is read.
const LOOK_BACK: jiff::SignedDuration = jiff::SignedDuration::from_hours(60 * 24);

/// Times that one page is asked for again after a passing failure. The channel has repeated each request several times by then.
const PAGE_RETRIES: u32 = 2;

/// Times that one page may be "still being prepared".
const PENDING_ROUNDS: u32 = 100;

/// The longest wait that is sat out. A longer one ends the run, which a later one resumes.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A page with what it took to get it.
pub(crate) struct Fetched {
    pub(crate) page: Page,
    pub(crate) effort: Effort,
}

impl Reading<'_> {
    /// Fetches one page, of these accounts where the stream is read by account. What a page that never came has cost is counted too.
    pub(crate) async fn fetch(
        &self,
        stream: &DataStream,
        cursor: Option<Cursor>,
        accounts: &[AccountRef],
    ) -> Result<Fetched, StreamError> {
        let mut effort = Effort::default();
        match self.fetch_page(stream, cursor, accounts, &mut effort).await {
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
        mut cursor: Option<Cursor>,
        accounts: &[AccountRef],
        effort: &mut Effort,
    ) -> Result<Page, StreamError> {
        let gate = Gate::new(self.channel, Action::Read(stream.name.clone()), self.grant);
        let (mut retries, mut rounds) = (0, 0);
        loop {
            let asked_at = Timestamp::now();
            let request = ReadRequest {
                stream: stream.name.clone(),
                kind: stream.kind,
                cursor: cursor.clone(),
                since: stream.incremental.then(|| asked_at.saturating_sub(LOOK_BACK).unwrap_or(Timestamp::MIN)),
                page_size: PAGE_SIZE,
                accounts: accounts.to_vec(),
            };
            let answer = self.connector.read(gate.call(self.settings), request).await;
            add(effort, &gate.take_effort());
            self.log(&gate)?;
            let error = match answer {
                Ok(page) => return Ok(plausible(page, asked_at)),
                Err(error) => error,
            };
            let pause = match &error {
                CallError::Failed { failure: Failure::Pending(next, wait), evidence: None }
                    if rounds < PENDING_ROUNDS =>
                {
                    rounds += 1;
                    cursor = Some(next.clone());
                    Duration::from_millis(*wait)
                }
                CallError::Failed { failure: Failure::Transient(_), evidence: None } if retries < PAGE_RETRIES => {
                    retries += 1;
                    Duration::from_secs(u64::from(retries))
                }
                CallError::Failed { failure: Failure::RateLimited(Some(until)), evidence: None }
                    if retries < PAGE_RETRIES =>
                {
                    retries += 1;
                    Duration::try_from(until.duration_since(asked_at)).unwrap_or_default()
                }
                _ => return Err(StreamError::Failed(outcome::of_call(&error))),
            };
            if pause > LONGEST_WAIT {
                return Err(StreamError::Failed(outcome::of_call(&error)));
            }
            effort.waited_ms += u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            tokio::time::sleep(pause).await;
        }
    }

    fn log(&self, gate: &Gate) -> Result<(), StreamError> {
        let lines = gate.take_lines();
        if !lines.is_empty() {
            let lines = lines.into_iter().map(|(at, level, text)| purser_store::LogLine {
                at,
                level: level.as_str().to_owned(),
                text,
            });
            self.store.log_lines(self.run, &lines.collect::<Vec<_>>())?;
        }
        Ok(())
    }
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
        Records::Accounts(accounts) => accounts.iter_mut().for_each(|account| clamp(&mut account.last_activity)),
        Records::Activity(rows) => rows.iter_mut().for_each(|row| clamp(&mut row.last_activity)),
        Records::Products(_) => {}
    }
    page
}
