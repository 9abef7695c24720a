//! What the browser brings back from the authorization server.

use super::OAuthError;
use crate::Secret;
use url::form_urlencoded;

/// The query of the URL that the browser came back to. Has no `Debug`: it holds the code. Anyone can make a browser bring anything, so
/// nothing of it is used before its state was compared: see [`Asking::is_answered_by`](super::Asking::is_answered_by).
pub struct CallbackQuery(Vec<(String, Secret)>);

static_assertions::assert_not_impl_any!(CallbackQuery: std::fmt::Debug, std::fmt::Display, Clone, serde::Serialize);

impl CallbackQuery {
    /// Takes a query string apart. One that is no answer at all is found out when it is used.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.strip_prefix('?').unwrap_or(query).as_bytes());
        Self(
            pairs
                .map(|(name, value)| (name.into_owned(), Secret::new(value.into_owned())))
                .collect(),
        )
    }

    /// The state, by which a server that waits for several answers finds the attempt. None where it is missing or comes twice.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.once("state").ok().flatten()
    }

    /// A parameter that may come once (RFC 6749, section 3.1).
    pub(super) fn once(&self, name: &str) -> Result<Option<&str>, OAuthError> {
        let mut found = self
            .0
            .iter()
            .filter(|(other, _)| other == name)
            .map(|(_, value)| value.expose());
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(OAuthError::CallbackMalformed("a parameter comes twice")),
            (value, None) => Ok(value),
        }
    }
}
