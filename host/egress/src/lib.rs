//! HTTP to SaaS applications. Every request of a connector goes through a [`ConnectionClient`];
//! nothing else in Purser sends HTTP to an application.
//!
//! - **Policy** (`policy`): each hop is authorized by the grant of its action: method, host, path.
//!   Host names are resolved once, every address is checked, and exactly these are connected to.
//!   There is no proxy, no cookie, no referrer and no automatic redirect (`http_client`).
//! - **Credential** (`credential`): requested before every attempt and set on the request last, for
//!   the connection's own origin alone. Connectors cannot set its header fields and parameters, and
//!   no redirect carries it to another origin.
//! - **Scrubbing** (`scrub`): responses, errors and log lines are scrubbed of every credential
//!   used, in all encodings of the secret.
//! - **Retry** (`retry`): each hop is retried as the alias configures; after a 401 it is sent once
//!   more with a refreshed credential. All clients that share a [`RateLimiter`] keep to the
//!   application's `Retry-After`.
//! - **Bodies** (`body`): request size, response size and time are limited. A large file is
//!   streamed: decompressed while it arrives, and scrubbed in chunks that no credential can span.
//!
//! Fixed limits, because no connector needs others: a response has at most 100 header fields, of
//! 400 KiB over HTTP/1.1 and 16 KiB over HTTP/2; at most 5 redirects are followed.
//!
//! Tokens are requested and refreshed through [`Egress::token_endpoint`], under the same rules for
//! addresses.

mod attempt;
mod attempt_error;
mod body;
mod client;
mod credential;
mod error;
mod exchange;
mod http_client;
mod policy;
mod retry;
mod scrub;
#[cfg(test)]
mod tests;
mod timeouts;
mod tls;
mod token_endpoint;

pub use body::budget::ByteBudget;
pub use body::streaming::StreamingResponse;
pub use client::{ClientConfig, ConnectionClient, Egress};
pub use credential::source::{CredentialSource, CredentialUnavailable, StaticCredential};
pub use error::EgressError;
pub use policy::base_url::check_base_url;
pub use policy::scope::RequestScope;
pub use retry::rate_limit::RateLimiter;
