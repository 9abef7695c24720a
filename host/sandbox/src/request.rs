//! Arguments and results of a connector's functions, and the traits through which a call reaches
//! the network and the log.

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt as _};
use purser_model::{
    AccountRef, Cursor, Download, Header, HttpError, Limits, ReclaimMode, Request, Response,
    Settings, StreamKind, StreamName, Timestamp,
};
use serde::Serialize;
use std::sync::Arc;

/// Sends a connector's requests.
///
/// The implementation authorises, authenticates, sends, waits and retries; the sandbox only counts.
/// It knows what one action may send, so calls of the same action may share it. A future that is
/// dropped, because its call ended early, must stop its work.
pub trait Outbound: Send + Sync + 'static {
    /// Sends one request and waits for the complete response. Several may be in flight at once.
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>>;

    /// Receives a hint: the next call will start with this request, a GET without a body. It may be
    /// sent now. Must not block.
    fn prefetch(&self, request: Request) {
        drop(request);
    }

    /// Sends one request and waits until the response begins.
    fn download(
        &self,
        download: Download,
    ) -> BoxFuture<'static, Result<IncomingResponse, HttpError>>;
}

/// A response whose body has not been read yet.
pub struct IncomingResponse {
    /// The status code.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<Header>,
    /// The body, decompressed, in chunks of at most 1 MiB. Dropping it ends the connection.
    pub body: BoxStream<'static, Result<Vec<u8>, HttpError>>,
}

/// Wraps a response that is complete already.
impl From<Response> for IncomingResponse {
    fn from(
        Response {
            status,
            headers,
            body,
        }: Response,
    ) -> Self {
        let chunks = if body.is_empty() {
            None
        } else {
            Some(Ok(body))
        };
        Self {
            status,
            headers,
            body: stream::iter(chunks).boxed(),
        }
    }
}

/// Stores the lines of a run's log, scrubbed of the credential.
pub trait RunLog: Send + Sync + 'static {
    /// Stores one line, which has no control characters and is within the limits of the call. Must
    /// not block: the guest waits for it.
    fn line(&self, level: Level, message: String);
}

/// Severity of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Level {
    /// Details for the author of the connector.
    Debug,
    /// Progress, for the person who follows the run.
    Info,
    /// A problem that the run survives.
    Warn,
    /// A failure.
    Error,
}

impl Level {
    /// Returns the word used in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The context of every call.
#[derive(Clone)]
pub struct Call {
    /// The limits of the grant.
    pub limits: Limits,
    /// The profile's settings, defaults included.
    pub settings: Settings,
    /// Sends its requests.
    pub outbound: Arc<dyn Outbound>,
    /// Stores its log.
    pub log: Arc<dyn RunLog>,
}

/// The ability that a check verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Capability {
    /// Reading a stream.
    Read(StreamName),
    /// Reclaiming seats in a mode.
    Reclaim(ReclaimMode),
}

/// The result of a successful check. Absent fields are unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CheckReport {
    /// The owner of the credential.
    pub identity: Option<String>,
    /// The tenant, organisation or site that was reached.
    pub tenant: Option<String>,
    /// Limitations, one sentence each.
    pub warnings: Vec<String>,
}

/// A request for one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRequest {
    /// The stream.
    pub stream: StreamName,
    /// The kind that the description declares. A page of another kind is refused.
    pub kind: StreamKind,
    /// The start of the page. Absent: the beginning of the stream.
    pub cursor: Option<Cursor>,
    /// The start of the period of interest. Absent: all records.
    pub since: Option<Timestamp>,
    /// The preferred number of records.
    pub page_size: u32,
    /// The accounts to read, if the stream is read per account; otherwise empty.
    pub accounts: Vec<AccountRef>,
}

/// A request to take one seat back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReclaimRequest {
    /// The mode.
    pub mode: ReclaimMode,
    /// The `Account::id`.
    pub account: String,
    /// The name that the person types to sign in. Absent: unknown.
    pub principal_name: Option<String>,
    /// The product of the seat to take back. Absent: the action concerns the account itself.
    pub product: Option<String>,
}

/// The result of a reclaim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReclaimOutcome {
    /// The application confirmed it.
    Done,
    /// The account did not exist or had already lost the seat. A success.
    AlreadyGone,
    /// The application will do it later.
    Accepted,
    /// The application or the connector declined for this account, with the reason.
    Refused(String),
}
