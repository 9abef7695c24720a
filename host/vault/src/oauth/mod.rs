//! OAuth 2: how tokens are got, renewed and given back.
//!
//! - [`OAuthSettings`] are what a filled template says of its provider.
//! - [`Provider`] asks it for tokens, through a [`TokenEndpoint`] that somebody else implements: nothing here speaks HTTP.
//! - [`Asking`] is kept while a person decides in a browser, and [`CallbackQuery`] is what the browser brings back.
//! - [`Tokens`] are what comes of it, and how they are sealed.
//!
//! Requests are built and answers parsed by the `oauth2` crate. What applications do otherwise than the standard is data in the settings,
//! and is straightened out before the crate reads an answer.

mod answer;
mod asking;
mod assertion;
mod callback;
mod check;
mod clock;
mod consent;
mod endpoint;
mod error;
mod form;
pub(crate) mod names;
mod provider;
mod received;
mod sending;
mod settings;
mod text;
mod tokens;

pub use asking::Asking;
pub use assertion::check_private_key;
pub use callback::CallbackQuery;
pub use clock::ClockSkew;
pub use endpoint::{TokenAnswer, TokenEndpoint, TokenRequest, Unanswered};
pub use error::OAuthError;
pub use provider::Provider;
pub use settings::{
    GrantKind, OAuthSettings, SigningAlgorithm, SigningAlgorithmError, TokenAuth, TokenAuthError,
};
pub use tokens::Tokens;
