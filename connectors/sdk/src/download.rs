//! Files that exceed the size of a response: exports, as CSV or as one line of JSON per row, read
//! while they arrive.
//!
//! A call returns one page, and the next call knows nothing but the cursor. So each call opens the
//! file, skips what earlier pages contained, and reads its own page. [`Download::position`] is the
//! cursor of the next page.
//!
//! ```
//! # use purser_sdk::prelude::*;
//! use purser_sdk::{Compression, pagination};
//!
//! async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
//!     let skip_bytes = match request.cursor {
//!         Some(cursor) => pagination::file_position(&cursor)?,
//!         None => 0,
//!     };
//!     let export = app.get("/exports/users.csv.gz");
//!     let mut file = export.download(Compression::Gzip, skip_bytes).await?.ok()?;
//!
//!     let mut rows = Rows::default();
//!     while rows.len() < pagination::FILE_PAGE_ROWS
//!         && let Some(record) = file.next_record().await?
//!     {
//!         match record.as_slice() {
//!             [id, name] => rows.good.push(Account {
//!                 display_name: Some(name.clone()),
//!                 ..Account::new(id.clone())
//!             }),
//!             other => {
//!                 let row = other.join(",");
//!                 rows.rejected.push(rejected(row, "it does not have two fields"));
//!             }
//!         }
//!     }
//!
//!     let more = !file.is_at_end().await?;
//!     Ok(Page::accounts(rows).next(more.then(|| file.position().to_string())))
//! }
//! ```
//!
//! The cost of a page: if the file is not compressed and the application supports `range`, only the
//! rest is transferred. Any other file is transferred from its beginning for each page, and the
//! host skips what was read. Large pages make that cheap: with
//! [`FILE_PAGE_ROWS`](crate::pagination::FILE_PAGE_ROWS), a file of 200,000 rows is opened twenty
//! times. If the connection breaks, the page fails as `transient` and the host retries it.

use crate::{Failure, HttpError, Response};
use csv_core::{ReadRecordResult, Reader};

/// Longest line or record, in bytes. A file with a longer one does not consist of rows.
const MAX_ROW: usize = 1 << 20;

/// Bytes that some programs write before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The source of further chunks.
#[cfg(target_family = "wasm")]
pub(crate) type Source = crate::bindings::purser::connector::http::Body;
/// The source of further chunks.
#[cfg(not(target_family = "wasm"))]
pub(crate) type Source = crate::testing::Body;

/// The response to a download.
#[derive(Debug)]
pub enum DownloadResponse {
    /// The file.
    File(Download),
    /// A complete response with another status than success.
    Other(Response),
}

impl DownloadResponse {
    /// Returns the file if the status is a success.
    ///
    /// # Errors
    /// Otherwise the failure of the status, as for [`Response::ok`].
    pub fn ok(self) -> Result<Download, Failure> {
        match self {
            Self::File(file) => Ok(file),
            Self::Other(response) => Err(Failure::from_status(&response)),
        }
    }
}

