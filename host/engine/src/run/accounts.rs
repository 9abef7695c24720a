//! Streams that are read by account: the host sends some accounts at a time, in the order of their identifiers, and the checkpoint is the
//! last one whose records are committed.

use super::page::{Ask, Fetched};
use super::sink::Desk;
use super::stream::{Reading, StreamError};
use crate::outcome;
use futures::future::try_join;
use futures::stream::{self, TryStreamExt as _};
use purser_model::{AccountRef, Cursor, DataStream, Failure};
use purser_sandbox::CallError;
use purser_store::Part;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{Sender, channel, unbounded_channel};

/// Accounts of one call. Enough that its connector can keep requests under way without a break; little to lose when a run is killed.
const TOGETHER: usize = 400;

/// Calls under way at once. While one waits for its last answers, the next one's requests go out.
const AT_ONCE: usize = 2;

/// Pages of a call that wait for those of the calls before it. A connector decides how many there are: they must not fill the memory.
const AHEAD: usize = 2;

/// Where a read stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// The last account that is done.
    after: Option<String>,
    /// Where the connector goes on with the accounts behind it, where they are half done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    within: Option<String>,
}

/// Some accounts to be asked about.
struct Batch {
    from: Place,
    accounts: Vec<AccountRef>,
    /// Whether there are accounts behind them.
    more: bool,
}

impl Place {
    fn of(cursor: Option<&Cursor>) -> Result<Self, StreamError> {
        let Some(cursor) = cursor else {
            return Ok(Self::default());
        };
        serde_json::from_str(cursor.as_str())
            .map_err(|_| broken("the checkpoint is of a stream that was not read by account"))
    }

    fn cursor(&self) -> Result<Cursor, StreamError> {
        let text = serde_json::to_string(self).map_err(|error| broken(&error.to_string()))?;
        Cursor::new(text).map_err(|error| broken(&error.to_string()))
    }
}

/// What makes the read begin anew.
fn broken(why: &str) -> StreamError {
    let failure = Failure::CheckpointInvalid(why.to_owned());
    StreamError::Failed(outcome::of_call(&CallError::Failed {
        failure,
        evidence: None,
    }))
}

impl Reading<'_> {
    /// Reads a stream for every account that the source has.
    pub(crate) async fn read_by_account(
        &self,
        stream: &DataStream,
        parts: Vec<Part>,
        desk: &Desk,
    ) -> Result<(), StreamError> {
        let place = Place::of(parts.first().and_then(|part| part.cursor.as_ref()))?;
        let batches = stream::try_unfold(Some(place), |place| async move {
            let Some(place) = place else {
                return Ok::<_, StreamError>(None);
            };
            let batch = self.batch(place)?;
            let last = batch.accounts.last().map(|account| account.id.clone());
            let behind = last.filter(|_| batch.more).map(|id| Place {
                after: Some(id),
                within: None,
            });
            Ok(Some((batch, behind)))
        });
        let (queue, mut queued) = unbounded_channel();
        let reading = async move {
            let mut read = std::pin::pin!(
                batches
                    .map_ok(|batch| {
                        let (pages, arriving) = channel(AHEAD);
                        // Nobody takes them only when handing in has failed, which ends this, too.
                        drop(queue.send(arriving));
                        self.read_batch(stream, batch, pages)
                    })
                    .try_buffered(AT_ONCE)
            );
            while read.try_next().await?.is_some() {}
            Ok(())
        };
        // In order: the checkpoint says of all accounts before it that they are done.
        let handing_in = async {
            while let Some(mut pages) = queued.recv().await {
                while let Some(page) = pages.recv().await {
                    desk.hand_in(stream, 0, page).await?;
                }
            }
            Ok(())
        };
        try_join(reading, handing_in).await.map(drop)
    }

    fn batch(&self, from: Place) -> Result<Batch, StreamError> {
        let mut accounts =
            self.store
                .accounts_after(self.source, from.after.as_deref(), TOGETHER + 1)?;
        let more = accounts.len() > TOGETHER;
        accounts.truncate(TOGETHER);
        Ok(Batch {
            from,
            accounts,
            more,
        })
    }

    /// Every page about some accounts, their cursors being the host's. A page is read when there is room for it.
    async fn read_batch(
        &self,
        stream: &DataStream,
        batch: Batch,
        pages: Sender<Fetched>,
    ) -> Result<(), StreamError> {
        let Batch {
            from,
            accounts,
            more,
        } = batch;
        let Some(last) = accounts.last() else {
            drop(pages.send(Fetched::nothing(stream.kind, None)).await);
            return Ok(());
        };
        let within = from.within.clone().map(Cursor::new).transpose();
        let mut cursor = within.map_err(|error| broken(&error.to_string()))?;
        loop {
            let mut fetched = self
                .fetch(
                    stream,
                    Ask::Accounts {
                        cursor,
                        accounts: &accounts,
                    },
                )
                .await?;
            cursor = fetched.page.next.take();
            let next = match &cursor {
                Some(within) => Some(Place {
                    within: Some(within.as_str().to_owned()),
                    ..from.clone()
                }),
                None => more.then(|| Place {
                    after: Some(last.id.clone()),
                    within: None,
                }),
            };
            fetched.page.next = next.as_ref().map(Place::cursor).transpose()?;
            // It counts what there is of some accounts, and nobody is told of which.
            fetched.page.total = None;
            if pages.send(fetched).await.is_err() || cursor.is_none() {
                return Ok(());
            }
        }
    }
}
