//! Text of a file: its separator and its lines.

use super::encoding::{count_line_ends, decode};
use super::error::ImportError;
use super::note::Note;
use std::io::Read;

/// Size of the largest file, in MiB: about a million people.
const MAX_FILE_MIB: u64 = 128;

/// Characters that can separate fields. The last of equals wins, so that a file of one column is
/// read with commas.
const SEPARATORS: [u8; 4] = [b'|', b'\t', b';', b','];

/// Text of a file that is certain to be text.
pub(super) struct Source {
    /// Text from the header on, without a byte order mark.
    pub(super) text: String,
    /// Line on which the text begins, from 1.
    pub(super) first_line: u64,
    /// Separator of fields.
    pub(super) separator: u8,
    /// Remarks on the file as a whole.
    pub(super) notes: Vec<Note>,
}

impl Source {
    /// Reads a whole file.
    ///
    /// # Errors
    /// The file cannot be read, is too large, is not text, or is empty.
    pub(super) fn read(file: impl Read) -> Result<Self, ImportError> {
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

        let (mut text, note) = decode(bytes)?;
        if text.trim().is_empty() {
            return Err(ImportError::Empty);
        }

        let stated = stated_separator(&text);
        let separator = match stated {
            Some((separator, length)) => {
                text.drain(..length);
                separator
            }
            None => frequent_separator(&text),
        };
        Ok(Self {
            text,
            first_line: if stated.is_some() { 2 } else { 1 },
            separator,
            notes: note.into_iter().collect(),
        })
    }
}

/// Returns the separator that the first line states, such as `sep=;`, and the length of this line.
/// Spreadsheets write it for each other.
fn stated_separator(text: &str) -> Option<(u8, usize)> {
    let length = text.find(['\r', '\n'])?;
    let (line, rest) = text.split_at_checked(length)?;
    let line = line.trim_matches('"');

    let (name, separator) = line.split_at_checked("sep=".len())?;
    let [separator] = separator.as_bytes() else {
        return None;
    };
    let line_end = if rest.starts_with("\r\n") { 2 } else { 1 };

    name.eq_ignore_ascii_case("sep=")
        .then_some((*separator, length + line_end))
}

/// Returns the separator that is most frequent in the header, outside of quotation marks.
fn frequent_separator(text: &str) -> u8 {
    let start = text.trim_start_matches(['\r', '\n']);
    let header = start.split(['\r', '\n']).next().unwrap_or_default();
    let count = |separator: &u8| {
        let mut is_quoted = false;
        let outside = header.bytes().filter(|byte| {
            is_quoted ^= *byte == b'"';
            byte == separator && !is_quoted
        });
        outside.count()
    };

    SEPARATORS
        .into_iter()
        .max_by_key(|separator| count(separator))
        .unwrap_or(b',')
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
    pub(super) const fn new(source: &'t Source) -> Self {
        Self {
            text: source.text.as_bytes(),
            offset: 0,
            line: source.first_line,
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
