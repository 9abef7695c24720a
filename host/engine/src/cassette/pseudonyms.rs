//! Pseudonyms for e-mail addresses: the same address has the same one all through a cassette, however it is written, so that a request made of
//! an address that was read is still the request that was recorded.

use std::borrow::Cow;
use std::collections::HashMap;

/// The domain of all pseudonyms. It is reserved: no message to it arrives anywhere.
const DOMAIN: &str = "example.invalid";

/// Gives out pseudonyms.
#[derive(Debug, Default)]
pub(super) struct Pseudonyms {
    given: HashMap<String, usize>,
}

impl Pseudonyms {
    /// The text with a pseudonym for each address in it. The rest of it stays as it is, byte by byte.
    pub(super) fn of_text<'a>(&mut self, text: &'a str) -> Cow<'a, str> {
        let mut replaced = String::new();
        let mut copied = 0;
        let mut at = 0;
        let mut local: Option<Local> = None;
        while let Some((meant, next)) = unit(text, at) {
            if meant == Meant::Char('@')
                && let Some(Local { start, mut address }) = local.take()
            {
                if let Some((domain, end)) = domain(text, next) {
                    address.push(b'@');
                    address.extend(domain);
                    let number = self.number(&address);
                    // However the sign itself is written here.
                    let sign = text.get(at..next).unwrap_or("@");
                    replaced += text.get(copied..start).unwrap_or_default();
                    replaced += &format!("person-{number}{sign}{DOMAIN}");
                    (copied, at) = (end, end);
                    continue;
                }
            } else if meant.begins_a_word() || (local.is_some() && meant.joins_words()) {
                let local = local.get_or_insert_with(|| Local {
                    start: at,
                    address: Vec::new(),
                });
                meant.append_to(&mut local.address);
            } else {
                local = None;
            }
            at = next;
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        replaced += text.get(copied..).unwrap_or_default();
        Cow::Owned(replaced)
    }

    /// The same for bytes, be they text or not.
    pub(super) fn of_bytes(&mut self, bytes: &[u8]) -> Vec<u8> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return self.of_text(text).into_owned().into_bytes();
        }
        // A character for each byte and back again: what is replaced, and what replaces it, is ASCII.
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        self.of_text(&text)
            .chars()
            .filter_map(|c| u8::try_from(u32::from(c)).ok())
            .collect()
    }

    fn number(&mut self, address: &[u8]) -> usize {
        let next = self.given.len() + 1;
        *self
            .given
            .entry(String::from_utf8_lossy(address).to_lowercase())
            .or_insert(next)
    }
}

/// What may become an address: the part before the sign.
struct Local {
    start: usize,
    address: Vec<u8>,
}

/// What is meant by a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    /// A character.
    Char(char),
    /// A byte of a character that is not ASCII, percent-encoded.
    Byte(u8),
    /// Something that is in no address, as a line break written `\n`.
    Other,
}

impl Meant {
    fn begins_a_word(self) -> bool {
        match self {
            Self::Char(c) => c.is_alphanumeric() || c == '_',
            Self::Byte(_) => true,
            Self::Other => false,
        }
    }

    fn is_in_a_label(self) -> bool {
        self == Self::Char('-') || (self != Self::Char('_') && self.begins_a_word())
    }

    fn joins_words(self) -> bool {
        matches!(self, Self::Char('.' | '-' | '+' | '\''))
    }

    fn append_to(self, address: &mut Vec<u8>) {
        match self {
            Self::Char(c) => address.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Self::Byte(byte) => address.push(byte),
            Self::Other => {}
        }
    }
}

/// What is meant at a place, and where the next such stretch begins. Knows the escapes of JSON and of URLs, and those of a URL that is a
/// parameter of another.
fn unit(text: &str, at: usize) -> Option<(Meant, usize)> {
    let rest = text.get(at..)?;
    let c = rest.chars().next()?;
    let plain = (Meant::Char(c), at + c.len_utf8());
    Some(match c {
        '\\' => match hex(rest, 2, 6).filter(|_| rest.starts_with("\\u")) {
            Some(code) => (
                char::from_u32(code).map_or(Meant::Other, Meant::Char),
                at + 6,
            ),
            None => (
                Meant::Other,
                at + 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
            ),
        },
        '%' => {
            let mut digits = 1;
            while rest.get(digits..digits + 2) == Some("25") {
                digits += 2;
            }
            match hex(rest, digits, digits + 2).and_then(|code| u8::try_from(code).ok()) {
                Some(byte) if byte.is_ascii() => (Meant::Char(byte.into()), at + digits + 2),
                Some(byte) => (Meant::Byte(byte), at + digits + 2),
                None => plain,
            }
        }
        _ => plain,
    })
}

fn hex(text: &str, from: usize, to: usize) -> Option<u32> {
    let digits = text
        .get(from..to)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

/// The domain that begins at a place, and where it ends: labels with dots between, the last of which is no number, as that of `name@1.2.3`
/// would be.
fn domain(text: &str, mut at: usize) -> Option<(Vec<u8>, usize)> {
    let (mut domain, mut begun) = (Vec::new(), 0);
    // How much of it is a domain, and where that much ends.
    let mut good = None;
    loop {
        let unit = unit(text, at);
        if let Some((meant, next)) = unit
            && meant.is_in_a_label()
        {
            meant.append_to(&mut domain);
            at = next;
            continue;
        }
        let label = domain.get(begun..).unwrap_or_default();
        let top_level =
            begun > 0 && label.len() >= 2 && !label.first().is_some_and(u8::is_ascii_digit);
        if top_level {
            good = Some((domain.len(), at));
        }
        match unit {
            Some((Meant::Char('.'), next)) if !label.is_empty() => at = next,
            _ => break,
        }
        domain.push(b'.');
        begun = domain.len();
    }
    let (length, end) = good?;
    domain.truncate(length);
    Some((domain, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(text: &str) -> String {
        Pseudonyms::default().of_text(text).into_owned()
    }

    #[test]
    fn an_address_becomes_a_pseudonym_wherever_it_stands() {
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
    fn what_is_no_address_stays_as_it_is() {
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
    fn an_address_has_one_pseudonym_however_it_is_written() {
        let mut pseudonyms = Pseudonyms::default();
        for text in [
            "jürgen+x@b.example",
            "j\\u00fcrgen\\u002bx@b.example",
            "j%C3%BCrgen%2Bx%40b.example",
            "JÜRGEN+X@B.example",
        ] {
            let replaced = pseudonyms.of_text(text).into_owned();
            assert!(
                replaced.starts_with("person-1") && replaced.ends_with("example.invalid"),
                "{text}: {replaced}"
            );
        }
        assert_eq!(
            pseudonyms.of_text("x@b.example"),
            "person-2@example.invalid"
        );
    }

    #[test]
    fn bytes_that_are_no_text_keep_all_but_their_addresses() {
        let mut pseudonyms = Pseudonyms::default();
        assert_eq!(
            pseudonyms.of_bytes(b"\xff\x00;ada@corp.example;\xfe"),
            b"\xff\x00;person-1@example.invalid;\xfe"
        );
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(pseudonyms.of_bytes(&bytes), bytes);
    }

    #[test]
    fn a_long_text_takes_time_in_proportion() {
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
