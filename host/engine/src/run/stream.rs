//! Reading one stream to its end: its parts beside one another, each page committed with its cursor, the next one fetched meanwhile.

use super::events::{RunEvent, Watch};
use super::page::{Ask, Fetched};
use super::sink::{self, Desk};
use crate::call::Ahead;
use crate::cassette::Recording;
use crate::{Error, outcome};
use futures::FutureExt as _;
use futures::future::try_join;
use futures::stream::{FuturesUnordered, StreamExt as _};
use jiff::Timestamp;
use purser_egress::Channel;
use purser_model::{
    Blame, Connection, Counts, DataStream, Grant, Outcome, OutcomeClass, RunId, Settings,
};
use purser_sandbox::Connector;
use purser_store::{
    Completion, LogLine, Part, ReadFrom, Shifts, ShrinkGuard, Source, Store, StoreError,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// Parts of a stream that are read at once. What the application is asked in all is the channel's to keep to its measure.
const PARTS_AT_ONCE: usize = 8;

/// Times that a stream is read whose rows change place meanwhile, before it is taken for what all of these reads saw.
const PASSES: u32 = 3;

/// How much of what a stream had may be missing from a complete read before a person must say that it is really gone.
const MOST_REMOVED_PERCENT: u8 = 20;

/// What a stream is read with.
pub(crate) struct Reading<'a> {
    pub(crate) store: &'a Arc<Store>,
    pub(crate) run: RunId,
    pub(crate) source: &'a Source,
    pub(crate) connector: &'a Connector,
    pub(crate) grant: &'a Arc<Grant>,
    pub(crate) settings: &'a Settings,
    pub(crate) channel: &'a Channel,
    pub(crate) connection: &'a Connection,
    pub(crate) stamp: String,
    /// From when on activity is read. The same for every page of a run: applications want the filter that the cursor was made with.
    pub(crate) since: Timestamp,
    pub(crate) accept_shrink: bool,
    pub(crate) sit_out: bool,
    pub(crate) recording: Option<&'a Recording>,
    pub(crate) watch: &'a dyn Watch,
}

/// Why a stream was not read to its end.
pub(crate) enum StreamError {
    /// What the run's record will say.
    Failed(Outcome),
    /// It is to go on at this instant and not before, for this reason.
    Parked(Timestamp, Outcome),
    /// A person wants no more of it.
    Cancelled,
    /// The host's own trouble.
    Host(Error),
}

impl From<StoreError> for StreamError {
    fn from(error: StoreError) -> Self {
        match error {
            // The store is well: what it was given is not.
            StoreError::DuplicateId { .. } => {
                Self::Failed(outcome::of(OutcomeClass::DuplicateId, &error))
            }
            StoreError::RepeatedCursor(_) => {
                Self::Failed(outcome::of(OutcomeClass::PaginationStall, &error))
            }
            StoreError::WrongKind { .. } => {
                Self::Failed(outcome::of(OutcomeClass::ContractViolation, &error))
            }
            error => Self::Host(error.into()),
        }
    }
}

impl From<tokio::task::JoinError> for StreamError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Host(error.into())
    }
}

