//! Removes credentials from responses, errors and log lines.
//!
//! All patterns of the credentials are searched for at once (Aho-Corasick), so a response of many
//! megabytes is read once, and not copied if nothing is found. The remaining text is searched in
//! its decoded forms (`encodings`). The automaton holds the secrets in memory and has no `Debug`
//! here.

pub(crate) mod chunks;
pub(crate) mod decodings;
mod encodings;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use purser_model::{Header, HttpError, Response};
use purser_vault::Secret;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

/// The text that replaces a credential. Harmless in JSON, in the query of a URL and in HTML.
pub(crate) const PLACEHOLDER: &str = "[credential]";

/// The total size of patterns, in bytes, above which a slower but much smaller automaton is used.
/// Access tokens can have kilobytes.
const LARGE_PATTERNS: usize = 32 << 10;

/// Finds and replaces the patterns of credentials.
pub(crate) struct Scrubber {
    /// `None` without any pattern.
    automaton: Option<AhoCorasick>,
    /// For each byte, true if a text can be split after it.
    boundaries: Box<[bool; 256]>,
}

const _: () = assert!(!purser_model::implements!(Scrubber: std::fmt::Debug));

impl Default for Scrubber {
    /// Creates a scrubber that finds nothing.
    fn default() -> Self {
        Self {
            automaton: None,
            boundaries: boundaries(&BTreeSet::new()),
        }
    }
}

impl Scrubber {
    /// Creates a scrubber for all of `patterns`.
    ///
    /// # Errors
    /// Fails if the patterns are too many for one automaton.
    pub(crate) fn new<'a>(
        patterns: impl IntoIterator<Item = &'a Secret>,
    ) -> Result<Self, HttpError> {
        let patterns: BTreeSet<_> = patterns.into_iter().map(Secret::expose).collect();
        let boundaries = boundaries(&patterns);
        let total: usize = patterns.iter().map(|pattern| pattern.len()).sum();

        // The longest match, so that no rest of a longer pattern is left.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind((total > LARGE_PATTERNS).then_some(AhoCorasickKind::ContiguousNFA))
            .build(patterns)
            // The error states sizes only, and nothing of the patterns.
            .map_err(|error| HttpError::Internal(Some(error.to_string())))?;

        Ok(Self {
            automaton: Some(automaton),
            boundaries,
        })
    }

    /// True if a text can be split after this byte; see [`safe_split`](Self::safe_split).
    pub(crate) fn is_boundary(&self, byte: u8) -> bool {
        self.boundaries
            .get(usize::from(byte))
            .is_some_and(|is_boundary| *is_boundary)
    }

    /// Returns the largest offset at which `text` can be split so that scrubbing both halves equals
    /// scrubbing the whole. The split follows a byte that occurs in no pattern.
    pub(crate) fn safe_split(&self, text: &[u8]) -> Option<usize> {
        let last = text.iter().rposition(|byte| self.is_boundary(*byte));
        last.map(|last| last + 1)
    }

    /// True if a credential is in a text, in any form.
    pub(crate) fn finds(&self, text: impl AsRef<[u8]>) -> bool {
        let text = text.as_ref();
        self.has_plain_match(text) || !self.encoded_matches(text).is_empty()
    }

    fn has_plain_match(&self, text: &[u8]) -> bool {
        self.automaton
            .as_ref()
            .is_some_and(|automaton| automaton.is_match(text))
    }

    fn plain_matches(&self, text: &[u8]) -> Vec<Range<usize>> {
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        automaton
            .find_iter(text)
            .map(|found| found.range())
            .collect()
    }

    /// Returns the places of credentials in encodings that no pattern covers.
    fn encoded_matches(&self, text: &[u8]) -> Vec<Range<usize>> {
        if self.automaton.is_none() {
            return Vec::new();
        }
        encodings::find_encoded(text, &|decoded| self.plain_matches(decoded))
    }

    /// Returns the text without credentials.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.finds(text) {
            return Cow::Borrowed(text);
        }
        // Matches begin and end at characters, so nothing is lost here.
        Cow::Owned(String::from_utf8_lossy(&self.body(text.as_bytes().to_vec())).into_owned())
    }

    /// Returns the body without credentials; the same allocation if it held none.
    pub(crate) fn body(&self, body: Vec<u8>) -> Vec<u8> {
        self.replace_matches(body, |_| PLACEHOLDER.into())
    }

    /// Returns the body without credentials, and of the same length. Positions in a file must not
    /// shift, because a download can be resumed at any of them.
    pub(crate) fn body_in_place(&self, body: Vec<u8>) -> Vec<u8> {
        self.replace_matches(body, |length| {
            let padded = PLACEHOLDER
                .bytes()
                .take(PLACEHOLDER.len() - 1)
                .chain(std::iter::repeat(b'*'));
            padded
                .take(length.saturating_sub(1))
                .chain([b']'])
                .collect()
        })
    }

    /// Replaces every match. `replacement` gets the length of the match.
    fn replace_matches(&self, body: Vec<u8>, replacement: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
        // Plain matches first: an encoded one could overlap them.
        let body = if self.has_plain_match(&body) {
            replace_ranges(&body, &self.plain_matches(&body), &replacement)
        } else {
            body
        };

        let encoded = self.encoded_matches(&body);
        if encoded.is_empty() {
            body
        } else {
            replace_ranges(&body, &encoded, &replacement)
        }
    }

    /// Returns the response without credentials in header names, header values and body.
    pub(crate) fn response(&self, response: Response) -> Response {
        let header = |Header { name, value }| Header {
            name: self.owned_text(name),
            value: self.owned_text(value),
        };

        Response {
            status: response.status,
            headers: response.headers.into_iter().map(header).collect(),
            body: self.body(response.body),
        }
    }

    /// Returns the error without credentials in its text.
    pub(crate) fn error(&self, error: HttpError) -> HttpError {
        error.map_text(|text| self.owned_text(text))
    }

    fn owned_text(&self, text: String) -> String {
        match self.text(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(scrubbed) => scrubbed,
        }
    }
}

