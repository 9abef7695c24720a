//! The host's state of one call: budget, memory, requests in flight, and what ended them.

use crate::body::{Body, BodyReader, Read};
use crate::budget::{self, Budget};
use crate::epoch::TICK;
use crate::host_refusal;
use crate::interrupt::{EpochDeadline, ImportDuringDescribe};
use crate::limits::MemoryLimiter;
use crate::outcome::TimeSpent;
use crate::request::{Call, IncomingResponse, Level, Outbound, RunLog};
use crate::text::plain;
use purser_model::{Download, Header, HttpError, Limits, Method, Request, Response};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use wasmtime::component::{Resource, ResourceTable};

/// Requests of one call in flight at once; further ones wait. It bounds the memory of responses
/// that are arriving.
const MAX_IN_FLIGHT: usize = 32;

/// Downloads of one call that may be open at once. Each holds a connection and a few MiB.
const MAX_DOWNLOADS: usize = 4;

/// Response time above which an application counts as slow.
const SLOW_RESPONSE: Duration = Duration::from_secs(1);

/// Bytes of a guest's log line or request that an error quotes.
const MAX_QUOTED: usize = 1_000;

/// The host's state of one call.
pub(crate) struct CallState {
    memory: MemoryLimiter,
    budget: Budget,
    /// Absent in `describe`, which may call no import.
    services: Option<HostServices>,
    in_flight: Arc<Semaphore>,
    /// Permits in KiB for requests that are in flight or wait. Their sum is the guest's own memory
    /// limit, or a guest could fill the host's memory with copies of its own.
    request_memory: Arc<Semaphore>,
    downloads: Arc<Semaphore>,
    /// The bodies that the guest has handles of.
    bodies: ResourceTable,
    evidence: Option<HttpError>,
    last_error_log: Option<String>,
    ticks: u64,
    /// Requests that ended, with a response or an error.
    completed: u64,
    /// The instant when the last request ended, or started with no other in flight.
    last_event: Instant,
}

/// The services that a call reaches outside of the sandbox.
struct HostServices {
    outbound: Arc<dyn Outbound>,
    log: Arc<dyn RunLog>,
}

/// A permit for one of the open downloads.
type DownloadPermit = OwnedSemaphorePermit;

/// A response whose body the guest reads through a handle.
pub(crate) struct OpenedDownload {
    pub(crate) status: u16,
    pub(crate) headers: Vec<Header>,
    pub(crate) body: Resource<Body>,
}

impl CallState {
    /// Returns the state of a call that may use the imports.
    pub(crate) fn new(call: &Call) -> Self {
        let services = HostServices {
            outbound: Arc::clone(&call.outbound),
            log: Arc::clone(&call.log),
        };
        Self {
            services: Some(services),
            ..Self::without_imports(call.limits.clone())
        }
    }

    /// Returns the state of a call that any import ends.
    pub(crate) fn without_imports(limits: Limits) -> Self {
        let request_memory = usize::try_from(limits.memory_bytes >> 10)
            .unwrap_or(usize::MAX)
            .min(Semaphore::MAX_PERMITS);
        Self {
            memory: MemoryLimiter::new(&limits),
            budget: Budget::new(limits),
            services: None,
            in_flight: Arc::new(Semaphore::new(MAX_IN_FLIGHT)),
            request_memory: Arc::new(Semaphore::new(request_memory)),
            downloads: Arc::new(Semaphore::new(MAX_DOWNLOADS)),
            bodies: ResourceTable::new(),
            evidence: None,
            last_error_log: None,
            ticks: 0,
            completed: 0,
            last_event: Instant::now(),
        }
    }

    /// Returns the limits of the call.
    pub(crate) const fn limits(&self) -> &Limits {
        self.budget.limits()
    }

    /// Returns the counter of memory and tables.
    pub(crate) const fn memory(&self) -> &MemoryLimiter {
        &self.memory
    }

    /// Returns the counter of memory and tables, for the store to update.
    pub(crate) const fn memory_mut(&mut self) -> &mut MemoryLimiter {
        &mut self.memory
    }

