//! Sink for fetched pages: pages that gather while others are fetched share one transaction, which
//! costs little more than the transaction of one page.

use super::error::StreamError;
use super::events::RunEvent;
use super::fetched::FetchedPage;
use super::reader::StreamReader;
use super::stall::{MAX_PAGES_WITHOUT_NEWS, StallCounter, without_news};
use crate::outcome;
use purser_model::{Blame, Counts, DataStream, NextStep, OutcomeClass};
use purser_store::{Committed, PartialCommit, PartitionPage};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// Time for which pages gather. A killed run reads that much again, and progress lags by it.
const GATHER_TIME: Duration = Duration::from_millis(100);

/// Rows of one transaction. Other writers wait for it.
const MAX_BATCH_ROWS: usize = 10_000;

/// Rows that may be fetched but not committed. Bounds the memory of a read.
const MAX_QUEUED_ROWS: u32 = 20_000;

/// Receiving end of a sink.
pub(super) type PageQueue = UnboundedReceiver<QueuedPage>;

/// Queue for fetched pages, bounded in rows and in the pages that the grant allows.
pub(super) struct PageSink {
    pages: UnboundedSender<QueuedPage>,
    room: Arc<Semaphore>,
    pushed: AtomicU64,
    max_pages: u64,
    /// Empty pages in a row, by partition. Pages are fetched ahead of their commit, so that those
    /// are counted here too: an application must not be asked without end in the meantime.
    empty: Mutex<HashMap<u32, u32>>,
}

/// Page that waits to be committed, with the rows it occupies in the queue.
pub(super) struct QueuedPage {
    page: PartitionPage,
    /// True if the host itself moved on with this page, whatever it contains.
    is_progress: bool,
    room: OwnedSemaphorePermit,
}

/// Facts about a page that are needed after its commit.
struct PageFacts {
    partition: u32,
    total: Option<u64>,
    is_progress: bool,
}

impl PageSink {
    /// Creates a sink for at most `max_pages` pages.
    pub(super) fn new(max_pages: u64) -> (Self, PageQueue) {
        let (pages, queue) = unbounded_channel();
        let sink = Self {
            pages,
            room: Arc::new(Semaphore::new(MAX_QUEUED_ROWS as usize)),
            pushed: AtomicU64::new(0),
            max_pages,
            empty: Mutex::default(),
        };

        (sink, queue)
    }

    /// Queues a page of a partition as soon as there is room for its rows.
    pub(super) async fn push(
        &self,
        stream: &DataStream,
        partition: u32,
        fetched: FetchedPage,
    ) -> Result<(), StreamError> {
        if self.pushed.fetch_add(1, Ordering::Relaxed) >= self.max_pages {
            return Err(too_many_pages(stream, self.max_pages));
        }

        let FetchedPage {
            page,
            stats,
            is_progress,
        } = fetched;
        let is_empty = page.records.is_empty() && page.rejected.is_empty() && !is_progress;
        self.count_empty(stream, partition, is_empty)?;

        let rows = u32::try_from(page.records.len()).unwrap_or(MAX_QUEUED_ROWS);
        let rows = rows.min(MAX_QUEUED_ROWS);
        let Ok(room) = Arc::clone(&self.room).acquire_many_owned(rows).await else {
            return Ok(());
        };

        let page = PartitionPage {
            partition,
            page,
            stats,
        };
        // why: the receiver is gone only after a failed commit, which ends this read anyway
        drop(self.pages.send(QueuedPage {
            page,
            is_progress,
            room,
        }));
        Ok(())
    }

    /// Counts a page, and refuses one empty page too many.
    fn count_empty(
        &self,
        stream: &DataStream,
        partition: u32,
        is_empty: bool,
    ) -> Result<(), StreamError> {
        let mut empty = self.empty.lock().unwrap_or_else(PoisonError::into_inner);
        let count = empty.entry(partition).or_insert(0);
        *count = if is_empty { *count + 1 } else { 0 };

        if *count < MAX_PAGES_WITHOUT_NEWS {
            Ok(())
        } else {
            Err(without_news(stream))
        }
    }
}

impl StreamReader<'_> {
    /// Commits queued pages until the sink is dropped.
    pub(super) async fn commit(
        &self,
        stream: &DataStream,
        mut queue: PageQueue,
    ) -> Result<(), StreamError> {
        let mut counts = Counts::default();
        let mut stalls = HashMap::new();

        while let Some(first) = queue.recv().await {
            let batch = gather(first, &mut queue).await;
            self.commit_batch(stream, batch, &mut counts, &mut stalls)
                .await?;
        }
        Ok(())
    }

    async fn commit_batch(
        &self,
        stream: &DataStream,
        batch: Vec<QueuedPage>,
        counts: &mut Counts,
        stalls: &mut HashMap<u32, StallCounter>,
    ) -> Result<(), StreamError> {
        let facts: Vec<_> = batch
            .iter()
            .map(|queued| PageFacts {
                partition: queued.page.partition,
                total: queued.page.page.total,
                is_progress: queued.is_progress,
            })
            .collect();
        let (pages, room): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .map(|queued| (queued.page, queued.room))
            .unzip();

        let store = Arc::clone(self.store);
        let run = self.run;
        let name = stream.name.clone();
        let done =
            tokio::task::spawn_blocking(move || store.commit_pages(run, &name, &pages)).await?;
        drop(room);

        let (committed, failed) = match done {
            Ok(committed) => (committed, None),
            // why: pages before the failing one are stored, and count
            Err(PartialCommit { committed, error }) => (committed, Some(error)),
        };
        for (facts, page) in facts.into_iter().zip(&committed) {
            self.report_page(stream, counts, page, facts.total);
            let stall = stalls.entry(facts.partition).or_default();
            stall.add(stream, page, facts.is_progress)?;
        }

        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    fn report_page(
        &self,
        stream: &DataStream,
        counts: &mut Counts,
        committed: &Committed,
        total: Option<u64>,
    ) {
        counts.pages += 1;
        counts.records += committed.records;
        counts.rejected += committed.rejected;

        self.observer.event(RunEvent::Page {
            stream: &stream.name,
            records_so_far: counts.records,
            rejected_so_far: counts.rejected,
            total,
        });
    }
}

/// Collects queued pages for one transaction, up to its rows and its time.
async fn gather(first: QueuedPage, queue: &mut PageQueue) -> Vec<QueuedPage> {
    let deadline = Instant::now() + GATHER_TIME;
    let mut rows = first.page.page.records.len();
    let mut batch = vec![first];

    while rows < MAX_BATCH_ROWS
        && let Ok(Some(next)) = timeout_at(deadline, queue.recv()).await
    {
        rows += next.page.page.records.len();
        batch.push(next);
    }
    batch
}

fn too_many_pages(stream: &DataStream, max_pages: u64) -> StreamError {
    StreamError::Failed(outcome::failed(
        OutcomeClass::Pages,
        Blame::Guest,
        format!(
            "stream {} has more than the {max_pages} pages that the grant allows",
            stream.name
        ),
        NextStep::RaiseLimit {
            connector: None,
            limit: "pages".to_owned(),
        },
    ))
}
