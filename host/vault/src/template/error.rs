//! Why a file is no template.

use super::PatternError;
use crate::CredentialError;
use purser_model::{Blame, Blamed, FieldName, NextStep};

/// Why a file is no template. Keys are written as in the file: `oauth.token-url`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// No TOML, a key that is not known, a value of the wrong type.
    #[error("{0}")]
    Toml(String),
    /// A file of unlikely length.
    #[error("the template is longer than {} bytes", super::LONGEST)]
    TooLong,
    /// Text for people that would not show, or would do more than show.
    #[error("{key}: {why}")]
    Text {
        /// The key.
        key: String,
        /// What is wrong with the text.
        why: &'static str,
    },
    /// Two things by one name.
    #[error("{key}: there are two by the name of {name}")]
    Duplicate {
        /// The key.
        key: String,
        /// The name.
        name: String,
    },
    /// A name that has a meaning of its own.
    #[error("{key}: {name} is a name that Purser gives itself")]
    Reserved {
        /// The key.
        key: String,
        /// The name.
        name: String,
    },
    /// A field whose attributes do not go together.
    #[error("field {field}: {why}")]
    Field {
        /// The field.
        field: FieldName,
        /// What is wrong.
        why: &'static str,
    },
    /// A field that is asked for and goes nowhere.
    #[error("field {0} is asked for and used nowhere")]
    Unused(FieldName),
    /// Braces that do not go together.
    #[error("{key}: {error}")]
    Pattern {
        /// The key.
        key: String,
        /// What is wrong.
        error: PatternError,
    },
    /// A placeholder for something that is not there.
    #[error("{key}: there is no {{{name}}} here; there is {}", listed(.known))]
    Unknown {
        /// The key.
        key: String,
        /// What is mentioned.
        name: FieldName,
        /// What could be.
        known: Vec<FieldName>,
    },
    /// A secret where people, logs or a browser would see it, or where it is not needed.
    #[error(
        "{key}: {{{field}}} is secret and cannot stand here, where it would be seen or kept in plain"
    )]
    SecretSeen {
        /// The key.
        key: String,
        /// The field.
        field: FieldName,
    },
    /// A private key in what is sent.
    #[error("{key}: {{{field}}} is a private key; it signs assertions and is never sent")]
    PrivateKeySent {
        /// The key.
        key: String,
        /// The field.
        field: FieldName,
    },
    /// A URL that is none, or not a safe one.
    #[error("{key}: {why}")]
    Url {
        /// The key.
        key: String,
        /// What is wrong.
        why: &'static str,
    },
    /// A placeholder that could name any host.
    #[error("{key}: {{{field}}} stands in the host and so must be of type host")]
    UrlHost {
        /// The key.
        key: String,
        /// The field.
        field: FieldName,
    },
    /// A header that cannot be sent, or that is not the template's to set.
    #[error("{key}: {error}")]
    Header {
        /// The key.
        key: String,
        /// What is wrong.
        error: CredentialError,
    },
    /// Nothing to keep, and nothing that would let anyone in.
    #[error("no field is secret")]
    NoSecret,
    /// Requests that may go out unsigned.
    #[error(
        "[sign] must place {0} in a header, a query parameter or basic, and there with nothing that could be left out"
    )]
    SignsNothing(&'static str),
    /// A template that would send its secret elsewhere.
    #[error(
        "{0}: requests are signed for the connection's own origin alone; a template cannot name another"
    )]
    OtherOrigin(String),
    /// Something under `[oauth]` that is missing, or that does not go with the rest.
    #[error("oauth.{key}: {why}")]
    OAuth {
        /// The key.
        key: String,
        /// What is wrong.
        why: String,
    },
    /// A pattern of hosts that would match more than its author meant, or nothing.
    #[error("hosts: {0:?} is no host pattern")]
    HostPattern(String),
}

fn listed(names: &[FieldName]) -> String {
    let braced: Vec<_> = names.iter().map(|name| format!("{{{name}}}")).collect();
    if braced.is_empty() {
        "none that could be named".into()
    } else {
        braced.join(", ")
    }
}

impl Blamed for TemplateError {
    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn next_step(&self) -> Option<NextStep> {
        let text: String = match self {
            Self::Toml(_) => "correct the file; the built-in templates show how one is written".into(),
            Self::TooLong => "a template says how requests are signed, and nothing else".into(),
            Self::Text { .. } => "write one plain sentence".into(),
            Self::Duplicate { .. } | Self::Reserved { .. } => "give it another name".into(),
            Self::Field { field, .. } => format!("correct the [[fields]] of {field}"),
            Self::Unused(field) => format!("mention {{{field}}} in [sign] or [oauth], or take the field out"),
            Self::Pattern { .. } => "a placeholder is the name of a field in braces: {key}".into(),
            Self::Unknown { name, .. } => {
                format!("add [[fields]] with the name {name}, or {name} under [static], or mention another")
            }
            Self::SecretSeen { .. } => {
                "place secrets in [sign], oauth.client-secret or oauth.private-key, as values and never in names".into()
            }
            Self::PrivateKeySent { .. } => "mention it in oauth.private-key alone".into(),
            Self::Url { .. } => "write a full https URL, or one field of type url: \"{token-url}\"".into(),
            Self::UrlHost { field, .. } => format!("give the field {field} the type host"),
            Self::Header { error, .. } => return error.next_step(),
            Self::NoSecret => "mark the field that holds the secret with secret = true".into(),
            Self::SignsNothing(what) => {
                format!("add [[sign.headers]], [[sign.query]] or [sign] basic, mentioning {what}")
            }
            Self::OtherOrigin(_) => "take the key out; the base URL is the connection's".into(),
            Self::OAuth { key, .. } => format!("correct {key} under [oauth]"),
            Self::HostPattern(_) => {
                "write a host name, with * for any labels before a dot: \"*.acme.example\"; no scheme, port or path"
                    .into()
            }
        };
        Some(NextStep::from(text))
    }
}
