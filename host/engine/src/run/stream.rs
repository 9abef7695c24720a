//! Reading of one stream to its end, each page committed with its cursor while the next one is
//! fetched.

use super::error::StreamError;
use super::events::RunEvent;
use super::reader::StreamReader;
use super::sink::PageSink;
use crate::outcome;
use futures::future::try_join;
use jiff::Timestamp;
use purser_model::{Blame, DataStream, NextStep, OutcomeClass};
use purser_store::{Completion, Partition, ShiftPolicy, ShrinkGuard, StreamStart};

/// Passes over a stream whose rows shift. After the last one the union of all passes is accepted.
const MAX_PASSES: u32 = 3;

/// Share of its records, in percent, that a complete read may lack before a person must confirm
/// that they are gone.
const MAX_REMOVED_PERCENT: u8 = 20;

impl StreamReader<'_> {
    /// Reads streams, one after the other.
    pub(super) async fn read_all(&self, streams: &[DataStream]) -> Result<(), StreamError> {
        for stream in streams {
            self.read(stream).await?;
        }
        Ok(())
    }

    async fn read(&self, stream: &DataStream) -> Result<(), StreamError> {
        let started =
            self.store
                .begin_stream(self.run, &stream.name, stream.kind, &self.fingerprint)?;
        if started.start == StreamStart::Done {
            return Ok(());
        }
        self.observer.event(RunEvent::StreamStarted {
            connection: &self.connection.name,
            stream: &stream.name,
            resumed: started.resumed(),
        });

        let first_generation = started.generation;
        let mut resumed = started.resumed();
        let mut from = started.start;
        let mut pass = 1;
        loop {
            let read = self.read_generation(stream, from).await;
            if resumed && is_invalid_checkpoint(&read) {
                // why: the application forgot the cursor of an earlier run; a new generation needs
                // none
                from = self.store.restart_stream(self.run, &stream.name)?.start;
                resumed = false;
                continue;
            }
            read?;

            let policy = if pass < MAX_PASSES {
                ShiftPolicy::ReadAgain
            } else {
                ShiftPolicy::Since(first_generation)
            };
            if self.complete(stream, policy)? {
                return self.report_end(stream);
            }

            self.note(format!(
                "rows of stream {} shifted while they were read: it is read again",
                stream.name
            ))?;
            from = self.store.restart_stream(self.run, &stream.name)?.start;
            resumed = false;
            pass += 1;
        }
    }

    /// Reads the rest of a generation. Fetched pages are committed, whatever fails after them.
    async fn read_generation(
        &self,
        stream: &DataStream,
        from: StreamStart,
    ) -> Result<(), StreamError> {
        let partitions = match from {
            StreamStart::Beginning => vec![Partition {
                number: 0,
                cursor: None,
            }],
            StreamStart::Partitions(partitions) => partitions,
            // why: the last page was committed, but the run ended before the stream was completed
            StreamStart::End | StreamStart::Done => return Ok(()),
        };

        let (sink, queue) = PageSink::new(self.grant.limits.pages);
        let fetching = async move {
            let read = if stream.per_account {
                self.read_by_account(stream, partitions, &sink).await
            } else {
                self.read_partitions(stream, partitions, &sink).await
            };
            Ok(read)
        };

        // why: a failed commit ends fetching, but a failed fetch must not end committing
        let (fetched, ()) = try_join(fetching, self.commit(stream, queue)).await?;
        fetched
    }

    /// Completes a generation, which allows removal of the records that it lacks.
    ///
    /// Returns false if rows shifted during the read, so that it is not complete.
    fn complete(&self, stream: &DataStream, policy: ShiftPolicy) -> Result<bool, StreamError> {
        let guard = ShrinkGuard {
            max_percent: if self.accept_shrink {
                100
            } else {
                MAX_REMOVED_PERCENT
            },
        };
        let completion =
            self.store
                .complete_stream(self.run, &stream.name, guard, policy, Timestamp::now())?;

        match completion {
            Completion::Complete { .. } => Ok(true),
            Completion::Shifted => Ok(false),
            Completion::ShrinkRefused { would_remove, had } => {
                Err(StreamError::Failed(outcome::failed(
                    OutcomeClass::ShrinkGuard,
                    Blame::Upstream,
                    format!(
                        "stream {} was read to its end and lacks {would_remove} of the {had} records it had; nothing was removed",
                        stream.name
                    ),
                    NextStep::AcceptShrink {
                        profile: Some(self.source.profile.clone()),
                    },
                )))
            }
        }
    }

    fn report_end(&self, stream: &DataStream) -> Result<(), StreamError> {
        let run = self.store.run(self.run)?;
        let recorded = run.streams.iter().find(|read| read.stream == stream.name);
        let counts = recorded.map(|read| read.counts).unwrap_or_default();

        self.observer.event(RunEvent::StreamEnded {
            stream: &stream.name,
            counts: &counts,
        });
        Ok(())
    }
}

fn is_invalid_checkpoint(read: &Result<(), StreamError>) -> bool {
    matches!(
        read,
        Err(StreamError::Failed(outcome)) if outcome.class == OutcomeClass::CheckpointInvalid
    )
}
