//! The trait that a connector implements, and its export as a component.

use crate::bindings::exports::purser::connector::actions::Guest;
use crate::{
    Capability, CheckReport, CheckRequest, Client, Description, Failure, Page, ReadRequest,
    ReclaimMode, ReclaimOutcome, ReclaimRequest,
};
use std::marker::PhantomData;

/// A connector.
///
/// Each call runs in a fresh instance. Only a cursor carries state from one call to the next.
// Guests are single-threaded, so the futures need not be `Send`.
#[allow(async_fn_in_trait)]
pub trait Connector {
    /// Returns the description of the connector. Must send nothing, and return the same description
    /// every time.
    fn describe() -> Description;

    /// Reads one page of the stream `request.stream`. Returns [`Failure::no_such_stream`] for an
    /// unknown name.
    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure>;

    /// Takes a seat back.
    ///
    /// The host calls it again for the same account if the first outcome was lost. The second call
    /// then returns [`ReclaimOutcome::AlreadyGone`].
    async fn reclaim(app: &Client, request: ReclaimRequest) -> Result<ReclaimOutcome, Failure> {
        let _ = app;
        Err(Failure::no_such_mode(request.mode))
    }

    /// Verifies that a capability works. Changes nothing.
    ///
    /// By default it reads a page of one record. Its requests need access for
    /// [`Action::Check`](crate::Action::Check). The report of a reclaim gets a warning that it was
    /// not tried, unless [`verifies_reclaim`](Self::verifies_reclaim) says otherwise.
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
            Capability::Reclaim(_) => Ok(CheckReport::default()),
        }
    }

    /// True if a check shows whether the credential may reclaim in this mode, for example by its
    /// scopes. Most applications do not show it, so the default is false.
    #[must_use]
    fn verifies_reclaim(mode: ReclaimMode) -> bool {
        let _ = mode;
        false
    }
}

/// Checks a capability, and adds the warning that a reclaim was not tried.
pub(crate) async fn check<C: Connector>(
    app: &Client,
    request: CheckRequest,
) -> Result<CheckReport, Failure> {
    let untried = match &request.capability {
        Capability::Reclaim(mode) if !C::verifies_reclaim(*mode) => Some(*mode),
        Capability::Reclaim(_) | Capability::Read(_) => None,
    };

    let report = C::check(app, request).await?;
    Ok(match untried {
        // why: a warning of the connector's own says more about its application
        Some(mode) if report.warnings.is_empty() => report.warning(format!(
            "whether the credential may {} cannot be tried without doing it",
            verb_phrase(mode)
        )),
        _ => report,
    })
}

const fn verb_phrase(mode: ReclaimMode) -> &'static str {
    match mode {
        ReclaimMode::RemoveLicence => "take a product from an account",
        ReclaimMode::Suspend => "suspend an account",
        ReclaimMode::Delete => "delete an account",
        ReclaimMode::Downgrade => "downgrade an account",
    }
}

impl Default for CheckReport {
    /// Returns a report without warnings, of an unknown identity and tenant.
    fn default() -> Self {
        Self {
            identity: None,
            tenant: None,
            warnings: Vec::new(),
        }
    }
}

impl CheckReport {
    /// Adds a warning: a limitation, in one sentence.
    #[must_use]
    pub fn warning(mut self, sentence: impl Into<String>) -> Self {
        self.warnings.push(sentence.into());
        self
    }
}

/// Exports a [`Connector`] as a component. Expands to nothing in a native build.
#[macro_export]
macro_rules! export {
    ($connector:ident) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            type Component = $crate::Exported<$connector>;
    $crate::bindings::export_actions!(Component with_types_in $crate::bindings);
        };
    };
}

/// A [`Connector`] with the generated interface that the host calls.
#[derive(Debug)]
pub struct Exported<C>(PhantomData<C>);

impl<C: Connector + 'static> Guest for Exported<C> {
    // Without a panic hook: `describe` may call no import, and the log is one.
    fn describe() -> Description {
        C::describe()
    }

    async fn check(request: CheckRequest) -> Result<CheckReport, Failure> {
        check::<C>(&client(), request).await
    }

    async fn read(request: ReadRequest) -> Result<Page, Failure> {
        #[cfg(target_family = "wasm")]
        let next = ReadRequest {
            cursor: None,
            ..request.clone()
        };

        let page = C::read(&client(), request).await?;

        #[cfg(target_family = "wasm")]
        prefetch_next::<C>(&page, next);
        Ok(page)
    }

    async fn reclaim(request: ReclaimRequest) -> Result<ReclaimOutcome, Failure> {
        C::reclaim(&client(), request).await
    }
}

/// Runs the read of the next page up to its first request, and hints the host to prefetch it.
#[cfg(target_family = "wasm")]
fn prefetch_next<C: Connector>(page: &Page, request: ReadRequest) {
    // Accounts of the next call are unknown, so only streams without them can be prefetched.
    if let Some(cursor) = page.next.clone().filter(|_| request.accounts.is_empty()) {
        let next = ReadRequest {
            cursor: Some(cursor),
            ..request
        };
        crate::log::suppressed(|| {
            futures::FutureExt::now_or_never(C::read(&Client::prefetching(), next))
        });
    }
}

/// Returns the client of a call, and sends panic messages to the run's log: a guest has no standard
/// error, and a trap alone has no message.
fn client() -> Client {
    std::panic::set_hook(Box::new(|panic| {
        crate::log::write(crate::log::Level::Error, &panic.to_string())
    }));
    Client::new()
}
