//! Text from elsewhere (a connector, a SaaS application, a file) made safe to store, log and show.
//!
//! A terminal obeys control characters: an account name could clear the screen or retitle the
//! window. The format characters that reorder text make a line read as something it does not say.

use std::borrow::Cow;

/// Returns true for characters that steer a terminal, reorder text or hide in it.
///
/// These are the control characters of ASCII and Latin-1, Unicode's own line breaks, the
/// directional formatting characters (UAX #9, section 2) and the invisible ones. The two joiners
/// (U+200C and U+200D) are safe: names in Persian and in the languages of India need them.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
        )
}

/// Returns true for characters that break a line or move within it.
fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}')
}

/// Replaces every unsafe character by a space, so that the result is one line.
#[must_use]
pub fn replace_unsafe(text: &str) -> String {
    text.chars()
        .map(|c| if is_unsafe(c) { ' ' } else { c })
        .collect()
}

/// Removes unsafe characters and cuts the rest to at most `max_bytes` of UTF-8.
///
/// Line breaks and tabs become spaces, so that words stay apart. The cut falls between characters.
#[must_use]
pub fn strip_unsafe(text: &str, max_bytes: usize) -> String {
    let mut safe = String::with_capacity(text.len().min(max_bytes));

    for c in text.chars() {
        let c = match c {
            c if is_break(c) => ' ',
            c if is_unsafe(c) => continue,
            c => c,
        };
        if safe.len() + c.len_utf8() > max_bytes {
            break;
        }
        safe.push(c);
    }

    safe
}

/// Shows every unsafe character of one line as an escape, line breaks included.
///
/// Tabs become spaces. Text without an unsafe character is borrowed.
#[must_use]
pub fn escape_line(text: &str) -> Cow<'_, str> {
    escape(text, is_unsafe)
}

/// Shows every unsafe character of several lines as an escape, and keeps the line breaks.
#[must_use]
pub fn escape_lines(text: &str) -> Cow<'_, str> {
    escape(text, |c| c != '\n' && is_unsafe(c))
}

fn escape(text: &str, refused: impl Fn(char) -> bool) -> Cow<'_, str> {
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

/// Cuts text to at most `max_chars` characters; a cut is marked by an ellipsis after them.
#[must_use]
pub fn truncate(text: &str, max_chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn strip_unsafe_terminal_sequence_is_harmless_text() {
        assert_eq!(
            strip_unsafe("\u{1b}[2J\u{1b}]0;owned\u{7}red\u{9b}1m", 100),
            "[2J]0;ownedred1m"
        );
        assert_eq!(strip_unsafe("a\r\nb\tc\0\u{85}d", 100), "a  b cd");
        assert_eq!(strip_unsafe("a\u{2028}b\u{2029}c", 100), "a b c");
        assert_eq!(strip_unsafe("user\u{202e}gpj.exe", 100), "usergpj.exe");
    }

    #[test]
    fn strip_unsafe_long_text_is_cut_between_characters() {
        assert_eq!(strip_unsafe("ééé", 5), "éé");
        assert_eq!(strip_unsafe(&"x".repeat(1000), 10), "x".repeat(10));
    }

    #[test]
    fn escape_line_terminal_sequence_is_shown() {
        assert_eq!(
            escape_line("\u{1b}[2J\u{1b}]0;owned\u{7}"),
            "\\u{1b}[2J\\u{1b}]0;owned\\u{7}"
        );
        assert_eq!(escape_line("\u{9b}31m\u{7f}\r"), "\\u{9b}31m\\u{7f}\\u{d}");
        assert_eq!(
            escape_line("user\u{202e}nimda\u{200b}"),
            "user\\u{202e}nimda\\u{200b}"
        );
    }

    #[test]
    fn escape_line_breaks_are_escaped_and_escape_lines_keeps_them() {
        assert_eq!(escape_line("a\nnext:  b\tc"), "a\\nnext:  b c");
        assert_eq!(escape_lines("a\nb\u{1b}c"), "a\nb\\u{1b}c");
    }

    #[test]
    fn ordinary_text_of_any_language_is_unchanged() {
        for text in [
            "Zoë O’Brien",
            "山田太郎",
            "محمد",
            "می\u{200c}خواهم",
            "👩\u{200d}💻",
        ] {
            assert!(matches!(escape_line(text), Cow::Borrowed(_)), "{text}");
            assert_eq!(replace_unsafe(text), text);
            assert_eq!(strip_unsafe(text, 100), text);
        }
    }

    #[test]
    fn truncate_text_of_the_limit_is_unchanged() {
        assert_eq!(truncate(&"é".repeat(7), 7), "é".repeat(7));
        assert_eq!(truncate(&"é".repeat(8), 7), format!("{}…", "é".repeat(7)));
    }

    proptest! {
        #[test]
        fn result_of_any_text_has_no_unsafe_character(text in any::<String>(), max in 0..64_usize) {
            prop_assert!(!replace_unsafe(&text).contains(is_unsafe));
            prop_assert!(!escape_line(&text).contains(is_unsafe));
            prop_assert!(!escape_lines(&text).contains(|c| c != '\n' && is_unsafe(c)));

            let stripped = strip_unsafe(&text, max);

            prop_assert!(!stripped.contains(is_unsafe));
            prop_assert!(stripped.len() <= max);
        }

        #[test]
        fn truncate_any_text_is_a_prefix_within_the_limit(text in any::<String>(), max in 0..64_usize) {
            let cut = truncate(&text, max);
            prop_assert!(cut.chars().count() <= max + 1);
            prop_assert!(text.starts_with(cut.trim_end_matches('…')) || cut == text);
        }

        #[test]
        fn replace_unsafe_any_text_keeps_its_number_of_characters(text in any::<String>()) {
            prop_assert_eq!(replace_unsafe(&text).chars().count(), text.chars().count());
        }
    }
}
