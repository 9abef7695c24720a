//! JSON for programs: one document, indented.

use super::plain;
use serde::Serialize;

/// The value as a JSON document. Characters that a terminal would obey are escaped here too: JSON demands that only for those below U+0020,
/// and people look at JSON in terminals.
///
/// # Errors
/// When the value cannot be expressed in JSON.
pub(crate) fn document(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let compact = serde_json::to_string_pretty(value)?;
    let mut safe = String::with_capacity(compact.len());
    // Outside of strings, JSON has no such character but the line breaks of the layout.
    for c in compact.chars() {
        if c != '\n' && plain::is_unsafe(c) {
            c.encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| safe += &format!("\\u{unit:04x}"));
        } else {
            safe.push(c);
        }
    }
    Ok(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_reads_back_the_same() {
        let value = "esc \u{1b}[31m csi \u{9b}31m del \u{7f} rtl \u{202e} line\nbreak é";
        let document = document(&value).unwrap();
        assert!(!document.chars().any(plain::is_unsafe), "{document}");
        assert_eq!(serde_json::from_str::<String>(&document).unwrap(), value);
    }
}
