//! Reading of streams by account: the host sends batches of accounts in the order of their ids, and
//! the checkpoint is the last account whose records are committed.

use super::error::StreamError;
use super::fetched::FetchedPage;
use super::page::PageRequest;
use super::reader::StreamReader;
use super::sink::PageSink;
use crate::outcome;
use futures::future::try_join;
use futures::stream::{self, TryStreamExt as _};
use purser_model::{AccountRef, Cursor, DataStream, Failure};
use purser_sandbox::CallError;
use purser_store::Partition;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, channel, unbounded_channel};

/// Accounts of one call. Enough that its connector can keep requests in flight without a break,
/// few enough to lose little when a run is killed.
const BATCH_SIZE: usize = 400;

/// Calls in flight at once. While one waits for its last responses, the next one sends requests.
const MAX_CONCURRENT_CALLS: usize = 2;

/// Pages of a call that wait for those of the calls before it. A connector decides how many pages
/// there are, so they must not fill the memory.
const MAX_BUFFERED_PAGES: usize = 2;

/// Checkpoint of a stream that is read by account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct BatchCursor {
    /// Id of the last account that is done; absent at the beginning.
    after: Option<String>,
    /// Connector's cursor within the current batch, if the batch is unfinished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    within: Option<String>,
}

/// Accounts of one call.
struct Batch {
    start: BatchCursor,
    accounts: Vec<AccountRef>,
    /// True if more accounts follow.
    more: bool,
}

impl BatchCursor {
    fn parse(cursor: Option<&Cursor>) -> Result<Self, StreamError> {
        let Some(cursor) = cursor else {
            return Ok(Self::default());
        };

        serde_json::from_str(cursor.as_str())
            .map_err(|_| invalid("the checkpoint belongs to a stream that was not read by account"))
    }

    fn cursor(&self) -> Result<Cursor, StreamError> {
        let text = serde_json::to_string(self).map_err(|error| invalid(&error.to_string()))?;
        Cursor::new(text).map_err(|error| invalid(&error.to_string()))
    }
}

impl Batch {
    /// Returns the cursor after the last account, or `None` if no account follows.
    fn end(&self) -> Option<BatchCursor> {
        let last = self.accounts.last().filter(|_| self.more)?;
        Some(BatchCursor {
            after: Some(last.id.clone()),
            within: None,
        })
    }

    /// Returns the cursor of the host for the connector's cursor within the batch.
    fn next(&self, within: Option<&Cursor>) -> Option<BatchCursor> {
        match within {
            Some(within) => Some(BatchCursor {
                within: Some(within.as_str().to_owned()),
                ..self.start.clone()
            }),
            None => self.end(),
        }
    }
}

/// Creates the failure that makes the read restart from the beginning.
fn invalid(why: &str) -> StreamError {
    let failure = Failure::CheckpointInvalid(why.to_owned());
    StreamError::Failed(outcome::from_call(&CallError::Failed {
        failure,
        evidence: None,
    }))
}

impl StreamReader<'_> {
    /// Reads a stream for every account of the source.
    pub(super) async fn read_by_account(
        &self,
        stream: &DataStream,
        partitions: Vec<Partition>,
        sink: &PageSink,
    ) -> Result<(), StreamError> {
        let start = BatchCursor::parse(partitions.first().and_then(|part| part.cursor.as_ref()))?;
        let (queue, queued) = unbounded_channel();

        let batches = stream::try_unfold(Some(start), |start| async move {
            let Some(start) = start else {
                return Ok::<_, StreamError>(None);
            };
            let batch = self.batch(start)?;
            let end = batch.end();
            Ok(Some((batch, end)))
        });
        let reading = async move {
            let calls = batches.map_ok(|batch| {
                let (pages, arriving) = channel(MAX_BUFFERED_PAGES);
                // why: the receiver is gone only after a failed push, which ends this read anyway
                drop(queue.send(arriving));
                self.read_batch(stream, batch, pages)
            });
            let mut calls = std::pin::pin!(calls.try_buffered(MAX_CONCURRENT_CALLS));
            while calls.try_next().await?.is_some() {}
            Ok(())
        };

        try_join(reading, push_in_order(stream, queued, sink))
            .await
            .map(drop)
    }

    fn batch(&self, start: BatchCursor) -> Result<Batch, StreamError> {
        let after = start.after.as_deref();
        let mut accounts = self
            .store
            .accounts_after(self.source, after, BATCH_SIZE + 1)?;
        let more = accounts.len() > BATCH_SIZE;
        accounts.truncate(BATCH_SIZE);

        Ok(Batch {
            start,
            accounts,
            more,
        })
    }

    /// Reads every page about the accounts of a batch. A page is fetched when there is room for it.
    async fn read_batch(
        &self,
        stream: &DataStream,
        batch: Batch,
        pages: Sender<FetchedPage>,
    ) -> Result<(), StreamError> {
        if batch.accounts.is_empty() {
            drop(pages.send(FetchedPage::empty(stream.kind, None)).await);
            return Ok(());
        }

        let within = batch.start.within.clone().map(Cursor::new).transpose();
        let mut cursor = within.map_err(|error| invalid(&error.to_string()))?;
        loop {
            let request = PageRequest::Accounts {
                cursor,
                accounts: &batch.accounts,
            };
            let mut fetched = self.fetch(stream, request).await?;

            cursor = fetched.page.next.take();
            let next = batch.next(cursor.as_ref());
            fetched.page.next = next.as_ref().map(BatchCursor::cursor).transpose()?;
            // why: the connector's total counts the records of this batch only
            fetched.page.total = None;
            // why: the host moves on to other accounts, of which none may have activity
            fetched.is_progress = cursor.is_none();

            if pages.send(fetched).await.is_err() || cursor.is_none() {
                return Ok(());
            }
        }
    }
}

/// Queues the pages of all calls in the order of the accounts: a checkpoint says that all accounts
/// before it are done.
async fn push_in_order(
    stream: &DataStream,
    mut queued: UnboundedReceiver<Receiver<FetchedPage>>,
    sink: &PageSink,
) -> Result<(), StreamError> {
    while let Some(mut pages) = queued.recv().await {
        while let Some(page) = pages.recv().await {
            sink.push(stream, 0, page).await?;
        }
    }
    Ok(())
}
