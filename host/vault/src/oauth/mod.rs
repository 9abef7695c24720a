//! OAuth 2: how tokens are obtained, refreshed and revoked.
//!
//! - `OAuthSettings` are the provider's settings, from a template instance.
//! - [`Provider`] sends the requests, through a [`TokenEndpoint`] that the egress implements.
//! - [`PendingAuthorization`] is kept while a person decides in a browser, and [`CallbackQuery`] is
//!   the query that the browser brings back.
//! - [`Tokens`] are the result, and the document in which they are sealed.
//!
//! The `oauth2` crate builds the requests and parses the responses. Deviations of applications from
//! the standard are data in the settings, and are removed before the crate reads a response.

mod assertion;
mod authorization;
mod body;
mod callback;
mod check;
mod clock;
mod consent;
mod endpoint;
mod error;
mod form;
mod http_adapter;
mod lifetime;
mod provider;
mod redact;
mod request;
pub(crate) mod reserved;
mod response;
mod settings;
mod token_response;
pub(crate) mod token_type;
mod tokens;

#[cfg(test)]
mod tests;

pub(crate) use assertion::check_private_key;
pub use authorization::PendingAuthorization;
pub use callback::CallbackQuery;
pub use endpoint::{TokenEndpoint, TokenRequest, TokenRequestError, TokenResponse};
pub use error::OAuthError;
pub use provider::Provider;
pub use settings::GrantType;
pub(crate) use settings::{OAuthSettings, SigningAlgorithm, TokenAuth};
pub use tokens::Tokens;
