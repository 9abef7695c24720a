//! Text from a guest or an engine, made safe for logs, errors, tables and terminals.

use purser_model::safe_text;

/// Longest error message that is kept, in bytes.
pub(crate) const MAX_ERROR: usize = 1_000;

/// Returns the text in at most `max` bytes, without characters that control a display.
pub(crate) fn plain(text: &str, max: usize) -> String {
    safe_text::strip_unsafe(text, max)
}

/// Returns a wasmtime error with its causes, in one line of at most `max` bytes.
pub(crate) fn one_line(error: &wasmtime::Error, max: usize) -> String {
    plain(&format!("{error:#}"), max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_removed() {
        assert_eq!(
            plain("\u{1b}[2J\u{1b}]0;owned\u{7}red\u{9b}1m", 100),
            "[2J]0;ownedred1m"
        );
        assert_eq!(plain("a\r\nb\tc\0\u{85}d", 100), "a  b cd");
        assert_eq!(
            plain("a\u{2028}b\u{2029}c", 100),
            "a b c",
            "Unicode's own line breaks"
        );
        assert_eq!(plain("user\u{202e}gpj.exe", 100), "usergpj.exe");
        assert_eq!(plain("Zoë 😀", 100), "Zoë 😀");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(plain("ééé", 5), "éé");
        assert_eq!(plain(&"x".repeat(1000), 10), "x".repeat(10));
    }
}
