//! Pseudonyms for e-mail addresses.
//!
//! An address has the same pseudonym all through a cassette, in every notation: a request that
//! contains an address from an earlier response still matches the recorded request.

use super::symbol::{Symbol, read_symbol};
use std::borrow::Cow;
use std::collections::HashMap;

/// Domain of all pseudonyms. RFC 2606 reserves `.invalid`, so no message to it arrives anywhere.
const DOMAIN: &str = "example.invalid";

/// Pseudonyms by address.
#[derive(Debug, Default)]
pub(super) struct Pseudonyms {
    /// Numbers, from 1, by address in lower case.
    numbers: HashMap<String, usize>,
}

/// Local part that was read so far, in front of a possible `@`.
struct LocalPart {
    /// Offset at which it begins in the text.
    start: usize,
    /// Decoded bytes.
    address: Vec<u8>,
}

/// Domain that was read, after an `@`.
struct Domain {
    /// Decoded bytes.
    name: Vec<u8>,
    /// Offset at which it ends in the text.
    end: usize,
}

impl Pseudonyms {
    /// Replaces each address in a text by its pseudonym. All other bytes stay the same.
    pub(super) fn replace_in_text<'a>(&mut self, text: &'a str) -> Cow<'a, str> {
        let mut replaced = String::new();
        let mut copied = 0;
        let mut at = 0;
        let mut local: Option<LocalPart> = None;

        while let Some((symbol, next)) = read_symbol(text, at) {
            if symbol == Symbol::Char('@') {
                if let Some(part) = local.take()
                    && let Some(domain) = read_domain(text, next)
                {
                    // why: the `@` stays in its notation, such as `%40`
                    let sign = text.get(at..next).unwrap_or("@");
                    let number = self.number(part.address, &domain.name);
                    replaced += text.get(copied..part.start).unwrap_or_default();
                    replaced += &format!("person-{number}{sign}{DOMAIN}");

                    copied = domain.end;
                    at = domain.end;
                    continue;
                }
            } else {
                extend_local_part(&mut local, symbol, at);
            }
            at = next;
        }

        if copied == 0 {
            return Cow::Borrowed(text);
        }
        replaced += text.get(copied..).unwrap_or_default();
        Cow::Owned(replaced)
    }

    /// Replaces each address in bytes that need not be UTF-8.
    pub(super) fn replace_in_bytes(&mut self, bytes: &[u8]) -> Vec<u8> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return self.replace_in_text(text).into_owned().into_bytes();
        }

        // why: one character for each byte loses nothing on the way back, because pseudonyms are
        // ASCII
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        self.replace_in_text(&text)
            .chars()
            .filter_map(|c| u8::try_from(u32::from(c)).ok())
            .collect()
    }

    /// Returns the number of an address, a new one at its first occurrence.
    fn number(&mut self, local: Vec<u8>, domain: &[u8]) -> usize {
        let mut address = local;
        address.push(b'@');
        address.extend_from_slice(domain);
        let address = String::from_utf8_lossy(&address).to_lowercase();

        let next = self.numbers.len() + 1;
        *self.numbers.entry(address).or_insert(next)
    }
}

/// Adds a symbol to the local part, begins one, or drops it if the symbol cannot be in one.
fn extend_local_part(local: &mut Option<LocalPart>, symbol: Symbol, at: usize) {
    let continues = local.is_some() && symbol.joins_words();
    if !continues && !symbol.begins_word() {
        *local = None;
        return;
    }

    let part = local.get_or_insert_with(|| LocalPart {
        start: at,
        address: Vec::new(),
    });
    symbol.append_to(&mut part.address);
}

