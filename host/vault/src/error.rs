//! What can go wrong in the vault. No message holds any part of a secret or of a key.

use crate::{KEY_VARIABLE, TemplateError};
use purser_model::{Blame, Blamed, FieldName, NextStep, TemplateName};
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
    /// A key that is not the one which the database's secrets are sealed with.
    #[error("the stored secrets are sealed with another key than the one at hand")]
    OtherKey,
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
    /// A template that is none.
    #[error("this is no template: {0}")]
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
        match self {
            Self::KeyExists(_) => {
                Some("keep the key that is there, or use another directory".into())
            }
            Self::KeyMissing(_) => Some(format!(
                "restore the key file from a backup, or set {KEY_VARIABLE} to its content"
            ).into()),
            Self::KeyFile { path, .. } => Some(format!(
                "check the permissions of {} and of its directory",
                path.display()
            ).into()),
            Self::KeyExposed { path, .. } => Some(format!(
                "run `chmod 600 {}` and renew the credentials if in doubt",
                path.display()
            ).into()),
            Self::KeyMalformed { origin } => {
                Some(format!("restore the key in {origin} from a backup").into())
            }
            Self::Random(_) => None,
            Self::OtherKey => Some(format!(
                "restore the key file that belongs to this database; check whether {KEY_VARIABLE} is set by mistake; nothing was changed"
            ).into()),
            Self::Foreign { .. } => Some(format!(
                "restore the key file that belongs to this database, or create the connection again; check whether {KEY_VARIABLE} is set by mistake"
            ).into()),
            Self::Format { .. } => {
                Some("use the version of Purser that stored it, or a newer one".into())
            }
            Self::Credential(error) => error.next_step(),
            Self::Template(error) => error.next_step(),
        }
    }
}

/// Why a template and what was filled in make no credential. Fields are called by their names; of what is in them, only what is not secret
/// is ever shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The secret has characters that cannot go into a header: a line break from copying, a space at an end.
    #[error(
        "the {0} holds a character that cannot be sent: a control character, a line break, or something that is not ASCII"
    )]
    Character(String),
    /// A space that HTTP would take away.
    #[error("the {0} begins or ends with a space")]
    OuterSpace(String),
    /// A secret that would be found by chance in ordinary data, and could not be kept out of answers without damaging them.
    #[error("the {0} is shorter than {least} bytes", least = crate::SHORTEST_SECRET)]
    TooShort(String),
    /// A user name with a colon, which RFC 7617 rules out.
    #[error("a user name cannot hold a colon")]
    Colon,
    /// No name of a header.
    #[error("{0:?} is no header name")]
    HeaderName(String),
    /// A header that the host sets itself.
    #[error("the header {0} is set by Purser itself and cannot carry a credential")]
    HostHeader(String),
    /// Two values for one header or query parameter.
    #[error("the template would set {0} twice")]
    Twice(String),
    /// A field that the template does not have.
    #[error("the template {template} has no field {field}; it has {}", listed(.known))]
    UnknownField {
        /// The template.
        template: TemplateName,
        /// What was given.
        field: FieldName,
        /// What it has.
        known: Vec<FieldName>,
    },
    /// A field that must be filled in.
    #[error("the template {template} needs {field} ({title})")]
    Missing {
        /// The template.
        template: TemplateName,
        /// The field.
        field: FieldName,
        /// What it is called at a prompt.
        title: String,
    },
    /// A secret where it would be seen, and kept, in plain.
    #[error("{0} is secret and was given among what is not")]
    SecretInPlain(FieldName),
    /// Something that is not secret among the secrets.
    #[error("{0} is not secret and was given among the secrets")]
    PlainAmongSecrets(FieldName),
    /// A value that is not of the field's type, or none of its choices.
    #[error("{field} has no value that it can have: {why}")]
    Value {
        /// The field.
        field: FieldName,
        /// What it can be.
        why: String,
    },
    /// A private key that cannot sign.
    #[error("the private key in {field} cannot sign with {algorithm}: {why}")]
    PrivateKey {
        /// The field.
        field: FieldName,
        /// How it was to sign.
        algorithm: String,
        /// What is wrong with it.
        why: String,
    },
    /// Secrets that would travel readably.
    #[error("{0} is an http:// URL; what is sent there could be read on the way")]
    PlainHttp(String),
    /// OAuth settings that do not go together once they are filled in.
    #[error("{key}: {why}")]
    OAuth {
        /// The key under `[oauth]`.
        key: String,
        /// What is wrong.
        why: String,
    },
    /// A request was to be signed before there was a token.
    #[error("there is no token yet")]
    NoTokens,
    /// The application's token answer did not hold what the template signs with.
    #[error("the application's token answer had no {0}, which the template signs with")]
    NoMetadata(FieldName),
}

fn listed(names: &[FieldName]) -> String {
    names
        .iter()
        .map(FieldName::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

impl Blamed for CredentialError {
    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn next_step(&self) -> Option<NextStep> {
        Some(match self {
            Self::Character(_) | Self::OuterSpace(_) => {
                "copy it again, without a line break or spaces around it".into()
            }
            Self::TooShort(_) => "have the application issue a longer one".into(),
            Self::Colon => "give the user name alone; the password is asked for separately".into(),
            Self::HeaderName(_) | Self::HostHeader(_) => {
                "use the header name from the application's documentation".into()
            }
            Self::Twice(name) => format!("use a name for it other than {name}, or correct the template").into(),
            Self::UnknownField { known, .. } => format!("give the fields it has: {}", listed(known)).into(),
            Self::Missing { template, .. } => {
                format!("give it; `purser template show {template}` says what each field is, and how it is given").into()
            }
            Self::SecretInPlain(field) => {
                format!("leave {field} out and give it at the prompt; if it was on a command line, renew it").into()
            }
            Self::PlainAmongSecrets(field) => format!("give {field} like the other fields that are not secret").into(),
            Self::Value { field, .. } => format!("correct {field}").into(),
            Self::PrivateKey { .. } => "give the private key's PEM, not encrypted and of the algorithm's kind; \
                 `openssl pkcs8 -topk8 -nocrypt -in KEY` converts other forms"
                .into(),
            Self::PlainHttp(_) => {
                "use https://; http:// is possible only for a connection that may reach private networks".into()
            }
            Self::OAuth { key, .. } => format!("correct {key} of the connection or of its template").into(),
            Self::NoTokens => "authorize the connection".into(),
            Self::NoMetadata(name) => format!("check the pointer of {name} under [oauth.metadata] in the template").into(),
        })
    }
}
