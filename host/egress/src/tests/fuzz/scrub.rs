//! Responses that hold credentials: a credential in any known encoding, and in any division into
//! chunks, does not reach the connector. A response without one stays unchanged.
//!
//! An input has a line of secrets with spaces between them, a line of letters that select the
//! encodings in which they come back, and the text around them.

use super::harness::{Target, Verdict};
use crate::attempt;
use crate::body::budget::ByteBudget;
use crate::credential::used::UsedCredentials;
use crate::scrub::PLACEHOLDER;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use futures::FutureExt as _;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use purser_model::{Header, Response};
use purser_vault::{Credential, SHORTEST_SECRET, Secret};
use std::collections::BTreeSet;
use std::sync::Arc;
use url::Url;

#[test]
fn every_known_encoding_of_a_secret_is_scrubbed() {
    Target {
        name: "scrub",
        rounds: 1_500,
        words: WORDS,
        read: |file| file,
        check,
    }
    .run();
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "s3cr3t/with+odd=chars", "s3cr3t", "with+odd", "[credential]", "Bearer ", "Basic ", "czNjcjN0", "s3cr3t%2F",
    "\\u002b", "&amp;", "&#39;", "\\/", "plain", "base64", "abcdefghijkl\n", "\u{e9}", "=", "==", "AAAA", "aaaaaa",
    "abcabc", "%41", "%25", "+", "\"", "'",
];

fn check(input: &[u8]) -> Verdict {
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let [secrets, plan, text] = std::array::from_fn(|_| parts.next().unwrap_or_default());
    let secrets = std::str::from_utf8(secrets)
        .unwrap_or_default()
        .split(' ')
        .take(4);
    let used = UsedCredentials::default();
    let mut in_use = Vec::new();

    for secret in secrets.filter(|secret| can_be_scrubbed(secret)) {
        match credential(secret) {
            Ok(credential) => in_use.push((secret, used.register(&Arc::new(credential)).unwrap())),
            Err(error) => return Verdict::Refused(error),
        }
    }

    if in_use.is_empty() {
        return Verdict::Refused("no secret".into());
    }

    let scrubber = used.scrubber();
    let patterns: BTreeSet<Vec<u8>> = in_use
        .iter()
        .flat_map(|(_, it)| it.credential.redaction_patterns())
        .map(|pattern| pattern.expose().as_bytes().to_vec())
        .collect();

    // The text alone: forms that it holds by chance are replaced, and the rest stays unchanged.
    // Text with escapes or long hexadecimal numbers is left out, because it may encode a secret.
    let scrubbed = scrubber.body(text.to_vec());

    assert!(
        patterns.iter().all(|pattern| !holds(&scrubbed, pattern)),
        "a form is left in {}",
        String::from_utf8_lossy(&scrubbed)
    );

    if !text.iter().any(|byte| matches!(byte, b'%' | b'\\' | b'&')) && !has_hexadecimal(text) {
        assert_eq!(scrubbed, replaced(text, &patterns));
    }

    // The text with encoded secrets between its parts.
    let secrets: Vec<_> = in_use.iter().map(|(secret, _)| *secret).collect();
    let (body, forms) = with_forms(text, plan, &secrets);
    let scrubbed = scrubber.body(read_in_chunks(&body, plan));

    for form in &forms {
        assert!(
            !holds(&scrubbed, form.as_bytes()),
            "{form} is left in {}",
            String::from_utf8_lossy(&scrubbed)
        );
    }

    for secret in &secrets {
        assert!(
            !in_base64(&scrubbed, secret.as_bytes()),
            "{secret} is left in base64 in {}",
            String::from_utf8_lossy(&scrubbed)
        );
    }

    let response = Response {
        status: 200,
        headers: forms
            .iter()
            .map(|form| Header {
                name: "x".into(),
                value: form.clone(),
            })
            .collect(),
        body: Vec::new(),
    };

    for header in scrubber.response(response).headers {
        assert!(
            secrets.iter().all(|secret| !header.value.contains(secret)),
            "{header:?}"
        );
    }

    let kinds: BTreeSet<_> = plan.iter().map(|letter| letter % FORMS).collect();
    Verdict::Accepted(format!("{} {}", secrets.len(), kinds.len()))
}

