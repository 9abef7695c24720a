//! Recorder of one connector call: wraps its outbound side, and adds the call to the cassette when
//! it ends.

use super::draft::CassetteDraft;
use super::format::{Exchange, MAX_CALLS, RecordedCall};
use super::writer::CassetteWriter;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use purser_model::{Download, HttpError, Page, Request, Response};
use purser_sandbox::{Call, CallError, IncomingResponse, Outbound, ReadRequest};
use serde::Serialize;
use std::mem;
use std::sync::Arc;

/// Recorder of one call. A call that is dropped before its end, as by an interrupt, is left out.
pub(crate) struct CallRecorder {
    log: Arc<ExchangeLog>,
    request: ReadRequest,
}

impl CallRecorder {
    /// Attaches a recorder to a call. Returns `None` if nothing is recorded, or there is no more
    /// room.
    pub(crate) fn attach(
        writer: Option<&CassetteWriter>,
        call: &mut Call,
        request: &ReadRequest,
    ) -> Option<Self> {
        let writer = writer.filter(|writer| !writer.draft().cut_off)?.clone();
        let log = Arc::new(ExchangeLog {
            writer,
            exchanges: Mutex::default(),
        });

        call.outbound = Arc::new(RecordingOutbound {
            inner: Arc::clone(&call.outbound),
            log: Arc::clone(&log),
        });
        Some(Self {
            log,
            request: request.clone(),
        })
    }

    /// Adds the call with its result to the cassette, if there is room.
    pub(crate) fn finish(self, result: &Result<Page, CallError>) {
        let Self { log, request } = self;
        let mut draft = log.writer.draft();
        let mut call = RecordedCall {
            cursor: request.cursor.map(|cursor| draft.text(cursor.as_str())),
            since: request.since,
            page_size: request.page_size,
            accounts: request
                .accounts
                .iter()
                .map(|account| draft.account(account))
                .collect(),
            exchanges: Vec::new(),
            result: draft.result(result),
        };

        // why: without its exchanges, which reserved their room when they were recorded
        let has_room = draft.reserve(&call);
        let is_full = draft
            .cassette
            .as_ref()
            .is_none_or(|cassette| cassette.call_count() >= MAX_CALLS);
        draft.cut_off |= is_full;
        if is_full || !has_room {
            return;
        }

        call.exchanges = mem::take(&mut *log.exchanges.lock());
        if let Some(cassette) = &mut draft.cassette {
            cassette.add_call(request.stream, request.kind, call);
        }
    }
}

/// Outbound side of a call that records what it passes on.
struct RecordingOutbound {
    inner: Arc<dyn Outbound>,
    log: Arc<ExchangeLog>,
}

impl Outbound for RecordingOutbound {
    fn download(
        &self,
        download: Download,
    ) -> BoxFuture<'static, Result<IncomingResponse, HttpError>> {
        // why: not recorded, because files are larger than any cassette
        self.inner.download(download)
    }

    fn prefetch(&self, request: Request) {
        // why: recorded when the response is used, as the request that it stands for
        self.inner.prefetch(request);
    }

    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let log = Arc::clone(&self.log);
        let index = log.add_request(&request);
        let sending = self.inner.send(request);

        async move {
            let result = sending.await;
            if let Some(index) = index {
                log.add_response(index, &result);
            }
            result
        }
        .boxed()
    }
}

/// Requests and responses of one call.
struct ExchangeLog {
    writer: CassetteWriter,
    /// In the order in which the requests were sent.
    exchanges: Mutex<Vec<Exchange>>,
}

impl ExchangeLog {
    /// Records a request and returns its index, or `None` if there is no room.
    fn add_request(&self, request: &Request) -> Option<usize> {
        let request = self.record(|draft| draft.request(request))?;

        let mut exchanges = self.exchanges.lock();
        exchanges.push(Exchange {
            request,
            response: None,
        });
        Some(exchanges.len() - 1)
    }

    /// Records the response to a request.
    fn add_response(&self, index: usize, result: &Result<Response, HttpError>) {
        let response = self.record(|draft| draft.response(result));

        if let Some(exchange) = self.exchanges.lock().get_mut(index) {
            exchange.response = response;
        }
    }

    /// Returns a part as it is recorded, or `None` if there is no room for it. Without room for one
    /// part, the call and all later ones are left out.
    fn record<T: Serialize>(&self, part: impl FnOnce(&mut CassetteDraft) -> T) -> Option<T> {
        let mut draft = self.writer.draft();
        if draft.cut_off {
            return None;
        }

        let part = part(&mut draft);
        draft.reserve(&part).then_some(part)
    }
}
