//! Finds texts that are written with escapes or in hexadecimal. No list of encoded forms is
//! complete, because a server may escape any character or leave it. So a text is also searched with
//! its escapes undone, and with stretches of hexadecimal decoded.
//!
//! A match in a decoded text is reported as the range of the original that encodes it, so that it
//! can be replaced there.

use std::ops::Range;

/// The number of times that escapes are undone: a text in JSON, in a URL, in JSON again.
const MAX_DEPTH: usize = 3;

/// The shortest stretch of hexadecimal that is decoded, in digits: six bytes, the length of the
/// shortest secret.
const MIN_HEX_DIGITS: usize = 12;

/// A decoded unit of a text, and the number of bytes that encode it.
type Unit = (Decoded, usize);

#[derive(Clone, Copy)]
enum Decoded {
    Byte(u8),
    Char(char),
}

/// True if no decoding can merge `byte` with its neighbours; such a byte always stands for itself.
pub(crate) const fn is_boundary(byte: u8) -> bool {
    byte.is_ascii()
        && !byte.is_ascii_alphanumeric()
        && !matches!(byte, b'%' | b'\\' | b'&' | b'#' | b';')
}

/// Returns the ranges of `text` whose decoding `find` matches, in order and without overlaps.
/// `find` returns the matches in a decoded text; matches in `text` itself are not included.
pub(crate) fn find_encoded(
    text: &[u8],
    find: &impl Fn(&[u8]) -> Vec<Range<usize>>,
) -> Vec<Range<usize>> {
    let mut found = find_to_depth(text, find, MAX_DEPTH);
    found.sort_by_key(|range| range.start);

    let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for range in found {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

fn find_to_depth(
    text: &[u8],
    find: &impl Fn(&[u8]) -> Vec<Range<usize>>,
    depth: usize,
) -> Vec<Range<usize>> {
    let mut found = find_in_hex(text, find);
    if depth > 0
        && let Some(decoded) = unescape(text).filter(|decoded| decoded != text)
    {
        let mut matches = find(&decoded);
        matches.extend(find_to_depth(&decoded, find, depth - 1));
        found.extend(map_to_source(Unescape(text), matches));
    }
    found
}

/// Undoes all escapes of a text. `None` if no escape can begin in it, as in most responses.
fn unescape(text: &[u8]) -> Option<Vec<u8>> {
    let next_escape = |text: &[u8]| memchr::memchr3(b'%', b'\\', b'&', text);
    next_escape(text)?;

    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, escaped)) = next_escape(rest).and_then(|at| rest.split_at_checked(at)) {
        decoded.extend_from_slice(plain);
        let mut units = Unescape(escaped);
        if let Some((unit, _)) = units.next() {
            unit.append_to(&mut decoded);
        }
        rest = units.0;
    }
    decoded.extend_from_slice(rest);

    Some(decoded)
}

/// Returns the ranges of `text` that are the hexadecimal of a match.
fn find_in_hex(text: &[u8], find: &impl Fn(&[u8]) -> Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut bytes = Vec::new();
    // The byte before `at` is never a digit. Every stretch that is long enough has a digit at the
    // end of a step of that length, so most of a text is skipped in such steps.
    let mut at = 0;
    while let Some((last, before)) = text
        .get(at..at + MIN_HEX_DIGITS)
        .and_then(<[u8]>::split_last)
    {
        if !last.is_ascii_hexdigit() {
            at += MIN_HEX_DIGITS;
            continue;
        }

        let begin = at + before.len() - trailing_hex_digits(before);
        let rest = text.get(begin..).unwrap_or_default();
        let digits = rest.get(..leading_hex_digits(rest)).unwrap_or_default();
        if digits.len() >= MIN_HEX_DIGITS {
            // Pairs of digits can begin at the first digit or at the second.
            for (begin, pairs) in [
                (begin, digits),
                (begin + 1, digits.get(1..).unwrap_or_default()),
            ] {
                bytes.clear();
                bytes.extend(pairs.chunks_exact(2).filter_map(hex_byte));
                let matches = find(&bytes).into_iter();
                found.extend(matches.map(|range| begin + 2 * range.start..begin + 2 * range.end));
            }
        }
        at = begin + digits.len() + 1;
    }
    found
}

