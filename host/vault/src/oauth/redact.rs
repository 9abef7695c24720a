//! Redaction of text from the provider: the secrets that were sent are removed, and the rest is
//! made safe to show.

use super::endpoint::TokenRequest;
use crate::{SHORTEST_SECRET, Secret, encodings};
use purser_model::safe_text;
use std::collections::BTreeMap;
use url::form_urlencoded;

/// Characters that are kept of a provider's text.
const MAX_LENGTH: usize = 200;

/// Text in place of a secret.
const MASK: &str = "[secret]";

/// Form fields whose values are not secret. All others in a token request are.
const PUBLIC_FIELDS: [&str; 7] = [
    "client_assertion_type",
    "client_id",
    "code_challenge_method",
    "grant_type",
    "redirect_uri",
    "scope",
    "token_type_hint",
];

/// The secrets of a request, in every encoding in which the response could repeat them, longest
/// first.
pub(super) struct Redactor(Vec<Secret>);

impl Redactor {
    /// Returns a redactor without secrets, for text that comes before a request was sent.
    pub(super) const fn empty() -> Self {
        Self(Vec::new())
    }

    /// Returns a redactor for all secrets in a request.
    ///
    /// `extra` are the template's own form fields. A short value among them is not a secret
    /// (`type=web`), and redacting it would only damage the text.
    pub(super) fn for_request(
        request: &TokenRequest,
        client_secret: Option<&Secret>,
        extra: &BTreeMap<String, String>,
    ) -> Self {
        let mut redactor = Self::empty();

        for (name, value) in form_urlencoded::parse(request.body.expose().as_bytes()) {
            let harmless = extra.contains_key(name.as_ref()) && value.len() < SHORTEST_SECRET;
            if !PUBLIC_FIELDS.contains(&name.as_ref()) && !harmless {
                redactor.add(&value);
            }
        }

        for (name, value) in &request.headers {
            if name == "authorization" {
                redactor.add(value.expose());
                // The part after `Basic ` or `Bearer ` may be repeated on its own.
                redactor.add(value.expose().rsplit(' ').next().unwrap_or_default());
            }
        }

        if let Some(secret) = client_secret {
            redactor.add(secret.expose());
        }

        // The longest first, so that no part of a longer encoding is left.
        redactor
            .0
            .sort_by_key(|pattern| std::cmp::Reverse(pattern.expose().len()));

        redactor
    }

    fn add(&mut self, secret: &str) {
        let patterns = encodings::all(secret)
            .into_iter()
            .filter(|pattern| pattern == secret || pattern.len() >= SHORTEST_SECRET)
            .filter(|pattern| !pattern.is_empty());

        self.0.extend(patterns.map(Secret::new));
    }

    /// Returns the text as one short line without secrets.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut text = safe_text::replace_unsafe(text);

        for pattern in &self.0 {
            if text.contains(pattern.expose()) {
                text = text.replace(pattern.expose(), MASK);
            }
        }

        // Cut last, so that no part of a secret is left at the end.
        safe_text::truncate(text.trim(), MAX_LENGTH).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor(body: &str) -> Redactor {
        let headers = vec![(
            "authorization".to_owned(),
            Secret::new("Basic dXNlcjpwYXNzd29yZA==".to_owned()),
        )];

        let url = url::Url::parse("https://acme.example/token").unwrap();
        let request = TokenRequest {
            url,
            headers,
            body: Secret::new(body.to_owned()),
        };

        let extra = BTreeMap::from([
            ("type".to_owned(), "web".to_owned()),
            ("key".to_owned(), "extra-secret".to_owned()),
        ]);

        Redactor::for_request(&request, Some(&Secret::new("s3cr3t/+x".to_owned())), &extra)
    }

    #[test]
    fn redact_secret_in_any_encoding_is_masked() {
        let redactor = redactor(
            "grant_type=refresh_token&refresh_token=re%2Ffresh-1&code=c0&type=web&key=extra-secret",
        );

        for shown in [
            "no re/fresh-1 here",
            "no re%2Ffresh-1 here",
            "no c0 here",
            "no extra-secret here",
            "no s3cr3t/+x here",
            "no s3cr3t%2F%2Bx here",
            "no dXNlcjpwYXNzd29yZA== here",
            "no Basic dXNlcjpwYXNzd29yZA== here",
        ] {
            assert_eq!(redactor.redact(shown), "no [secret] here", "{shown}");
        }

        assert_eq!(
            redactor.redact("grant refresh_token on the web"),
            "grant refresh_token on the web"
        );
    }

    #[test]
    fn redact_secret_at_the_cut_leaves_no_part() {
        let text = format!("{}re/fresh-1", "x".repeat(MAX_LENGTH - 3));
        let shown = redactor("refresh_token=re%2Ffresh-1").redact(&text);
        assert!(
            !shown.contains("re/") && shown.chars().count() == MAX_LENGTH + 1,
            "{shown}"
        );
    }

    #[test]
    fn redact_long_text_of_lines_is_one_short_line() {
        let redactor = Redactor::empty();

        assert_eq!(
            redactor.redact(" a\r\nb\u{1b}[31mc\u{202e}d "),
            "a  b [31mc d"
        );
        assert_eq!(
            redactor.redact(&"é".repeat(500)),
            format!("{}…", "é".repeat(MAX_LENGTH))
        );
        assert_eq!(
            redactor.redact(&"é".repeat(MAX_LENGTH)),
            "é".repeat(MAX_LENGTH)
        );
    }
}
