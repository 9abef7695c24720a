//! How a person is asked to consent. The command line opens a listener on this machine; a server has its own address.

use crate::Error;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use url::Url;

/// Sends a person to the application, and waits for what their browser brings back.
pub trait SignIn: Send + Sync {
    /// Where the application is to send the browser back to. Asked for before [`SignIn::consent`], and only where somebody must consent.
    fn callback(&self) -> BoxFuture<'_, Result<Url, Error>>;

    /// Has the person visit this address; the query with which their browser came back.
    fn consent<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<String, Error>>;
}

/// Where nobody can be asked. Templates that need no consent do without.
#[derive(Debug, Clone, Copy)]
pub struct NobodyThere;

impl SignIn for NobodyThere {
    fn callback(&self) -> BoxFuture<'_, Result<Url, Error>> {
        async {
            Err(Error::refused(
                "somebody would have to sign in, and nobody is there",
                "use the command line",
            ))
        }
        .boxed()
    }

    fn consent<'a>(&'a self, _: &'a Url) -> BoxFuture<'a, Result<String, Error>> {
        async {
            Err(Error::refused(
                "somebody would have to sign in, and nobody is there",
                "use the command line",
            ))
        }
        .boxed()
    }
}
