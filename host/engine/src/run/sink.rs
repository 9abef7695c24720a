//! Committing pages: those that gather while others are fetched go into one transaction, which costs little more than one page's.

use super::events::RunEvent;
use super::page::Fetched;
use super::stream::{Reading, StreamError};
use crate::outcome;
use purser_model::{Blame, Counts, DataStream, OutcomeClass};
use purser_store::{Committed, HalfWay, PartPage};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// How long pages gather. It is what a killed run has to read again, and how far what is shown of it is behind.
const GATHER: Duration = Duration::from_millis(100);

/// Rows of one transaction: others who want to write wait for it.
const TOGETHER: usize = 10_000;

/// Rows that may have been fetched and not committed: what bounds the memory of a read.
const WAITING: u32 = 20_000;

/// Pages in a row of which every row was there before: the application gives the same page for ever.
const SAME_PAGES: u32 = 3;

/// Where fetched pages are handed in.
pub(crate) struct Desk {
    pages: UnboundedSender<HandedIn>,
    room: Arc<Semaphore>,
    taken: AtomicU64,
    limit: u64,
}

/// A page that waits to be committed, with the room that it takes.
pub(crate) struct HandedIn {
    page: PartPage,
    _room: OwnedSemaphorePermit,
}

/// A desk that takes so many pages, and where they come out.
pub(crate) fn desk(limit: u64) -> (Desk, UnboundedReceiver<HandedIn>) {
    let (sender, receiver) = unbounded_channel();
    let room = Arc::new(Semaphore::new(WAITING as usize));
    (
        Desk {
            pages: sender,
            room,
            taken: AtomicU64::new(0),
            limit,
        },
        receiver,
    )
}

impl Desk {
    /// Hands in a page of a part, as soon as there is room for it.
    pub(crate) async fn hand_in(
        &self,
        stream: &DataStream,
        part: u32,
        fetched: Fetched,
    ) -> Result<(), StreamError> {
        if self.taken.fetch_add(1, Ordering::Relaxed) >= self.limit {
            return Err(StreamError::Failed(outcome::told(
                OutcomeClass::Pages,
                Blame::Guest,
                format!(
                    "stream {} has more than the {} pages that the grant allows",
                    stream.name, self.limit
                ),
                "raise the limit `pages` in the connector's grant, if the application really has so much",
            )));
        }
        let Fetched { page, effort } = fetched;
        let rows = u32::try_from(page.records.len())
            .unwrap_or(WAITING)
            .min(WAITING);
        if let Ok(room) = Arc::clone(&self.room).acquire_many_owned(rows).await {
            // Nobody is there to take it only when committing has failed, which ends this read in any case.
            drop(self.pages.send(HandedIn {
                page: PartPage { part, page, effort },
                _room: room,
            }));
        }
        Ok(())
    }
}

impl Reading<'_> {
    /// Commits pages as they are handed in, until nobody hands in any more.
    pub(crate) async fn commit(
        &self,
        stream: &DataStream,
        mut pages: UnboundedReceiver<HandedIn>,
    ) -> Result<(), StreamError> {
        let mut counts = Counts::default();
        let mut same = HashMap::new();
        while let Some(first) = pages.recv().await {
            let (mut rows, deadline) = (first.page.page.records.len(), Instant::now() + GATHER);
            let mut batch = vec![first];
            while rows < TOGETHER
                && let Ok(Some(next)) = timeout_at(deadline, pages.recv()).await
            {
                rows += next.page.page.records.len();
                batch.push(next);
            }
            let (batch, room): (Vec<_>, Vec<_>) = batch
                .into_iter()
                .map(|HandedIn { page, _room }| (page, _room))
                .unzip();
            let brief: Vec<_> = batch
                .iter()
                .map(|page| (page.part, page.page.total))
                .collect();
            let (store, run, name) = (Arc::clone(self.store), self.run, stream.name.clone());
            let done =
                tokio::task::spawn_blocking(move || store.commit_pages(run, &name, &batch)).await?;
            drop(room);
            let (committed, failed) = match done {
                Ok(committed) => (committed, None),
                Err(HalfWay { committed, error }) => (committed, Some(error)),
            };
            for ((part, total), committed) in brief.into_iter().zip(&committed) {
                self.count(stream, &mut counts, committed, total);
                refuse_stall(stream, same.entry(part).or_insert(0), committed)?;
            }
            if let Some(error) = failed {
                return Err(error.into());
            }
        }
        Ok(())
    }

    fn count(
        &self,
        stream: &DataStream,
        counts: &mut Counts,
        committed: &Committed,
        total: Option<u64>,
    ) {
        counts.pages += 1;
        counts.records += committed.records;
        counts.rejected += committed.rejected;
        let (records_so_far, rejected_so_far) = (counts.records, counts.rejected);
        self.watch.event(RunEvent::Page {
            stream: &stream.name,
            records_so_far,
            rejected_so_far,
            total,
        });
    }
}

/// Ends a read that gets nothing but what it has.
fn refuse_stall(
    stream: &DataStream,
    same: &mut u32,
    committed: &Committed,
) -> Result<(), StreamError> {
    *same = if committed.records == 0 && committed.repeated > 0 {
        *same + 1
    } else {
        0
    };
    if *same < SAME_PAGES {
        return Ok(());
    }
    Err(StreamError::Failed(outcome::told(
        OutcomeClass::PaginationStall,
        Blame::Guest,
        format!(
            "stream {} gave {SAME_PAGES} pages in a row with nothing but records that it had given before",
            stream.name
        ),
        "this is for the connector's author: the application gives the same page whatever cursor it is asked with",
    )))
}
