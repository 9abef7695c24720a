//! The vault: where credentials are kept and how they are put on a request.
//!
//! - [`Secret`] is text that is wiped from memory and that nothing can print or serialise.
//! - [`Vault`] seals secrets with a key that lies beside the database, never in it. What is stored is a [`Sealed`].
//! - [`Credential`] is a template with its secret: the header it signs a request with, and every form in which the secret could come
//!   back in an answer, so that the egress can take it out.
//!
//! Nothing here knows about databases, networks or users.

mod credential;
mod error;
mod forms;
mod key;
mod sealed;
mod secret;

pub use credential::{Credential, SHORTEST_SECRET, is_host_header};
pub use error::{CredentialError, VaultError};
pub use key::KEY_VARIABLE;
pub use sealed::{Sealed, Vault};
pub use secret::Secret;