    /// Returns the last HTTP error, if no response followed and the host itself caused it.
    pub(crate) const fn evidence(&self) -> Option<&HttpError> {
        self.evidence.as_ref()
    }

    /// Returns the last line that the guest logged as an error. The SDK logs panic messages so.
    pub(crate) fn last_error_log(&self) -> Option<&str> {
        self.last_error_log.as_deref()
    }

    /// True while a request is in flight.
    fn is_waiting(&self) -> bool {
        self.in_flight.available_permits() < MAX_IN_FLIGHT
    }

    /// Returns how a call that reached its wall clock limit spent its time.
    ///
    /// A connector that sends requests without end also has one in flight most of the time. So the
    /// application is at fault only if it was silent for long, or is slow on average.
    pub(crate) fn time_spent(&self) -> TimeSpent {
        let wall = Duration::from_millis(self.limits().wall_ms);
        let requests = u32::try_from(self.completed.saturating_add(1)).unwrap_or(u32::MAX);
        let average = wall / requests;
        let silent = self.last_event.elapsed() >= SLOW_RESPONSE.min(wall / 2);

        match (silent, self.is_waiting()) {
            (true, false) => TimeSpent::Computing,
            (true, true) => TimeSpent::Waiting,
            (false, _) if average >= SLOW_RESPONSE => TimeSpent::Waiting,
            (false, _) => TimeSpent::Requesting(self.completed),
        }
    }

    /// Counts one tick of computing.
    ///
    /// A tick is the longest slice, so a guest that shares the processor is charged more than it
    /// used, never less.
    pub(crate) fn tick(&mut self) -> Result<(), EpochDeadline> {
        self.ticks += 1;
        let computed = self.ticks.saturating_mul(TICK.as_millis() as u64);
        let allowed = self.limits().cpu_ms;
        if computed > allowed {
            Err(EpochDeadline { ms: allowed })
        } else {
            Ok(())
        }
    }

    /// Logs how many lines were dropped, if any.
    pub(crate) fn close_log(&mut self) {
        let dropped = self.budget.dropped_lines();
        let Some(services) = self.services.as_ref().filter(|_| dropped > 0) else {
            return;
        };

        let Limits {
            log_lines,
            log_bytes,
            ..
        } = self.budget.limits();
        let message = format!(
            "{dropped} more lines were dropped: log-lines = {log_lines}, log-bytes = {log_bytes}"
        );
        services.log.line(Level::Warn, message);
    }

    /// Admits a request, or refuses it with an error for the guest. An outer error ends the call.
    pub(crate) fn admit(
        &mut self,
        request: &Request,
    ) -> wasmtime::Result<Result<Admission, HttpError>> {
        let Some(services) = &self.services else {
            return Err(during_describe("http.send", request).into());
        };
        let outbound = Arc::clone(&services.outbound);

        self.begin_wait()?;
        let admission = self.budget.request(request).and_then(|()| {
            let memory = self.reserve_memory(budget::held_bytes(request))?;
            Ok(Admission {
                outbound,
                in_flight: Arc::clone(&self.in_flight),
                _memory: memory,
            })
        });
        self.record_error(admission.as_ref().err());
        Ok(admission)
    }

    /// Admits a download, which needs one of a few permits in addition.
    pub(crate) fn admit_download(
        &mut self,
        request: &Request,
    ) -> wasmtime::Result<Result<(Admission, DownloadPermit), HttpError>> {
        let admission = match self.admit(request)? {
            Ok(admission) => admission,
            Err(refusal) => return Ok(Err(refusal)),
        };

        let permit = Arc::clone(&self.downloads)
            .try_acquire_owned()
            .map_err(|_| {
                HttpError::Invalid(format!(
                    "{MAX_DOWNLOADS} downloads are open already; read one to its end or drop it"
                ))
            });
        self.record_error(permit.as_ref().err());
        Ok(permit.map(|permit| (admission, permit)))
    }

