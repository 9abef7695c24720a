//! Failures of the vault. No message holds any part of a secret or of a key.

use crate::credential_error::CredentialError;
use crate::key_origin::KEY_VARIABLE;
use crate::template::TemplateError;
use purser_model::{Blame, Blamed, NextStep};
use std::io;
use std::path::PathBuf;

/// Reason why the vault refused. No stored secret and no key was changed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A key exists already. A second one would make every stored secret unreadable.
    #[error("there is a key at {} already", .0.display())]
    KeyExists(PathBuf),
    /// No key was found.
    #[error("the vault's key is missing: there is no {}, and {KEY_VARIABLE} is not set", .0.display())]
    KeyMissing(PathBuf),
    /// The key could not be read or written.
    #[error("the vault's key at {} could not be {action}: {error}", path.display())]
    KeyFile {
        /// Path of the key file.
        path: PathBuf,
        /// Attempted action, as a participle: `read`, `written`, `replaced`.
        action: &'static str,
        /// Error of the operating system.
        error: io::Error,
    },
    /// Other users can read or replace the key.
    #[error("the vault's key at {} is open to other users of this machine (mode {mode:03o})", path.display())]
    KeyExposed {
        /// Path of the key file.
        path: PathBuf,
        /// Permission bits.
        mode: u32,
    },
    /// The content is not a key.
    #[error("the vault's key in {origin} is damaged: it must be 32 bytes in base64, 44 characters")]
    KeyMalformed {
        /// Path or variable that holds it.
        origin: String,
    },
    /// The operating system returned no random numbers.
    #[error("the operating system returned no random numbers: {0}")]
    Random(getrandom::Error),
    /// The key is not the one that the database's secrets are sealed with.
    #[error("the stored secrets are sealed with another key than the one provided")]
    OtherKey,
    /// A secret does not open: it was sealed with another key or for another context, or altered.
    #[error("the stored secret of {context} does not open with this vault's key")]
    UnsealFailed {
        /// Owner of the secret.
        context: String,
    },
    /// A secret is sealed in a format that this version does not know.
    #[error("the stored secret of {context} was sealed by another version of Purser")]
    UnknownFormat {
        /// Owner of the secret.
        context: String,
    },
    /// A credential cannot be used.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// A configuration template is invalid.
    #[error("this is not a valid template: {0}")]
    Template(#[from] TemplateError),
}

impl Blamed for VaultError {
    fn blame(&self) -> Blame {
        match self {
            Self::KeyFile { .. } | Self::Random(_) => Blame::Host,
            _ => Blame::Operator,
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        let text = match self {
            Self::KeyExists(_) => "keep the existing key, or use another directory".into(),
            Self::KeyMissing(_) => {
                format!("restore the key file from a backup, or set {KEY_VARIABLE} to its content")
            }
            Self::KeyFile { path, .. } => format!(
                "check the permissions of {} and of its directory",
                path.display()
            ),
            Self::KeyExposed { path, .. } => format!(
                "run `chmod 600 {}` and replace the credentials if in doubt",
                path.display()
            ),
            Self::KeyMalformed { origin } => format!("restore the key in {origin} from a backup"),
            Self::OtherKey => format!(
                "restore the key file that belongs to this database; check if {KEY_VARIABLE} is set by mistake; nothing was changed"
            ),
            Self::UnsealFailed { .. } => format!(
                "restore the key file that belongs to this database, or create the connection again; check if {KEY_VARIABLE} is set by mistake"
            ),
            Self::UnknownFormat { .. } => {
                "use the version of Purser that stored it, or a newer one".into()
            }
            Self::Random(_) => return None,
            Self::Credential(error) => return error.next_step(),
            Self::Template(error) => return error.next_step(),
        };

        Some(NextStep::advice(text))
    }
}