/// A secret that is part of the placeholder would be in every scrubbed response.
fn can_be_scrubbed(secret: &str) -> bool {
    secret.len() >= SHORTEST_SECRET && !PLACEHOLDER.contains(secret) && !secret.contains(['[', ']'])
}

/// A credential in a header field if the secret can be sent there, else in the query.
fn credential(secret: &str) -> Result<Credential, String> {
    let secret_of = |text: &str| Secret::new(text.to_owned());
    let header = (
        "authorization".to_owned(),
        secret_of(&format!("Bearer {secret}")),
    );
    let query = ("key".to_owned(), secret_of(secret));
    Credential::new(vec![header], vec![], vec![secret_of(secret)])
        .or_else(|_| Credential::new(vec![], vec![query], vec![secret_of(secret)]))
        .map_err(|error| error.to_string())
}

/// The number of encodings.
const FORMS: u8 = 20;
/// The first encoding that escapes some characters and leaves others.
const ESCAPED_IN_PART: u8 = 16;

/// Encodes a secret as some server might. `around` is text that is encoded together with it.
fn form(which: u8, secret: &str, around: &str) -> String {
    const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    let percent = || utf8_percent_encode(secret, UNRESERVED).to_string();

    // A secret that holds the start of an escape is ambiguous if only other parts are escaped.
    let which = if secret.contains(['\\', '%', '&']) {
        which % ESCAPED_IN_PART
    } else {
        which % FORMS
    };

    match which {
        0 => secret.to_owned(),
        1 => format!("Bearer {secret}"),
        2 => STANDARD.encode(secret),
        3 => URL_SAFE_NO_PAD.encode(secret),
        4 => STANDARD.encode(format!("{around}{secret}")),
        5 => URL_SAFE.encode(format!("{around}{secret}:{around}")),
        6 => STANDARD_NO_PAD.encode(format!("{secret}{around}")),
        7 => percent(),
        8 => lower_hex(&percent()),
        9 => utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        10 => percent().replace("%20", "+"),
        11 => {
            let mut url = Url::parse("https://hub.example/").unwrap();
            url.set_query(Some(&secret.replace('#', "%23")));
            url.query().unwrap().to_owned()
        }
        12 => json(secret, |c| !c.is_ascii()).replace('/', "\\/"),
        13 => json(secret, |_| false),
        14 => json(secret, |c| "<>&'+=".contains(c) || !c.is_ascii()),
        15 => secret
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;"),
        16 => every_other(secret, |c| {
            c.to_string()
                .bytes()
                .map(|byte| {
                    if byte % 3 == 0 {
                        format!("%{byte:02x}")
                    } else {
                        format!("%{byte:02X}")
                    }
                })
                .collect()
        }),
        17 => secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
        18 => every_other(secret, |c| {
            c.encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect()
        }),
        _ => every_other(secret, |c| format!("&#x{:x};", u32::from(c))),
    }
}

/// Escapes every other character, because a server may choose which ones it escapes.
fn every_other(text: &str, escape: impl Fn(char) -> String) -> String {
    let written = text.chars().enumerate();
    written
        .map(|(place, c)| {
            if place % 2 == 1 {
                escape(c)
            } else {
                c.to_string()
            }
        })
        .collect()
}

fn lower_hex(text: &str) -> String {
    let mut parts = text.split('%');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| {
        format!("{text}%{}{}", part[..2].to_lowercase(), &part[2..])
    })
}