    /// Counts a completed request and its response.
    pub(crate) fn complete(
        &mut self,
        result: Result<Response, HttpError>,
    ) -> Result<Response, HttpError> {
        let result = result.and_then(|response| self.budget.response(&response).map(|()| response));
        self.end_wait(result.as_ref().err());
        result
    }

    /// Counts the start of a download, and creates the handle of its body.
    pub(crate) fn open_download(
        &mut self,
        result: Result<IncomingResponse, HttpError>,
        permit: DownloadPermit,
    ) -> wasmtime::Result<Result<OpenedDownload, HttpError>> {
        self.end_wait(result.as_ref().err());
        let response = match result {
            Ok(response) => response,
            Err(error) => return Ok(Err(error)),
        };

        let body = self.bodies.push(Body::new(BodyReader {
            chunks: response.body,
            _permit: permit,
        }))?;
        Ok(Ok(OpenedDownload {
            status: response.status,
            headers: response.headers,
            body,
        }))
    }

    /// Takes the reader of a body, or returns the result of the read if it is already known.
    pub(crate) fn take_body(
        &mut self,
        body: &Resource<Body>,
    ) -> wasmtime::Result<Result<(BodyReader, Arc<Semaphore>), Read>> {
        self.begin_wait()?;
        let taken = self.bodies.get_mut(body)?.take();
        if let Err(read) = &taken {
            self.record_error(read.as_ref().err());
        }
        Ok(taken.map(|reader| (reader, Arc::clone(&self.in_flight))))
    }

    /// Puts the reader of a body back, and counts the read.
    pub(crate) fn put_back_body(
        &mut self,
        body: &Resource<Body>,
        reader: BodyReader,
        read: &Read,
    ) -> wasmtime::Result<()> {
        self.end_wait(read.as_ref().err());
        self.bodies.get_mut(body)?.put_back(reader, read);
        Ok(())
    }

    /// Drops a body and its connection.
    pub(crate) fn drop_body(&mut self, body: Resource<Body>) -> wasmtime::Result<()> {
        self.bodies.delete(body)?;
        Ok(())
    }

    /// Passes a prefetch hint on, if the request could be sent.
    pub(crate) fn prefetch(&mut self, request: Request) -> wasmtime::Result<()> {
        let Some(services) = &self.services else {
            return Err(during_describe("http.prefetch", &request).into());
        };

        self.budget.host_call()?;
        // A refusal is not reported here: the connector gets it when it sends the request.
        if request.method == Method::Get
            && request.body.is_none()
            && self.budget.request(&request).is_ok()
        {
            services.outbound.prefetch(request);
        }
        Ok(())
    }

    /// Adds a line to the log, within its limits.
    pub(crate) fn log(&mut self, level: Level, message: &str) -> wasmtime::Result<()> {
        if level == Level::Error {
            self.last_error_log = Some(plain(message, MAX_QUOTED));
        }
        let Some(services) = &self.services else {
            return Err(ImportDuringDescribe {
                import: "log.write",
                arguments: plain(message, MAX_QUOTED),
            }
            .into());
        };

        self.budget.host_call()?;
        if let Some(room) = self.budget.log_room() {
            let line = plain(message, room);
            self.budget.log_line(line.len());
            services.log.line(level, line);
        }
        Ok(())
    }

    fn reserve_memory(&self, bytes: u64) -> Result<OwnedSemaphorePermit, HttpError> {
        let refused = || budget::exhausted("memory-bytes", self.limits().memory_bytes);
        let kib = u32::try_from(bytes.div_ceil(1 << 10)).map_err(|_| refused())?;
        Arc::clone(&self.request_memory)
            .try_acquire_many_owned(kib)
            .map_err(|_| refused())
    }

    /// Counts a host call for which the guest will wait.
    fn begin_wait(&mut self) -> wasmtime::Result<()> {
        self.budget.host_call()?;
        if !self.is_waiting() {
            self.last_event = Instant::now();
        }
        Ok(())
    }

