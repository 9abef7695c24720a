//! Text for the terminal, made safe first.

use super::Failure;
use crate::render::sanitize;
use std::io::{self, Write};

/// Prints text and a line break on standard output. All output of Purser goes through here.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    Ok(write_safely(&mut io::stdout().lock(), text)?)
}

/// Prints a notice on standard error, so that programs can read standard output.
///
/// A failure is ignored, because there is no other place to report it.
pub(crate) fn notice(text: &str) {
    drop(write_safely(&mut io::stderr().lock(), text));
}

/// Strips control sequences before writing to the terminal.
fn write_safely(out: &mut impl Write, text: &str) -> io::Result<()> {
    writeln!(out, "{}", sanitize::text(text.trim_end_matches('\n')))?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_text_with_escape_sequences_is_sanitized() {
        let mut out = Vec::new();

        write_safely(&mut out, "a\u{1b}[2J\nb\u{202e}\n").unwrap();

        assert_eq!(String::from_utf8(out).unwrap(), "a\\u{1b}[2J\nb\\u{202e}\n");
    }
}
