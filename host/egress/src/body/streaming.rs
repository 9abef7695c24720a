//! Responses whose body is passed on while it arrives.

use crate::body::budget::ByteBudget;
use crate::body::coding::{self, Coding};
use crate::body::decompress::Decompressor;
use crate::credential::used::{CredentialInUse, UsedCredentials};
use crate::policy::headers;
use crate::scrub::chunks::ChunkScrubber;
use futures::stream::{self, BoxStream, StreamExt as _};
use purser_model::{Compression, Header, HttpError, Response};
use reqwest::StatusCode;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_RANGE, HeaderMap, HeaderValue, RANGE};
use std::sync::Arc;
use url::Url;

/// The most bytes read at once.
const READ_BUFFER: usize = 64 << 10;

/// A response whose body is read piece by piece.
pub struct StreamingResponse {
    /// The status code.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<Header>,
    /// The body, decompressed and scrubbed. Dropping it closes the connection.
    pub body: BoxStream<'static, Result<Vec<u8>, HttpError>>,
}

impl From<Response> for StreamingResponse {
    /// Turns a response that was read whole into one whose body is a single piece.
    fn from(response: Response) -> Self {
        let Response {
            status,
            headers,
            body,
        } = response;
        let pieces = (!body.is_empty()).then_some(Ok(body));

        Self {
            status,
            headers,
            body: stream::iter(pieces).boxed(),
        }
    }
}

/// The head of a response whose body is streamed.
pub(crate) struct ResponseHead {
    /// The status code.
    pub(crate) status: StatusCode,
    /// The header fields, without those of the codings.
    pub(crate) headers: HeaderMap,
    /// The URL of the last hop, without the credential; `None` if not known.
    pub(crate) url: Option<Url>,
}

/// A body that was not read yet, and the codings to undo.
pub(crate) struct EncodedBody {
    /// The response that it belongs to.
    pub(crate) response: reqwest::Response,
    /// The codings, in the order in which they were applied.
    pub(crate) codings: Vec<Coding>,
}

/// The settings of a download: how its body is read and scrubbed.
pub(crate) struct DownloadReader {
    /// The credentials that the body is scrubbed of.
    pub(crate) used: Arc<UsedCredentials>,
    /// Keeps the credentials of this request in `used` while the body is read.
    pub(crate) _in_use: Vec<CredentialInUse>,
    /// The compression of the file, besides the content encoding.
    pub(crate) compression: Compression,
    /// The number of decompressed bytes to skip.
    pub(crate) skip_bytes: u64,
    /// The bytes that the call may still download.
    pub(crate) budget: Arc<ByteBudget>,
}

/// Returns the host's own header fields of a download.
///
/// Only of an uncompressed file can a range be requested. The range begins one byte early: that
/// byte shows if the connector starts in the middle of a credential, whose rest would not be found.
pub(crate) fn range_headers(compression: &Compression, skip_bytes: u64) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if *compression == Compression::Plain
        && skip_bytes > 0
        && let Ok(range) = HeaderValue::try_from(format!("bytes={}-", skip_bytes - 1))
    {
        headers.insert(RANGE, range);
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }

    headers
}

/// Starts to stream the body of a success.
///
/// # Errors
/// Fails if the application sends another range than the requested one, or announces more bytes
/// than the budget has.
pub(crate) async fn start(
    head: ResponseHead,
    body: EncodedBody,
    reader: DownloadReader,
) -> Result<StreamingResponse, HttpError> {
    let EncodedBody { response, codings } = body;
    let position = first_byte(&response, &reader)?;
    // why: the announced length of an encoded body is not that of the file
    if codings.is_empty() {
        reader
            .budget
            .check(response.content_length().unwrap_or_default())
            .map_err(|failure| failure.error)?;
    }

    let head = reader.used.scrubber().response(Response {
        status: head.status.as_u16(),
        headers: headers::response_headers(&head.headers, head.url.as_ref()),
        body: Vec::new(),
    });
    let bytes = coding::counted(response, &codings, Arc::clone(&reader.budget))
        .await
        .map_err(|error| coding::into_attempt_error(error).error)?;
    let body = StreamingBody {
        file: Decompressor::new(bytes, reader.compression.clone()),
        position,
        chunks: ChunkScrubber::default(),
        buffer: vec![0; READ_BUFFER],
        reader,
    };
    let pieces = stream::try_unfold(body, |mut body| async move {
        let piece = body.next_scrubbed().await?;
        Ok(piece.map(|piece| (piece, body)))
    });

    Ok(StreamingResponse {
        status: head.status,
        headers: head.headers,
        body: pieces.boxed(),
    })
}

