//! The query with which the browser returns from the authorization server.

use super::error::OAuthError;
use crate::Secret;
use crate::opaque::assert_opaque;
use url::form_urlencoded;

/// Query of the URL that the browser returned to.
///
/// Anyone can make a browser bring anything. Nothing of it is used before its state was compared:
/// see [`PendingAuthorization::matches`](super::PendingAuthorization::matches). Has no `Debug`, as
/// it holds the code.
pub struct CallbackQuery(Vec<(String, Secret)>);

assert_opaque!(CallbackQuery);

impl CallbackQuery {
    /// Parses a query string, with or without its question mark.
    ///
    /// Any text is accepted; a query that is not an authorization response fails when it is used.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let query = query.strip_prefix('?').unwrap_or(query);
        let pairs = form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (name.into_owned(), Secret::new(value.into_owned())));

        Self(pairs.collect())
    }

    /// Returns the state, by which a server that waits for several browsers finds the
    /// authorization; `None` if it is missing or comes twice.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.unique("state").ok().flatten()
    }

    /// Returns a parameter, which may come once at most (RFC 6749, section 3.1).
    pub(super) fn unique(&self, name: &str) -> Result<Option<&str>, OAuthError> {
        let mut values = self
            .0
            .iter()
            .filter(|(other, _)| other == name)
            .map(|(_, value)| value.expose());

        match (values.next(), values.next()) {
            (_, Some(_)) => Err(OAuthError::CallbackMalformed("a parameter comes twice")),
            (value, None) => Ok(value),
        }
    }
}
