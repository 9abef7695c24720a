//! Answers with credentials in them. In whatever form that is known one comes back, and in whatever pieces, it does not get to the guest;
//! and an answer without one is left as it is.
//!
//! An input is the secrets with spaces between them, a line of letters that say in which forms they come back, and the text around them.

use super::harness::{Target, Verdict};
use crate::attempt;
use crate::body::budget::ByteBudget;
use crate::credential::used::Known;
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
fn no_known_form_of_a_secret_is_left() {
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
    let known = Known::new().unwrap();
    let mut in_use = Vec::new();
    for secret in secrets.filter(|secret| can_be_told_apart(secret)) {
        match credential(secret) {
            Ok(credential) => in_use.push((secret, known.learn(&Arc::new(credential)).unwrap())),
            Err(error) => return Verdict::Refused(error),
        }
    }
    if in_use.is_empty() {
        return Verdict::Refused("no secret".into());
    }
    let scrubber = known.scrubber();
    let marks: BTreeSet<Vec<u8>> = in_use
        .iter()
        .flat_map(|(_, it)| it.credential.marks())
        .map(|mark| mark.expose().as_bytes().to_vec())
        .collect();
    // The text as it is: forms that are in it by chance are replaced, and nothing else is touched. (Where it has escapes or long numbers in
    // hexadecimal, it may be a secret in another spelling.)
    let scrubbed = scrubber.body(text.to_vec());
    assert!(
        marks.iter().all(|mark| !holds(&scrubbed, mark)),
        "a form is left in {}",
        String::from_utf8_lossy(&scrubbed)
    );
    if !text.iter().any(|byte| matches!(byte, b'%' | b'\\' | b'&')) && !has_hexadecimal(text) {
        assert_eq!(scrubbed, replaced(text, &marks));
    }
    // And with the secrets put between its parts.
    let secrets: Vec<_> = in_use.iter().map(|(secret, _)| *secret).collect();
    let (body, forms) = with_forms(text, plan, &secrets);
    let scrubbed = scrubber.body(in_pieces(&body, plan));
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

/// A secret that is part of what stands in its place is in every answer.
fn can_be_told_apart(secret: &str) -> bool {
    secret.len() >= SHORTEST_SECRET && !PLACEHOLDER.contains(secret) && !secret.contains(['[', ']'])
}

/// In a header where it can be, else in the query.
fn credential(secret: &str) -> Result<Credential, String> {
    let of = |text: &str| Secret::new(text.to_owned());
    let header = ("authorization".to_owned(), of(&format!("Bearer {secret}")));
    let query = ("key".to_owned(), of(secret));
    Credential::new(vec![header], vec![], vec![of(secret)])
        .or_else(|_| Credential::new(vec![], vec![query], vec![of(secret)]))
        .map_err(|error| error.to_string())
}

const FORMS: u8 = 20;
/// From here on, some of its characters are escaped and others are not.
const ESCAPED_IN_PART: u8 = 16;

/// A secret as some server would write it. `around` is what it may be encoded together with.
fn form(which: u8, secret: &str, around: &str) -> String {
    const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    let percent = || utf8_percent_encode(secret, UNRESERVED).to_string();
    // A secret that has in it what begins an escape can be read in two ways when some of it is escaped and that is not.
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

/// With an escape for every other character: for which ones is a server's to choose.
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

/// The content of a JSON string, more of it escaped than need be.
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

/// The text with forms of the secrets in it, one for each letter of the plan, and those forms.
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
        // What stands beside a form must not be read as part of it.
        body.push(b'\n');
        body.extend_from_slice(form.as_bytes());
        body.push(b'\n');
    }
    body.extend_from_slice(&text[plan.len() * step..]);
    (body, forms)
}

/// The body as it is received when it comes in pieces.
fn in_pieces(body: &[u8], plan: &[u8]) -> Vec<u8> {
    let size = 1 + usize::from(plan.first().copied().unwrap_or_default() % 23);
    let pieces: Vec<_> = body
        .chunks(size)
        .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()))
        .collect();
    let stream = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    let mut response = hyper::Response::new(stream).into();
    let (budget, mut read) = (ByteBudget::new("all", 1 << 30), 0);
    let received = attempt::body(&mut response, 1 << 30, &budget, &mut read)
        .now_or_never()
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!((received.len() as u64, received.as_slice()), (read, body));
    received
}

/// The longest mark at the first place where there is one, replaced; and so on behind it.
fn replaced(text: &[u8], marks: &BTreeSet<Vec<u8>>) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some((first, behind)) = rest.split_first() {
        match marks
            .iter()
            .filter(|mark| rest.starts_with(mark))
            .max_by_key(|mark| mark.len())
        {
            Some(mark) => {
                out.extend_from_slice(PLACEHOLDER.as_bytes());
                rest = &rest[mark.len()..];
            }
            None => {
                out.push(*first);
                rest = behind;
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

/// Whether a text is in what stretches of base64 stand for, in either alphabet, wherever one begins.
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
