//! The vault: where credentials are kept and how they are put on a request.
//!
//! - [`Secret`] is text that is wiped from memory and that nothing can print or serialise.
//! - [`Vault`] seals secrets with a key that lies beside the database, never in it. What is stored is a [`Sealed`].
//! - [`Template`] says how an authentication method signs requests and which fields it asks for. Templates are data.
//! - [`FilledTemplate`] is a template with its fields: what a connection signs with.
//! - [`oauth`] gets the tokens that some templates sign with, and renews them.
//! - [`Credential`] is what is put on a request, and every form in which the secret could come back in an answer, so that the egress can
//!   take it out.
//!
//! Nothing here knows about databases, networks or users.

mod credential;
mod error;
mod filled;
mod forms;
mod key;
pub mod oauth;
mod sealed;
mod secret;
pub mod template;

pub use credential::{Credential, is_host_header};
pub use error::{CredentialError, VaultError};
pub use filled::FilledTemplate;
pub use key::{KEY_VARIABLE, KeyOrigin, SYSTEMD_CREDENTIAL};
pub use sealed::{Sealed, Vault};
pub use secret::{SHORTEST_SECRET, Secret};
pub use template::{FieldKind, Template, TemplateError, TemplateField, built_in};
