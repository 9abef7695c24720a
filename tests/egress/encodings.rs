//! The credential in every form in which an application could return it. This is independent of the
//! encodings that Purser searches for, on purpose.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::fmt::Write as _;

/// The credential. It has characters that encoders treat differently, in every ten of its
/// characters.
pub(crate) const SECRET: &str = "c4n4ry/Secret+of=\"egress\"&<1>~";

/// Length of a plain part of the credential that must not appear.
const PLAIN_PART: usize = 10;

/// A named encoding.
type Encoding = (&'static str, fn(&str) -> String);

pub(crate) const ENCODINGS: &[Encoding] = &[
    ("plain", str::to_owned),
    // Three bytes become four characters, so a text has three alignments within a longer one.
    ("base64", |text| STANDARD.encode(text)),
    ("base64-second", |text| {
        STANDARD_NO_PAD.encode(format!("x{text}"))
    }),
    ("base64-third", |text| {
        STANDARD_NO_PAD.encode(format!("xy{text}"))
    }),
    ("base64-within", |text| {
        STANDARD.encode(format!("{{\"token\":\"{text}\"}}"))
    }),
    ("base64-url", |text| URL_SAFE_NO_PAD.encode(text)),
    ("base64-url-second", |text| {
        URL_SAFE_NO_PAD.encode(format!("x{text}"))
    }),
    ("base64-url-third", |text| {
        URL_SAFE_NO_PAD.encode(format!("xy{text}"))
    }),
    ("percent", |text| {
        each(
            text,
            |c| !c.is_ascii_alphanumeric(),
            |c| format!("%{:02X}", u32::from(c)),
        )
    }),
    ("percent-lower", |text| {
        each(
            text,
            |c| !c.is_ascii_alphanumeric(),
            |c| format!("%{:02x}", u32::from(c)),
        )
    }),
    ("percent-all", |text| {
        each(text, |_| true, |c| format!("%{:02x}", u32::from(c)))
    }),
    ("percent-some", |text| {
        each(
            text,
            |c| "aeiou".contains(c),
            |c| format!("%{:02X}", u32::from(c)),
        )
    }),
    ("form", |text| {
        url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
    }),
    ("hex", |text| {
        text.bytes().map(|byte| format!("{byte:02x}")).collect()
    }),
    ("hex-upper", |text| {
        text.bytes().map(|byte| format!("{byte:02X}")).collect()
    }),
    ("json", |text| {
        serde_json::to_string(text)
            .unwrap()
            .trim_matches('"')
            .to_owned()
            + "\\u0020"
    }),
    ("json-slashes", |text| {
        each(text, |c| "\"/".contains(c), |c| format!("\\{c}"))
    }),
    ("json-ascii", |text| {
        each(
            text,
            |c| "\"<>&+='".contains(c),
            |c| format!("\\u{:04x}", u32::from(c)),
        )
    }),
    ("json-all", |text| {
        each(text, |_| true, |c| format!("\\u{:04X}", u32::from(c)))
    }),
    ("html", |text| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;")
    }),
    ("html-all", |text| {
        each(text, |_| true, |c| format!("&#{};", u32::from(c)))
    }),
    ("html-hex", |text| {
        each(text, |_| true, |c| format!("&#x{:x};", u32::from(c)))
    }),
];

fn each(text: &str, which: impl Fn(char) -> bool, write: impl Fn(char) -> String) -> String {
    text.chars().fold(String::new(), |mut encoded, c| {
        if which(c) {
            encoded += &write(c)
        } else {
            encoded.write_char(c).unwrap()
        }
        encoded
    })
}

/// Returns the credential in this encoding, or in all of them for `every`.
pub(crate) fn encoded(name: &str) -> String {
    if name == "every" {
        return ENCODINGS
            .iter()
            .map(|(_, encode)| encode(SECRET))
            .collect::<Vec<_>>()
            .join(" ");
    }

    let found = ENCODINGS.iter().find(|(known, _)| *known == name);
    found
        .unwrap_or_else(|| panic!("unknown encoding {name:?}"))
        .1(SECRET)
}

/// Returns the name of an encoding in which the bytes hold the credential or a part of it.
pub(crate) fn found_in(bytes: &[u8]) -> Option<&'static str> {
    let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    let encoded = ENCODINGS.iter().find(|(name, encode)| {
        let text = encode(SECRET);
        // Within a longer text, the characters at both ends also depend on the neighbours.
        let ends = if name.starts_with("base64-") { 2 } else { 0 };
        holds(&text.as_bytes()[ends..text.len() - ends])
    });

    encoded.map(|(name, _)| *name).or_else(|| {
        // A plain part of the credential.
        SECRET
            .as_bytes()
            .windows(PLAIN_PART)
            .any(holds)
            .then_some("a part of it")
    })
}

#[test]
fn credential_in_every_encoding_is_found() {
    for (name, encode) in ENCODINGS {
        assert!(
            found_in(format!("before {} after", encode(SECRET)).as_bytes()).is_some(),
            "{name}"
        );
    }

    assert_eq!(found_in(b"before [credential] after"), None);
    assert_eq!(found_in(&SECRET.as_bytes()[4..16]), Some("a part of it"));
}
