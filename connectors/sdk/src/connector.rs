//! What an author implements, and how it becomes a component.

use crate::bindings::exports::purser::connector::actions::Guest;
use crate::{
    Capability, CheckReport, CheckRequest, Client, Description, Failure, Page, ReadRequest,
    ReclaimMode, ReclaimOutcome, ReclaimRequest,
};
use std::marker::PhantomData;

/// A connector. Each call runs in an instance of its own: nothing is kept from one to the next but the cursor.
// Guests are single-threaded: that the futures are not `Send` harms nobody.
#[allow(async_fn_in_trait)]
pub trait Connector {
    /// Says what the connector is and wants. It sends nothing, and always gives the same answer.
    fn describe() -> Description;

    /// Reads one page of the stream that `request.stream` names; for any other name, [`Failure::no_such_stream`].
    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure>;

    /// Takes a seat back. It may come twice for one account, when the first outcome was lost: the second finds it
    /// [`ReclaimOutcome::AlreadyGone`].
    async fn reclaim(app: &Client, request: ReclaimRequest) -> Result<ReclaimOutcome, Failure> {
        let _ = app;
        Err(Failure::no_such_mode(request.mode))
    }

    /// Tries whether a capability works, changing nothing. Unless it is overridden it reads a page of one record, and says of a reclaim
    /// that it cannot be tried. What it sends must be wanted for [`Action::Check`](crate::Action::Check).
    async fn check(app: &Client, request: CheckRequest) -> Result<CheckReport, Failure> {
        let CheckRequest {
            capability,
            settings,
        } = request;
        match capability {
            Capability::Read(stream) => {
                let read = ReadRequest {
                    stream,
                    settings,
                    cursor: None,
                    since: None,
                    page_size: 1,
                    accounts: vec![],
                };
                Self::read(app, read).await.map(|_| CheckReport::default())
            }
            Capability::Reclaim(mode) => Ok(CheckReport::default().warning(format!(
                "whether the credential may {} cannot be tried without doing it",
                words(mode)
            ))),
        }
    }
}

const fn words(mode: ReclaimMode) -> &'static str {
    match mode {
        ReclaimMode::RemoveLicence => "take a product from an account",
        ReclaimMode::Suspend => "suspend an account",
        ReclaimMode::Delete => "delete an account",
        ReclaimMode::Downgrade => "downgrade an account",
    }
}

impl Default for CheckReport {
    /// All is well, and the application says nothing about whom the credential belongs to.
    fn default() -> Self {
        Self {
            identity: None,
            tenant: None,
            warnings: Vec::new(),
        }
    }
}

impl CheckReport {
    /// The same with a warning: what works with limits, in a sentence.
    #[must_use]
    pub fn warning(mut self, sentence: impl Into<String>) -> Self {
        self.warnings.push(sentence.into());
        self
    }
}

/// Makes a component of the [`Connector`] named: its exports, when built for WebAssembly, and nothing natively.
#[macro_export]
macro_rules! export {
    ($connector:ident) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            type Exported = $crate::Exported<$connector>;
    $crate::bindings::export_actions!(Exported with_types_in $crate::bindings);
        };
    };
}

/// A [`Connector`] as the host calls it.
#[derive(Debug)]
pub struct Exported<C>(PhantomData<C>);

impl<C: Connector + 'static> Guest for Exported<C> {
    // No panic hook here: a description may call no import, and the log is one.
    fn describe() -> Description {
        C::describe()
    }

    async fn check(request: CheckRequest) -> Result<CheckReport, Failure> {
        C::check(&client(), request).await
    }

    async fn read(request: ReadRequest) -> Result<Page, Failure> {
        #[cfg(target_family = "wasm")]
        let next = ReadRequest {
            cursor: None,
            ..request.clone()
        };
        let page = C::read(&client(), request).await?;
        #[cfg(target_family = "wasm")]
        look_ahead::<C>(&page, next);
        Ok(page)
    }

    async fn reclaim(request: ReclaimRequest) -> Result<ReclaimOutcome, Failure> {
        C::reclaim(&client(), request).await
    }
}

/// Lets the call for the next page begin as far as its first request, which the host can send while it takes in this page.
#[cfg(target_family = "wasm")]
fn look_ahead<C: Connector>(page: &Page, request: ReadRequest) {
    // Of accounts, the host asks for others next.
    if let Some(cursor) = page.next.clone().filter(|_| request.accounts.is_empty()) {
        let next = ReadRequest {
            cursor: Some(cursor),
            ..request
        };
        crate::log::quietly(|| futures::FutureExt::now_or_never(C::read(&Client::ahead(), next)));
    }
}

/// The client of a call, with panics sent to the run's log: a guest has no standard error, and a trap alone says nothing.
fn client() -> Client {
    std::panic::set_hook(Box::new(|panic| {
        crate::log::write(crate::log::Level::Error, &panic.to_string())
    }));
    Client::of_the_host()
}
