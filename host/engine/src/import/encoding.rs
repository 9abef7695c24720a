//! Encoding of a file: UTF-8, UTF-16, or the name of what it is instead.

use super::error::ImportError;
use super::note::Note;

/// Bytes at the beginning of a file that show whether it is UTF-16 without a byte order mark.
const SAMPLE_BYTES: usize = 1 << 10;

/// Beginnings of files that are not text, each with its name.
const OTHER_KINDS: [(&[u8], &str); 7] = [
    (b"PK\x03\x04", "an Excel workbook or another ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "a workbook of an old Excel"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
];

/// Order of the bytes of a UTF-16 unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ByteOrder {
    Little,
    Big,
}

/// Decodes a file, without its byte order mark. The note says what it was, if it was not UTF-8.
///
/// # Errors
/// The file is not text, or its encoding is another.
pub(super) fn decode(bytes: Vec<u8>) -> Result<(String, Option<Note>), ImportError> {
    let other = OTHER_KINDS
        .iter()
        .find(|(beginning, _)| bytes.starts_with(beginning));
    if let Some((_, kind)) = other {
        return Err(ImportError::OtherKind { kind });
    }
    if let Some((order, mark)) = find_utf16(&bytes) {
        let text = decode_utf16(bytes.get(mark..).unwrap_or_default(), order)?;
        return Ok((text, Some(Note::of_file("is UTF-16, and was read as such"))));
    }

    let text = String::from_utf8(bytes).map_err(|error| not_utf8(&error))?;
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    match text.trim_start().chars().next() {
        Some('<') => Err(ImportError::OtherKind {
            kind: "a web page or another XML document",
        }),
        Some('{' | '[') => Err(ImportError::OtherKind { kind: "JSON" }),
        _ => Ok((text, None)),
    }
}

/// Returns the byte order of UTF-16, and the length of the byte order mark.
///
/// Without a mark, the names of the columns show it: every second byte of theirs is 0.
fn find_utf16(bytes: &[u8]) -> Option<(ByteOrder, usize)> {
    match bytes {
        [0xff, 0xfe, ..] => return Some((ByteOrder::Little, 2)),
        [0xfe, 0xff, ..] => return Some((ByteOrder::Big, 2)),
        _ => {}
    }

    let sample = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
    let mut units = 0;
    let mut zero_first = 0;
    let mut zero_second = 0;
    for unit in sample.chunks_exact(2) {
        units += 1;
        zero_first += usize::from(unit.first() == Some(&0));
        zero_second += usize::from(unit.last() == Some(&0));
    }

    // why: a few characters, such as Ā, have their zero on the other side
    let shows = |zeros: usize, others: usize| {
        zeros > 1 && zeros.saturating_mul(2) > units && others.saturating_mul(8) < zeros
    };
    if shows(zero_second, zero_first) {
        Some((ByteOrder::Little, 0))
    } else if shows(zero_first, zero_second) {
        Some((ByteOrder::Big, 0))
    } else {
        None
    }
}

fn decode_utf16(bytes: &[u8], order: ByteOrder) -> Result<String, ImportError> {
    let units = bytes.chunks(2).map(|unit| match (unit, order) {
        (&[first, second], ByteOrder::Little) => u16::from_le_bytes([first, second]),
        (&[first, second], ByteOrder::Big) => u16::from_be_bytes([first, second]),
        // why: half a unit is an error, as half a surrogate is
        _ => 0xd800,
    });

    char::decode_utf16(units)
        .collect::<Result<_, _>>()
        .map_err(|_| ImportError::OtherKind {
            kind: "UTF-16, cut or damaged",
        })
}

fn not_utf8(error: &std::string::FromUtf8Error) -> ImportError {
    let bytes = error.as_bytes();
    let valid = bytes.get(..error.utf8_error().valid_up_to());
    // why: these bytes are no characters there, and a byte of a binary file is often 0
    let is_windows_1252 = bytes
        .iter()
        .all(|byte| !matches!(byte, 0 | 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));

    ImportError::Encoding {
        line: 1 + count_line_ends(valid.unwrap_or_default()),
        guess: is_windows_1252.then_some("Windows-1252"),
    }
}

/// Counts line ends: `\n`, `\r\n` and `\r` alone.
pub(super) fn count_line_ends(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut before = 0;
    for byte in bytes {
        let is_end = *byte == b'\r' || *byte == b'\n' && before != b'\r';
        count += u64::from(is_end);
        before = *byte;
    }
    count
}
