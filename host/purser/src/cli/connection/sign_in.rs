//! Signing in: a person visits the application in a browser, and the browser brings the answer back to a listener on this machine
//! (RFC 8252, section 7.3).

use crate::cli::remark;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use purser_engine::{Error, SignIn};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use url::Url;

const CAME_BACK: &str = "<!doctype html><title>Purser</title><body style='font-family:sans-serif;margin:4em'>\
    <h1>Back at Purser</h1><p>You can close this window. The terminal says how it went.</p>";
const NOT_AN_ANSWER: &str =
    "<!doctype html><title>Purser</title><p>This is not an answer that Purser waits for.</p>";

/// How a person signs in, for templates with a browser's consent.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Signing in, where the template asks for it")]
pub(super) struct SignInOptions {
    /// The port of this machine that the browser comes back to [default: any that is free]
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = 0,
        hide_default_value = true
    )]
    callback_port: u16,
    /// The address registered with the application, if it leads here another way [default: http://127.0.0.1:PORT/callback]
    #[arg(long, value_name = "URL")]
    callback_url: Option<Url>,
    /// How many seconds to wait for the browser
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    sign_in_within: u64,
}

/// A listener that the browser comes back to.
pub(super) struct Browser {
    options: SignInOptions,
    listening: Mutex<Option<(TcpListener, Url)>>,
}

/// The one answer that is waited for.
type Answer = Arc<Mutex<Option<oneshot::Sender<String>>>>;

impl From<SignInOptions> for Browser {
    fn from(options: SignInOptions) -> Self {
        Self {
            options,
            listening: Mutex::default(),
        }
    }
}

impl Browser {
    async fn listen(&self) -> Result<Url, Error> {
        let SignInOptions {
            callback_port: port,
            callback_url,
            ..
        } = &self.options;
        let refused = |error: &dyn std::fmt::Display| {
            Error::refused(
                format!("port {port} of this machine cannot be listened at: {error}"),
                "free it, or name another with --callback-port and register that with the application",
            )
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, *port))
            .await
            .map_err(|error| refused(&error))?;
        let port = listener
            .local_addr()
            .map_err(|error| refused(&error))?
            .port();
        let own = || {
            Url::parse(&format!("http://127.0.0.1:{port}/callback"))
                .map_err(|error| refused(&error))
        };
        let url = callback_url.clone().map_or_else(own, Ok)?;
        *self
            .listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some((listener, url.clone()));
        Ok(url)
    }

    async fn wait(&self, url: &Url) -> Result<String, Error> {
        let listening = self
            .listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some((listener, callback)) = listening else {
            return Err(Error::refused(
                "nothing waits for the browser",
                "this is a fault of Purser's; report it",
            ));
        };
        remark(&format!(
            "Open this address in a browser, and sign in as somebody who may do what the connection is for:\n\n  {url}\n\n\
             Waiting for the browser to come back to {callback}; ctrl-c gives up."
        ));
        let (sender, answer) = oneshot::channel();
        let waiting: Answer = Arc::new(Mutex::new(Some(sender)));
        let app = Router::new()
            .route(callback.path(), get(came_back))
            .with_state(waiting);
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(
            axum::serve(listener, app)
                .with_graceful_shutdown(async { drop(stopped.await) })
                .into_future(),
        );
        let within = Duration::from_secs(self.options.sign_in_within);
        let answer = tokio::time::timeout(within, answer).await;
        // The browser gets its page before the listener goes. One that keeps its connection open is not waited for.
        drop(stop);
        drop(tokio::time::timeout(Duration::from_secs(1), server).await);
        match answer {
            Ok(Ok(query)) => Ok(query),
            _ => Err(Error::refused(
                format!(
                    "nobody came back from the application within {} s",
                    within.as_secs()
                ),
                "run the command again, and open the address that it shows; --sign-in-within gives more time",
            )),
        }
    }
}

impl SignIn for Browser {
    fn callback(&self) -> BoxFuture<'_, Result<Url, Error>> {
        self.listen().boxed()
    }

    fn consent<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<String, Error>> {
        self.wait(url).boxed()
    }
}

/// Whatever has no state is no answer to Purser: a browser that looks for an icon, somebody who tries the address.
async fn came_back(State(waiting): State<Answer>, RawQuery(query): RawQuery) -> impl IntoResponse {
    let query = query.filter(|query| query.split('&').any(|pair| pair.starts_with("state=")));
    let sender = query.as_ref().and_then(|_| {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    });
    let taken = query
        .zip(sender)
        .is_some_and(|(query, sender)| sender.send(query).is_ok());
    if taken {
        (StatusCode::OK, Html(CAME_BACK))
    } else {
        (StatusCode::BAD_REQUEST, Html(NOT_AN_ANSWER))
    }
}
