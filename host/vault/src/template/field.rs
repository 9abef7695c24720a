//! Fields: the values that a template asks for with every connection.

use super::error::TemplateError;
use crate::credential_error::CredentialError;
use purser_model::FieldName;
use serde::{Deserialize, Serialize};
use url::Url;

/// Value that a template asks for with every connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TemplateField {
    /// Name in the template, on the command line and in the database.
    pub name: FieldName,
    /// Label at a prompt.
    pub title: String,
    /// Explanation of the value and where to find it; may be empty.
    pub help: String,
    /// Type of the value.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// If set, the value is kept sealed and never shown.
    pub secret: bool,
    /// If set, a connection needs a value. A field with a default is never missing.
    pub required: bool,
    /// Value if none is given; absent if there is no default.
    pub default: Option<String>,
    /// The only valid values; if empty, any.
    pub choices: Vec<String>,
}

/// Type of a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line of text.
    #[default]
    Text,
    /// An https URL; http only if the connection may reach private networks.
    Url,
    /// A host name or a part of one: letters, digits, dots and hyphens.
    Host,
    /// Words separated by spaces, such as scopes.
    Words,
    /// A private key in PEM.
    PrivateKey,
}

impl TemplateField {
    /// Returns true if the field takes a private key, which is read from a file and never typed.
    #[must_use]
    pub fn is_private_key(&self) -> bool {
        self.kind == FieldKind::PrivateKey
    }

    /// Returns true if a connection always has a value for the field.
    pub(crate) const fn is_always_set(&self) -> bool {
        self.required || self.default.is_some()
    }

    /// Checks a value that is not secret.
    pub(crate) fn check_plain(&self, value: &str) -> Result<(), CredentialError> {
        let wrong = |why: String| {
            Err(CredentialError::InvalidValue {
                field: self.name.clone(),
                why,
            })
        };

        if value.chars().any(char::is_control) {
            return Err(CredentialError::InvalidCharacter(self.name.to_string()));
        }

        if !self.choices.is_empty() && !self.choices.iter().any(|choice| choice == value) {
            return wrong(format!("it can be {}", self.choices.join(", ")));
        }

        match self.kind {
            FieldKind::Url if !is_url(value) => {
                wrong("it must be a full URL such as https://login.example.com/token, without user name and #".into())
            }
            FieldKind::Host if !is_host(value) => {
                wrong("it must be a host name or a part of one: letters, digits, dots and hyphens".into())
            }
            _ => Ok(()),
        }
    }

    /// Checks that the field's attributes do not contradict each other.
    pub(super) fn check(&self) -> Result<(), TemplateError> {
        let wrong = |why: &'static str| {
            Err(TemplateError::InvalidField {
                field: self.name.clone(),
                why,
            })
        };

        if self.secret && !matches!(self.kind, FieldKind::Text | FieldKind::PrivateKey) {
            return wrong("a secret is of type text or private-key");
        }

        if !self.secret && self.kind == FieldKind::PrivateKey {
            return wrong("a private key must have secret = true");
        }

        if self.secret && self.default.is_some() {
            return wrong(
                "a secret can have no default: every reader of the template would know it",
            );
        }

        if !self.choices.is_empty() && (self.secret || self.kind != FieldKind::Text) {
            return wrong("choices go with plain text only");
        }

        if self
            .choices
            .iter()
            .enumerate()
            .any(|(index, choice)| self.choices.iter().take(index).any(|c| c == choice))
        {
            return wrong("a choice comes twice");
        }

        if self.choices.iter().any(String::is_empty) {
            return wrong("a choice is empty; use required = false");
        }

        match self
            .default
            .as_deref()
            .map(|default| self.check_plain(default))
        {
            Some(Err(_)) => wrong("the default is not a valid value of the field"),
            Some(Ok(())) | None => Ok(()),
        }
    }
}

fn is_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.host().is_some()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

/// Returns true for a host name or a part of one, such as a customer's own label.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        let inside = label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        inside && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };

    text.len() <= 253 && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: FieldKind) -> TemplateField {
        TemplateField {
            name: "f".parse().unwrap(),
            title: "F".into(),
            help: String::new(),
            kind,
            secret: false,
            required: true,
            default: None,
            choices: Vec::new(),
        }
    }

    #[test]
    fn check_plain_value_must_be_of_the_type() {
        let good = [
            (FieldKind::Text, "any \u{e9} text"),
            (FieldKind::Url, "https://a.example/x?y=z"),
            (FieldKind::Url, "http://10.0.0.1:8080"),
            (FieldKind::Host, "acme"),
            (FieldKind::Host, "eu-1.Acme.example"),
            (FieldKind::Words, "read write"),
        ];

        for (kind, value) in good {
            assert_eq!(field(kind).check_plain(value), Ok(()), "{value}");
        }

        let bad = [
            (FieldKind::Text, "a\nb"),
            (FieldKind::Words, "a\tb"),
            (FieldKind::Url, ""),
            (FieldKind::Url, "a.example/x"),
            (FieldKind::Url, "ftp://a.example"),
            (FieldKind::Url, "https://u@a.example"),
            (FieldKind::Url, "https://:p@a.example"),
            (FieldKind::Url, "https://a.example/#x"),
            (FieldKind::Host, ""),
            (FieldKind::Host, "a/b"),
            (FieldKind::Host, "evil.example#"),
            (FieldKind::Host, "a..b"),
            (FieldKind::Host, "-a"),
            (FieldKind::Host, "a-"),
            (FieldKind::Host, "a:80"),
            (FieldKind::Host, "\u{e9}"),
            (FieldKind::Host, &"a".repeat(254)),
        ];

        for (kind, value) in bad {
            assert!(field(kind).check_plain(value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn check_plain_value_must_be_a_choice() {
        let field = TemplateField {
            choices: vec!["basic".into(), "post".into()],
            ..field(FieldKind::Text)
        };

        assert_eq!(field.check_plain("post"), Ok(()));
        assert!(
            field
                .check_plain("Post")
                .unwrap_err()
                .to_string()
                .contains("basic, post")
        );
    }
}
