//! The credential in every form in which it could come back. Written anew here, and not with what Purser looks for.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::fmt::Write as _;

/// Characters that encoders treat differently are in it, and no stretch of ten that all of them leave as it is.
pub(crate) const SECRET: &str = "c4n4ry/Secret+of=\"egress\"&<1>~";

/// How much of it must not be found in plain.
const STRETCH: usize = 10;

/// A way to write a text.
type Spelling = (&'static str, fn(&str) -> String);

pub(crate) const SPELLINGS: &[Spelling] = &[
    ("plain", str::to_owned),
    // Three bytes are four characters, so it can stand in three ways within a longer text.
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
    text.chars().fold(String::new(), |mut written, c| {
        if which(c) {
            written += &write(c)
        } else {
            written.write_char(c).unwrap()
        }
        written
    })
}

/// The credential in this form, or in every one.
pub(crate) fn spelled(name: &str) -> String {
    if name == "every" {
        return SPELLINGS
            .iter()
            .map(|(_, spell)| spell(SECRET))
            .collect::<Vec<_>>()
            .join(" ");
    }
    let found = SPELLINGS.iter().find(|(spelling, _)| *spelling == name);
    found.unwrap_or_else(|| panic!("nobody writes {name:?}")).1(SECRET)
}

/// In which form the credential, or a part of it, is in these bytes.
pub(crate) fn found_in(bytes: &[u8]) -> Option<&'static str> {
    let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    let spelled = SPELLINGS.iter().find(|(name, spell)| {
        let text = spell(SECRET);
        // Where it stands within something longer, the characters at both ends are of its neighbours, too.
        let ends = if name.starts_with("base64-") { 2 } else { 0 };
        holds(&text.as_bytes()[ends..text.len() - ends])
    });
    spelled.map(|(name, _)| *name).or_else(|| {
        // A part of the whole.
        SECRET
            .as_bytes()
            .windows(STRETCH)
            .any(holds)
            .then_some("a part of it")
    })
}

#[test]
fn every_form_is_found() {
    for (name, spell) in SPELLINGS {
        assert!(
            found_in(format!("before {} after", spell(SECRET)).as_bytes()).is_some(),
            "{name}"
        );
    }
    assert_eq!(found_in(b"before [credential] after"), None);
    assert_eq!(found_in(&SECRET.as_bytes()[4..16]), Some("a part of it"));
}
