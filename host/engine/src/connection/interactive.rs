//! Consent of a person during sign-in. The command line opens a listener on this machine; a server
//! uses its own address.

use crate::Error;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use url::Url;

/// Way to send a person to the application and to receive the callback of their browser.
pub trait SignIn: Send + Sync {
    /// Returns the redirect URI. Called before [`SignIn::consent`], and only if consent is needed.
    fn callback(&self) -> BoxFuture<'_, Result<Url, Error>>;

    /// Sends the person to `url` and returns the query of the callback.
    fn consent<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<String, Error>>;
}

/// Non-interactive sign-in. Fails for templates that need user consent.
#[derive(Debug, Clone, Copy)]
pub struct NonInteractive;

impl SignIn for NonInteractive {
    fn callback(&self) -> BoxFuture<'_, Result<Url, Error>> {
        async { Err(not_interactive()) }.boxed()
    }

    fn consent<'a>(&'a self, _: &'a Url) -> BoxFuture<'a, Result<String, Error>> {
        async { Err(not_interactive()) }.boxed()
    }
}

fn not_interactive() -> Error {
    Error::refused(
        "a person must sign in, and this process is not interactive",
        "sign in at the command line",
    )
}
