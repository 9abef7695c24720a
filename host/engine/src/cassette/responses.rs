//! Recorded responses in place of the application: each request of a replayed call receives the
//! response that was recorded for it, in any order.

use super::error::CassetteError;
use super::format::{Exchange, RecordedResponse};
use super::text::shorten;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use purser_model::{Download, Header, HttpError, Method, Request, Response};
use purser_sandbox::{IncomingResponse, Outbound};
use std::collections::{HashMap, VecDeque};
use std::mem;
use std::time::Duration;

/// Wait for a response that had not arrived when the recorded call ended.
///
/// Every other response is immediate, so a connector that waits this long waits for nothing else.
const UNANSWERED_WAIT: Duration = Duration::from_secs(2);

/// Parts of a request that a recorded one must have in common: method, target and body.
type RequestKey = (Method, String, Option<Vec<u8>>);

/// Response to a request; absent if it had not arrived when the recorded call ended.
type MaybeResponse = Option<Result<Response, HttpError>>;

/// Recorded responses of one call. Each is used once.
pub(super) struct RecordedResponses {
    unused: Mutex<HashMap<RequestKey, VecDeque<MaybeResponse>>>,
    missing: Mutex<Vec<String>>,
}

impl RecordedResponses {
    /// Collects the responses of a call's exchanges.
    ///
    /// # Errors
    /// A header field is malformed.
    pub(super) fn new(exchanges: Vec<Exchange>) -> Result<Self, CassetteError> {
        let mut unused: HashMap<RequestKey, VecDeque<MaybeResponse>> = HashMap::new();
        for Exchange { request, response } in exchanges {
            let key = (
                request.method,
                request.target,
                request.body.map(|body| body.0),
            );
            let response = response.map(to_result).transpose()?;
            unused.entry(key).or_default().push_back(response);
        }

        Ok(Self {
            unused: Mutex::new(unused),
            missing: Mutex::default(),
        })
    }

    /// Returns the number of responses that were not used.
    pub(super) fn unused(&self) -> u64 {
        let unused = self.unused.lock();
        unused.values().map(|left| left.len() as u64).sum()
    }

    /// Takes the requests without a recorded one, each as method and target.
    pub(super) fn take_missing(&self) -> Vec<String> {
        mem::take(&mut *self.missing.lock())
    }
}

impl Outbound for RecordedResponses {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let name = shorten(&format!("{} {}", request.method, request.target));
        let key = (request.method, request.target, request.body);
        let recorded = self
            .unused
            .lock()
            .get_mut(&key)
            .and_then(VecDeque::pop_front);

        match recorded {
            Some(Some(response)) => std::future::ready(response).boxed(),
            Some(None) => async {
                tokio::time::sleep(UNANSWERED_WAIT).await;
                Err(internal("the cassette has no response to this request"))
            }
            .boxed(),
            None => {
                self.missing.lock().push(name);
                std::future::ready(Err(internal("this request is not on the cassette"))).boxed()
            }
        }
    }

    fn download(
        &self,
        Download { request, .. }: Download,
    ) -> BoxFuture<'static, Result<IncomingResponse, HttpError>> {
        let name = shorten(&format!("download {} {}", request.method, request.target));
        self.missing.lock().push(name);

        std::future::ready(Err(internal("downloads are not recorded"))).boxed()
    }
}

fn internal(message: &str) -> HttpError {
    HttpError::Internal(Some(message.to_owned()))
}

/// Returns what the connector receives.
fn to_result(recorded: RecordedResponse) -> Result<Result<Response, HttpError>, CassetteError> {
    match recorded {
        RecordedResponse::Error(error) => Ok(Err(error)),
        RecordedResponse::Response {
            status,
            headers,
            body,
        } => {
            let headers: Result<_, _> = headers.iter().map(|line| parse_header(line)).collect();
            Ok(Ok(Response {
                status,
                headers: headers?,
                body: body.0,
            }))
        }
    }
}

fn parse_header(line: &str) -> Result<Header, CassetteError> {
    let (name, value) = line.split_once(": ").ok_or_else(|| {
        let line = shorten(line);
        CassetteError::Damaged(format!(
            "{line:?} is not a header field: write it as `name: value`"
        ))
    })?;

    Ok(Header {
        name: name.to_owned(),
        value: value.to_owned(),
    })
}
