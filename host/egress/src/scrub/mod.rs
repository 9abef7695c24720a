//! Taking the credential out of whatever comes back.
//!
//! All forms in which it could appear are looked for at once (Aho-Corasick), so an answer of many megabytes is read once, and is not copied
//! when there is nothing in it. What is left is read as servers could have written it (`spelling`). The automaton holds what it looks for in
//! memory, and has no `Debug` here.

pub(crate) mod chunks;
pub(crate) mod decodings;
pub(crate) mod encodings;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use encodings as spelling;
use purser_model::{Header, HttpError, Response};
use purser_vault::Secret;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

/// What stands where the credential stood. Harmless in JSON, in a URL's query and in HTML.
pub(crate) const PLACEHOLDER: &str = "[credential]";

/// Marks of more bytes than these are looked for by a machine that is slower and much smaller. Access tokens can have kilobytes.
const LARGE: usize = 32 << 10;

/// Finds the marks of credentials.
pub(crate) struct Scrubber {
    automaton: AhoCorasick,
    /// Bytes behind which a text can be cut.
    seams: Box<[bool; 256]>,
}

static_assertions::assert_not_impl_any!(Scrubber: std::fmt::Debug);

impl Scrubber {
    /// Looks for `marks` from now on.
    ///
    /// # Errors
    /// When there are too many for one automaton.
    pub(crate) fn new<'a>(marks: impl IntoIterator<Item = &'a Secret>) -> Result<Self, HttpError> {
        let marks: BTreeSet<_> = marks.into_iter().map(Secret::expose).collect();
        let seams = Box::new(std::array::from_fn(|byte| {
            let byte = u8::try_from(byte).unwrap_or_default();
            spelling::is_seam(byte) && !marks.iter().any(|mark| mark.as_bytes().contains(&byte))
        }));
        let is_large = marks.iter().map(|mark| mark.len()).sum::<usize>() > LARGE;
        // The longest of those that begin at one place, so that no rest of it is left standing.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(is_large.then_some(AhoCorasickKind::ContiguousNFA))
            .build(marks);
        // The error tells how much there is of what, and nothing of it.
        let automaton = automaton.map_err(|error| HttpError::Internal(Some(error.to_string())))?;
        Ok(Self { automaton, seams })
    }

    /// Whether what follows this byte can be scrubbed by itself: see [`seam`](Self::seam).
    pub(crate) fn is_seam(&self, byte: u8) -> bool {
        self.seams.get(usize::from(byte)).is_some_and(|seam| *seam)
    }

    /// The end of the longest beginning of a text that can be scrubbed by itself, whatever the rest is, so that both together are what they
    /// would be as one. It lies behind a byte that no mark has, and with which every escape ends if it has it at all: nothing that is looked
    /// for, in any reading, has it inside.
    pub(crate) fn seam(&self, text: &[u8]) -> Option<usize> {
        let last = text.iter().rposition(|byte| self.is_seam(*byte));
        last.map(|last| last + 1)
    }

    /// Whether a credential is in a text.
    pub(crate) fn finds(&self, text: impl AsRef<[u8]>) -> bool {
        let text = text.as_ref();
        self.automaton.is_match(text) || !self.spelled_out(text).is_empty()
    }

    /// Where one is written in another way than any form that is looked for.
    fn spelled_out(&self, text: &[u8]) -> Vec<Range<usize>> {
        spelling::places(text, &|reading| {
            self.automaton
                .find_iter(reading)
                .map(|found| found.range())
                .collect()
        })
    }

    /// A text without the credential.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.finds(text) {
            return Cow::Borrowed(text);
        }
        // Places begin and end with characters, and the placeholder is one more text.
        Cow::Owned(String::from_utf8_lossy(&self.body(text.as_bytes().to_vec())).into_owned())
    }

    /// A body without the credential. The same allocation when it was not in it.
    pub(crate) fn body(&self, body: Vec<u8>) -> Vec<u8> {
        self.cleaned(body, |_| PLACEHOLDER.into())
    }

    /// The same without anything changing its place: a file of which a part was read is read on from there.
    pub(crate) fn in_place(&self, body: Vec<u8>) -> Vec<u8> {
        self.cleaned(body, |length| {
            let filled = PLACEHOLDER
                .bytes()
                .take(PLACEHOLDER.len() - 1)
                .chain(std::iter::repeat(b'*'));
            filled
                .take(length.saturating_sub(1))
                .chain([b']'])
                .collect()
        })
    }

    /// A body with something else, which may depend on the length, wherever the credential is.
    fn cleaned(&self, body: Vec<u8>, instead: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
        let body = if self.automaton.is_match(&body) {
            let places: Vec<_> = self
                .automaton
                .find_iter(&body)
                .map(|found| found.range())
                .collect();
            replaced(&body, &places, &instead)
        } else {
            body
        };
        let places = self.spelled_out(&body);
        if places.is_empty() {
            body
        } else {
            replaced(&body, &places, &instead)
        }
    }

    /// An answer without the credential.
    pub(crate) fn response(&self, response: Response) -> Response {
        let Response {
            status,
            headers,
            body,
        } = response;
        let header = |Header { name, value }| Header {
            name: self.owned(name),
            value: self.owned(value),
        };
        Response {
            status,
            headers: headers.into_iter().map(header).collect(),
            body: self.body(body),
        }
    }

    /// An error without the credential.
    pub(crate) fn error(&self, error: HttpError) -> HttpError {
        match error {
            HttpError::Dns(text) => HttpError::Dns(self.owned(text)),
            HttpError::DestinationProhibited(text) => {
                HttpError::DestinationProhibited(self.owned(text))
            }
            HttpError::TlsCertificate(text) => HttpError::TlsCertificate(self.owned(text)),
            HttpError::TlsProtocol(text) => HttpError::TlsProtocol(self.owned(text)),
            HttpError::Protocol(text) => HttpError::Protocol(self.owned(text)),
            HttpError::ContentCoding(text) => HttpError::ContentCoding(self.owned(text)),
            HttpError::Denied(text) => HttpError::Denied(self.owned(text)),
            HttpError::Invalid(text) => HttpError::Invalid(self.owned(text)),
            HttpError::BudgetExhausted(text) => HttpError::BudgetExhausted(self.owned(text)),
            HttpError::CredentialUnavailable(text) => {
                HttpError::CredentialUnavailable(self.owned(text))
            }
            HttpError::Internal(text) => HttpError::Internal(text.map(|text| self.owned(text))),
            plain @ (HttpError::ConnectionRefused
            | HttpError::ConnectionTerminated
            | HttpError::ConnectionTimeout
            | HttpError::ResponseTimeout
            | HttpError::ResponseBodySize(_)
            | HttpError::LoopDetected) => plain,
        }
    }

    fn owned(&self, text: String) -> String {
        match self.text(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(scrubbed) => scrubbed,
        }
    }
}

