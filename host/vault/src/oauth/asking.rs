//! An attempt to get a person's consent, between sending the browser off and its return.

use super::CallbackQuery;
use crate::Secret;
use url::Url;

/// What is kept while a person decides. Used up by [`Provider::finish`](super::Provider::finish): a code is exchanged once. Has no `Debug`.
pub struct Asking {
    /// Where to send the browser.
    pub url: Url,
    pub(super) state: Secret,
    pub(super) verifier: Secret,
    pub(super) redirect: Url,
}

static_assertions::assert_not_impl_any!(Asking: std::fmt::Debug, std::fmt::Display, Clone, serde::Serialize);

impl Asking {
    /// What the browser must bring back as `state`, by which a server that waits for several answers finds this attempt.
    #[must_use]
    pub const fn state(&self) -> &Secret {
        &self.state
    }

    /// Whether the answer belongs to this attempt. One that does not can be passed over and waiting go on.
    #[must_use]
    pub fn is_answered_by(&self, answer: &CallbackQuery) -> bool {
        let (ours, theirs) = (
            self.state.expose().as_bytes(),
            answer.state().unwrap_or_default().as_bytes(),
        );
        // In constant time, as far as the compiler leaves it so.
        let differing = ours
            .iter()
            .zip(theirs)
            .fold(0, |differing, (a, b)| differing | (a ^ b));
        ours.len() == theirs.len() && differing == 0
    }
}
