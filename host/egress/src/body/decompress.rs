//! A file as it arrives, unpacked.

use crate::attempt_error::Fault;
use crate::body::budget::ByteBudget;
use crate::body::zip::Zip;
use async_compression::tokio::bufread::GzipDecoder;
use futures::stream::{self, BoxStream, StreamExt as _};
use purser_model::{Compression, HttpError};
use reqwest::Response;
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _};
use tokio_util::io::StreamReader;

/// The first byte of every gzip file, and of no text.
const GZIP: u8 = 0x1f;

type Bytes = std::io::Cursor<Vec<u8>>;

/// What comes over the wire, content-encoding undone.
pub(crate) type Raw = StreamReader<BoxStream<'static, io::Result<Bytes>>, Bytes>;

/// A file.
pub(crate) enum Unpacked {
    /// As it is.
    Plain(Raw),
    /// Gzip, which is looked into when it is first read.
    MaybeGzip(Raw),
    /// Gzip.
    Gzip(Box<GzipDecoder<Raw>>),
    /// One of an archive.
    Zip(Box<Zip>),
    /// Nothing more.
    End,
}

/// What comes over the wire, counted as it comes.
pub(crate) fn raw(response: Response, budget: Arc<ByteBudget>) -> Raw {
    let chunks = stream::try_unfold(response, move |mut response| {
        let budget = Arc::clone(&budget);
        async move {
            let chunk = response
                .chunk()
                .await
                .map_err(|error| told(Fault::from(&error)))?;
            let Some(chunk) = chunk else { return Ok(None) };
            budget.take(chunk.len() as u64).map_err(told)?;
            Ok(Some((Bytes::new(chunk.to_vec()), response)))
        }
    });
    StreamReader::new(chunks.boxed())
}

/// An error of HTTP's on its way through decoders, which know those of input and output.
fn told(fault: Fault) -> io::Error {
    io::Error::other(fault.error)
}

impl Unpacked {
    pub(crate) fn new(raw: Raw, compression: Compression) -> Self {
        match compression {
            Compression::Plain => Self::Plain(raw),
            Compression::Gzip => Self::MaybeGzip(raw),
            Compression::Zip(ending) => Self::Zip(Box::new(Zip::new(raw, ending))),
        }
    }

    /// Reads on, into no more than the buffer; nothing at the end. What was unpacked is counted.
    ///
    /// # Errors
    /// Where the connection breaks off, a budget is used up, or the compression is damaged.
    pub(crate) async fn read(
        &mut self,
        buffer: &mut [u8],
        budget: &ByteBudget,
    ) -> Result<usize, HttpError> {
        if let Self::MaybeGzip(_) = self {
            self.look().await.map_err(|error| of_io(error, "gzip"))?;
        }
        let (read, packed) = match self {
            Self::Plain(raw) => (raw.read(buffer).await, None),
            Self::Gzip(gzip) => (gzip.read(buffer).await, Some("gzip")),
            Self::Zip(zip) => (zip.read(buffer, budget).await, Some("ZIP")),
            Self::MaybeGzip(_) | Self::End => (Ok(0), None),
        };
        let read = read.map_err(|error| of_io(error, packed.unwrap_or("file")))?;
        if read == 0 {
            // Lets go of the connection.
            *self = Self::End;
        }
        if packed.is_some() {
            budget.take(read as u64).map_err(|fault| fault.error)?;
        }
        Ok(read)
    }

    /// Servers that keep files packed call it their content-encoding, too, and then the client has undone it.
    async fn look(&mut self) -> io::Result<()> {
        let Self::MaybeGzip(mut raw) = std::mem::replace(self, Self::End) else {
            return Ok(());
        };
        *self = match raw.fill_buf().await?.first() {
            Some(&GZIP) => {
                let mut gzip = GzipDecoder::new(raw);
                // One file after another in one: so `cat` joins them, and so programs that pack in parallel write them.
                gzip.multiple_members(true);
                Self::Gzip(Box::new(gzip))
            }
            Some(_) => Self::Plain(raw),
            None => return Err(io::ErrorKind::UnexpectedEof.into()),
        };
        Ok(())
    }
}

/// What a connector is told. What came from below is handed on as it was.
fn of_io(error: io::Error, packed: &str) -> HttpError {
    match error.downcast::<HttpError>() {
        Ok(error) => error,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            HttpError::ContentCoding(format!("the {packed} ends before its end"))
        }
        Err(error) => HttpError::ContentCoding(format!(
            "the {packed} is damaged: {}",
            crate::attempt_error::root_cause(&error)
        )),
    }
}
