//! Text of a file: its encoding, its separator and its lines.

use super::error::ImportError;
use std::io::Read;

/// Size of the largest file, in MiB: about a million people.
const MAX_FILE_MIB: u64 = 128;

/// Reads a whole file as text, without its byte order mark.
///
/// # Errors
/// The file cannot be read, is too large, is not UTF-8, or is empty.
pub(super) fn read_text(file: impl Read) -> Result<String, ImportError> {
    let limit = MAX_FILE_MIB << 20;
    let mut bytes = Vec::new();
    // why: one byte more than allowed shows that the file is too large
    let mut limited = file.take(limit + 1);
    let length = limited.read_to_end(&mut bytes).map_err(ImportError::Read)?;
    if u64::try_from(length).is_ok_and(|length| length > limit) {
        return Err(ImportError::TooLarge {
            limit_mib: MAX_FILE_MIB,
        });
    }

    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let valid = error.as_bytes().get(..valid).unwrap_or_default();
        ImportError::Encoding {
            line: 1 + count_line_ends(valid),
        }
    })?;
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    if text.trim().is_empty() {
        return Err(ImportError::Empty);
    }

    Ok(text)
}

/// Returns the separator that is most frequent in the header. Names of columns contain none.
pub(super) fn find_separator(text: &str) -> u8 {
    let header = text
        .trim_start_matches(['\r', '\n'])
        .lines()
        .next()
        .unwrap_or_default();
    let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();

    // why: the last of equals wins, so a file of one column is read with commas
    *[b'\t', b';', b',']
        .iter()
        .max_by_key(|separator| count(separator))
        .unwrap_or(&b',')
}

/// Line numbers by offset.
///
/// The CSV reader counts lines, too, but assigns a record after blank lines to the first of these.
pub(super) struct LineCounter<'t> {
    text: &'t [u8],
    offset: usize,
    line: u64,
}

impl<'t> LineCounter<'t> {
    /// Creates a counter at the beginning of a text.
    pub(super) const fn new(text: &'t str) -> Self {
        Self {
            text: text.as_bytes(),
            offset: 0,
            line: 1,
        }
    }

    /// Returns the line of the record that begins at an offset, or after the blank lines there.
    /// Offsets must not decrease.
    pub(super) fn line_at(&mut self, offset: u64) -> u64 {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.text.get(offset..).unwrap_or_default();
        let blank = rest
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let start = offset + blank;

        let passed = self.text.get(self.offset..start).unwrap_or_default();
        self.line += count_line_ends(passed);
        self.offset = start;
        self.line
    }
}

fn count_line_ends(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}
