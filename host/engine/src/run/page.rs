//! Fetching of one page, retried as often as the kind of failure justifies.
//!
//! This is the third retry layer, above the attempts of one HTTP request and the retry budget of a
//! connection: it repeats the whole call of the connector.

use super::error::StreamError;
use super::events::RunEvent;
use super::fetched::FetchedPage;
use super::instants::with_plausible_instants;
use super::reader::StreamReader;
use super::sink::PageSink;
use super::undeclared::without_undeclared_activity;
use crate::call::{CallContext, Prefetch};
use crate::cassette::CallRecorder;
use crate::outcome;
use jiff::Timestamp;
use purser_model::{AccountRef, Action, Cursor, DataStream, Failure, Page, RequestStats};
use purser_sandbox::{CallError, ReadRequest};
use std::sync::Arc;
use std::time::Duration;

/// Records that a page should have, unless the connector knows better. Large enough to make a
/// request worth its latency, small enough to lose little when a run is killed.
const PAGE_SIZE: u32 = 500;

/// Retries of one page after a transient failure. Each request was already retried several times.
const PAGE_RETRIES: u32 = 2;

/// Calls for one page that may end as "still being prepared".
const MAX_PENDING_CALLS: u32 = 100;

/// Longest wait within a run. A longer one parks the run.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Wait for a rate limit whose end the application does not report.
const DEFAULT_RATE_LIMIT_WAIT: Duration = Duration::from_secs(5 * 60);

/// Longest wait that is believed. An application that still means it can repeat itself then.
const MAX_PARKED: Duration = Duration::from_secs(24 * 3600);

/// Shortest wait that observers are notified of.
const NOTICEABLE_WAIT: Duration = Duration::from_secs(3);

/// Request for a page.
pub(super) enum PageRequest<'a> {
    /// Next page of a partition.
    Partition {
        /// Number of the partition.
        number: u32,
        /// Start of the page; absent for the start of the stream.
        cursor: Option<Cursor>,
        /// Response that the call before prefetched, and slot for the next one.
        prefetch: &'a Arc<Prefetch>,
        /// Sink for a pending export's cursor, so that a resumed run polls the same export.
        sink: &'a PageSink,
    },
    /// Page about some accounts.
    Accounts {
        /// Start of the page; absent for the first.
        cursor: Option<Cursor>,
        /// The accounts.
        accounts: &'a [AccountRef],
    },
}

/// Calls that one page took so far.
#[derive(Default)]
struct Tries {
    retries: u32,
    pending: u32,
}

