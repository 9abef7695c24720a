//! The imports as a guest meets them: it may send and it may log, as long as its budget lasts.

use crate::bindings::{http, log, types};
use crate::body::{Arriving, Body, Read};
use crate::budget::{self, Budget};
use crate::convert;
use crate::engine::TICK;
use crate::evidence;
use crate::explain::{Impure, Stuck};
use crate::limits::MemoryLimiter;
use crate::outcome::Spent;
use crate::request::{Call, Incoming, Level, Outbound, RunLog};
use crate::text::plain;
use purser_model::{Download, HttpError, Limits, Method, Request, Response};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use wasmtime::component::{Accessor, HasSelf, Resource, ResourceTable};

/// Requests of one call that are under way at once; further ones wait. With it, the memory that answers take while they arrive is bounded.
const SENDING: usize = 32;

/// Downloads of one call that may be open at once. Each holds a connection, and a few MiB of what arrives.
const DOWNLOADING: usize = 4;

/// An application that takes longer than this for an answer keeps a connector waiting.
const DELAY: Duration = Duration::from_secs(1);

/// How much of a guest's last words is kept for the error that follows them, in bytes.
const LAST_WORDS: usize = 1_000;

/// The host's side of one call.
pub(crate) struct Host {
    memory: MemoryLimiter,
    budget: Budget,
    /// Absent where imports may not be called.
    outside: Option<Outside>,
    sending: Arc<Semaphore>,
    /// In KiB: what is kept of requests that are under way or wait. No more than the guest may have itself, or it could fill the host's
    /// memory with copies of its own.
    held: Arc<Semaphore>,
    downloading: Arc<Semaphore>,
    /// The bodies that the guest has handles of.
    bodies: ResourceTable,
    evidence: Option<HttpError>,
    last_words: Option<String>,
    ticks: u64,
    /// How many requests came back, with an answer or without.
    answered: u64,
    /// When the last one did, or began with no other under way.
    heard: Instant,
}

/// The world beyond the sandbox.
struct Outside {
    outbound: Arc<dyn Outbound>,
    log: Arc<dyn RunLog>,
}

impl Host {
    /// The host's side of a call of the engine's.
    pub(crate) fn of(call: &Call) -> Self {
        let outside = Outside {
            outbound: Arc::clone(&call.outbound),
            log: Arc::clone(&call.log),
        };
        Self {
            outside: Some(outside),
            ..Self::without_imports(call.limits.clone())
        }
    }

    /// One in which each import ends the call.
    pub(crate) fn without_imports(limits: Limits) -> Self {
        let held = usize::try_from(limits.memory_bytes >> 10)
            .unwrap_or(usize::MAX)
            .min(Semaphore::MAX_PERMITS);
        Self {
            memory: MemoryLimiter::new(&limits),
            budget: Budget::new(limits),
            outside: None,
            sending: Arc::new(Semaphore::new(SENDING)),
            held: Arc::new(Semaphore::new(held)),
            downloading: Arc::new(Semaphore::new(DOWNLOADING)),
            bodies: ResourceTable::new(),
            evidence: None,
            last_words: None,
            ticks: 0,
            answered: 0,
            heard: Instant::now(),
        }
    }

    /// The limits of the call.
    pub(crate) const fn limits(&self) -> &Limits {
        self.budget.limits()
    }

    /// What counts memory.
    pub(crate) const fn memory(&mut self) -> &mut MemoryLimiter {
        &mut self.memory
    }

    /// What counts memory, to look at.
    pub(crate) const fn memory_used(&self) -> &MemoryLimiter {
        &self.memory
    }

    /// What the guest was last told of a request, where no answer came since and the reason lies on this side of the wire.
    pub(crate) const fn evidence(&self) -> Option<&HttpError> {
        self.evidence.as_ref()
    }

    /// The last line that the guest logged as an error. The SDK's panic hook logs what a panic says.
    pub(crate) fn last_words(&self) -> Option<&str> {
        self.last_words.as_deref()
    }

    /// Whether a request is under way.
    fn is_waiting(&self) -> bool {
        self.sending.available_permits() < SENDING
    }