/// Reads the domain that begins at an offset: labels with dots in between. The last label begins
/// with a letter, so that the version in `name@1.2.3` is not a domain.
fn read_domain(text: &str, mut at: usize) -> Option<Domain> {
    let mut name = Vec::new();
    let mut label_start = 0;
    // The longest domain so far: its decoded length, and the offset at which it ends.
    let mut longest = None;

    loop {
        let symbol = read_symbol(text, at);
        if let Some((symbol, next)) = symbol
            && symbol.is_in_label()
        {
            symbol.append_to(&mut name);
            at = next;
            continue;
        }

        let label = name.get(label_start..).unwrap_or_default();
        let begins_with_digit = label.first().is_some_and(u8::is_ascii_digit);
        if label_start > 0 && label.len() >= 2 && !begins_with_digit {
            longest = Some((name.len(), at));
        }

        match symbol {
            Some((Symbol::Char('.'), next)) if !label.is_empty() => at = next,
            _ => break,
        }
        name.push(b'.');
        label_start = name.len();
    }

    let (length, end) = longest?;
    name.truncate(length);
    Some(Domain { name, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(text: &str) -> String {
        Pseudonyms::default().replace_in_text(text).into_owned()
    }

    #[test]
    fn address_in_any_notation_becomes_a_pseudonym() {
        let cases = [
            (
                r#"{"email":"ada@corp.example"}"#,
                r#"{"email":"person-1@example.invalid"}"#,
            ),
            ("ada@corp.example", "person-1@example.invalid"),
            (
                "Write to ada.king-l@mail.corp.example.",
                "Write to person-1@example.invalid.",
            ),
            (
                "<mailto:o'connor+x@corp.example>,",
                "<mailto:person-1@example.invalid>,",
            ),
            (
                "/users/ada%40corp.example/seats?x=1",
                "/users/person-1%40example.invalid/seats?x=1",
            ),
            (
                "next=%2Fu%3Fe%3Dada%2540corp.example%26",
                "next=%2Fu%3Fe%3Dperson-1%2540example.invalid%26",
            ),
            (
                r"eq%20%22ada@corp.example%22",
                r"eq%20%22person-1@example.invalid%22",
            ),
            (
                r#""a\nada\u0040corp.example\n""#,
                r#""a\nperson-1\u0040example.invalid\n""#,
            ),
            (
                r#""\\nada@corp.example\"x""#,
                r#""\\person-1@example.invalid\"x""#,
            ),
            (
                r#""\u003cada@corp.example\u003e""#,
                r#""\u003cperson-1@example.invalid\u003e""#,
            ),
            ("jürgen@bücher.example", "person-1@example.invalid"),
            (
                "a@b.example,c@d.example;A@B.EXAMPLE",
                "person-1@example.invalid,person-2@example.invalid;person-1@example.invalid",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(replaced(text), expected, "{text}");
        }
    }

    #[test]
    fn text_without_an_address_is_unchanged() {
        for text in [
            "",
            "@",
            "a@",
            "@b.example",
            "ada@localhost",
            "left-pad@1.3.0",
            "x@y.7z@",
            "100%",
            "%4",
            "\\",
            "\\u00",
            "\\u12x",
            "a@b..c",
            "ﬁne print",
            "@scope/package",
            "50% @ home",
            "\u{1f980}@\u{1f980}",
        ] {
            assert_eq!(replaced(text), text);
        }
    }

    #[test]
    fn address_in_several_notations_has_one_pseudonym() {
        let mut pseudonyms = Pseudonyms::default();

        for text in [
            "jürgen+x@b.example",
            "j\\u00fcrgen\\u002bx@b.example",
            "j%C3%BCrgen%2Bx%40b.example",
            "JÜRGEN+X@B.example",
        ] {
            let replaced = pseudonyms.replace_in_text(text).into_owned();
            assert!(
                replaced.starts_with("person-1") && replaced.ends_with("example.invalid"),
                "{text}: {replaced}"
            );
        }

        assert_eq!(
            pseudonyms.replace_in_text("x@b.example"),
            "person-2@example.invalid"
        );
    }

    #[test]
    fn bytes_that_are_not_utf8_change_only_in_their_addresses() {
        let mut pseudonyms = Pseudonyms::default();

        assert_eq!(
            pseudonyms.replace_in_bytes(b"\xff\x00;ada@corp.example;\xfe"),
            b"\xff\x00;person-1@example.invalid;\xfe"
        );

        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(pseudonyms.replace_in_bytes(&bytes), bytes);
    }

    #[test]
    fn long_text_takes_linear_time() {
        let began = std::time::Instant::now();

        for text in [
            "a".repeat(4 << 20),
            "a@".repeat(2 << 20),
            "a@b.".repeat(1 << 20),
            format!("a@{}", "bb.".repeat(1 << 20)),
            "%25".repeat(1 << 20),
        ] {
            replaced(&text);
        }

        assert!(began.elapsed() < std::time::Duration::from_secs(60));
    }
}