fn leading_hex_digits(text: &[u8]) -> usize {
    text.iter()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count()
}

fn trailing_hex_digits(text: &[u8]) -> usize {
    text.iter()
        .rev()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count()
}

/// Maps ranges of the decoded text to the ranges of the source that encode them.
fn map_to_source(units: Unescape<'_>, mut matches: Vec<Range<usize>>) -> Vec<Range<usize>> {
    matches.sort_by_key(|range| range.start);
    let mut matches = matches.into_iter().peekable();
    let mut found: Vec<Range<usize>> = Vec::new();
    // The matches that were entered and not left: start in the source, end in the decoded text.
    let mut open: Vec<Range<usize>> = Vec::new();

    let mut decoded_at = 0;
    let mut source_at = 0;
    for (unit, length) in units {
        if matches.peek().is_none() && open.is_empty() {
            break;
        }

        let next = decoded_at + unit.len();
        while let Some(range) = matches.next_if(|range| range.start < next) {
            open.push(source_at..range.end);
        }
        decoded_at = next;
        source_at += length;
        open.retain(|range| {
            let goes_on = range.end > decoded_at;
            if !goes_on {
                found.push(range.start..source_at);
            }
            goes_on
        });
    }
    found
}

impl Decoded {
    fn append_to(self, text: &mut Vec<u8>) {
        match self {
            Self::Byte(byte) => text.push(byte),
            Self::Char(c) => text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    const fn len(self) -> usize {
        match self {
            Self::Char(c) => c.len_utf8(),
            Self::Byte(_) => 1,
        }
    }
}

/// Iterates over a text with its escapes undone: `%2f`, `\u002f`, `\x2f`, `\/`, `&#47;`, `&#x2f;`,
/// `&amp;`.
struct Unescape<'a>(&'a [u8]);

impl Iterator for Unescape<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        let (&first, rest) = self.0.split_first()?;
        let escape = match first {
            b'%' => hex_byte(rest).map(|byte| (Decoded::Byte(byte), 3)),
            b'\\' => backslash_escape(rest),
            b'&' => html_entity(rest),
            _ => None,
        };

        let (unit, length) = escape.unwrap_or((Decoded::Byte(first), 1));
        self.0 = self.0.get(length..).unwrap_or_default();
        Some((unit, length))
    }
}

fn hex_byte(text: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

fn parse_digits(digits: &[u8], radix: u32) -> Option<u32> {
    // The standard library would accept a sign, which no escape has.
    let digits = std::str::from_utf8(digits)
        .ok()
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, radix).ok()
}

fn backslash_escape(rest: &[u8]) -> Option<Unit> {
    match rest.first()? {
        b'u' => unicode_escape(rest),
        b'x' => Some((Decoded::Byte(hex_byte(rest.get(1..)?)?), 4)),
        byte if byte.is_ascii_punctuation() => Some((Decoded::Byte(*byte), 2)),
        _ => None,
    }
}

/// Parses `u002f`, or two of them for a character beyond the first plane, as JSON writes it.
fn unicode_escape(rest: &[u8]) -> Option<Unit> {
    let code_unit = |at: usize| u16::try_from(parse_digits(rest.get(at..at + 4)?, 16)?).ok();
    let first = code_unit(1)?;
    if let Some(c) = char::from_u32(first.into()) {
        return Some((Decoded::Char(c), 6));
    }

    let second = rest
        .get(5..7)
        .filter(|escape| *escape == b"\\u")
        .and_then(|_| code_unit(7))?;
    let c = char::decode_utf16([first, second]).next()?.ok()?;
    Some((Decoded::Char(c), 12))
}