/// A file that is read while it arrives. Dropping it ends the connection.
pub struct Download {
    /// Method and target of the request, which failures name.
    line: String,
    source: Source,
    /// The bytes that arrived and are kept.
    buffer: Vec<u8>,
    /// Number of bytes of the buffer that were read. They are removed when more arrive.
    read: usize,
    /// The position in the file after the bytes that were read.
    position: u64,
    ended: bool,
    /// Boxed because it is large, and unused by callers that read lines.
    csv: Box<Reader>,
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download")
            .field("line", &self.line)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl Download {
    pub(crate) fn new(line: String, source: Source, position: u64) -> Self {
        Self {
            line,
            source,
            buffer: Vec::new(),
            read: 0,
            position,
            ended: false,
            csv: Box::new(Reader::new()),
        }
    }

    /// Returns the position in the file, in bytes. After a line or a record, the next one begins
    /// there.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// True if the whole file was read. Waits until that is known.
    ///
    /// # Errors
    /// As for [`chunk`](Self::chunk).
    pub async fn is_at_end(&mut self) -> Result<bool, Failure> {
        while self.unread().is_empty() {
            if !self.receive().await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the next chunk as it arrives, or `None` at the end.
    ///
    /// # Errors
    /// [`Failure::Transient`] if the connection breaks. [`Failure::ContractViolation`] if the file
    /// does not have the given compression.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        if self.is_at_end().await? {
            return Ok(None);
        }

        let chunk = self.unread().to_vec();
        self.advance(chunk.len());
        Ok(Some(chunk))
    }

    /// Returns the next line without its line break, or `None` at the end. Bytes that are not UTF-8
    /// become U+FFFD.
    ///
    /// # Errors
    /// As for [`chunk`](Self::chunk), and for a line of more than 1 MiB.
    pub async fn next_line(&mut self) -> Result<Option<String>, Failure> {
        self.skip_byte_order_mark().await?;

        let mut searched = 0;
        loop {
            let unread = self.unread();
            let end = unread
                .iter()
                .skip(searched)
                .position(|byte| *byte == b'\n')
                .map(|at| searched + at);
            searched = unread.len();
            let line = match end {
                Some(end) => unread.get(..end),
                None if self.ended && searched == 0 => return Ok(None),
                None if self.ended => Some(unread),
                None => None,
            };

            if line.map_or(searched, <[u8]>::len) > MAX_ROW {
                return Err(self.too_long());
            }
            if let Some(line) = line {
                let length = line.len() + usize::from(end.is_some());
                let line =
                    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
                self.advance(length);
                return Ok(Some(line));
            }

            self.receive().await?;
        }
    }

    /// Returns the fields of the next CSV record (RFC 4180), or `None` at the end.
    ///
    /// The heading is a record like any other. Quoted fields may contain commas and line breaks.
    /// Empty lines are skipped. Bytes that are not UTF-8 become U+FFFD.
    ///
    /// # Errors
    /// As for [`chunk`](Self::chunk), and for a record of more than 1 MiB.
    pub async fn next_record(&mut self) -> Result<Option<Vec<String>>, Failure> {
        self.skip_byte_order_mark().await?;

        let mut text = vec![0; 1 << 10];
        let mut ends = vec![0; 64];
        let mut length = 0;
        let mut fields = 0;
        loop {
            // At the end, the parser gets no bytes and returns the last record.
            self.is_at_end().await?;
            let unread = self.buffer.get(self.read..).unwrap_or_default();
            let (Some(into), Some(ends_into)) = (text.get_mut(length..), ends.get_mut(fields..))
            else {
                return Ok(None);
            };
            let (result, taken, written, ended) = self.csv.read_record(unread, into, ends_into);
            self.advance(taken);
            length += written;
            fields += ended;
            if length > MAX_ROW {
                return Err(self.too_long());
            }

            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => text.resize(text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    let starts = std::iter::once(0).chain(ends.iter().copied());
                    let field = |(start, end): (usize, &usize)| {
                        String::from_utf8_lossy(text.get(start..*end).unwrap_or_default())
                            .into_owned()
                    };
                    return Ok(Some(
                        starts.zip(ends.iter().take(fields)).map(field).collect(),
                    ));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    fn too_long(&self) -> Failure {
        let Self { line, position, .. } = self;
        Failure::ContractViolation(format!(
            "the file of {line} has a row of more than {MAX_ROW} bytes, at byte {position}"
        ))
    }

    async fn skip_byte_order_mark(&mut self) -> Result<(), Failure> {
        if self.position > 0 {
            return Ok(());
        }

        while self.unread().len() < BYTE_ORDER_MARK.len() && self.receive().await? {}
        if self.unread().starts_with(BYTE_ORDER_MARK) {
            self.advance(BYTE_ORDER_MARK.len());
        }
        Ok(())
    }

    fn unread(&self) -> &[u8] {
        self.buffer.get(self.read..).unwrap_or_default()
    }

    fn advance(&mut self, bytes: usize) {
        self.read += bytes;
        self.position += bytes as u64;
    }

    /// Waits for more bytes. Returns false at the end.
    async fn receive(&mut self) -> Result<bool, Failure> {
        if self.ended {
            return Ok(false);
        }

        let chunk: Result<Option<Vec<u8>>, HttpError> = self.source.read().await;
        match chunk.map_err(|error| Failure::from_http_error(&self.line, error))? {
            Some(chunk) => {
                self.buffer.drain(..self.read);
                self.read = 0;
                self.buffer.extend(chunk);
            }
            None => self.ended = true,
        }
        Ok(!self.ended)
    }
}
