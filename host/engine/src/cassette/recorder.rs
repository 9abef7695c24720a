//! Listening: between a connector and the way out, one call at a time.

use super::writer::Tape;
use super::{Call, Exchange, MOST_CALLS, Recording, Stream, locked};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use purser_model::{Download, HttpError, Page, Request, Response};
use purser_sandbox::{CallError, Incoming, Outbound, ReadRequest};
use serde::Serialize;
use std::mem;
use std::sync::{Arc, Mutex};

/// One call that is listened to. What is dropped before its end, as by an interrupt, is not on the cassette.
pub(crate) struct Listening {
    heard: Arc<Heard>,
    request: ReadRequest,
}

/// Listens to a call, if there is a recording with room for it.
pub(crate) fn listen(
    recording: Option<&Recording>,
    call: &mut purser_sandbox::Call,
    request: &ReadRequest,
) -> Option<Listening> {
    let recording = recording
        .filter(|recording| !recording.tape().cut_off)?
        .clone();
    let heard = Arc::new(Heard {
        recording,
        exchanges: Mutex::default(),
    });
    call.outbound = Arc::new(Ear {
        inner: Arc::clone(&call.outbound),
        heard: Arc::clone(&heard),
    });
    Some(Listening {
        heard,
        request: request.clone(),
    })
}

impl Listening {
    /// Writes the call down with what it came to.
    pub(crate) fn end(self, answer: &Result<Page, CallError>) {
        let Self { heard, request } = self;
        let ReadRequest {
            stream,
            kind,
            cursor,
            since,
            page_size,
            accounts,
        } = request;
        let mut tape = heard.recording.tape();
        let mut call = Call {
            cursor: cursor.map(|cursor| tape.text(cursor.as_str())),
            since,
            page_size,
            accounts: accounts
                .iter()
                .map(|account| tape.account(account))
                .collect(),
            exchanges: Vec::new(),
            result: tape.result(answer),
        };
        let room = tape.take_room(&call);
        let full = tape
            .cassette
            .as_ref()
            .is_none_or(|cassette| cassette.calls() >= MOST_CALLS);
        tape.cut_off |= full;
        if full || !room {
            return;
        }
        let Some(cassette) = &mut tape.cassette else {
            return;
        };
        call.exchanges = mem::take(&mut *locked(&heard.exchanges));
        match cassette
            .streams
            .iter_mut()
            .find(|known| known.stream == stream)
        {
            Some(known) => known.calls.push(call),
            None => cassette.streams.push(Stream {
                stream,
                kind,
                calls: vec![call],
            }),
        }
    }
}

/// Between a connector and the way out.
struct Ear {
    inner: Arc<dyn Outbound>,
    heard: Arc<Heard>,
}

impl Outbound for Ear {
    // Files are larger than any cassette: they are passed by.
    fn download(&self, download: Download) -> BoxFuture<'static, Result<Incoming, HttpError>> {
        self.inner.download(download)
    }

    // What comes of it is heard when it is asked for.
    fn prefetch(&self, request: Request) {
        self.inner.prefetch(request);
    }

    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let heard = Arc::clone(&self.heard);
        let place = heard.request(&request);
        let sending = self.inner.send(request);
        async move {
            let answer = sending.await;
            if let Some(place) = place {
                heard.answer(place, &answer);
            }
            answer
        }
        .boxed()
    }
}

/// What one call sent and was answered.
struct Heard {
    recording: Recording,
    /// In the order in which they were sent.
    exchanges: Mutex<Vec<Exchange>>,
}

impl Heard {
    /// Writes a request down; its place among the others.
    fn request(&self, request: &Request) -> Option<usize> {
        let sent = self.with_room(|tape| tape.sent(request))?;
        let mut exchanges = locked(&self.exchanges);
        exchanges.push(Exchange {
            request: sent,
            answer: None,
        });
        Some(exchanges.len() - 1)
    }

    /// Writes down what came of it.
    fn answer(&self, place: usize, answer: &Result<Response, HttpError>) {
        let answer = self.with_room(|tape| tape.answer(answer));
        if let Some(exchange) = locked(&self.exchanges).get_mut(place) {
            exchange.answer = answer;
        }
    }

    /// Where there is no room for a part of a call, there is none for the call, nor for any after it.
    fn with_room<T: Serialize>(&self, write: impl FnOnce(&mut Tape) -> T) -> Option<T> {
        let mut tape = self.recording.tape();
        let written = Some(&mut *tape).filter(|tape| !tape.cut_off).map(write);
        written.filter(|written| tape.take_room(written))
    }
}