    /// What the time went into of a call that ends now for having taken all of it. Where the connector asks without an end, a request is
    /// under way most of the time, too: the application keeps it waiting only if it was silent for long, or is slow on average.
    pub(crate) fn spent(&self) -> Spent {
        let all = Duration::from_millis(self.limits().wall_ms);
        let average = all / u32::try_from(self.answered.saturating_add(1)).unwrap_or(u32::MAX);
        let silent = self.heard.elapsed() >= DELAY.min(all / 2);
        match (silent, self.is_waiting()) {
            (true, false) => Spent::Computing,
            (true, true) => Spent::Waiting,
            (false, _) if average >= DELAY => Spent::Waiting,
            (false, _) => Spent::Asking(self.answered),
        }
    }

    /// Counts a slice of computing. Slices are at most a tick long; a guest that shares the processor is counted more than it had, never
    /// less.
    pub(crate) fn tick(&mut self) -> Result<(), Stuck> {
        self.ticks += 1;
        let computed = self.ticks.saturating_mul(TICK.as_millis() as u64);
        let allowed = self.limits().cpu_ms;
        if computed > allowed {
            Err(Stuck { ms: allowed })
        } else {
            Ok(())
        }
    }

    /// Tells the log how much of it is missing.
    pub(crate) fn close_log(&mut self) {
        let dropped = self.budget.dropped_lines();
        if let Some(outside) = self.outside.as_ref().filter(|_| dropped > 0) {
            let Limits {
                log_lines,
                log_bytes,
                ..
            } = self.budget.limits();
            let message = format!(
                "{dropped} more lines were dropped: log-lines = {log_lines}, log-bytes = {log_bytes}"
            );
            outside.log.line(Level::Warn, message);
        }
    }

    /// Decides whether a request may go out. An error ends the call, a refusal is the guest's to deal with.
    fn admit(&mut self, request: &Request) -> wasmtime::Result<Result<Admission, HttpError>> {
        let Some(outside) = &self.outside else {
            let said = plain(
                &format!("{} {}", request.method, request.target),
                LAST_WORDS,
            );
            return Err(Impure {
                import: "http.send",
                said,
            }
            .into());
        };
        let outbound = Arc::clone(&outside.outbound);
        self.begin()?;
        let admission = self.budget.request(request).and_then(|()| {
            let held = self.hold(budget::held_bytes(request))?;
            Ok(Admission {
                outbound,
                sending: Arc::clone(&self.sending),
                _held: held,
            })
        });
        self.note(admission.as_ref().err());
        Ok(admission)
    }

    /// Counts a call for which the guest will wait.
    fn begin(&mut self) -> wasmtime::Result<()> {
        self.budget.host_call()?;
        if !self.is_waiting() {
            self.heard = Instant::now();
        }
        Ok(())
    }

