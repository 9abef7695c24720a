//! The kind of a file, by its first bytes. SQLite writes to any file that it opens, if only to fold
//! in a write-ahead log; a file of another program must be refused before that.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The mark of a Purser store in the header of its database: `PURS`.
pub(crate) const APPLICATION_ID: u32 = 0x5055_5253;

/// The length of SQLite's header in bytes (sqlite.org/fileformat.html, section 1.3).
const LENGTH: usize = 100;

/// The first bytes of that header.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// The offset of the application's mark in that header.
const APPLICATION: usize = 68;

/// The kind of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Header {
    /// The file does not exist.
    Missing,
    /// The file has no bytes: it was created and not yet written.
    Empty,
    /// The file is not an SQLite database.
    Other,
    /// The file is an SQLite database with this application's mark.
    Database { application: u32 },
}

/// Reads the header of a file. Changes nothing but the time of the last access.
pub(crate) fn read(path: &Path) -> io::Result<Header> {
    let mut bytes = Vec::with_capacity(LENGTH);
    match File::open(path) {
        Ok(file) => drop(file.take(LENGTH as u64).read_to_end(&mut bytes)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Header::Missing),
        Err(error) => return Err(error),
    }
    if bytes.is_empty() {
        return Ok(Header::Empty);
    }

    let mark = bytes
        .get(APPLICATION..APPLICATION + 4)
        .and_then(|bytes| bytes.try_into().ok());
    Ok(match mark.map(u32::from_be_bytes) {
        Some(application) if bytes.starts_with(MAGIC) => Header::Database { application },
        _ => Header::Other,
    })
}
