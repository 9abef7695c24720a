//! Reading one stream to its end: page by page, each page committed with its cursor, the next one fetched meanwhile.

use crate::gate::Gate;
use crate::{Error, RunEvent, Watch, outcome};
use jiff::Timestamp;
use purser_egress::Channel;
use purser_model::{
    Action, Blame, Connection, Counts, Cursor, DataStream, Failure, Grant, LastActivity, Outcome, Page, Records,
    Settings,
};
use purser_sandbox::{CallError, Connector, ReadRequest};
use purser_store::{Committed, Completion, Effort, ReadFrom, ShrinkGuard, Store, StoreError};
use std::sync::Arc;
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

/// How much of what a stream had may be missing from a complete read before a person must say that it is really gone.
const MOST_REMOVED_PERCENT: u8 = 20;

/// The longest wait that is sat out. A longer one ends the run, which a later one resumes.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What a stream is read with.
pub(crate) struct Reading<'a> {
    pub(crate) store: &'a Arc<Store>,
    pub(crate) run: i64,
    pub(crate) connector: &'a Connector,
    pub(crate) grant: &'a Arc<Grant>,
    pub(crate) settings: &'a Settings,
    pub(crate) channel: &'a Channel,
    pub(crate) connection: &'a Connection,
    pub(crate) stamp: String,
    pub(crate) accept_shrink: bool,
    pub(crate) watch: &'a dyn Watch,
}

/// Why a stream was not read to its end.
pub(crate) enum StreamError {
    /// What the run's record will say.
    Failed(Outcome),
    /// The host's own trouble.
    Host(Error),
}

impl From<StoreError> for StreamError {
    fn from(error: StoreError) -> Self {
        match error {
            // The store is well: what it was given is not.
            StoreError::DuplicateId { .. } => Self::Failed(outcome::of("duplicate-id", &error)),
            StoreError::RepeatedCursor(_) => Self::Failed(outcome::of("pagination-stall", &error)),
            StoreError::WrongKind { .. } => Self::Failed(outcome::of("contract-violation", &error)),
            error => Self::Host(error.into()),
        }
    }
}

impl From<tokio::task::JoinError> for StreamError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Host(error.into())
    }
}

/// A page with what it took to get it.
struct Fetched {
    page: Page,
    effort: Effort,
}

impl Reading<'_> {
    pub(crate) async fn read(&self, stream: &DataStream) -> Result<(), StreamError> {
        let start = self.store.begin_stream(self.run, &stream.name, stream.kind, &self.stamp)?;
        let (connection, resumed) = (&self.connection.name, start.resumed());
        self.watch.event(RunEvent::StreamStarted { connection, stream: &stream.name, resumed });
        let mut counts = Counts::default();
        match start.from {
            ReadFrom::Beginning => self.read_pages(stream, None, &mut counts).await?,
            ReadFrom::Cursor(cursor) => match self.read_pages(stream, Some(cursor), &mut counts).await {
                Err(StreamError::Failed(outcome)) if outcome.class == "checkpoint-invalid" => {
                    self.store.restart_stream(self.run, &stream.name)?;
                    counts = Counts::default();
                    self.read_pages(stream, None, &mut counts).await?;
                }
                result => result?,
            },
            // The last page was committed, and the run ended before the stream was completed.
            ReadFrom::End => {}
        }
        self.complete(stream)?;
        // The record knows what was spent on the way, too.
        let recorded = self.store.run(self.run)?.streams.into_iter().find(|read| read.stream == stream.name);
        let counts = recorded.map_or(counts, |read| read.counts);
        self.watch.event(RunEvent::StreamEnded { stream: &stream.name, counts: &counts });
        Ok(())
    }

    async fn read_pages(
        &self,
        stream: &DataStream,
        from: Option<Cursor>,
        counts: &mut Counts,
    ) -> Result<(), StreamError> {
        let mut fetched = self.fetch(stream, from).await?;
        loop {
            let next = fetched.page.next.clone();
            let total = fetched.page.total;
            let commit = self.commit(stream, fetched, counts.pages);
            let Some(cursor) = next else {
                self.count(stream, counts, &commit.await?, total);
                return Ok(());
            };
            let (committed, following) = tokio::join!(commit, self.fetch(stream, Some(cursor)));
            self.count(stream, counts, &committed?, total);
            fetched = following?;
        }
    }

    fn count(&self, stream: &DataStream, counts: &mut Counts, committed: &Committed, total: Option<u64>) {
        counts.pages += 1;
        counts.records += committed.records;
        counts.rejected += committed.rejected;
        let (records_so_far, rejected_so_far) = (counts.records, counts.rejected);
        self.watch.event(RunEvent::Page { stream: &stream.name, records_so_far, rejected_so_far, total });
    }

    /// Commits a page, records and cursor together, off the threads that fetch.
    async fn commit(&self, stream: &DataStream, fetched: Fetched, pages_before: u64) -> Result<Committed, StreamError> {
        if pages_before >= self.grant.limits.pages {
            return Err(StreamError::Failed(outcome::told(
                "pages",
                Blame::Guest,
                format!(
                    "stream {} has more than the {} pages that the grant allows",
                    stream.name, self.grant.limits.pages
                ),
                "raise the limit `pages` in the connector's grant, if the application really has so much",
            )));
        }
        let (store, run, name) = (Arc::clone(self.store), self.run, stream.name.clone());
        let Fetched { page, effort } = fetched;
        Ok(tokio::task::spawn_blocking(move || store.commit_page(run, &name, &page, effort)).await??)
    }

    /// Fetches one page. What a page that never came has cost is counted too.
    async fn fetch(&self, stream: &DataStream, cursor: Option<Cursor>) -> Result<Fetched, StreamError> {
        let mut effort = Effort::default();
        match self.fetch_page(stream, cursor, &mut effort).await {
            Ok(page) => Ok(Fetched { page, effort }),
            Err(error) => {
                self.store.record_effort(self.run, &stream.name, effort)?;
                Err(error)
            }
        }
    }

    /// Asks for one page, as often as the kind of failure makes it worth while.
    async fn fetch_page(
        &self,
        stream: &DataStream,
        mut cursor: Option<Cursor>,
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

    /// Marks the stream as read to its end, which is what lets records be removed that the application no longer has.
    fn complete(&self, stream: &DataStream) -> Result<(), StreamError> {
        let guard = ShrinkGuard { max_percent: if self.accept_shrink { 100 } else { MOST_REMOVED_PERCENT } };
        match self.store.complete_stream(self.run, &stream.name, guard, Timestamp::now())? {
            Completion::Complete { .. } => Ok(()),
            Completion::ShrinkRefused { would_remove, had } => Err(StreamError::Failed(outcome::told(
                "shrink-guard",
                Blame::Upstream,
                format!(
                    "stream {} was read to its end and lacks {would_remove} of the {had} records it had; nothing was removed",
                    stream.name
                ),
                "if that many are really gone, run the profile again with --accept-shrink; otherwise look at the credential's permissions",
            ))),
        }
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
