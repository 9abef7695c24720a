//! Other ways to write the same text, in which no list of forms is complete: of each character, a server may write an escape or the
//! character itself. So a text is also read with its escapes undone, and as the hexadecimal of another.
//!
//! What is found in a reading is told as the place where it is written, so that it can be taken out there.

use std::ops::Range;

/// How often escapes are undone: a text in JSON, in a URL, in JSON again.
const DEEPEST: usize = 3;

/// The shortest stretch of hexadecimal that is read, in digits. Six bytes, as the shortest secret has.
const SHORTEST_HEX: usize = 12;

/// A piece of a text: what it stands for, and how many bytes it takes.
type Piece = (Meaning, usize);

#[derive(Clone, Copy)]
enum Meaning {
    Byte(u8),
    Char(char),
}

/// Whether no reading joins what stands before this byte, it included, and what stands behind it: it is no part of an escape but the last, and
/// no digit. In every reading it stands for itself.
pub(crate) const fn is_seam(byte: u8) -> bool {
    byte.is_ascii()
        && !byte.is_ascii_alphanumeric()
        && !matches!(byte, b'%' | b'\\' | b'&' | b'#' | b';')
}

/// Where something is written in a text, in any reading but the plain one. `find` tells where it is in a reading. In order, and without
/// overlaps.
pub(crate) fn places(text: &[u8], find: &impl Fn(&[u8]) -> Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut found = deeper(text, find, DEEPEST);
    found.sort_by_key(|place| place.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for place in found {
        match merged.last_mut() {
            Some(last) if place.start < last.end => last.end = last.end.max(place.end),
            _ => merged.push(place),
        }
    }
    merged
}

fn deeper(
    text: &[u8],
    find: &impl Fn(&[u8]) -> Vec<Range<usize>>,
    depth: usize,
) -> Vec<Range<usize>> {
    let mut found = in_hex(text, find);
    if depth > 0
        && let Some(reading) = undone(text).filter(|reading| reading != text)
    {
        let mut within = find(&reading);
        within.extend(deeper(&reading, find, depth - 1));
        found.extend(written(Escapes(text), within));
    }
    found
}

/// The text with its escapes undone; nothing where no escape can begin, as in most answers.
fn undone(text: &[u8]) -> Option<Vec<u8>> {
    let next = |text: &[u8]| memchr::memchr3(b'%', b'\\', b'&', text);
    next(text)?;
    let (mut reading, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some((plain, escapes)) = next(rest).and_then(|at| rest.split_at_checked(at)) {
        reading.extend_from_slice(plain);
        let mut escapes = Escapes(escapes);
        if let Some((meaning, _)) = escapes.next() {
            meaning.put(&mut reading);
        }
        rest = escapes.0;
    }
    reading.extend_from_slice(rest);
    Some(reading)
}

/// Where the text is the hexadecimal of what is looked for. In a stretch of digits the pairs can begin at either of two.
fn in_hex(text: &[u8], find: &impl Fn(&[u8]) -> Vec<Range<usize>>) -> Vec<Range<usize>> {
    let digits = |text: &[u8]| {
        text.iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count()
    };
    let (mut found, mut at, mut reading) = (Vec::new(), 0, Vec::new());
    // No digit stands before `at`. Most text is passed over in steps: a stretch that is long enough has a digit at the end of one.
    while let Some((last, before)) = text.get(at..at + SHORTEST_HEX).and_then(<[u8]>::split_last) {
        if !last.is_ascii_hexdigit() {
            at += SHORTEST_HEX;
            continue;
        }
        let begin = at + before.len()
            - before
                .iter()
                .rev()
                .take_while(|byte| byte.is_ascii_hexdigit())
                .count();
        let rest = text.get(begin..).unwrap_or_default();
        let stretch = rest.get(..digits(rest)).unwrap_or_default();
        if stretch.len() >= SHORTEST_HEX {
            for (begin, pairs) in [
                (begin, stretch),
                (begin + 1, stretch.get(1..).unwrap_or_default()),
            ] {
                reading.clear();
                reading.extend(pairs.chunks_exact(2).filter_map(hex_byte));
                found.extend(
                    find(&reading)
                        .into_iter()
                        .map(|place| begin + 2 * place.start..begin + 2 * place.end),
                );
            }
        }
        at = begin + stretch.len() + 1;
    }
    found
}

/// From places in a reading to where they are written.
fn written(pieces: Escapes<'_>, mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| place.start);
    let (mut found, mut open): (Vec<Range<usize>>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
    let (mut places, mut read, mut at) = (places.into_iter().peekable(), 0, 0);
    for (meaning, length) in pieces {
        if places.peek().is_none() && open.is_empty() {
            break;
        }
        let next = read + meaning.len();
        while let Some(place) = places.next_if(|place| place.start < next) {
            // For now with its end in the reading.
            open.push(at..place.end);
        }
        (read, at) = (next, at + length);
        open.retain(|place| {
            let goes_on = place.end > read;
            if !goes_on {
                found.push(place.start..at);
            }
            goes_on
        });
    }
    found
}

impl Meaning {
    fn put(self, into: &mut Vec<u8>) {
        match self {
            Self::Byte(byte) => into.push(byte),
            Self::Char(c) => into.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    const fn len(self) -> usize {
        match self {
            Self::Char(c) => c.len_utf8(),
            Self::Byte(_) => 1,
        }
    }
}

/// A text with its escapes undone: `%2f`, `\u002f`, `\x2f`, `\/`, `&#47;`, `&#x2f;`, `&amp;`.
struct Escapes<'a>(&'a [u8]);

impl Iterator for Escapes<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let (&first, rest) = self.0.split_first()?;
        let piece = match first {
            b'%' => hex_byte(rest).map(|byte| (Meaning::Byte(byte), 3)),
            b'\\' => backslash(rest),
            b'&' => entity(rest),
            _ => None,
        };
        let (meaning, length) = piece.unwrap_or((Meaning::Byte(first), 1));
        self.0 = self.0.get(length..).unwrap_or_default();
        Some((meaning, length))
    }
}

fn hex_byte(text: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    // Not a sign, which the standard library would take.
    let digits = std::str::from_utf8(digits)
        .ok()
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, radix).ok()
}

fn backslash(rest: &[u8]) -> Option<Piece> {
    match rest.first()? {
        b'u' => unicode(rest),
        b'x' => Some((Meaning::Byte(hex_byte(rest.get(1..)?)?), 4)),
        byte if byte.is_ascii_punctuation() => Some((Meaning::Byte(*byte), 2)),
        _ => None,
    }
}

/// `u002f`, or two of them for a character beyond the first plane, as JSON has it.
fn unicode(rest: &[u8]) -> Option<Piece> {
    let unit = |at: usize| u16::try_from(number(rest.get(at..at + 4)?, 16)?).ok();
    let first = unit(1)?;
    if let Some(c) = char::from_u32(first.into()) {
        return Some((Meaning::Char(c), 6));
    }
    let second = rest
        .get(5..7)
        .filter(|escape| *escape == b"\\u")
        .and_then(|_| unit(7))?;
    let c = char::decode_utf16([first, second]).next()?.ok()?;
    Some((Meaning::Char(c), 12))
}

fn entity(rest: &[u8]) -> Option<Piece> {
    // The longest that is read is `&#x10ffff;` with some zeros.
    let end = rest.iter().take(12).position(|byte| *byte == b';')?;
    let c = match rest.get(..end)? {
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(number(digits, 16)?)?,
        [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        _ => return None,
    };
    Some((Meaning::Char(c), end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn find(what: &'static str) -> impl Fn(&[u8]) -> Vec<Range<usize>> {
        move |text| {
            let windows = text
                .windows(what.len())
                .enumerate()
                .filter(|(_, window)| *window == what.as_bytes());
            windows.map(|(at, _)| at..at + what.len()).collect()
        }
    }

    /// What is written at the places found.
    fn found(text: &str) -> Vec<&str> {
        places(text.as_bytes(), &find("s3c/et"))
            .into_iter()
            .map(|place| &text[place])
            .collect()
    }

    #[test]
    fn whatever_is_escaped_is_found_where_it_is_written() {
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
                let places = found(&text);
                assert!(
                    !places.is_empty() && places.iter().all(|place| *place == written),
                    "{text}: {places:?}"
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
    fn a_character_beyond_the_first_plane_is_two_escapes() {
        for written in [
            "k\\ud83d\\ude00y",
            "\\u006b\\uD83D\\uDE00y",
            "%6b\\ud83d\\ude00y",
        ] {
            assert_eq!(
                places(written.as_bytes(), &find("k😀y")),
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
            assert!(places(text.as_bytes(), &find("k😀y")).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_no_escape_is_left_as_it_is() {
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
        /// Of each character, as it is or escaped in some way.
        #[test]
        fn it_is_found_however_its_characters_are_written(ways in prop::collection::vec(0_usize..6, 6), before in "[ -~]{0,8}") {
            let written: String = "s3c/et".chars().zip(&ways).map(|(c, way)| match way {
                0 => c.to_string(),
                1 => format!("%{:02x}", u32::from(c)),
                2 => format!("\\u{:04X}", u32::from(c)),
                3 => format!("&#{};", u32::from(c)),
                4 => format!("&#x{:x};", u32::from(c)),
                _ => format!("\\x{:02X}", u32::from(c)),
            }).collect();
            // A space, so that what stands before is not read as a part of it.
            let text = format!("{before} {written}");
            if ways.iter().any(|way| *way > 0) {
                prop_assert!(found(&text).contains(&written.as_str()), "{text}");
            }
        }

        #[test]
        fn any_bytes_can_be_read(text in prop::collection::vec(prop::sample::select(b"%\\&#ux0a;2f/".to_vec()), 0..60)) {
            for place in places(&text, &find("//")) {
                prop_assert!(place.start < place.end && place.end <= text.len());
            }
        }
    }
}
