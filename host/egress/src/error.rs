//! Errors of setting up a client. The failure of a single request is `purser_model::HttpError`.

use purser_model::{Blame, Blamed, NextStep};

/// The reason why a [`ConnectionClient`](crate::ConnectionClient) could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The text is not a usable base URL. It is not repeated here, because it may hold a password.
    #[error("the base URL cannot be used: {0}")]
    BaseUrl(String),
    /// The base URL is unencrypted http, and the connection may not reach private networks.
    #[error(
        "the base URL cannot be used: it is unencrypted http, which is only possible for an application in a private network"
    )]
    PlainHttp,
    /// The base URL names an address that no connection may reach.
    #[error("the base URL cannot be used: it leads to {0}")]
    Address(String),
    /// The base URL leads to a private network, which this connection may not reach.
    #[error(
        "the base URL cannot be used: {0}, and this connection is not allowed to reach private networks"
    )]
    PrivateNetwork(String),
    /// TLS, or the HTTP client on top of it, could not be set up.
    #[error("the HTTP client could not be set up: {0}")]
    Client(String),
}

impl Blamed for EgressError {
    fn blame(&self) -> Blame {
        match self {
            Self::BaseUrl(_) | Self::PlainHttp | Self::Address(_) | Self::PrivateNetwork(_) => {
                Blame::Operator
            }
            Self::Client(_) => Blame::Host,
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        Some(match self {
            Self::BaseUrl(_) | Self::Address(_) => {
                "give the address of the application's API, such as https://acme.example.com/api".into()
            }
            Self::PlainHttp => {
                NextStep::advice("give its https address").and(NextStep::AllowPrivateNetwork)
            }
            Self::PrivateNetwork(_) => NextStep::AllowPrivateNetwork,
            Self::Client(_) => {
                "check that the system's CA certificates are installed (package ca-certificates on Linux)".into()
            }
        })
    }
}