/// Returns the position in the file of the first byte that is sent: 0, or the start of the range.
fn first_byte(response: &reqwest::Response, reader: &DownloadReader) -> Result<u64, HttpError> {
    if response.status() != StatusCode::PARTIAL_CONTENT {
        return Ok(0);
    }

    match range_start(response.headers()) {
        Some(first)
            if reader.compression == Compression::Plain
                && first.checked_add(1) == Some(reader.skip_bytes) =>
        {
            Ok(first)
        }
        _ => Err(HttpError::Protocol(
            "the application sends another part of the file than it was asked for".into(),
        )),
    }
}

/// Parses the start of a `content-range` such as `bytes 5-9/10`.
fn range_start(headers: &HeaderMap) -> Option<u64> {
    let (first, _) = headers
        .get(CONTENT_RANGE)?
        .to_str()
        .ok()?
        .strip_prefix("bytes ")?
        .split_once('-')?;
    first.parse().ok()
}

/// A body that is being read.
struct StreamingBody {
    reader: DownloadReader,
    file: Decompressor,
    /// The position in the decompressed file, skipped bytes included.
    position: u64,
    chunks: ChunkScrubber,
    buffer: Vec<u8>,
}

impl StreamingBody {
    /// Returns the next piece; `None` at the end. An error is scrubbed, too.
    async fn next_scrubbed(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        let piece = self.next_piece().await;
        piece.map_err(|error| self.reader.used.scrubber().error(error))
    }

    async fn next_piece(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        loop {
            // A fresh scrubber each time: a credential refreshed meanwhile may come in the rest.
            let scrubber = self.reader.used.scrubber();
            if let Some(piece) = self.chunks.next_chunk(&scrubber)? {
                return Ok(Some(piece));
            }

            let read = self
                .file
                .read(&mut self.buffer, &self.reader.budget)
                .await?;
            if read == 0 {
                return self.finish();
            }
            self.accept(read)?;
        }
    }

    /// Returns the last piece. Fails if the file ended before the position to start from.
    fn finish(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        let start = self.reader.skip_bytes;
        if self.position < start {
            return Err(HttpError::ContentCoding(format!(
                "it has {} bytes, and was to be read from byte {start} on",
                self.position
            )));
        }

        Ok(self.chunks.finish(&self.reader.used.scrubber()))
    }

    /// Takes over the first `read` bytes of the buffer, except those that are skipped.
    fn accept(&mut self, read: usize) -> Result<(), HttpError> {
        let start = self.reader.skip_bytes;
        let to_skip = usize::try_from(start.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let arrived = self.buffer.get(..read).unwrap_or_default();
        let (skipped, wanted) = arrived.split_at_checked(to_skip).unwrap_or((arrived, &[]));

        // The byte before the start must end whatever could be a credential.
        let reaches_start = !skipped.is_empty() && skipped.len() == to_skip;
        if reaches_start && !skipped.last().is_some_and(|byte| self.is_boundary(*byte)) {
            return Err(HttpError::Invalid(format!(
                "a file can be read on after a line break, comma or quotation mark, and before byte {start} of this one stands none"
            )));
        }

        self.position += read as u64;
        self.chunks.push(wanted);
        Ok(())
    }

    fn is_boundary(&self, byte: u8) -> bool {
        self.reader.used.scrubber().is_boundary(byte)
    }
}
