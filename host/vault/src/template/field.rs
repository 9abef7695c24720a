//! Fields: what a template asks for with every connection.

use super::TemplateError;
use crate::CredentialError;
use purser_model::FieldName;
use serde::{Deserialize, Serialize};
use url::Url;

/// What a template asks for with every connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TemplateField {
    /// Its name in the template, on the command line and in the database.
    pub name: FieldName,
    /// What it is called at a prompt.
    pub title: String,
    /// What to put there and where to find it; may be empty.
    pub help: String,
    /// What is put there.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// Whether it is kept sealed and never shown.
    pub secret: bool,
    /// Whether a connection needs it. One that has a default is never missing.
    pub required: bool,
    /// What it is where nothing is given.
    pub default: Option<String>,
    /// The only values it can have; none: any.
    pub choices: Vec<String>,
}

/// What can be put into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line of text.
    #[default]
    Text,
    /// An https URL; http only where the connection may reach private networks.
    Url,
    /// A host name or a part of one: letters, digits, dots and hyphens.
    Host,
    /// Words with spaces between them, such as scopes.
    Words,
    /// A private key in PEM.
    PrivateKey,
}

impl TemplateField {
    /// Whether it takes a private key, which is a file and nothing that anybody types.
    #[must_use]
    pub fn is_private_key(&self) -> bool {
        self.kind == FieldKind::PrivateKey
    }

    /// Whether a connection always has a value for it.
    pub(crate) const fn is_certain(&self) -> bool {
        self.required || self.default.is_some()
    }

    /// Checks a value that is not secret.
    pub(crate) fn check_plain(&self, value: &str) -> Result<(), CredentialError> {
        let wrong = |why: String| {
            Err(CredentialError::Value {
                field: self.name.clone(),
                why,
            })
        };
        if value.chars().any(char::is_control) {
            return Err(CredentialError::Character(self.name.to_string()));
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

    /// Checks that what the template says of the field goes together.
    pub(super) fn check(&self) -> Result<(), TemplateError> {
        let wrong = |why: &'static str| {
            Err(TemplateError::Field {
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
                "a secret can have no default: everybody who reads the template would know it",
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
            Some(Err(_)) => wrong("the default is no value that the field can have"),
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

/// Also of a part of a name, such as a customer's own label.
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
    fn a_value_is_of_the_fields_type() {
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
    fn a_choice_is_one_of_those_named() {
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