    /// The same for a download, which has one of a few places.
    fn admit_download(
        &mut self,
        request: &Request,
    ) -> wasmtime::Result<Result<(Admission, Place), HttpError>> {
        let admission = match self.admit(request)? {
            Ok(admission) => admission,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let place = Arc::clone(&self.downloading)
            .try_acquire_owned()
            .map_err(|_| {
                HttpError::Invalid(format!(
                    "{DOWNLOADING} downloads are open already; read one to its end or drop it"
                ))
            });
        self.note(place.as_ref().err());
        Ok(place.map(|place| (admission, place)))
    }

    /// Notes how a download began, and gives the guest its body.
    fn open(
        &mut self,
        answer: Result<Incoming, HttpError>,
        place: Place,
    ) -> wasmtime::Result<Opened> {
        self.hear(answer.as_ref().err());
        let Incoming {
            status,
            headers,
            body,
        } = match answer {
            Ok(incoming) => incoming,
            Err(error) => return Ok(Err(error.into())),
        };
        let body = self.bodies.push(Body::new(Arriving {
            pieces: body,
            _place: place,
        }))?;
        Ok(Ok(http::IncomingResponse {
            status,
            headers: convert::http::headers(headers),
            body,
        }))
    }

    /// Takes a body's connection out, to wait for the next piece; or says what there is to say without it.
    fn lend(
        &mut self,
        body: &Resource<Body>,
    ) -> wasmtime::Result<Result<(Arriving, Arc<Semaphore>), Read>> {
        self.begin()?;
        let lent = self.bodies.get_mut(body)?.lend();
        if let Err(read) = &lent {
            self.note(read.as_ref().err());
        }
        Ok(lent.map(|arriving| (arriving, Arc::clone(&self.sending))))
    }

    /// Puts it back, and counts what came.
    fn give_back(
        &mut self,
        body: &Resource<Body>,
        arriving: Arriving,
        read: &Read,
    ) -> wasmtime::Result<()> {
        self.hear(read.as_ref().err());
        self.bodies.get_mut(body)?.give_back(arriving, read);
        Ok(())
    }

    fn hold(&self, bytes: u64) -> Result<OwnedSemaphorePermit, HttpError> {
        let refused = || budget::exhausted("memory-bytes", self.limits().memory_bytes);
        let kib = u32::try_from(bytes.div_ceil(1 << 10)).map_err(|_| refused())?;
        Arc::clone(&self.held)
            .try_acquire_many_owned(kib)
            .map_err(|_| refused())
    }

    /// Counts what came back.
    fn settle(&mut self, answer: Result<Response, HttpError>) -> Result<Response, HttpError> {
        let answer = answer.and_then(|response| self.budget.response(&response).map(|()| response));
        self.hear(answer.as_ref().err());
        answer
    }

    /// Notes that something came back. The guest has waited, so it is not stuck.
    fn hear(&mut self, error: Option<&HttpError>) {
        self.ticks = 0;
        self.answered += 1;
        self.heard = Instant::now();
        self.note(error);
    }

    /// Keeps the last word about requests.
    fn note(&mut self, error: Option<&HttpError>) {
        self.evidence = error.filter(|error| evidence::is_evidence(error)).cloned();
    }
}

/// One of the places for downloads.
type Place = OwnedSemaphorePermit;

/// What a guest gets of a download.
type Opened = Result<http::IncomingResponse, http::HttpError>;

/// Leave to send one request.
struct Admission {
    outbound: Arc<dyn Outbound>,
    sending: Arc<Semaphore>,
    _held: OwnedSemaphorePermit,
}

impl Admission {
    async fn send(self, request: Request) -> Result<Response, HttpError> {
        let _turn = turn(&self.sending).await?;
        self.outbound.send(request).await
    }

    async fn download(self, download: Download) -> Result<Incoming, HttpError> {
        let _turn = turn(&self.sending).await?;
        self.outbound.download(download).await
    }
}

/// A turn among what is under way.
async fn turn(sending: &Semaphore) -> Result<SemaphorePermit<'_>, HttpError> {
    sending
        .acquire()
        .await
        .map_err(|error| HttpError::Internal(Some(error.to_string())))
}

impl<T: Send> http::HostWithStore<T> for HasSelf<Host> {
    async fn send(
        accessor: &Accessor<T, Self>,
        request: http::Request,
    ) -> wasmtime::Result<Result<http::Response, http::HttpError>> {
        let request = convert::http::request(request);
        let admission = match accessor.with(|mut access| access.get().admit(&request))? {
            Ok(admission) => admission,
            Err(refusal) => return Ok(Err(refusal.into())),
        };
        let answer = admission.send(request).await;
        let answer = accessor.with(|mut access| access.get().settle(answer));
        Ok(answer.map(Into::into).map_err(Into::into))
    }

    async fn download(
        accessor: &Accessor<T, Self>,
        request: http::Request,
        compression: http::Compression,
        start: u64,
    ) -> wasmtime::Result<Result<http::IncomingResponse, http::HttpError>> {
        let download = convert::http::download(request, compression, start);
        let (admission, place) =
            match accessor.with(|mut access| access.get().admit_download(&download.request))? {
                Ok(admitted) => admitted,
                Err(refusal) => return Ok(Err(refusal.into())),
            };
        let answer = admission.download(download).await;
        accessor.with(|mut access| access.get().open(answer, place))
    }
}

