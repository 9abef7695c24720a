//! Files that are too large for an answer: exports, as CSV or as a line of JSON for each row, read while they arrive.
//!
//! A call of a connector gives one page, and the next call knows nothing but the cursor. So a file is read a page at a time, each from where
//! the one before ended: `download` takes the place, and [`Download::position`] tells it.
//!
//! ```
//! # use purser_sdk::prelude::*;
//! use purser_sdk::{Compression, pagination};
//!
//! async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
//!     let start = match request.cursor { Some(cursor) => pagination::position(&cursor)?, None => 0 };
//!     let mut file = app.get("/exports/users.csv.gz").download(Compression::Gzip, start).await?.ok()?;
//!     let mut rows = Rows::default();
//!     while rows.len() < pagination::FILE_ROWS && let Some(record) = file.next_record().await? {
//!         match record.as_slice() {
//!             [id, name] => rows.good.push(Account { display_name: Some(name.clone()), ..Account::new(id.clone()) }),
//!             other => rows.rejected.push(rejected(other.join(","), "it has not two fields")),
//!         }
//!     }
//!     let more = !file.is_at_end().await?;
//!     Ok(Page::accounts(rows).next(more.then(|| file.position().to_string())))
//! }
//! ```
//!
//! What a page costs: of a file that is not packed, an application that knows `range` sends the rest alone; anything else comes from its
//! beginning each time, and the host passes over what was read. Large pages make that cheap: with [`FILE_ROWS`](crate::pagination::FILE_ROWS)
//! a file of 200,000 rows is opened twenty times. Where the connection breaks off the page fails as `transient`, and the host asks for it again.

use crate::{Failure, HttpError, Response};
use csv_core::{ReadRecordResult, Reader};

/// The longest line, and the longest record, in bytes. What has none for that long is no file of rows.
const LONGEST_ROW: usize = 1 << 20;

/// What some programs put before a text to say that it is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What reads on.
#[cfg(target_family = "wasm")]
pub(crate) type Source = crate::bindings::purser::connector::http::Body;
#[cfg(not(target_family = "wasm"))]
pub(crate) type Source = crate::testing::Body;

/// What came of a download.
#[derive(Debug)]
pub enum Downloaded {
    /// A file.
    File(Download),
    /// An answer whose status is no success, whole.
    Other(Response),
}

impl Downloaded {
    /// The file if there is one.
    ///
    /// # Errors
    /// Otherwise the failure that the status stands for, as of [`Response::ok`].
    pub fn ok(self) -> Result<Download, Failure> {
        match self {
            Self::File(file) => Ok(file),
            Self::Other(response) => Err(Failure::of_status(&response)),
        }
    }
}

/// A file that is read while it arrives. Dropped before its end, it ends the connection.
pub struct Download {
    /// Method and target of the request, for failures to name.
    line: String,
    source: Source,
    /// What arrived and was not read.
    arrived: Vec<u8>,
    /// How much of that was read already: it is removed when more arrives.
    read: usize,
    /// Where in the file that is.
    position: u64,
    ended: bool,
    /// Large, and of no use to who reads lines.
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
            arrived: Vec::new(),
            read: 0,
            position,
            ended: false,
            csv: Box::new(Reader::new()),
        }
    }

    /// How many bytes of the file lie behind what was read. After a line or a record, that is where the next one begins.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Whether all was read. Waits until that is known.
    ///
    /// # Errors
    /// As of [`chunk`](Self::chunk).
    pub async fn is_at_end(&mut self) -> Result<bool, Failure> {
        while self.unread().is_empty() {
            if !self.arrive().await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What arrives next, as it comes; none at the end.
    ///
    /// # Errors
    /// When the connection breaks off, which is [`Failure::Transient`], or the file is not packed as it was said to be.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        if self.is_at_end().await? {
            return Ok(None);
        }
        let chunk = self.unread().to_vec();
        self.pass(chunk.len());
        Ok(Some(chunk))
    }

    /// The next line, without what ends it; none at the end. What is no UTF-8 becomes U+FFFD.
    ///
    /// # Errors
    /// As of [`chunk`](Self::chunk), and for a line that is longer than 1 MiB.
    pub async fn next_line(&mut self) -> Result<Option<String>, Failure> {
        self.pass_byte_order_mark().await?;
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
            if line.map_or(searched, <[u8]>::len) > LONGEST_ROW {
                return Err(self.too_long());
            }
            if let Some(line) = line {
                let length = line.len() + usize::from(end.is_some());
                let line =
                    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
                self.pass(length);
                return Ok(Some(line));
            }
            self.arrive().await?;
        }
    }

    /// The fields of the next record of a CSV file (RFC 4180), the heading being one like any other; none at the end. Fields in quotation
    /// marks may hold commas and line breaks. Empty lines are passed over. What is no UTF-8 becomes U+FFFD.
    ///
    /// # Errors
    /// As of [`chunk`](Self::chunk), and for a record that is longer than 1 MiB.
    pub async fn next_record(&mut self) -> Result<Option<Vec<String>>, Failure> {
        self.pass_byte_order_mark().await?;
        let (mut text, mut ends) = (vec![0; 1 << 10], vec![0; 64]);
        let (mut length, mut fields) = (0, 0);
        loop {
            // At the end it is given nothing, which tells it to give what it has.
            self.is_at_end().await?;
            let unread = self.arrived.get(self.read..).unwrap_or_default();
            let (Some(into), Some(ends_into)) = (text.get_mut(length..), ends.get_mut(fields..))
            else {
                return Ok(None);
            };
            let (result, taken, written, ended) = self.csv.read_record(unread, into, ends_into);
            self.pass(taken);
            length += written;
            fields += ended;
            if length > LONGEST_ROW {
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
            "the file behind {line} has a row of more than {LONGEST_ROW} bytes, at byte {position}"
        ))
    }

    async fn pass_byte_order_mark(&mut self) -> Result<(), Failure> {
        if self.position > 0 {
            return Ok(());
        }
        while self.unread().len() < BYTE_ORDER_MARK.len() && self.arrive().await? {}
        if self.unread().starts_with(BYTE_ORDER_MARK) {
            self.pass(BYTE_ORDER_MARK.len());
        }
        Ok(())
    }

    fn unread(&self) -> &[u8] {
        self.arrived.get(self.read..).unwrap_or_default()
    }

    fn pass(&mut self, bytes: usize) {
        self.read += bytes;
        self.position += bytes as u64;
    }

    /// Waits for more; whether there is any.
    async fn arrive(&mut self) -> Result<bool, Failure> {
        if self.ended {
            return Ok(false);
        }
        let piece: Result<Option<Vec<u8>>, HttpError> = self.source.read().await;
        match piece.map_err(|error| Failure::unanswered(&self.line, error))? {
            Some(piece) => {
                self.arrived.drain(..self.read);
                self.read = 0;
                self.arrived.extend(piece);
            }
            None => self.ended = true,
        }
        Ok(!self.ended)
    }
}
