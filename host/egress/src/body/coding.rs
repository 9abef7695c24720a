//! Content codings of a body (RFC 9110, section 8.4), undone in the reverse of their order.
//!
//! The HTTP client could decode by itself, but knows neither `x-gzip`, capitals, lists nor deflate
//! without the zlib header, all of which applications send.

use crate::attempt_error::{AttemptError, root_cause};
use crate::body::budget::ByteBudget;
use crate::body::byte_stream::{self, ByteStream, into_io_error};
use async_compression::tokio::bufread::{BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder};
use purser_model::HttpError;
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use std::io::{self, Cursor};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader, ReadBuf};

/// The most codings of one body. Each costs memory, and no server needs more than two.
const MAX_CODINGS: usize = 4;

/// The longest name of a coding that an error quotes, in bytes.
const MAX_QUOTED: usize = 40;

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Brotli,
    /// With or without the zlib header: RFC 9110, section 8.4.1.2, describes what servers do.
    Deflate,
}

impl Coding {
    fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "br" => Some(Self::Brotli),
            "deflate" => Some(Self::Deflate),
            _ => None,
        }
    }
}

/// Removes the codings of a response from its header fields, and returns them in the order in which
/// they were applied. The length, which is that of the encoded body, is removed with them.
///
/// # Errors
/// Fails for a coding that was not asked for: the body could not be scrubbed.
pub(crate) fn take_codings(headers: &mut HeaderMap) -> Result<Vec<Coding>, AttemptError> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        let text = value.to_str().map_err(|_| unknown_coding(None))?;
        let names = text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"));

        for name in names {
            codings.push(Coding::parse(name).ok_or_else(|| unknown_coding(Some(name)))?);
        }
    }
    if codings.len() > MAX_CODINGS {
        return Err(AttemptError::permanent(HttpError::ContentCoding(format!(
            "the body is encoded {} times over",
            codings.len()
        ))));
    }

    headers.remove(CONTENT_ENCODING);
    if !codings.is_empty() {
        headers.remove(CONTENT_LENGTH);
    }
    Ok(codings)
}

fn unknown_coding(name: Option<&str>) -> AttemptError {
    // Quoted whole or not at all: scrubbing the error would miss a part of the credential.
    let quoted = name
        .filter(|name| name.len() <= MAX_QUOTED)
        .map(|name| format!(" as {name:?}"))
        .unwrap_or_default();

    AttemptError::permanent(HttpError::ContentCoding(format!(
        "the body is encoded{quoted}, which was not asked for"
    )))
}

/// The bound of what the codings of a body decode to.
#[derive(Clone)]
pub(crate) enum DecodedLimit {
    /// The most bytes after each coding.
    Bytes(u64),
    /// A budget that the bytes after each coding are counted to.
    Budget(Arc<ByteBudget>),
}

/// Reads the body of a response, undoes its codings, and counts the decoded bytes to `budget` as
/// they arrive.
///
/// # Errors
/// Fails if the first bytes of an encoded body cannot be read.
pub(crate) async fn counted(
    response: Response,
    codings: &[Coding],
    budget: Arc<ByteBudget>,
) -> io::Result<ByteStream> {
    if codings.is_empty() {
        return Ok(byte_stream::bytes(response, Some(budget)));
    }
    let raw = byte_stream::bytes(response, None);
    decode(raw, codings, &DecodedLimit::Budget(budget)).await
}

/// Undoes the codings of a body. An empty body has none, whatever the header fields say.
///
/// # Errors
/// Fails if the first bytes cannot be read.
pub(crate) async fn decode(
    raw: ByteStream,
    codings: &[Coding],
    limit: &DecodedLimit,
) -> io::Result<ByteStream> {
    let mut body = raw;
    for coding in codings.iter().rev() {
        if body.fill_buf().await?.is_empty() {
            return Ok(body);
        }

        let decoder: Pin<Box<dyn AsyncRead + Send>> = match coding {
            Coding::Gzip => {
                let mut gzip = GzipDecoder::new(body);
                // RFC 1952, section 2.2: a file may have several members.
                gzip.multiple_members(true);
                Box::pin(gzip)
            }
            Coding::Brotli => Box::pin(BrotliDecoder::new(body)),
            Coding::Deflate => deflate(body).await?,
        };
        body = Box::pin(BufReader::new(Bounded {
            decoder,
            decoded: 0,
            limit: limit.clone(),
        }));
    }

    Ok(body)
}

/// Returns the decoder for deflate with or without the zlib header.
async fn deflate(mut body: ByteStream) -> io::Result<Pin<Box<dyn AsyncRead + Send>>> {
    let mut start = Vec::with_capacity(2);
    while start.len() < 2 && body.read_buf(&mut start).await? > 0 {}

    let has_header = matches!(start.get(..2), Some(&[method, flags])
        if method & 0x0f == 8
            && method >> 4 <= 7
            && u16::from_be_bytes([method, flags]).is_multiple_of(31));
    let whole = Cursor::new(start).chain(body);

    Ok(if has_header {
        Box::pin(ZlibDecoder::new(whole))
    } else {
        Box::pin(DeflateDecoder::new(whole))
    })
}

/// Returns the error of an attempt from one that a decoder passed on or found itself.
pub(crate) fn into_attempt_error(error: io::Error) -> AttemptError {
    match error.downcast::<AttemptError>() {
        Ok(failure) => failure,
        // why: servers end a compressed body early when they are stopped
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => AttemptError {
            error: HttpError::ConnectionTerminated,
            unsent: false,
            transient: true,
        },
        Err(error) => AttemptError::permanent(HttpError::ContentCoding(format!(
            "the body is damaged: {}",
            root_cause(&error)
        ))),
    }
}

