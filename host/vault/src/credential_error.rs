//! Failures of turning a template's fields into a credential.

use crate::SHORTEST_SECRET;
use purser_model::{Blame, Blamed, FieldName, NextStep, TemplateName};

/// Reason why a template's field values make no credential.
///
/// Messages name fields; values are shown only of fields that are not secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The secret has characters that a header cannot carry, such as a copied line break.
    #[error(
        "the {0} holds a character that cannot be sent: a control character, a line break, or a character outside ASCII"
    )]
    InvalidCharacter(String),
    /// The value has a space that HTTP would remove.
    #[error("the {0} begins or ends with a space")]
    SurroundingSpace(String),
    /// The secret is so short that it would be found by chance in ordinary data, and redacting it
    /// from responses would damage them.
    #[error("the {0} is shorter than {SHORTEST_SECRET} bytes")]
    TooShort(String),
    /// The user name holds a colon, which RFC 7617 rules out.
    #[error("a user name cannot hold a colon")]
    ColonInUserName,
    /// The text is not a header name.
    #[error("{0:?} is not a header name")]
    HeaderName(String),
    /// The header is one that the host sets itself.
    #[error("the header {0} is set by Purser itself and cannot carry a credential")]
    HostHeader(String),
    /// A header or query parameter has two values.
    #[error("the template would set {0} twice")]
    Duplicate(String),
    /// The template has no such field.
    #[error("the template {template} has no field {field}; it has {}", listed(.known))]
    UnknownField {
        /// The template.
        template: TemplateName,
        /// The given field.
        field: FieldName,
        /// The template's fields.
        known: Vec<FieldName>,
    },
    /// A required field has no value.
    #[error("the template {template} needs {field} ({title})")]
    MissingField {
        /// The template.
        template: TemplateName,
        /// The field.
        field: FieldName,
        /// Label of the field at a prompt.
        title: String,
    },
    /// A secret was given where it would be stored and shown in plain text.
    #[error("{0} is secret and was given among what is not")]
    SecretInPlain(FieldName),
    /// A value that is not secret was given among the secrets.
    #[error("{0} is not secret and was given among the secrets")]
    PlainAmongSecrets(FieldName),
    /// The value is not of the field's type, or not one of its choices.
    #[error("{field} has an invalid value: {why}")]
    InvalidValue {
        /// The field.
        field: FieldName,
        /// Description of the valid values.
        why: String,
    },
    /// The private key cannot sign.
    #[error("the private key in {field} cannot sign with {algorithm}: {why}")]
    PrivateKey {
        /// The field.
        field: FieldName,
        /// Signature algorithm.
        algorithm: String,
        /// Defect of the key.
        why: String,
    },
    /// Secrets would travel unencrypted.
    #[error("{0} is an http:// URL; what is sent there could be read on the way")]
    PlainHttp(String),
    /// The OAuth settings contradict each other once the fields are filled in.
    #[error("{key}: {why}")]
    OAuth {
        /// Key under `[oauth]`.
        key: String,
        /// The contradiction.
        why: String,
    },
    /// A request was to be signed before a token was obtained.
    #[error("there is no token yet")]
    NoTokens,
    /// The token response lacks a value that the template signs with.
    #[error("the application's token response had no {0}, which the template signs with")]
    MissingMetadata(FieldName),
}

fn listed(names: &[FieldName]) -> String {
    let names: Vec<_> = names.iter().map(FieldName::as_str).collect();
    names.join(", ")
}

impl Blamed for CredentialError {
    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn next_step(&self) -> Option<NextStep> {
        let text: String = match self {
            Self::InvalidCharacter(_) | Self::SurroundingSpace(_) => {
                "copy it again, without a line break or spaces around it".into()
            }
            Self::TooShort(_) => "have the application issue a longer one".into(),
            Self::ColonInUserName => {
                "enter the user name alone; the password is asked for separately".into()
            }
            Self::HeaderName(_) | Self::HostHeader(_) => {
                "use the header name from the application's documentation".into()
            }
            Self::Duplicate(name) => {
                format!("use a name for it other than {name}, or correct the template")
            }
            Self::UnknownField { known, .. } => format!("use the fields it has: {}", listed(known)),
            Self::MissingField { template, field, .. } => {
                let show = NextStep::ShowTemplate {
                    template: template.clone(),
                };
                return Some(NextStep::advice(format!("enter a value for {field}")).and(show));
            }
            Self::SecretInPlain(field) => format!(
                "leave {field} out and enter it at the prompt; if it was on a command line, replace it"
            ),
            Self::PlainAmongSecrets(field) => {
                format!("enter {field} like the other fields that are not secret")
            }
            Self::InvalidValue { field, .. } => format!("correct {field}"),
            Self::PrivateKey { .. } => "provide the private key in PEM, not encrypted and of the algorithm's kind; \
                 `openssl pkcs8 -topk8 -nocrypt -in KEY` converts other forms"
                .into(),
            Self::PlainHttp(_) => {
                "use https://; http:// is possible only for a connection that may reach private networks".into()
            }
            Self::OAuth { key, .. } => {
                format!("correct {key} of the connection or of its template")
            }
            Self::NoTokens => "authorize the connection".into(),
            Self::MissingMetadata(name) => {
                format!("check the pointer of {name} under [oauth.metadata] in the template")
            }
        };

        Some(NextStep::advice(text))
    }
}
