//! What a connector's calls take and give, and the two doors through which a call reaches the world.

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt as _};
use purser_model::{
    AccountRef, Cursor, Download, Header, HttpError, Limits, ReclaimMode, Request, Response,
    Settings, StreamKind, StreamName, Timestamp,
};
use serde::Serialize;
use std::sync::Arc;

/// Sends a connector's requests. The implementation authorises, authenticates, sends, waits and retries; the sandbox only counts.
///
/// One is made for each call, or is shared by calls of the same action: it knows what the action may send. A future is dropped when its
/// call ends early, and must then stop what it does.
pub trait Outbound: Send + Sync + 'static {
    /// Sends one request and waits for the whole answer. Several may be under way at once.
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>>;

    /// The connector says that the next call will begin with this request, a GET without a body. It may be sent now. Must not block.
    fn prefetch(&self, request: Request) {
        drop(request);
    }

    /// Sends one request and waits for the answer to begin.
    fn download(&self, download: Download) -> BoxFuture<'static, Result<Incoming, HttpError>>;
}

/// An answer that has begun.
pub struct Incoming {
    /// The status code.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<Header>,
    /// The body, unpacked, in pieces of at most 1 MiB. Dropping it ends the connection.
    pub body: BoxStream<'static, Result<Vec<u8>, HttpError>>,
}

/// An answer that is all there.
impl From<Response> for Incoming {
    fn from(
        Response {
            status,
            headers,
            body,
        }: Response,
    ) -> Self {
        let pieces = if body.is_empty() {
            None
        } else {
            Some(Ok(body))
        };
        Self {
            status,
            headers,
            body: stream::iter(pieces).boxed(),
        }
    }
}

/// Takes the lines of a run's log, and scrubs them of the credential.
pub trait RunLog: Send + Sync + 'static {
    /// Takes one line. It is free of control characters and within the limits of the call. Must not block: a guest waits for it.
    fn line(&self, level: Level, message: String);
}

/// How much a line of the log matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// For the connector's author.
    Debug,
    /// For who follows a run.
    Info,
    /// Something did not go as it should; the run goes on.
    Warn,
    /// Something failed.
    Error,
}

impl Level {
    /// The word used in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// What every call needs.
#[derive(Clone)]
pub struct Call {
    /// Within what it must stay.
    pub limits: Limits,
    /// The profile's settings, defaults included.
    pub settings: Settings,
    /// How it sends requests.
    pub outbound: Arc<dyn Outbound>,
    /// Where its log goes.
    pub log: Arc<dyn RunLog>,
}

/// What a check is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Capability {
    /// Whether a stream can be read.
    Read(StreamName),
    /// Whether the credential may reclaim in a mode.
    Reclaim(ReclaimMode),
}

/// What a successful check found. Absent fields are what the application does not tell.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CheckReport {
    /// Whom the credential belongs to.
    pub identity: Option<String>,
    /// The tenant, organisation or site reached.
    pub tenant: Option<String>,
    /// What works with limits, a sentence each.
    pub warnings: Vec<String>,
}

/// A request for one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRequest {
    /// The stream.
    pub stream: StreamName,
    /// What the description says it yields; a page of another kind is refused.
    pub kind: StreamKind,
    /// Where to go on; absent for the beginning.
    pub cursor: Option<Cursor>,
    /// Records older than this are not needed.
    pub since: Option<Timestamp>,
    /// How many records the page should have.
    pub page_size: u32,
    /// The accounts that the page is about, where the stream is read by account.
    pub accounts: Vec<AccountRef>,
}

/// A request to take one seat back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReclaimRequest {
    /// How.
    pub mode: ReclaimMode,
    /// The `Account::id`.
    pub account: String,
    /// What the person types to sign in, where known.
    pub principal_name: Option<String>,
    /// The product whose seat is taken; absent when the account itself is.
    pub product: Option<String>,
}

/// What a reclaim came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReclaimOutcome {
    /// The application confirmed it.
    Done,
    /// There was nothing to take: a success.
    AlreadyGone,
    /// The application will do it later.
    Accepted,
    /// The application, or the connector, declines for this account, and why.
    Refused(String),
}