impl StreamReader<'_> {
    /// Fetches one page. The requests of a page that never came are counted too.
    pub(super) async fn fetch(
        &self,
        stream: &DataStream,
        request: PageRequest<'_>,
    ) -> Result<FetchedPage, StreamError> {
        let mut stats = RequestStats::default();

        match self.fetch_page(stream, request, &mut stats).await {
            Ok(page) => Ok(FetchedPage {
                page,
                stats,
                is_progress: false,
            }),
            Err(error) => {
                self.store
                    .record_request_stats(self.run, &stream.name, stats)?;
                Err(error)
            }
        }
    }

    async fn fetch_page(
        &self,
        stream: &DataStream,
        request: PageRequest<'_>,
        stats: &mut RequestStats,
    ) -> Result<Page, StreamError> {
        let action = Action::Read(stream.name.clone());
        let (call, mut cursor, accounts, sink) = match request {
            PageRequest::Partition {
                number,
                cursor,
                prefetch,
                sink,
            } => {
                let call = CallContext::following(prefetch, self.client, action, self.grant);
                (call, cursor, &[][..], Some((number, sink)))
            }
            PageRequest::Accounts { cursor, accounts } => {
                let call = CallContext::new(self.client, action, self.grant);
                (call, cursor, accounts, None)
            }
        };

        let mut tries = Tries::default();
        loop {
            let called_at = Timestamp::now();
            let read = self.read_request(stream, cursor.clone(), accounts);
            let error = match self.call(&call, read, stats).await? {
                Ok(page) => {
                    let page = with_plausible_instants(page, called_at);
                    return Ok(without_undeclared_activity(page, stream));
                }
                Err(error) => error,
            };

            let Some(pause) = self.pause_after(&error, &mut tries) else {
                return Err(StreamError::Failed(outcome::from_call(&error)));
            };
            if let Some(next) = pending_cursor(&error) {
                self.keep_pending(stream, sink, cursor.as_ref(), next)
                    .await?;
                cursor = Some(next.clone());
            }

            self.wait(stream, pause, &error, stats).await?;
        }
    }

    fn read_request(
        &self,
        stream: &DataStream,
        cursor: Option<Cursor>,
        accounts: &[AccountRef],
    ) -> ReadRequest {
        ReadRequest {
            stream: stream.name.clone(),
            kind: stream.kind,
            cursor,
            since: stream.incremental.then_some(self.since),
            // why: a page of the requested size must fit the limit that the operator granted
            page_size: PAGE_SIZE
                .min(u32::try_from(self.grant.limits.page_rows).unwrap_or(u32::MAX)),
            accounts: accounts.to_vec(),
        }
    }

    /// Calls the connector once, recording the call, its requests and its log.
    async fn call(
        &self,
        context: &Arc<CallContext>,
        request: ReadRequest,
        stats: &mut RequestStats,
    ) -> Result<Result<Page, CallError>, StreamError> {
        let mut call = context.call(self.settings);
        let recorder = CallRecorder::attach(self.recording, &mut call, &request);

        let result = self.connector.read(call, request).await;
        if let Some(recorder) = recorder {
            recorder.finish(&result);
        }

        *stats += context.take_stats();
        self.store_log(context)?;
        Ok(result)
    }

    /// Returns the pause before another call, or `None` if the failure is final.
    ///
    /// A refusal by the host itself is final, whatever the connector made of it.
    fn pause_after(&self, error: &CallError, tries: &mut Tries) -> Option<Duration> {
        let CallError::Failed {
            failure,
            evidence: None,
        } = error
        else {
            return None;
        };

        let pause = match failure {
            Failure::Pending(_, wait) if tries.pending < MAX_PENDING_CALLS => {
                tries.pending += 1;
                Duration::from_millis(*wait)
            }
            Failure::Transient(_) if tries.retries < PAGE_RETRIES => {
                tries.retries += 1;
                Duration::from_secs(u64::from(tries.retries))
            }
            Failure::RateLimited(Some(until)) => {
                // why: an application that says "until now" each time gets a longer pause each time
                tries.retries += 1;
                let stated = until.duration_since(Timestamp::now());
                let stated = Duration::try_from(stated).unwrap_or_default();
                stated.max(Duration::from_secs(u64::from(tries.retries - 1)))
            }
            // why: a connector has no clock; the client read the delay in seconds
            Failure::RateLimited(None) => {
                self.client.blocked_for().unwrap_or(DEFAULT_RATE_LIMIT_WAIT)
            }
            _ => return None,
        };

        Some(pause.min(MAX_PARKED))
    }

    /// Commits the cursor of a pending export before the wait for it.
    async fn keep_pending(
        &self,
        stream: &DataStream,
        sink: Option<(u32, &PageSink)>,
        cursor: Option<&Cursor>,
        next: &Cursor,
    ) -> Result<(), StreamError> {
        let Some((partition, sink)) = sink else {
            return Ok(());
        };
        if cursor == Some(next) {
            return Ok(());
        }

        let page = FetchedPage::empty(stream.kind, Some(next.clone()));
        sink.push(stream, partition, page).await
    }

    /// Waits, or parks the run if the wait is long.
    async fn wait(
        &self,
        stream: &DataStream,
        pause: Duration,
        error: &CallError,
        stats: &mut RequestStats,
    ) -> Result<(), StreamError> {
        if pause > MAX_WAIT && !self.wait_for_rate_limit {
            let until = Timestamp::now()
                .saturating_add(pause)
                .unwrap_or(Timestamp::MAX);
            return Err(StreamError::Parked(until, outcome::from_call(error)));
        }
        if pause >= NOTICEABLE_WAIT {
            self.observer.event(RunEvent::Waiting {
                stream: &stream.name,
                pause,
            });
        }

        stats.waited += pause;
        tokio::time::sleep(pause).await;
        Ok(())
    }

    fn store_log(&self, context: &CallContext) -> Result<(), StreamError> {
        let lines: Vec<_> = context
            .take_lines()
            .into_iter()
            .map(|(at, level, text)| purser_store::LogLine {
                at,
                level: level.as_str().to_owned(),
                text,
            })
            .collect();

        if !lines.is_empty() {
            self.store.log_lines(self.run, &lines)?;
        }
        Ok(())
    }
}

/// Returns the cursor with which a pending response is asked for again.
fn pending_cursor(error: &CallError) -> Option<&Cursor> {
    match error {
        CallError::Failed {
            failure: Failure::Pending(next, _),
            ..
        } => Some(next),
        _ => None,
    }
}
