//! The way out: everything a connector asks of a SaaS application goes through a [`Channel`], and nothing else in Purser speaks HTTP to
//! one. What holds for every request:
//!
//! - It is allowed, hop by hop, by the grant of the action it is made for: method, host, path (`target`, `redirect`).
//! - It reaches no address that the connection may not reach. Names are resolved once, by this crate, every address is checked, and exactly
//!   those are dialled. There is no proxy, no cookie, no referrer, no automatic redirect (`address`, `resolver`, `client`).
//! - The credential is asked for at every attempt (`credentials`), put on it at the last moment, for the connection's own origin alone
//!   (`sign`), and taken out of whatever comes back, like those that were used before it (`known`, `scrub`, `spelling`). A connector can name
//!   none of its header fields and parameters, and no redirect carries it elsewhere.
//! - Repeating it is the host's decision (`retry`), and the application's word on when to come back is kept by everyone who shares the
//!   channel (`advice`, `pace`).
//! - What it may cost is bounded: size of the request, of the answer, and time (`budget`).
//! - A file too large to be held is read as it is asked for (`arrival`), unpacked (`unpack`, `zip`), and searched in pieces that are cut where
//!   no credential can be (`pieces`).
//!
//! Bounds that are not in the grant, because no connector needs others: an answer has at most 100 header fields and 400 KiB of them over
//! HTTP/1.1 (16 KiB over HTTP/2); at most 5 redirects are followed. How many attempts are made at each
//! place they lead to, and for how long, is the connection alias's to say; one more is made with another credential, where it was refused.
//!
//! Tokens are got and renewed through [`Egress::token_endpoint`], under the same rules for addresses.

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
pub use body::streaming::Arrival;
pub use client::{Channel, Effort, Egress, Permit, Upstream};
pub use credential::source::{CredentialSource, Fixed, Unavailable};
pub use error::EgressError;
pub use policy::base_url::check_base_url;
pub use retry::rate_limit::Pace;
