//! Makes text safe to print. Connectors and SaaS applications choose many of the strings shown here, and a terminal obeys control
//! characters: an account name could clear the screen, retitle the window, or reorder a line so that it reads as something else.

use std::borrow::Cow;

/// One line: every control character, line breaks included, is shown as an escape.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    neutralise(text, is_unsafe)
}

/// Text of several lines: the same, with line breaks kept.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    neutralise(text, |c| c != '\n' && is_unsafe(c))
}

/// Control characters of ASCII and Latin-1, and the format characters that reorder or hide text. The two joiners stay: names in Persian and
/// in the languages of India need them.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn neutralise(text: &str, refused: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&refused) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' if refused(c) => safe.push_str("\\n"),
            '\t' => safe.push(' '),
            c if refused(c) => safe += &format!("\\u{{{:x}}}", u32::from(c)),
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_do_not_reach_the_terminal() {
        assert_eq!(
            line("\u{1b}[2J\u{1b}]0;owned\u{7}"),
            "\\u{1b}[2J\\u{1b}]0;owned\\u{7}"
        );
        assert_eq!(line("\u{9b}31m\u{7f}\r"), "\\u{9b}31m\\u{7f}\\u{d}");
    }

    #[test]
    fn reordering_and_invisible_characters_are_shown() {
        assert_eq!(
            line("user\u{202e}nimda\u{200b}"),
            "user\\u{202e}nimda\\u{200b}"
        );
    }

    #[test]
    fn a_line_is_one_line_and_a_text_keeps_its_lines() {
        assert_eq!(line("a\nnext:  b\tc"), "a\\nnext:  b c");
        assert_eq!(text("a\nb\u{1b}c"), "a\nb\\u{1b}c");
    }

    #[test]
    fn ordinary_text_of_any_language_is_left_alone() {
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
