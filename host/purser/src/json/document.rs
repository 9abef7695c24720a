//! JSON documents as text: one document, indented, safe to print on a terminal.

use purser_model::safe_text;
use serde::Serialize;

/// A type that `--json` may print: one of this module's, or a list of them.
pub(crate) trait Document: Serialize {}

impl<T: Document> Document for Vec<T> {}

/// Returns the value as a JSON document.
///
/// Characters that a terminal would obey are escaped. JSON demands that only below U+0020, and
/// people look at JSON in terminals.
pub(crate) fn to_text(value: &impl Document) -> Result<String, serde_json::Error> {
    let layout = serde_json::to_string_pretty(value)?;
    let mut safe = String::with_capacity(layout.len());

    // Outside of strings, JSON has no such character except the line breaks of the layout.
    for c in layout.chars() {
        if c != '\n' && safe_text::is_unsafe(c) {
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

    #[derive(Serialize)]
    struct TextJson(&'static str);
    impl Document for TextJson {}

    #[test]
    fn document_with_control_characters_reads_back_unchanged() {
        let value = "esc \u{1b}[31m csi \u{9b}31m del \u{7f} rtl \u{202e} line\nbreak é";

        let text = to_text(&TextJson(value)).unwrap();

        assert!(!text.chars().any(safe_text::is_unsafe), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), value);
    }
}
