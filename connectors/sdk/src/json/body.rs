//! The text of a body: its encoding, and what it is if it is not JSON.

use std::borrow::Cow;

/// Beginnings that some applications write before JSON, against its use as a script.
const SCRIPT_GUARDS: [&str; 4] = [")]}'", "while(1);", "for(;;);", "throw "];

/// Returns the text of a body without a byte order mark: UTF-8 as it is, and UTF-16 and UTF-32,
/// which a mark or their zero bytes reveal, as UTF-8.
pub(super) fn text(body: &[u8]) -> Cow<'_, [u8]> {
    if let Some(rest) = body.strip_prefix(b"\xef\xbb\xbf") {
        return Cow::Borrowed(rest);
    }

    // why: JSON begins with an ASCII character, whose zero bytes show the width and order of units
    let decoded = match *body {
        [0xff, 0xfe, 0, 0, ref rest @ ..] => utf32(rest, u32::from_le_bytes),
        [0, 0, 0xfe, 0xff, ref rest @ ..] => utf32(rest, u32::from_be_bytes),
        [0xff, 0xfe, ref rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, ref rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0, 0, 0, first, ..] if first != 0 => utf32(body, u32::from_be_bytes),
        [first, 0, 0, 0, ..] if first != 0 => utf32(body, u32::from_le_bytes),
        [0, first, ..] if first != 0 => utf16(body, u16::from_be_bytes),
        [first, 0, ..] if first != 0 => utf16(body, u16::from_le_bytes),
        _ => return Cow::Borrowed(body),
    };
    Cow::Owned(decoded.into_bytes())
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (units, _) = bytes.as_chunks::<2>();
    let characters = char::decode_utf16(units.iter().map(|bytes| unit(*bytes)));
    characters
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> String {
    let (units, _) = bytes.as_chunks::<4>();
    units
        .iter()
        .map(|bytes| char::from_u32(unit(*bytes)).unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// True if a body is a page for a browser.
pub(crate) fn is_web_page(body: &[u8]) -> bool {
    let text = text(body);
    let beginning = text.trim_ascii_start();
    let beginning = beginning
        .get(..16)
        .unwrap_or(beginning)
        .to_ascii_lowercase();
    ["<!doctype", "<html", "<head", "<body", "<!--"]
        .iter()
        .any(|tag| beginning.starts_with(tag.as_bytes()))
}

/// Names what a text is that is not JSON. `None` for JSON that is merely faulty.
pub(super) fn other_format(text: &[u8]) -> Option<String> {
    let beginning = text.trim_ascii_start();
    if beginning.is_empty() {
        return Some("the body is empty".into());
    }
    if is_web_page(text) {
        return Some("it is a web page".into());
    }
    if beginning.starts_with(b"<") {
        return Some("it is XML".into());
    }
    if let Some(guard) = SCRIPT_GUARDS
        .iter()
        .find(|guard| beginning.starts_with(guard.as_bytes()))
    {
        return Some(format!(
            "it begins with {guard:?}, which is no part of JSON"
        ));
    }
    if is_script(beginning) {
        return Some("it is a script that passes JSON to a function (JSONP)".into());
    }

    let mut documents =
        serde_json::Deserializer::from_slice(beginning).into_iter::<serde::de::IgnoredAny>();
    let first_two = (documents.next(), documents.next());
    matches!(first_two, (Some(Ok(_)), Some(Ok(_))) if beginning.starts_with(b"{"))
        .then(|| "it has several documents of JSON, such as one a line (NDJSON)".into())
}

/// True for `callback(…`.
fn is_script(beginning: &[u8]) -> bool {
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.');
    let length = beginning.iter().take_while(|byte| name(byte)).count();
    length > 0 && beginning.get(length) == Some(&b'(')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_each_encoding_is_found() {
        let json = r#"{"a":"ü😀"}"#;
        let utf16 =
            |bytes: fn(u16) -> [u8; 2]| json.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
        let utf32 = |bytes: fn(u32) -> [u8; 4]| {
            json.chars()
                .flat_map(|each| bytes(u32::from(each)))
                .collect::<Vec<_>>()
        };
        for (mark, body) in [
            (&b""[..], json.as_bytes().to_vec()),
            (b"\xef\xbb\xbf", json.as_bytes().to_vec()),
            (b"\xff\xfe", utf16(u16::to_le_bytes)),
            (b"\xfe\xff", utf16(u16::to_be_bytes)),
            (b"", utf16(u16::to_le_bytes)),
            (b"", utf16(u16::to_be_bytes)),
            (b"\xff\xfe\0\0", utf32(u32::to_le_bytes)),
            (b"\0\0\xfe\xff", utf32(u32::to_be_bytes)),
            (b"", utf32(u32::to_le_bytes)),
            (b"", utf32(u32::to_be_bytes)),
        ] {
            let body = [mark, &body].concat();
            assert_eq!(text(&body).as_ref(), json.as_bytes(), "{body:?}");
        }
    }

    #[test]
    fn other_formats_are_named() {
        for (body, named) in [
            (" \n", "empty"),
            ("<!DOCTYPE html><html>", "web page"),
            (" <HTML lang=en>", "web page"),
            ("<?xml version='1.0'?><a/>", "XML"),
            (")]}'\n{}", ")]}'"),
            ("while(1);[]", "while(1);"),
            ("cb({\"a\":1})", "JSONP"),
            ("{\"a\":1}\n{\"a\":2}\n", "NDJSON"),
        ] {
            let other = other_format(body.as_bytes()).unwrap_or_default();
            assert!(other.contains(named), "{body}: {other}");
        }
        for json in ["{\"a\":", "{\"a\":1}x", "[1,2", "tru"] {
            assert_eq!(other_format(json.as_bytes()), None, "{json}");
        }
    }
}
