//! Sanitizing of text for terminals.
//!
//! Connectors and SaaS applications choose many of the strings that Purser shows, and a terminal
//! obeys control characters: an account name could clear the screen, change the window's title, or
//! reorder a line so that it reads differently.

use purser_model::safe_text;
use std::borrow::Cow;

/// Returns one line: control characters and line breaks are shown as escapes.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    safe_text::escape_line(text)
}

/// Returns text of several lines: like [`line`], but line breaks are kept.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    safe_text::escape_lines(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequence_is_shown_as_text() {
        assert_eq!(
            line("\u{1b}[2J\u{1b}]0;owned\u{7}"),
            "\\u{1b}[2J\\u{1b}]0;owned\\u{7}"
        );
        assert_eq!(line("\u{9b}31m\u{7f}\r"), "\\u{9b}31m\\u{7f}\\u{d}");
    }

    #[test]
    fn reordering_and_invisible_characters_are_shown_as_text() {
        assert_eq!(
            line("user\u{202e}nimda\u{200b}"),
            "user\\u{202e}nimda\\u{200b}"
        );
    }

    #[test]
    fn line_breaks_are_escaped_in_a_line_and_kept_in_a_text() {
        assert_eq!(line("a\nnext:  b\tc"), "a\\nnext:  b c");
        assert_eq!(text("a\nb\u{1b}c"), "a\nb\\u{1b}c");
    }

    #[test]
    fn ordinary_text_of_any_language_is_unchanged() {
        for plain in [
            "Zoë O’Brien",
            "山田太郎",
            "мария",
            "علی\u{200c}رضا",
            "🦀 crab",
            "a'b\"c\\d",
        ] {
            assert!(matches!(line(plain), Cow::Borrowed(same) if same == plain));
        }
    }
}
