//! Text from the other side, made fit to be shown: short, without control characters, without anything secret that was sent there.

use super::TokenRequest;
use crate::{SHORTEST_SECRET, Secret, forms};
use std::collections::BTreeMap;
use url::form_urlencoded;

/// Characters that are shown of a text from outside.
const SHOWN: usize = 200;

/// What takes a secret's place.
const MASK: &str = "[secret]";

/// Form fields whose values are no secrets. Everything else in a token request is.
const PUBLIC: [&str; 7] = [
    "client_assertion_type",
    "client_id",
    "code_challenge_method",
    "grant_type",
    "redirect_uri",
    "scope",
    "token_type_hint",
];

/// The secrets of a request, in every form in which the answer could repeat them.
pub(super) struct Hidden(Vec<Secret>);

impl Hidden {
    /// Nothing is hidden: for texts that come before anything was sent.
    pub(super) const fn nothing() -> Self {
        Self(Vec::new())
    }

    /// Everything secret in a request. `extra` are the template's own form fields; a short value among them is no secret (`type=web`), and
    /// taking it out of a text would only spoil it.
    pub(super) fn of(
        request: &TokenRequest,
        client_secret: Option<&Secret>,
        extra: &BTreeMap<String, String>,
    ) -> Self {
        let mut hidden = Self::nothing();
        for (name, value) in form_urlencoded::parse(request.body.expose().as_bytes()) {
            let harmless = extra.contains_key(name.as_ref()) && value.len() < SHORTEST_SECRET;
            if !PUBLIC.contains(&name.as_ref()) && !harmless {
                hidden.hide(&value);
            }
        }
        for (name, value) in &request.headers {
            if name == "authorization" {
                hidden.hide(value.expose());
                hidden.hide(value.expose().rsplit(' ').next().unwrap_or_default());
            }
        }
        if let Some(secret) = client_secret {
            hidden.hide(secret.expose());
        }
        // The longest first, so that no part of a longer form is left standing.
        hidden
            .0
            .sort_by_key(|form| std::cmp::Reverse(form.expose().len()));
        hidden
    }

    fn hide(&mut self, secret: &str) {
        let kept = forms::of(secret)
            .into_iter()
            .filter(|form| form == secret || form.len() >= SHORTEST_SECRET);
        self.0
            .extend(kept.filter(|form| !form.is_empty()).map(Secret::new));
    }

    /// The text, fit to be shown. Secrets go before it is cut, so that no part of one is left at the end.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut text: String = text
            .chars()
            .map(|c| if is_invisible(c) { ' ' } else { c })
            .collect();
        for form in &self.0 {
            if text.contains(form.expose()) {
                text = text.replace(form.expose(), MASK);
            }
        }
        let text = text.trim();
        match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text.to_owned(),
        }
    }
}

/// Control characters, and those that turn the direction of what follows.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(body: &str) -> Hidden {
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
        Hidden::of(&request, Some(&Secret::new("s3cr3t/+x".to_owned())), &extra)
    }

    #[test]
    fn every_secret_that_was_sent_is_taken_out_in_every_form() {
        let hidden = hidden(
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
            assert_eq!(hidden.clean(shown), "no [secret] here", "{shown}");
        }
        assert_eq!(
            hidden.clean("grant refresh_token on the web"),
            "grant refresh_token on the web"
        );
    }

    #[test]
    fn nothing_of_a_secret_is_left_where_the_text_is_cut() {
        let text = format!("{}re/fresh-1", "x".repeat(SHOWN - 3));
        let shown = hidden("refresh_token=re%2Ffresh-1").clean(&text);
        assert!(
            !shown.contains("re/") && shown.chars().count() == SHOWN + 1,
            "{shown}"
        );
    }

    #[test]
    fn texts_are_one_short_line() {
        let nothing = Hidden::nothing();
        assert_eq!(
            nothing.clean(" a\r\nb\u{1b}[31mc\u{202e}d "),
            "a  b [31mc d"
        );
        assert_eq!(
            nothing.clean(&"é".repeat(500)),
            format!("{}…", "é".repeat(SHOWN))
        );
        assert_eq!(nothing.clean(&"é".repeat(SHOWN)), "é".repeat(SHOWN));
    }
}
