//! What can go wrong in the vault. No message holds any part of a secret or of a key.

use crate::KEY_VARIABLE;
use purser_model::{Blame, Blamed};
use std::io;
use std::path::PathBuf;

/// Why the vault refused. Whatever the case, no stored secret and no key was changed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A key is there already; a second one would make every stored secret unreadable.
    #[error("there is a key at {} already", .0.display())]
    KeyExists(PathBuf),
    /// No key where one should be.
    #[error("the vault's key is missing: there is no {}, and {KEY_VARIABLE} is not set", .0.display())]
    KeyMissing(PathBuf),
    /// The key could not be read or written.
    #[error("the vault's key at {} could not be {doing}: {error}", path.display())]
    KeyFile {
        /// Where the key lies.
        path: PathBuf,
        /// What was tried, as a participle.
        doing: &'static str,
        /// Why it failed.
        error: io::Error,
    },
    /// Others can read or replace the key.
    #[error("the vault's key at {} is open to other users of this machine (mode {mode:03o})", path.display())]
    KeyExposed {
        /// Where the key lies.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// What should be a key is none.
    #[error("the vault's key in {origin} is damaged: it must be 32 bytes in base64, 44 characters")]
    KeyMalformed {
        /// The file or the variable.
        origin: String,
    },
    /// The operating system gives no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(getrandom::Error),
    /// A secret that no longer opens.
    #[error("the stored secret of {context} does not open with this vault's key")]
    Foreign {
        /// What the secret belongs to.
        context: String,
    },
    /// A secret sealed in a way this version does not know.
    #[error("the stored secret of {context} was sealed by another version of Purser")]
    Format {
        /// What the secret belongs to.
        context: String,
    },
    /// A credential that cannot be used.
    #[error(transparent)]
    Credential(#[from] CredentialError),
}

impl Blamed for VaultError {
    fn blame(&self) -> Blame {
        match self {
            Self::KeyFile { .. } | Self::Random(_) => Blame::Host,
            _ => Blame::Operator,
        }
    }

    fn next_step(&self) -> Option<String> {
        match self {
            Self::KeyExists(_) => Some("keep the key that is there, or use another directory".into()),
            Self::KeyMissing(_) => {
                Some(format!("restore the key file from a backup, or set {KEY_VARIABLE} to its content"))
            }
            Self::KeyFile { path, .. } => {
                Some(format!("check the permissions of {} and of its directory", path.display()))
            }
            Self::KeyExposed { path, .. } => {
                Some(format!("run `chmod 600 {}` and renew the credentials if in doubt", path.display()))
            }
            Self::KeyMalformed { origin } => Some(format!("restore the key in {origin} from a backup")),
            Self::Random(_) => None,
            Self::Foreign { .. } => Some(format!(
                "restore the key file that belongs to this database, or create the connection again; check whether {KEY_VARIABLE} is set by mistake"
            )),
            Self::Format { .. } => Some("use the version of Purser that stored it, or a newer one".into()),
            Self::Credential(error) => error.next_step(),
        }
    }
}

/// Why a template and a secret make no credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The secret has characters that cannot go into a header: a line break from copying, a space at an end.
    #[error(
        "the {0} holds a character that cannot be sent: a control character, a line break, or something that is not ASCII"
    )]
    Character(&'static str),
    /// A space that HTTP would take away.
    #[error("the {0} begins or ends with a space")]
    OuterSpace(&'static str),
    /// A secret that would be found by chance in ordinary data, and could not be kept out of answers without damaging them.
    #[error("the secret is shorter than {} bytes", crate::SHORTEST_SECRET)]
    TooShort,
    /// A user name with a colon, which RFC 7617 rules out.
    #[error("a user name cannot hold a colon")]
    Colon,
    /// No name of a header.
    #[error("{0:?} is no header name")]
    HeaderName(String),
    /// A header that the host sets itself.
    #[error("the header {0} is set by Purser itself and cannot carry a credential")]
    HostHeader(String),
}

impl Blamed for CredentialError {
    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn next_step(&self) -> Option<String> {
        Some(match self {
            Self::Character(_) | Self::OuterSpace(_) => {
                "copy it again, without a line break or spaces around it".into()
            }
            Self::TooShort => "have the application issue a longer one".into(),
            Self::Colon => "give the user name alone; the password is asked for separately".into(),
            Self::HeaderName(_) | Self::HostHeader(_) => {
                "use the header name from the application's documentation".into()
            }
        })
    }
}