/// A decoder whose output is bounded. A few bytes can decode to gigabytes, even between codings.
struct Bounded {
    decoder: Pin<Box<dyn AsyncRead + Send>>,
    decoded: u64,
    limit: DecodedLimit,
}

impl AsyncRead for Bounded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(self.decoder.as_mut().poll_read(context, buffer))?;

        let read = buffer.filled().len().saturating_sub(before) as u64;
        self.decoded = self.decoded.saturating_add(read);
        if let Err(error) = self.check(read) {
            // why: a reader that fails must not have filled anything
            buffer.set_filled(before);
            return Poll::Ready(Err(into_io_error(error)));
        }
        Poll::Ready(Ok(()))
    }
}

impl Bounded {
    fn check(&self, read: u64) -> Result<(), AttemptError> {
        match &self.limit {
            DecodedLimit::Bytes(most) if self.decoded > *most => {
                Err(AttemptError::permanent(HttpError::ResponseBodySize(*most)))
            }
            DecodedLimit::Bytes(_) => Ok(()),
            DecodedLimit::Budget(budget) => budget.consume(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write as _;

    const TEXT: &[u8] = b"{\"users\":[1,2,3]}";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn raw_deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn codings(values: &[&str]) -> Result<Vec<Coding>, AttemptError> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_ENCODING, value.parse().unwrap());
        }
        let taken = take_codings(&mut headers)?;

        assert!(headers.is_empty());
        Ok(taken)
    }

    async fn decoded(values: &[&str], body: Vec<u8>, most: u64) -> Result<Vec<u8>, HttpError> {
        let codings = codings(values).map_err(|failure| failure.error)?;
        let raw: ByteStream = Box::pin(Cursor::new(body));
        let mut decoded = Vec::new();

        let read = async {
            let mut body = decode(raw, &codings, &DecodedLimit::Bytes(most)).await?;
            body.read_to_end(&mut decoded).await
        };
        read.await
            .map_err(|error| into_attempt_error(error).error)?;
        Ok(decoded)
    }

    #[tokio::test]
    async fn codings_are_undone_in_reverse_order() {
        for (values, body) in [
            (&["gzip"][..], gzip(TEXT)),
            (&["GZIP"], gzip(TEXT)),
            (&["X-Gzip"], gzip(TEXT)),
            (&["deflate"], zlib(TEXT)),
            (&["Deflate"], raw_deflate(TEXT)),
            (&["gzip, gzip"], gzip(&gzip(TEXT))),
            (&["deflate , gzip"], gzip(&raw_deflate(TEXT))),
            (&["gzip", "deflate"], zlib(&gzip(TEXT))),
            (&["identity, gzip,"], gzip(TEXT)),
            (&["gzip"], [gzip(&TEXT[..5]), gzip(&TEXT[5..])].concat()),
            (&["identity"], TEXT.to_vec()),
            (&["", "IDENTITY"], TEXT.to_vec()),
        ] {
            assert_eq!(
                decoded(values, body, 1000).await.unwrap(),
                TEXT,
                "{values:?}"
            );
        }
        assert_eq!(codings(&["br"]).unwrap(), [Coding::Brotli]);
    }

    #[tokio::test]
    async fn empty_body_is_empty_in_every_coding() {
        for value in ["gzip", "br", "deflate", "gzip, gzip"] {
            assert_eq!(decoded(&[value], Vec::new(), 9).await.unwrap(), b"");
        }
    }

    #[tokio::test]
    async fn unknown_coding_is_named_and_damage_is_told() {
        for value in ["zstd", "compress", "gzip, x-own"] {
            let error = decoded(&[value], gzip(TEXT), 1000).await.unwrap_err();
            assert!(
                matches!(&error, HttpError::ContentCoding(why) if why.contains("not asked for")),
                "{error}"
            );
        }

        for (value, body) in [
            ("gzip", TEXT.to_vec()),
            ("deflate", b"\x00\xffnonsense".to_vec()),
            ("br", b"nonsense that is no brotli".to_vec()),
        ] {
            let error = decoded(&[value], body, 1000).await.unwrap_err();
            assert!(matches!(error, HttpError::ContentCoding(_)), "{error}");
        }

        let cut = gzip(TEXT);
        let cut = cut[..cut.len() - 6].to_vec();
        assert_eq!(
            decoded(&["gzip"], cut, 1000).await,
            Err(HttpError::ConnectionTerminated)
        );
    }

    #[tokio::test]
    async fn every_layer_of_a_bomb_is_bounded() {
        let zeros = vec![0; 1 << 20];
        // Many empty members: the inner file has a megabyte, and holds nothing.
        let nothing = gzip(&gzip(b"").repeat(1 << 16));

        for (values, body) in [
            (&["gzip"][..], gzip(&zeros)),
            (&["deflate"], raw_deflate(&zeros)),
            (&["gzip, gzip"], gzip(&gzip(&zeros))),
            (&["gzip, gzip"], nothing),
        ] {
            assert_eq!(
                decoded(values, body, 50_000).await,
                Err(HttpError::ResponseBodySize(50_000)),
                "{values:?}"
            );
        }
        assert!(matches!(
            codings(&["gzip, gzip, gzip, gzip, gzip"])
                .unwrap_err()
                .error,
            HttpError::ContentCoding(_)
        ));
    }
}