    /// Records the end of a wait. The guest has not computed meanwhile, so its ticks restart.
    fn end_wait(&mut self, error: Option<&HttpError>) {
        self.ticks = 0;
        self.completed += 1;
        self.last_event = Instant::now();
        self.record_error(error);
    }

    /// Replaces the evidence by the latest error, or removes it after a success.
    fn record_error(&mut self, error: Option<&HttpError>) {
        self.evidence = error
            .filter(|error| host_refusal::is_host_refusal(error))
            .cloned();
    }
}

fn during_describe(import: &'static str, request: &Request) -> ImportDuringDescribe {
    let line = format!("{} {}", request.method, request.target);
    ImportDuringDescribe {
        import,
        arguments: plain(&line, MAX_QUOTED),
    }
}

/// Permission to send one request.
pub(crate) struct Admission {
    outbound: Arc<dyn Outbound>,
    in_flight: Arc<Semaphore>,
    _memory: OwnedSemaphorePermit,
}

impl Admission {
    /// Waits for a free place in flight, and sends.
    pub(crate) async fn send(self, request: Request) -> Result<Response, HttpError> {
        let _permit = acquire(&self.in_flight).await?;
        self.outbound.send(request).await
    }

    /// Waits for a free place in flight, and starts a download.
    pub(crate) async fn download(self, download: Download) -> Result<IncomingResponse, HttpError> {
        let _permit = acquire(&self.in_flight).await?;
        self.outbound.download(download).await
    }
}

/// Waits for a free place among the requests in flight.
pub(crate) async fn acquire(in_flight: &Semaphore) -> Result<SemaphorePermit<'_>, HttpError> {
    in_flight
        .acquire()
        .await
        .map_err(|error| HttpError::Internal(Some(error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use futures::future::{BoxFuture, join_all};
    use purser_model::Settings;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// An application that never responds, and counts the requests.
    #[derive(Default)]
    struct SilentApplication(AtomicUsize);

    impl Outbound for SilentApplication {
        fn send(&self, _: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
            self.0.fetch_add(1, Ordering::SeqCst);
            std::future::pending().boxed()
        }

        fn download(&self, _: Download) -> BoxFuture<'static, Result<IncomingResponse, HttpError>> {
            std::future::pending().boxed()
        }
    }

    impl RunLog for SilentApplication {
        fn line(&self, _: Level, _: String) {}
    }

    fn state(limits: Limits) -> (CallState, Arc<SilentApplication>) {
        let application = Arc::new(SilentApplication::default());
        let call = Call {
            limits,
            settings: Settings::new(),
            outbound: application.clone(),
            log: application.clone(),
        };
        (CallState::new(&call), application)
    }

    fn request(body: usize) -> Request {
        Request {
            method: Method::Post,
            target: "/".into(),
            headers: vec![],
            body: Some(vec![0; body]),
            idempotent: false,
        }
    }

    #[test]
    fn requests_in_flight_share_the_memory_limit_of_the_guest() {
        let (mut state, _) = state(Limits {
            memory_bytes: 64 << 10,
            ..Limits::default()
        });
        let first = state.admit(&request(40 << 10)).unwrap().unwrap();

        let refused = state.admit(&request(40 << 10)).unwrap().err();
        assert_eq!(refused, Some(budget::exhausted("memory-bytes", 64 << 10)));
        assert_eq!(state.evidence(), refused.as_ref());

        drop(first);
        assert!(state.admit(&request(40 << 10)).unwrap().is_ok());
    }

    #[test]
    fn requests_over_the_concurrency_limit_wait() {
        let (mut state, application) = state(Limits::default());
        let sending: Vec<_> = (0..MAX_IN_FLIGHT + 8)
            .map(|_| state.admit(&request(0)).unwrap().unwrap().send(request(0)))
            .collect();
        let mut sending = join_all(sending);

        assert!((&mut sending).now_or_never().is_none());
        assert_eq!(application.0.load(Ordering::SeqCst), MAX_IN_FLIGHT);
        assert!(state.is_waiting());

        drop(sending);
        assert!(!state.is_waiting());
    }
}
