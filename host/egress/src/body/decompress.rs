//! Decompresses a file while it arrives: gzip, or one file of a ZIP archive.

use crate::attempt_error::{AttemptError, root_cause};
use crate::body::budget::ByteBudget;
use crate::body::byte_stream::ByteStream;
use crate::body::zip::ZipReader;
use async_compression::tokio::bufread::GzipDecoder;
use purser_model::{Compression, HttpError};
use std::io;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _};

/// The first byte of every gzip file. No text begins with it.
const GZIP_MAGIC: u8 = 0x1f;

/// A file, decompressed as it is read.
pub(crate) enum Decompressor {
    /// An uncompressed file.
    Plain(ByteStream),
    /// A file said to be gzip, of which nothing was read yet.
    Undetected(ByteStream),
    /// A gzip file.
    Gzip(Box<GzipDecoder<ByteStream>>),
    /// One file of a ZIP archive.
    Zip(Box<ZipReader>),
    /// The end of the file; the connection is released.
    End,
}

impl Decompressor {
    /// Creates a reader for bytes compressed as `compression` says.
    pub(crate) fn new(bytes: ByteStream, compression: Compression) -> Self {
        match compression {
            Compression::Plain => Self::Plain(bytes),
            Compression::Gzip => Self::Undetected(bytes),
            Compression::Zip(suffix) => Self::Zip(Box::new(ZipReader::new(bytes, suffix))),
        }
    }

    /// Reads into `buffer` and returns the number of bytes, 0 at the end of the file. Decompressed
    /// bytes are counted to `budget`, in addition to the compressed ones.
    ///
    /// # Errors
    /// Fails if the connection ends early, a budget is exhausted, or the data is damaged.
    pub(crate) async fn read(
        &mut self,
        buffer: &mut [u8],
        budget: &ByteBudget,
    ) -> Result<usize, HttpError> {
        if let Self::Undetected(_) = self {
            self.detect_gzip()
                .await
                .map_err(|error| into_http_error(error, "gzip"))?;
        }

        let (read, format) = match self {
            Self::Plain(bytes) => (bytes.read(buffer).await, None),
            Self::Gzip(gzip) => (gzip.read(buffer).await, Some("gzip")),
            Self::Zip(zip) => (zip.read(buffer, budget).await, Some("ZIP")),
            Self::Undetected(_) | Self::End => (Ok(0), None),
        };
        let read = read.map_err(|error| into_http_error(error, format.unwrap_or("file")))?;

        if read == 0 {
            // Drops the stream, which releases the connection.
            *self = Self::End;
        }
        if format.is_some() {
            budget
                .consume(read as u64)
                .map_err(|failure| failure.error)?;
        }

        Ok(read)
    }

    /// Finds out if the file is still gzip. Servers that store compressed files may declare gzip as
    /// the content encoding, and then the HTTP client has undone it already.
    async fn detect_gzip(&mut self) -> io::Result<()> {
        let Self::Undetected(mut bytes) = std::mem::replace(self, Self::End) else {
            return Ok(());
        };

        *self = match bytes.fill_buf().await?.first() {
            Some(&GZIP_MAGIC) => {
                let mut gzip = GzipDecoder::new(bytes);
                // `cat` joins gzip files, and parallel compressors write several members.
                gzip.multiple_members(true);
                Self::Gzip(Box::new(gzip))
            }
            Some(_) => Self::Plain(bytes),
            None => return Err(io::ErrorKind::UnexpectedEof.into()),
        };

        Ok(())
    }
}

/// Returns the error for the connector. An HTTP error that a decoder passed on is unwrapped.
fn into_http_error(error: io::Error, format: &str) -> HttpError {
    match error.downcast::<AttemptError>() {
        Ok(failure) => failure.error,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            HttpError::ContentCoding(format!("the {format} ends before its end"))
        }
        Err(error) => {
            HttpError::ContentCoding(format!("the {format} is damaged: {}", root_cause(&error)))
        }
    }
}