impl Reading<'_> {
    /// Reads streams, one after the other.
    pub(crate) async fn read_all(&self, streams: &[DataStream]) -> Result<(), StreamError> {
        for stream in streams {
            self.read(stream).await?;
        }
        Ok(())
    }

    async fn read(&self, stream: &DataStream) -> Result<(), StreamError> {
        let start = self
            .store
            .begin_stream(self.run, &stream.name, stream.kind, &self.stamp)?;
        if start.from == ReadFrom::Done {
            return Ok(());
        }
        let (connection, mut resumed) = (&self.connection.name, start.resumed());
        self.watch.event(RunEvent::StreamStarted {
            connection,
            stream: &stream.name,
            resumed,
        });
        let (first, mut from, mut pass) = (start.generation, start.from, 1);
        loop {
            match self.read_from(stream, from).await {
                Err(StreamError::Failed(outcome))
                    if resumed && outcome.class == OutcomeClass::CheckpointInvalid =>
                {
                    (resumed, from) = (
                        false,
                        self.store.restart_stream(self.run, &stream.name)?.from,
                    );
                    continue;
                }
                result => result?,
            }
            if self.complete(
                stream,
                if pass < PASSES {
                    Shifts::ReadAgain
                } else {
                    Shifts::Since(first)
                },
            )? {
                break;
            }
            self.note(format!(
                "rows of stream {} changed place while they were read: it is read again",
                stream.name
            ))?;
            (resumed, from, pass) = (
                false,
                self.store.restart_stream(self.run, &stream.name)?.from,
                pass + 1,
            );
        }
        let recorded = self
            .store
            .run(self.run)?
            .streams
            .into_iter()
            .find(|read| read.stream == stream.name);
        let counts = recorded.map_or_else(Counts::default, |read| read.counts);
        self.watch.event(RunEvent::StreamEnded {
            stream: &stream.name,
            counts: &counts,
        });
        Ok(())
    }

    /// Reads what is left of a generation. What was fetched is committed, whatever comes after it.
    async fn read_from(&self, stream: &DataStream, from: ReadFrom) -> Result<(), StreamError> {
        let parts = match from {
            ReadFrom::Beginning => vec![Part {
                number: 0,
                cursor: None,
            }],
            ReadFrom::Parts(parts) => parts,
            // The last page was committed, and the run ended before the stream was completed.
            ReadFrom::End | ReadFrom::Done => return Ok(()),
        };
        let (desk, pages) = sink::desk(self.grant.limits.pages);
        let fetching = async move {
            if stream.per_account {
                self.read_by_account(stream, parts, &desk).await
            } else {
                self.read_parts(stream, parts, &desk).await
            }
        };
        // Where committing fails there is no sense in fetching; but what was fetched before a failure is committed.
        let (fetched, ()) = try_join(fetching.map(Ok), self.commit(stream, pages)).await?;
        fetched
    }

    async fn read_parts(
        &self,
        stream: &DataStream,
        parts: Vec<Part>,
        desk: &Desk,
    ) -> Result<(), StreamError> {
        let (mut waiting, first) = (VecDeque::from(parts), Arc::default());
        // Where a stream begins at its beginning, the first page says whether there are other parts.
        if let [
            Part {
                number: 0,
                cursor: None,
            },
        ] = waiting.make_contiguous()
        {
            let ask = Ask::Part {
                number: 0,
                cursor: None,
                ahead: &first,
                desk,
            };
            let Fetched { page, effort } = self.fetch(stream, ask).await?;
            let partitions = (1..).zip(page.partitions.iter().cloned());
            let own = page.next.clone().map(|next| Part {
                number: 0,
                cursor: Some(next),
            });
            waiting = own
                .into_iter()
                .chain(partitions.map(|(number, start)| Part {
                    number,
                    cursor: Some(start),
                }))
                .collect();
            desk.hand_in(stream, 0, Fetched { page, effort }).await?;
        }
        let mut reading = FuturesUnordered::new();
        loop {
            while reading.len() < PARTS_AT_ONCE
                && let Some(part) = waiting.pop_front()
            {
                let ahead = if part.number == 0 {
                    Arc::clone(&first)
                } else {
                    Arc::default()
                };
                reading.push(self.read_part(stream, part, ahead, desk));
            }
            match reading.next().await {
                Some(read) => read?,
                None => return Ok(()),
            }
        }
    }

    async fn read_part(
        &self,
        stream: &DataStream,
        part: Part,
        ahead: Arc<Ahead>,
        desk: &Desk,
    ) -> Result<(), StreamError> {
        let Part { number, mut cursor } = part;
        loop {
            let fetched = self
                .fetch(
                    stream,
                    Ask::Part {
                        number,
                        cursor,
                        ahead: &ahead,
                        desk,
                    },
                )
                .await?;
            cursor = fetched.page.next.clone();
            desk.hand_in(stream, number, fetched).await?;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    fn note(&self, text: String) -> Result<(), StreamError> {
        let line = LogLine {
            at: Timestamp::now(),
            level: "info".to_owned(),
            text,
        };
        Ok(self.store.log_lines(self.run, &[line])?)
    }

    /// Marks the stream as read to its end, which is what lets records be removed that the application no longer has. Gives whether that is
    /// so: where rows changed place while they were read, it is not.
    fn complete(&self, stream: &DataStream, shifts: Shifts) -> Result<bool, StreamError> {
        let guard = ShrinkGuard {
            max_percent: if self.accept_shrink {
                100
            } else {
                MOST_REMOVED_PERCENT
            },
        };
        match self
            .store
            .complete_stream(self.run, &stream.name, guard, shifts, Timestamp::now())?
        {
            Completion::Complete { .. } => Ok(true),
            Completion::Shifted => Ok(false),
            Completion::ShrinkRefused { would_remove, had } => {
                Err(StreamError::Failed(outcome::told(
                    OutcomeClass::ShrinkGuard,
                    Blame::Upstream,
                    format!(
                        "stream {} was read to its end and lacks {would_remove} of the {had} records it had; nothing was removed",
                        stream.name
                    ),
                    "if that many are really gone, run the profile again with --accept-shrink; otherwise look at the credential's permissions",
                )))
            }
        }
    }
}