fn html_entity(rest: &[u8]) -> Option<Unit> {
    // The longest that is read is `&#x10ffff;` with some zeros.
    let end = rest.iter().take(12).position(|byte| *byte == b';')?;
    let c = match rest.get(..end)? {
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(parse_digits(digits, 16)?)?,
        [b'#', digits @ ..] => char::from_u32(parse_digits(digits, 10)?)?,
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        _ => return None,
    };
    Some((Decoded::Char(c), end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Returns a plain search for `what`.
    fn find(what: &'static str) -> impl Fn(&[u8]) -> Vec<Range<usize>> {
        move |text| {
            let windows = text
                .windows(what.len())
                .enumerate()
                .filter(|(_, window)| *window == what.as_bytes());
            windows.map(|(at, _)| at..at + what.len()).collect()
        }
    }

    /// Returns the parts of the text that encode the secret.
    fn found(text: &str) -> Vec<&str> {
        find_encoded(text.as_bytes(), &find("s3c/et"))
            .into_iter()
            .map(|range| &text[range])
            .collect()
    }

    #[test]
    fn escaped_secret_is_found_at_its_place_in_the_source() {
        for written in [
            "s3c%2Fet",
            "s3c%2fet",
            "%73%33%63%2f%65%74",
            "s3c\\/et",
            "s3c\\u002fet",
            "\\u0073\\x33c/et",
            "s3c&#47;et",
            "s3c&#x2F;et",
            "%73\\u0033c&#47;et",
            "s3c%252fet",
            "s3c\\\\u002fet",
            "s3c%25252fet",
            "7333632f6574",
            "7333632F6574",
            "%37333632f6574",
        ] {
            for text in [
                written.to_owned(),
                format!("before {written} after"),
                format!("\\\"{written}%20{written}&"),
            ] {
                let parts = found(&text);
                assert!(
                    !parts.is_empty() && parts.iter().all(|part| *part == written),
                    "{text}: {parts:?}"
                );
            }
        }

        assert_eq!(
            found("0a7333632f6574ff"),
            ["7333632f6574"],
            "within other digits"
        );
        assert_eq!(
            found("a7333632f6574f"),
            ["7333632f6574"],
            "and between their pairs"
        );

        for at in 0..40 {
            let before: String = "deadbeef, 0123456789 ".chars().cycle().take(at).collect();
            assert_eq!(
                found(&format!("{before} 7333632f6574")),
                ["7333632f6574"],
                "wherever it begins: {at}"
            );
        }
    }

    #[test]
    fn surrogate_pair_decodes_to_one_character() {
        for written in [
            "k\\ud83d\\ude00y",
            "\\u006b\\uD83D\\uDE00y",
            "%6b\\ud83d\\ude00y",
        ] {
            assert_eq!(
                find_encoded(written.as_bytes(), &find("k😀y")),
                std::slice::from_ref(&(0..written.len())),
                "{written}"
            );
        }

        for text in [
            "k\\ud83dy",
            "k\\ud83d\\u0041y",
            "k\\ude00\\ud83dy",
            "k\\ud83d\\ude0",
        ] {
            assert!(
                find_encoded(text.as_bytes(), &find("k😀y")).is_empty(),
                "{text}"
            );
        }
    }

    #[test]
    fn incomplete_escapes_decode_to_nothing() {
        for text in [
            "",
            "%",
            "%2",
            "%zz",
            "\\",
            "\\u00",
            "\\ud800",
            "&",
            "&;",
            "&#;",
            "&#x110000;",
            "&#+47;",
            "s3c%2",
            "7333632f65",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    proptest! {
        /// Each character stands as it is or is escaped in some way.
        #[test]
        fn secret_is_found_with_any_mixture_of_escapes(ways in prop::collection::vec(0_usize..6, 6), before in "[ -~]{0,8}") {
            let written: String = "s3c/et".chars().zip(&ways).map(|(c, way)| match way {
                0 => c.to_string(),
                1 => format!("%{:02x}", u32::from(c)),
                2 => format!("\\u{:04X}", u32::from(c)),
                3 => format!("&#{};", u32::from(c)),
                4 => format!("&#x{:x};", u32::from(c)),
                _ => format!("\\x{:02X}", u32::from(c)),
            }).collect();

            // The space keeps the text before it from being read as a part of the secret.
            let text = format!("{before} {written}");

            if ways.iter().any(|way| *way > 0) {
                prop_assert!(found(&text).contains(&written.as_str()), "{text}");
            }
        }

        #[test]
        fn found_ranges_lie_within_any_text(text in prop::collection::vec(prop::sample::select(b"%\\&#ux0a;2f/".to_vec()), 0..60)) {
            for range in find_encoded(&text, &find("//")) {
                prop_assert!(range.start < range.end && range.end <= text.len());
            }
        }
    }
}