/// The text with something else in these places.
fn replaced(text: &[u8], places: &[Range<usize>], instead: &impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let (mut out, mut at) = (Vec::with_capacity(text.len()), 0);
    for Range { start, end } in places {
        out.extend_from_slice(text.get(at..*start).unwrap_or_default());
        out.extend(instead(end - start));
        at = *end;
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{basic, bearer};
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    const SECRET: &str = "s3cr3t/with+odd=chars";

    fn scrubber() -> Scrubber {
        Scrubber::new(&basic("ann", SECRET).marks()).unwrap()
    }

    #[test]
    fn long_tokens_are_looked_for_without_much_memory() {
        let token = |_| {
            (0..500)
                .map(|_| format!("{:08x}", fastrand::u32(..)))
                .collect::<String>()
        };
        let tokens: Vec<_> = (0..17).map(token).collect();
        let marks: Vec<_> = tokens.iter().map(|token| bearer(token).marks()).collect();
        let one = Scrubber::new(&marks[0]).unwrap();
        assert!(
            one.automaton.memory_usage() < 2 << 20,
            "{} bytes",
            one.automaton.memory_usage()
        );
        let all = Scrubber::new(marks.iter().flatten()).unwrap();
        assert!(
            all.automaton.memory_usage() < 32 << 20,
            "{} bytes",
            all.automaton.memory_usage()
        );
        for token in &tokens {
            assert_eq!(all.text(token), PLACEHOLDER);
            assert!(all.finds(STANDARD.encode(token)));
        }
    }

    #[test]
    fn every_form_is_taken_out() {
        let pair = STANDARD.encode(format!("ann:{SECRET}"));
        for form in [
            SECRET.to_owned(),
            format!("Basic {pair}"),
            pair,
            STANDARD.encode(SECRET),
            URL_SAFE_NO_PAD.encode(SECRET),
            STANDARD.encode(format!("{{\"password\":\"{SECRET}\"}}")),
            "s3cr3t%2Fwith%2Bodd%3Dchars".into(),
            "s3cr3t%2fwith%2bodd%3dchars".into(),
            "s3cr3t\\/with+odd=chars".into(),
        ] {
            let scrubbed = scrubber()
                .text(&format!("before {form} after"))
                .into_owned();
            assert!(
                scrubbed.contains(PLACEHOLDER) && !scrubbed.contains(&form),
                "{form}: {scrubbed}"
            );
            assert!(
                scrubbed.starts_with("before ") && scrubbed.ends_with(" after"),
                "{scrubbed}"
            );
        }
    }

    #[test]
    fn what_holds_nothing_is_not_copied() {
        let body = vec![b'x'; 4096];
        let before = body.as_ptr();
        let scrubbed = scrubber().body(body);
        assert_eq!(scrubbed.as_ptr(), before);
        assert!(matches!(scrubber().text("nothing here"), Cow::Borrowed(_)));
    }

    #[test]
    fn bytes_that_are_no_text_are_scrubbed_too() {
        let body = [&[0xff, 0xfe], SECRET.as_bytes(), &[0xff]].concat();
        assert_eq!(
            scrubber().body(body),
            [&[0xff, 0xfe], PLACEHOLDER.as_bytes(), &[0xff]].concat()
        );
    }

    #[test]
    fn names_and_values_and_errors_are_scrubbed() {
        let header = Header {
            name: "x".into(),
            value: format!("a {SECRET}"),
        };
        let response = scrubber().response(Response {
            status: 500,
            headers: vec![header],
            body: SECRET.into(),
        });
        assert!(!format!("{response:?}").contains(SECRET));
        assert_eq!(response.body, PLACEHOLDER.as_bytes());
        assert_eq!(
            scrubber().error(HttpError::Protocol(SECRET.into())),
            HttpError::Protocol(PLACEHOLDER.into())
        );
        assert_eq!(
            scrubber().error(HttpError::LoopDetected),
            HttpError::LoopDetected
        );
    }
}
