//! An answer that is handed on while it arrives.

use crate::attempt::Answer;
use crate::body::budget::ByteBudget;
use crate::body::decompress::{Unpacked, raw};
use crate::client::Way;
use crate::credential::used::InUse;
use crate::policy::headers;
use crate::scrub::chunks::Pieces;
use futures::stream::{self, BoxStream, StreamExt as _};
use purser_model::{Compression, Header, HttpError, Response};
use reqwest::StatusCode;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_RANGE, HeaderMap, HeaderValue, RANGE};
use std::sync::Arc;

/// What is read at once.
const BUFFER: usize = 64 << 10;

/// An answer that has begun.
pub struct Arrival {
    /// The status code.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<Header>,
    /// The body, unpacked and scrubbed. Dropping it ends the connection.
    pub body: BoxStream<'static, Result<Vec<u8>, HttpError>>,
}

/// What is known of a body before it is read.
pub(crate) struct Reader {
    pub(crate) way: Arc<Way>,
    /// The scrubber knows the credentials for as long as these are here.
    pub(crate) _used: Vec<InUse>,
    pub(crate) compression: Compression,
    pub(crate) start: u64,
    pub(crate) budget: Arc<ByteBudget>,
}

/// The host's own fields of a request for a file. A part can be asked for only of what is not packed. It begins with the byte before it, which
/// tells whether a connector wants to begin in the middle of a credential, of which the rest would not be found.
pub(crate) fn fields(compression: &Compression, start: u64) -> HeaderMap {
    let mut fields = HeaderMap::new();
    if *compression == Compression::Plain
        && start > 0
        && let Ok(range) = HeaderValue::try_from(format!("bytes={}-", start - 1))
    {
        fields.insert(RANGE, range);
        fields.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    fields
}

/// What a caller gets of an answer.
///
/// # Errors
/// When the application sends another part of the file than it was asked for, or says that it will send more than may come.
pub(crate) fn of(answer: Answer, reader: Reader) -> Result<Arrival, HttpError> {
    let Answer {
        status,
        headers,
        body,
        rest,
        ..
    } = answer;
    let fields = headers::of_response(&headers);
    let Some(response) = rest else {
        let scrubber = reader.way.known.scrubber();
        let whole = scrubber.response(Response {
            status: status.as_u16(),
            headers: fields,
            body,
        });
        let Response {
            status,
            headers,
            body,
        } = whole;
        let body = if body.is_empty() {
            None
        } else {
            Some(Ok(body))
        };
        return Ok(Arrival {
            status,
            headers,
            body: stream::iter(body).boxed(),
        });
    };
    let mut at = 0;
    if status == StatusCode::PARTIAL_CONTENT {
        match part(&headers) {
            Some(first)
                if reader.compression == Compression::Plain && first + 1 == reader.start =>
            {
                at = first
            }
            _ => {
                let why = "the application sends another part of the file than it was asked for";
                return Err(HttpError::Protocol(why.into()));
            }
        }
    }
    reader
        .budget
        .allows(response.content_length().unwrap_or_default())
        .map_err(|fault| fault.error)?;
    let scrubbed = reader.way.known.scrubber().response(Response {
        status: status.as_u16(),
        headers: fields,
        body,
    });
    let Response {
        status, headers, ..
    } = scrubbed;
    let file = Unpacked::new(
        raw(response, Arc::clone(&reader.budget)),
        reader.compression.clone(),
    );
    let body = Body {
        reader,
        file,
        at,
        pieces: Pieces::default(),
        buffer: vec![0; BUFFER],
    };
    let body = stream::try_unfold(body, |mut body| async move {
        let piece = body.next().await?;
        Ok(piece.map(|piece| (piece, body)))
    });
    Ok(Arrival {
        status,
        headers,
        body: body.boxed(),
    })
}

/// From where on it is, as `content-range` has it: `bytes 5-9/10`.
fn part(headers: &HeaderMap) -> Option<u64> {
    let (first, _) = headers
        .get(CONTENT_RANGE)?
        .to_str()
        .ok()?
        .strip_prefix("bytes ")?
        .split_once('-')?;
    first.parse().ok()
}

/// A body that is being read.
struct Body {
    reader: Reader,
    file: Unpacked,
    /// Where in the file it was read to, what was passed over included.
    at: u64,
    pieces: Pieces,
    buffer: Vec<u8>,
}

impl Body {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        let piece = self.piece().await;
        piece.map_err(|error| self.reader.way.known.scrubber().error(error))
    }

    async fn piece(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        loop {
            // Asked for anew each time: a credential that was renewed meanwhile could be in what comes from now on.
            if let Some(piece) = self.pieces.next(&self.reader.way.known.scrubber())? {
                return Ok(Some(piece));
            }
            let read = self
                .file
                .read(&mut self.buffer, &self.reader.budget)
                .await?;
            if read == 0 {
                let start = self.reader.start;
                if self.at < start {
                    let why = format!(
                        "it has {} bytes, and was to be read from byte {start} on",
                        self.at
                    );
                    return Err(HttpError::ContentCoding(why));
                }
                return Ok(self.pieces.rest(&self.reader.way.known.scrubber()));
            }
            self.arrived(read)?;
        }
    }

    /// Keeps what arrived in the buffer, but for what is passed over.
    fn arrived(&mut self, read: usize) -> Result<(), HttpError> {
        let start = self.reader.start;
        let ahead = usize::try_from(start.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let arrived = self.buffer.get(..read).unwrap_or_default();
        let (passed, wanted) = arrived.split_at_checked(ahead).unwrap_or((arrived, &[]));
        let reaches = !passed.is_empty() && passed.len() == ahead;
        if reaches
            && !passed
                .last()
                .is_some_and(|byte| self.reader.way.known.scrubber().is_seam(*byte))
        {
            return Err(HttpError::Invalid(format!(
                "a file can be read on behind a line break, comma or quotation mark, and byte {start} of this one is behind none"
            )));
        }
        self.at += read as u64;
        self.pieces.add(wanted);
        Ok(())
    }
}
