//! An authorization in progress, between sending the browser off and its return.

use super::callback::CallbackQuery;
use crate::Secret;
use crate::opaque::assert_opaque;
use subtle::ConstantTimeEq as _;
use url::Url;

/// State kept while a person decides in the browser.
///
/// [`Provider::finish`](super::Provider::finish) consumes it: a code is exchanged once. Has no
/// `Debug`, as it holds the PKCE verifier.
pub struct PendingAuthorization {
    /// URL to open in the browser.
    pub url: Url,
    pub(super) state: Secret,
    pub(super) verifier: Secret,
    pub(super) redirect: Url,
}

assert_opaque!(PendingAuthorization);

impl PendingAuthorization {
    /// Returns the `state` parameter that the browser must bring back.
    ///
    /// A server that waits for several browsers finds the authorization by it.
    #[must_use]
    pub const fn state(&self) -> &Secret {
        &self.state
    }

    /// Returns true if the callback belongs to this authorization. One that does not can be
    /// ignored, and the wait continued.
    #[must_use]
    pub fn matches(&self, callback: &CallbackQuery) -> bool {
        let expected = self.state.expose().as_bytes();
        let found = callback.state().unwrap_or_default().as_bytes();

        // In constant time: the time taken must not show how much of a guess is right.
        expected.ct_eq(found).into()
    }
}
