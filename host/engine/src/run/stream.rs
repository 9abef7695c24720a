//! Reading of one stream to its end, each page committed with its cursor while the next one is
//! fetched.

use super::error::StreamError;
use super::events::RunEvent;
use super::reader::StreamReader;
use super::sink::PageSink;
use super::verdict::{not_complete, removal_notes, with_recurring_checkpoint};
use futures::future::try_join;
use jiff::Timestamp;
use purser_model::{DataStream, OutcomeClass, StreamKind, StreamName};
use purser_store::{Completion, CompletionTerms, Partition, ShiftPolicy, ShrinkGuard, StreamStart};

/// Passes over a stream with signs of missed rows. After the last one the union of all passes is
/// judged.
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
        self.note_streams_left_out(streams)
    }

    /// Notes that accounts are not removed, because they may be in a list that was not requested.
    fn note_streams_left_out(&self, streams: &[DataStream]) -> Result<(), StreamError> {
        let reads_accounts = streams.iter().any(|it| it.kind == StreamKind::Accounts);
        let is_left_out = |name: &&StreamName| streams.iter().all(|it| it.name != **name);

        match self.account_streams.iter().find(is_left_out) {
            Some(name) if reads_accounts => self.note(format!(
                "no account is removed: it may be in stream {name}, which this run does not read"
            )),
            _ => Ok(()),
        }
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
            read.map_err(|error| with_recurring_checkpoint(error, &stream.name))?;

            let policy = if pass < MAX_PASSES {
                ShiftPolicy::ReadAgain
            } else {
                ShiftPolicy::Since(first_generation)
            };
            if self.complete(stream, policy)? {
                return self.report_end(stream);
            }

            self.note(format!(
                "the read of stream {} may have missed rows: its rows changed place, or are not as many as the application says; it is read again",
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
    /// Returns false if the read may have missed rows, and another pass can tell.
    fn complete(
        &self,
        stream: &DataStream,
        shift_policy: ShiftPolicy,
    ) -> Result<bool, StreamError> {
        let guard = ShrinkGuard {
            max_percent: if self.accept_shrink {
                100
            } else {
                MAX_REMOVED_PERCENT
            },
        };
        let terms = CompletionTerms {
            guard,
            shift_policy,
            account_streams: self.account_streams,
            at: Timestamp::now(),
        };

        match self.store.complete_stream(self.run, &stream.name, &terms)? {
            Completion::Complete(removal) => {
                for note in removal_notes(&stream.name, removal) {
                    self.note(note)?;
                }
                Ok(true)
            }
            Completion::Shifted => Ok(false),
            objection => Err(StreamError::Failed(not_complete(
                &stream.name,
                objection,
                &self.source.profile,
            ))),
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
