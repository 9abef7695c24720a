//! What a file is, by its first bytes. SQLite writes to whatever it opens, if only to fold in a write-ahead log; a file that is not ours
//! must be refused before it gets the chance.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The mark of a Purser store in the header of its database: `PURS`.
pub(crate) const APPLICATION_ID: u32 = 0x5055_5253;

/// What SQLite's header takes (sqlite.org/fileformat.html, section 1.3).
const LENGTH: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";
const APPLICATION: usize = 68;

/// What a file is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Header {
    /// There is none.
    Missing,
    /// It has no bytes: made, and not yet written.
    Empty,
    /// It is no SQLite database.
    Other,
    /// It is one, with this application's mark.
    Database { application: u32 },
}

/// Reads a file's header. The only thing it may change is when the file was last read.
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