/// Returns for each byte if a text can be split after it: if it stands for itself in every
/// encoding, and occurs in no pattern.
fn boundaries(patterns: &BTreeSet<&str>) -> Box<[bool; 256]> {
    Box::new(std::array::from_fn(|byte| {
        let byte = u8::try_from(byte).unwrap_or_default();
        encodings::is_boundary(byte)
            && !patterns
                .iter()
                .any(|pattern| pattern.as_bytes().contains(&byte))
    }))
}

/// Returns the text with each range replaced.
fn replace_ranges(
    text: &[u8],
    ranges: &[Range<usize>],
    replacement: &impl Fn(usize) -> Vec<u8>,
) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut at = 0;
    for Range { start, end } in ranges {
        replaced.extend_from_slice(text.get(at..*start).unwrap_or_default());
        replaced.extend(replacement(end - start));
        at = *end;
    }
    replaced.extend_from_slice(text.get(at..).unwrap_or_default());

    replaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{basic, bearer};
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    const SECRET: &str = "s3cr3t/with+odd=chars";

    fn scrubber() -> Scrubber {
        Scrubber::new(&basic("ann", SECRET).redaction_patterns()).unwrap()
    }

    fn memory(scrubber: &Scrubber) -> usize {
        scrubber.automaton.as_ref().unwrap().memory_usage()
    }

    #[test]
    fn scrubber_without_patterns_finds_nothing() {
        let scrubber = Scrubber::default();

        assert!(!scrubber.finds(""));
        assert!(!scrubber.finds("%73%33 s3cr3t 0123456789abcdef"));
        assert_eq!(scrubber.body(b"as it was".to_vec()), b"as it was");
        assert!(scrubber.is_boundary(b'\n'));
        assert!(!scrubber.is_boundary(b'a'));
    }

    #[test]
    fn long_tokens_need_little_memory() {
        let token = |_| {
            (0..500)
                .map(|_| format!("{:08x}", fastrand::u32(..)))
                .collect::<String>()
        };
        let tokens: Vec<_> = (0..17).map(token).collect();
        let patterns: Vec<_> = tokens
            .iter()
            .map(|token| bearer(token).redaction_patterns())
            .collect();
        let one = Scrubber::new(&patterns[0]).unwrap();

        assert!(memory(&one) < 2 << 20, "{} bytes", memory(&one));

        let all = Scrubber::new(patterns.iter().flatten()).unwrap();

        assert!(memory(&all) < 32 << 20, "{} bytes", memory(&all));

        for token in &tokens {
            assert_eq!(all.text(token), PLACEHOLDER);
            assert!(all.finds(STANDARD.encode(token)));
        }
    }

    #[test]
    fn every_encoded_form_is_replaced() {
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
    fn body_without_a_credential_is_not_copied() {
        let body = vec![b'x'; 4096];
        let before = body.as_ptr();
        let scrubbed = scrubber().body(body);
        assert_eq!(scrubbed.as_ptr(), before);
        assert!(matches!(scrubber().text("nothing here"), Cow::Borrowed(_)));
    }

    #[test]
    fn body_that_is_not_utf8_is_scrubbed() {
        let body = [&[0xff, 0xfe], SECRET.as_bytes(), &[0xff]].concat();
        assert_eq!(
            scrubber().body(body),
            [&[0xff, 0xfe], PLACEHOLDER.as_bytes(), &[0xff]].concat()
        );
    }

    #[test]
    fn headers_bodies_and_errors_are_scrubbed() {
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