impl<T: Send> http::HostBodyWithStore<T> for HasSelf<Host> {
    async fn read(
        accessor: &Accessor<T, Self>,
        body: Resource<Body>,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, http::HttpError>> {
        let read = match accessor.with(|mut access| access.get().lend(&body))? {
            Err(read) => read,
            Ok((mut arriving, sending)) => {
                let read = match turn(&sending).await {
                    Ok(_turn) => arriving.next().await,
                    Err(error) => Err(error),
                };
                accessor.with(|mut access| access.get().give_back(&body, arriving, &read))?;
                read
            }
        };
        Ok(read.map_err(Into::into))
    }
}

impl http::HostBody for Host {
    fn drop(&mut self, body: Resource<Body>) -> wasmtime::Result<()> {
        self.bodies.delete(body)?;
        Ok(())
    }
}

impl log::Host for Host {
    fn write(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        let level = Level::from(level);
        if level == Level::Error {
            self.last_words = Some(plain(&message, LAST_WORDS));
        }
        let Some(outside) = &self.outside else {
            return Err(Impure {
                import: "log.write",
                said: plain(&message, LAST_WORDS),
            }
            .into());
        };
        self.budget.host_call()?;
        if let Some(room) = self.budget.log_room() {
            let line = plain(&message, room);
            self.budget.log_line(line.len());
            outside.log.line(level, line);
        }
        Ok(())
    }
}

impl http::Host for Host {
    fn prefetch(&mut self, request: http::Request) -> wasmtime::Result<()> {
        let request = convert::http::request(request);
        let Some(outside) = &self.outside else {
            let said = plain(
                &format!("{} {}", request.method, request.target),
                LAST_WORDS,
            );
            return Err(Impure {
                import: "http.prefetch",
                said,
            }
            .into());
        };
        self.budget.host_call()?;
        // What may not be sent is refused to whoever sends it: here there is nobody to tell.
        if request.method == Method::Get
            && request.body.is_none()
            && self.budget.request(&request).is_ok()
        {
            outside.outbound.prefetch(request);
        }
        Ok(())
    }
}

// Holds types alone.
impl types::Host for Host {}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use futures::future::{BoxFuture, join_all};
    use purser_model::Settings;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// An application that never answers, and counts who waits for it.
    #[derive(Default)]
    struct Silence(AtomicUsize);

    impl Outbound for Silence {
        fn send(&self, _: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
            self.0.fetch_add(1, Ordering::SeqCst);
            std::future::pending().boxed()
        }

        fn download(&self, _: Download) -> BoxFuture<'static, Result<Incoming, HttpError>> {
            std::future::pending().boxed()
        }
    }

    impl RunLog for Silence {
        fn line(&self, _: Level, _: String) {}
    }

    fn host(limits: Limits) -> (Host, Arc<Silence>) {
        let silence = Arc::new(Silence::default());
        let call = Call {
            limits,
            settings: Settings::new(),
            outbound: silence.clone(),
            log: silence.clone(),
        };
        (Host::of(&call), silence)
    }

    fn request(body: usize) -> Request {
        Request {
            method: Method::Post,
            target: "/".into(),
            headers: vec![],
            body: Some(vec![0; body]),
            repeatable: false,
        }
    }

    #[test]
    fn requests_under_way_take_no_more_memory_than_the_guest_may_have() {
        let (mut host, _) = host(Limits {
            memory_bytes: 64 << 10,
            ..Limits::default()
        });
        let first = host.admit(&request(40 << 10)).unwrap().unwrap();
        let refused = host.admit(&request(40 << 10)).unwrap().err();
        assert_eq!(refused, Some(budget::exhausted("memory-bytes", 64 << 10)));
        assert_eq!(host.evidence(), refused.as_ref());
        drop(first);
        assert!(host.admit(&request(40 << 10)).unwrap().is_ok());
    }

    #[test]
    fn so_many_requests_at_once_and_no_more() {
        let (mut host, silence) = host(Limits::default());
        let sending =
            (0..SENDING + 8).map(|_| host.admit(&request(0)).unwrap().unwrap().send(request(0)));
        let mut sending = join_all(sending.collect::<Vec<_>>());
        assert!((&mut sending).now_or_never().is_none());
        assert_eq!(silence.0.load(Ordering::SeqCst), SENDING);
        assert!(host.is_waiting());
        drop(sending);
        assert!(!host.is_waiting());
    }
}
