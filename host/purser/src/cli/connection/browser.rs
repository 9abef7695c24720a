//! Consent in a browser: a user signs in to the application, and the browser is redirected to a
//! listener on this machine (RFC 8252, section 7.3).

use crate::cli::notice;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use purser_engine::{Error, SignIn};
use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use url::Url;

const DONE_PAGE: &str = "<!doctype html><title>Purser</title><body style='font-family:sans-serif;margin:4em'>\
    <h1>Back at Purser</h1><p>You can close this window. The terminal shows the result.</p>";
const UNEXPECTED_PAGE: &str =
    "<!doctype html><title>Purser</title><p>Purser does not expect this request.</p>";

/// Time for the browser to receive its page before the listener stops.
const SHUTDOWN_WAIT: Duration = Duration::from_secs(1);

/// Options for templates that need a user's consent.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Sign-in, if the template needs it")]
pub(super) struct SignInOptions {
    /// Port of this machine that the browser is redirected to [default: any free port]
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = 0,
        hide_default_value = true
    )]
    callback_port: u16,
    /// Redirect URL registered with the application, if it differs [default:
    /// http://127.0.0.1:PORT/callback]
    #[arg(long, value_name = "URL")]
    callback_url: Option<Url>,
    /// Seconds to wait for the browser
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    sign_in_within: u64,
}

/// Sign-in with a browser and a listener for its redirect.
pub(super) struct Browser {
    options: SignInOptions,
    /// The listener and its URL, between `callback` and `consent`.
    listening: Mutex<Option<(TcpListener, Url)>>,
}

/// Sender for the one callback that is expected; taken by the first.
type PendingCallback = Arc<Mutex<Option<oneshot::Sender<String>>>>;

impl From<SignInOptions> for Browser {
    fn from(options: SignInOptions) -> Self {
        Self {
            options,
            listening: Mutex::default(),
        }
    }
}

impl Browser {
    /// Starts the listener and returns the URL for the redirect.
    async fn listen(&self) -> Result<Url, Error> {
        let port = self.options.callback_port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|error| cannot_listen(port, &error))?;

        let url = match &self.options.callback_url {
            Some(url) => url.clone(),
            None => {
                let address = listener.local_addr();
                let port = address.map_err(|error| cannot_listen(port, &error))?.port();
                Url::parse(&format!("http://127.0.0.1:{port}/callback"))
                    .map_err(|error| cannot_listen(port, &error))?
            }
        };
        *self.listening.lock() = Some((listener, url.clone()));

        Ok(url)
    }

    /// Shows the user where to sign in, and returns the query of the redirect.
    async fn wait(&self, url: &Url) -> Result<String, Error> {
        let Some((listener, callback)) = self.listening.lock().take() else {
            return Err(Error::refused(
                "there is no listener for the browser",
                "this is a fault of Purser; report it",
            ));
        };
        notice(&format!(
            "Open this URL in a browser, and sign in as a user with the permissions that the connection needs:\n\n  {url}\n\n\
             Waiting for the browser at {callback}; ctrl-c cancels."
        ));

        let (sender, query) = oneshot::channel();
        let pending: PendingCallback = Arc::new(Mutex::new(Some(sender)));
        let app = Router::new()
            .route(callback.path(), get(receive_callback))
            .with_state(pending);
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(
            axum::serve(listener, app)
                .with_graceful_shutdown(async { drop(stopped.await) })
                .into_future(),
        );

        let within = Duration::from_secs(self.options.sign_in_within);
        let query = tokio::time::timeout(within, query).await;

        // The browser gets its page first. A connection that it keeps open is not waited for.
        drop(stop);
        drop(tokio::time::timeout(SHUTDOWN_WAIT, server).await);

        match query {
            Ok(Ok(query)) => Ok(query),
            _ => Err(Error::refused(
                format!(
                    "the application did not redirect the browser to Purser within {} s",
                    within.as_secs()
                ),
                "run the command again, and open the URL that it shows; --sign-in-within gives more time",
            )),
        }
    }
}

fn cannot_listen(port: u16, error: &dyn fmt::Display) -> Error {
    Error::refused(
        format!("cannot listen on port {port} of this machine: {error}"),
        "free it, or name another with --callback-port and register that with the application",
    )
}

impl SignIn for Browser {
    fn callback(&self) -> BoxFuture<'_, Result<Url, Error>> {
        self.listen().boxed()
    }

    fn consent<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<String, Error>> {
        self.wait(url).boxed()
    }
}

/// Receives the redirect.
///
/// A request without `state` is not the redirect: a browser that looks for an icon, or a user who
/// tries the URL.
async fn receive_callback(
    State(pending): State<PendingCallback>,
    RawQuery(query): RawQuery,
) -> impl IntoResponse {
    let is_redirect = |query: &String| query.split('&').any(|pair| pair.starts_with("state="));
    let Some(query) = query.filter(is_redirect) else {
        return (StatusCode::BAD_REQUEST, Html(UNEXPECTED_PAGE));
    };

    let sender = pending.lock().take();
    match sender.map(|sender| sender.send(query)) {
        Some(Ok(())) => (StatusCode::OK, Html(DONE_PAGE)),
        _ => (StatusCode::BAD_REQUEST, Html(UNEXPECTED_PAGE)),
    }
}
