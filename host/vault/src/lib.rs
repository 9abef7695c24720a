//! The vault: sealing of secrets, configuration templates, and the credentials of requests.
//!
//! - [`Secret`] is text that is wiped from memory and cannot be printed or serialised.
//! - [`Vault`] seals secrets, as [`Sealed`] bytes, with a key that is kept outside the database.
//! - [`Template`] defines the fields of an authentication method and how it signs requests. All
//!   templates are data.
//! - [`TemplateInstance`] is a template with the values of its fields: the source of a connection's
//!   credential.
//! - [`oauth`] obtains and refreshes the tokens that some templates sign with.
//! - [`Credential`] is the headers and query parameters of a request, with every encoding in which
//!   a response could repeat the secret, so that the egress can redact it.
//!
//! This crate knows nothing of databases, networks or users. Its rooms import downward only:
//! `instance` → `template` → `oauth` → the files beside this one.

// Tests in `src` share a module with those in `tests`, which name the crate.
#[cfg(test)]
extern crate self as purser_vault;

mod credential;
mod credential_error;
mod encodings;
mod error;
mod instance;
mod key;
mod key_origin;
pub mod oauth;
mod opaque;
mod sealed;
mod secret;
pub mod template;

pub use credential::{Credential, is_host_header};
pub use credential_error::CredentialError;
pub use error::VaultError;
pub use instance::TemplateInstance;
pub use key_origin::{KEY_VARIABLE, KeyOrigin, SYSTEMD_CREDENTIAL};
pub use sealed::{Sealed, Vault};
pub use secret::{SHORTEST_SECRET, Secret};
pub use template::{FieldKind, Template, TemplateError, TemplateField, built_in};
