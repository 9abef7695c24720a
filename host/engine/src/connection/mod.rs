//! Connections: credentials, token refresh, sign-in and checks.

mod aliases;
mod bound_connector;
mod checks;
mod create;
mod credential;
mod duplicates;
mod interactive;
mod manage;
mod rate_limiters;
mod service;
mod token_refresh;
mod view;

pub use aliases::{AliasView, Aliases};
pub use checks::Checked;
pub use create::{Connected, NewConnection};
pub(crate) use credential::ConnectionCredential;
pub use credential::Secrets;
pub use interactive::{NonInteractive, SignIn};
pub use manage::Revocation;
pub use service::Connections;
pub use view::ConnectionView;
