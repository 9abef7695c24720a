//! Encodings in which a response can repeat a text: as it is, in base64, percent-encoded, in JSON,
//! in HTML.

use base64::Engine as _;
use base64::alphabet::{self, Alphabet};
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// Character sets that the encoders in use leave unencoded. First, everything encoded that can be.
const SETS: [&AsciiSet; 4] = [
    NON_ALPHANUMERIC,
    // RFC 3986's unreserved characters stay: `encodeURIComponent`, most libraries.
    &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~'),
    // The WHATWG's query set: as a URL parser encodes a query.
    &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'<')
        .add(b'>')
        .add(b'\''),
    // The WHATWG's path set.
    &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'<')
        .add(b'>')
        .add(b'?')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'}'),
];

/// Returns every encoding of `text`, itself included. Duplicates are left in.
pub(crate) fn all(text: &str) -> Vec<String> {
    let mut encodings = vec![text.to_owned()];
    encodings.extend(base64(text.as_bytes()));
    encodings.extend(percent(text));
    encodings.extend(json(text));
    encodings.push(html(text));

    encodings
}

/// Encodes in base64, with both alphabets: padded, unpadded, and within something longer.
///
/// Three bytes make four characters, so a text within a longer one can start at three offsets. For
/// each, the characters that also depend on a neighbour are left out.
pub(crate) fn base64(bytes: &[u8]) -> Vec<String> {
    let mut encodings = Vec::new();
    for alphabet in [&alphabet::STANDARD, &alphabet::URL_SAFE] {
        encodings.push(base64_engine(alphabet, true).encode(bytes));
        encodings.push(base64_engine(alphabet, false).encode(bytes));
        for offset in 0..3 {
            let shifted = [vec![0; offset].as_slice(), bytes].concat();
            let first = (offset * 8).div_ceil(6);
            let last = shifted.len() * 8 / 6;
            let encoded = base64_engine(alphabet, false).encode(&shifted);
            encodings.extend(encoded.get(first..last).map(str::to_owned));
        }
    }

    encodings
}

fn base64_engine(alphabet: &Alphabet, padding: bool) -> GeneralPurpose {
    GeneralPurpose::new(
        alphabet,
        GeneralPurposeConfig::new().with_encode_padding(padding),
    )
}

fn percent(text: &str) -> Vec<String> {
    let mut encodings = Vec::new();
    for set in SETS {
        let upper = utf8_percent_encode(text, set).to_string();
        // Form encoding differs in the space alone.
        let form = upper.replace("%20", "+");
        encodings.extend([lower_hex(&upper), lower_hex(&form), upper, form]);
    }

    encodings
}

/// Writes `%2F` as `%2f`.
fn lower_hex(text: &str) -> String {
    let mut digits = 0_u8;
    let lower = |c: char| {
        if c == '%' {
            digits = 2;
            c
        } else if digits > 0 {
            digits -= 1;
            c.to_ascii_lowercase()
        } else {
            c
        }
    };

    text.chars().map(lower).collect()
}

/// Escapes as the content of a JSON string: with the least escaping, with `\/`, with all non-ASCII
/// characters as `\u`, and with HTML's special characters as `\u` (as several frameworks do).
fn json(text: &str) -> Vec<String> {
    let quoted = serde_json::Value::from(text).to_string();
    let plain = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(&quoted)
        .to_owned();

    let ascii = escape(&plain, |c| !c.is_ascii(), false);
    let embedded = escape(&plain, |c| !c.is_ascii() || "<>&'+=".contains(c), false);
    let upper = [
        escape(&plain, |c| !c.is_ascii(), true),
        escape(&plain, |c| "<>&'+=".contains(c), true),
    ];

    let slashed = plain.replace('/', "\\/");

    [
        vec![slashed, ascii.replace('/', "\\/"), ascii, embedded, plain],
        upper.to_vec(),
    ]
    .concat()
}

fn escape(text: &str, selected: impl Fn(char) -> bool, upper: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if !selected(c) {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            escaped.push_str(&if upper {
                format!("\\u{unit:04X}")
            } else {
                format!("\\u{unit:04x}")
            });
        }
    }

    escaped
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    #[test]
    fn forms_are_what_servers_write() {
        let encodings = all("a/b+c d=é\"");
        for expected in [
            "a/b+c d=é\"",
            "a%2Fb%2Bc%20d%3D%C3%A9%22",
            "a%2fb%2bc%20d%3d%c3%a9%22",
            "a%2Fb%2Bc+d%3D%C3%A9%22",
            "a/b+c%20d=%C3%A9%22",
            "a\\/b+c d=é\\\"",
            "a/b+c d=\\u00e9\\\"",
            "a/b\\u002bc d\\u003d\\u00e9\\\"",
            "a/b+c d=\\u00E9\\\"",
            "a/b+c d=é&quot;",
        ] {
            assert!(
                encodings.iter().any(|encoding| encoding == expected),
                "{expected} is missing"
            );
        }
    }

    #[test]
    fn json_quotes_at_the_ends_are_escaped() {
        assert!(json("\"\"a\"\"").contains(&"\\\"\\\"a\\\"\\\"".to_owned()));
    }

    proptest! {
        #[test]
        fn base64_text_within_another_is_found(before in ".{0,9}", text in "[ -~]{6,40}", after in ".{0,9}") {
            let whole = format!("{before}{text}{after}");
            let encodings = base64(text.as_bytes());
            for encoded in [STANDARD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)] {
                prop_assert!(encodings.iter().any(|encoding| encoded.contains(encoding)), "{encoded}");
            }
        }

        #[test]
        fn base64_encodings_are_never_short(text in "[ -~]{6,40}") {
            prop_assert!(base64(text.as_bytes()).iter().all(|encoding| encoding.len() >= 7));
        }
    }
}
