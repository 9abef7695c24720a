//! Reasons why a file is not a valid template.

use super::pattern::PatternError;
use crate::credential_error::CredentialError;
use purser_model::{Blame, Blamed, FieldName, NextStep};

/// Longest template in bytes. The longest built-in one has a tenth of them.
pub(super) const MAX_BYTES: usize = 64 * 1024;

/// Reason why a file is not a valid template. Keys are written as in the file: `oauth.token-url`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The text is not TOML, a key is unknown, or a value is of the wrong type.
    #[error("{0}")]
    Toml(String),
    /// The file is longer than any sensible template.
    #[error("the template is longer than {} bytes", MAX_BYTES)]
    TooLong,
    /// A text for people is empty or holds control characters.
    #[error("{key}: {why}")]
    Text {
        /// Key of the text.
        key: String,
        /// Defect of the text.
        why: &'static str,
    },
    /// Two items have one name.
    #[error("{key}: two have the name {name}")]
    Duplicate {
        /// Key of the second item.
        key: String,
        /// The name.
        name: String,
    },
    /// The name has a meaning of its own.
    #[error("{key}: {name} is a name that Purser sets itself")]
    Reserved {
        /// Key of the item.
        key: String,
        /// The name.
        name: String,
    },
    /// Attributes of a field contradict each other.
    #[error("field {field}: {why}")]
    InvalidField {
        /// The field.
        field: FieldName,
        /// The contradiction.
        why: &'static str,
    },
    /// A field is defined and used nowhere.
    #[error("field {0} is defined and used nowhere")]
    UnusedField(FieldName),
    /// The braces of a pattern do not match.
    #[error("{key}: {error}")]
    Pattern {
        /// Key of the pattern.
        key: String,
        /// Defect of the pattern.
        error: PatternError,
    },
    /// A placeholder names nothing that is known there.
    #[error("{key}: there is no {{{name}}} here; there is {}", listed(.known))]
    UnknownPlaceholder {
        /// Key of the pattern.
        key: String,
        /// Name in the placeholder.
        name: FieldName,
        /// Names that are known there.
        known: Vec<FieldName>,
    },
    /// A secret stands where people, logs or a browser would see it, or where it is not needed.
    #[error(
        "{key}: {{{field}}} is secret and cannot stand here, where it would be seen or kept in plain"
    )]
    SecretExposed {
        /// Key of the pattern.
        key: String,
        /// The secret field.
        field: FieldName,
    },
    /// A private key stands in a value that is sent.
    #[error("{key}: {{{field}}} is a private key; it signs assertions and is never sent")]
    PrivateKeySent {
        /// Key of the pattern.
        key: String,
        /// The field.
        field: FieldName,
    },
    /// The text is not a URL, or not a safe one.
    #[error("{key}: {why}")]
    Url {
        /// Key of the URL.
        key: String,
        /// Defect of the URL.
        why: &'static str,
    },
    /// A placeholder in the host could name any host.
    #[error("{key}: {{{field}}} stands in the host and so must be of type host")]
    UrlHost {
        /// Key of the URL.
        key: String,
        /// The field in the placeholder.
        field: FieldName,
    },
    /// The header cannot be sent, or is not the template's to set.
    #[error("{key}: {error}")]
    Header {
        /// Key of the header.
        key: String,
        /// Defect of the header.
        error: CredentialError,
    },
    /// No field is secret, so that the template would authenticate nothing.
    #[error("no field is secret")]
    NoSecret,
    /// Requests could be sent without the credential.
    #[error(
        "[sign] must place {0} in a header, a query parameter or basic, and there with nothing that could be left out"
    )]
    Unsigned(&'static str),
    /// The template would send its secret to another origin.
    #[error(
        "{0}: requests are signed for the connection's own origin alone; a template cannot name another"
    )]
    OtherOrigin(String),
    /// A key under `[oauth]` is missing, or contradicts the others.
    #[error("oauth.{key}: {why}")]
    OAuth {
        /// Key under `[oauth]`.
        key: String,
        /// The contradiction.
        why: String,
    },
    /// The pattern of hosts would match nothing, or more than its author meant.
    #[error("hosts: {0:?} is not a host pattern")]
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
            Self::TooLong => "keep to how requests are signed".into(),
            Self::Text { .. } => "write one plain sentence".into(),
            Self::Duplicate { .. } | Self::Reserved { .. } => "choose another name".into(),
            Self::InvalidField { field, .. } => format!("correct the [[fields]] of {field}"),
            Self::UnusedField(field) => format!("use {{{field}}} in [sign] or [oauth], or remove the field"),
            Self::Pattern { .. } => "a placeholder is the name of a field in braces: {key}".into(),
            Self::UnknownPlaceholder { name, .. } => {
                format!("add [[fields]] with the name {name}, or {name} under [static], or use another name")
            }
            Self::SecretExposed { .. } => {
                "place secrets in [sign], oauth.client-secret or oauth.private-key, as values and never in names".into()
            }
            Self::PrivateKeySent { .. } => "use it in oauth.private-key alone".into(),
            Self::Url { .. } => "write a full https URL, or one field of type url: \"{token-url}\"".into(),
            Self::UrlHost { field, .. } => format!("set the type of the field {field} to host"),
            Self::Header { error, .. } => return error.next_step(),
            Self::NoSecret => "mark the field that holds the secret with secret = true".into(),
            Self::Unsigned(what) => {
                format!("add [[sign.headers]], [[sign.query]] or [sign] basic, with {what}")
            }
            Self::OtherOrigin(_) => "remove the key; the base URL is the connection's".into(),
            Self::OAuth { key, .. } => format!("correct {key} under [oauth]"),
            Self::HostPattern(_) => {
                "write a host name, with * for any labels before a dot: \"*.acme.example\"; no scheme, port or path"
                    .into()
            }
        };

        Some(NextStep::advice(text))
    }
}