/// Returns the content of a JSON string, with more characters escaped than necessary.
fn json(text: &str, escaped: impl Fn(char) -> bool) -> String {
    let mut content = String::new();

    for c in text.chars() {
        match c {
            c if escaped(c) => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| content += &format!("\\u{unit:04x}")),
            '"' | '\\' => content.extend(['\\', c]),
            '\n' => content += "\\n",
            c => content.push(c),
        }
    }
    content
}

/// Returns the text with one encoded secret for each letter of the plan, and these encodings.
fn with_forms(text: &[u8], plan: &[u8], secrets: &[&str]) -> (Vec<u8>, Vec<String>) {
    let plan = &plan[..plan.len().min(40)];
    let step = text.len() / (plan.len() + 1);
    let around: String = String::from_utf8_lossy(text)
        .chars()
        .filter(|c| !c.is_control())
        .take(plan.len() % 5)
        .collect();
    let forms = plan.iter().enumerate();
    let forms: Vec<_> = forms
        .map(|(place, letter)| form(*letter, secrets[place % secrets.len()], &around))
        .collect();
    let mut body = Vec::new();

    for (place, form) in forms.iter().enumerate() {
        body.extend_from_slice(&text[place * step..(place + 1) * step]);
        // The line breaks keep the text beside a form from being read as part of it.
        body.push(b'\n');
        body.extend_from_slice(form.as_bytes());
        body.push(b'\n');
    }

    body.extend_from_slice(&text[plan.len() * step..]);
    (body, forms)
}

/// Receives the body in chunks.
fn read_in_chunks(body: &[u8], plan: &[u8]) -> Vec<u8> {
    let size = 1 + usize::from(plan.first().copied().unwrap_or_default() % 23);
    let chunks: Vec<_> = body
        .chunks(size)
        .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
        .collect();
    let stream = reqwest::Body::wrap_stream(futures::stream::iter(chunks));
    let response = hyper::Response::new(stream).into();
    let budget = ByteBudget::new("all", 1 << 30);
    let mut read = 0;
    let received = attempt::read_body(response, 1 << 30, &budget, &mut read)
        .now_or_never()
        .unwrap()
        .ok()
        .unwrap();

    assert_eq!((received.len() as u64, received.as_slice()), (read, body));
    received
}

/// Replaces, from left to right, the longest pattern at each place.
fn replaced(text: &[u8], patterns: &BTreeSet<Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;

    while let Some((first, after)) = rest.split_first() {
        match patterns
            .iter()
            .filter(|pattern| rest.starts_with(pattern))
            .max_by_key(|pattern| pattern.len())
        {
            Some(pattern) => {
                out.extend_from_slice(PLACEHOLDER.as_bytes());
                rest = &rest[pattern.len()..];
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

fn has_hexadecimal(text: &[u8]) -> bool {
    text.split(|byte| !byte.is_ascii_hexdigit())
        .any(|run| run.len() >= 2 * SHORTEST_SECRET)
}

fn holds(text: &[u8], what: &[u8]) -> bool {
    text.windows(what.len()).any(|window| window == what)
}

/// True if a stretch of base64, in either alphabet and from any offset, decodes to the text.
fn in_base64(text: &[u8], what: &[u8]) -> bool {
    let value = |byte: &u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    text.split(|byte| value(byte).is_none())
        .filter(|run| run.len() >= what.len())
        .any(|run| {
            (0..4).filter_map(|skipped| run.get(skipped..)).any(|run| {
                let sextets: Vec<_> = run.iter().filter_map(value).map(u32::from).collect();
                let groups = sextets.chunks(4).map(|group| {
                    let bits = group
                        .iter()
                        .enumerate()
                        .fold(0, |bits, (place, sextet)| bits | sextet << (18 - 6 * place));
                    let [_, a, b, c] = bits.to_be_bytes();
                    [a, b, c]
                });
                holds(&groups.flatten().collect::<Vec<_>>(), what)
            })
        })
}
