//! Credentials of a template instance.

use super::template_instance::TemplateInstance;
use crate::oauth::Tokens;
use crate::template::{ACCESS_TOKEN, Basic, NamedPattern, Pattern};
use crate::{Credential, CredentialError, Secret, VaultError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purser_model::FieldName;
use std::collections::BTreeSet;

/// Stands for the token in the check of an OAuth template's fields, before a token is obtained.
const PLACEHOLDER_TOKEN: &str = "access-token";

/// Values from the token response, for the placeholders that no field fills.
#[derive(Clone, Copy)]
enum TokenValues<'a> {
    /// The template does not use OAuth.
    None,
    /// Tokens that the application issued.
    Issued(&'a Tokens),
    /// Any value, in the check of the fields.
    Placeholder,
}

/// Rendered headers or query parameters.
#[derive(Default)]
struct NamedValues {
    /// Those that hold a secret.
    secret: Vec<(String, Secret)>,
    /// Those that are not secret, such as the version of an API.
    plain: Vec<(String, Secret)>,
}

/// Destination of rendered values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Destination {
    Header,
    Query,
}

impl TemplateInstance {
    /// Returns the credential of a request. Only OAuth templates need tokens; the others ignore
    /// them.
    ///
    /// # Errors
    /// Fails if a template needs tokens and gets none, or if a value of the token response cannot
    /// be sent.
    pub fn credential(&self, tokens: Option<&Tokens>) -> Result<Credential, VaultError> {
        let values = match (tokens, self.template.oauth()) {
            (Some(tokens), Some(_)) => TokenValues::Issued(tokens),
            (None, Some(_)) => return Err(CredentialError::NoTokens.into()),
            (_, None) => TokenValues::None,
        };

        Ok(self.sign(values)?)
    }

    /// Checks, before a token is obtained, that requests can be signed with one.
    pub(super) fn validate(&self) -> Result<(), CredentialError> {
        self.sign(TokenValues::Placeholder).map(|_| ())
    }

    fn sign(&self, tokens: TokenValues<'_>) -> Result<Credential, CredentialError> {
        let signing = self.template.signing();
        let mut headers = self.render_all(&signing.headers, tokens, Destination::Header)?;
        let query = self.render_all(&signing.query, tokens, Destination::Query)?;

        let mut hidden: Vec<_> = self.sent_secrets().map(Secret::duplicate).collect();
        if let Some(basic) = &signing.basic {
            self.add_basic(basic, tokens, &mut headers, &mut hidden)?;
        }

        if let TokenValues::Issued(tokens) = tokens {
            hidden.push(tokens.access.duplicate());
            hidden.extend(tokens.refresh.as_ref().map(Secret::duplicate));
        }

        check_unique(&headers)?;
        check_unique(&query)?;

        Credential::new(headers.secret, query.secret, hidden)?
            .with_plain(headers.plain, query.plain)
    }

    fn add_basic(
        &self,
        basic: &Basic,
        tokens: TokenValues<'_>,
        headers: &mut NamedValues,
        hidden: &mut Vec<Secret>,
    ) -> Result<(), CredentialError> {
        let user = self.render(&basic.user, tokens)?;
        let password = self.render(&basic.password, tokens)?;
        let (Some(user), Some(password)) = (user, password) else {
            return Ok(());
        };

        let pair = basic_pair(&user, &password)?;
        let encoded = Secret::new(STANDARD.encode(pair.expose()));
        let value = Secret::new(["Basic ", encoded.expose()].concat());
        let header = ("authorization".into(), value);

        if self.is_secret(&basic.user) || self.is_secret(&basic.password) {
            headers.secret.push(header);
            // A response can repeat the pair and the word after `Basic ` on their own too.
            hidden.extend([pair, encoded]);
        } else {
            headers.plain.push(header);
        }

        Ok(())
    }

    fn render_all(
        &self,
        patterns: &[NamedPattern],
        tokens: TokenValues<'_>,
        destination: Destination,
    ) -> Result<NamedValues, CredentialError> {
        let mut values = NamedValues::default();

        for NamedPattern {
            name,
            value: pattern,
        } in patterns
        {
            let name = self.render(name, tokens)?;
            let value = self.render(pattern, tokens)?;
            // A header or parameter with a field that was not given is left out.
            let (Some(name), Some(value)) = (name, value) else {
                continue;
            };

            for field in pattern.names() {
                self.check_sendable(field, destination)?;
            }

            // Header names are case-insensitive, and people copy them from documentation.
            let name = match destination {
                Destination::Header => name.expose().to_ascii_lowercase(),
                Destination::Query => name.expose().to_owned(),
            };
            if self.is_secret(pattern) {
                values.secret.push((name, value));
            } else {
                values.plain.push((name, value));
            }
        }

        Ok(values)
    }

    fn is_secret(&self, pattern: &Pattern) -> bool {
        pattern
            .names()
            .any(|name| self.secrets.contains_key(name) || name.as_str() == ACCESS_TOKEN)
    }

    /// Checks that a header or the query carries a field's value unchanged, so that the message can
    /// name the field.
    fn check_sendable(
        &self,
        name: &FieldName,
        destination: Destination,
    ) -> Result<(), CredentialError> {
        let Some(text) = self.value(name) else {
            return Ok(());
        };

        let visible = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        if destination == Destination::Header && !text.bytes().all(visible) {
            return Err(CredentialError::InvalidCharacter(name.to_string()));
        }

        if self.secrets.contains_key(name) && (text.starts_with(' ') || text.ends_with(' ')) {
            return Err(CredentialError::SurroundingSpace(name.to_string()));
        }

        Ok(())
    }

    /// Renders a pattern; `None` if an optional field in it has no value.
    fn render(
        &self,
        pattern: &Pattern,
        tokens: TokenValues<'_>,
    ) -> Result<Option<Secret>, CredentialError> {
        let is_field = |name: &FieldName| self.template.field(name).is_some();
        let from_tokens = |name: &FieldName| match tokens {
            TokenValues::None => None,
            TokenValues::Placeholder => (!is_field(name)).then_some(PLACEHOLDER_TOKEN),
            TokenValues::Issued(tokens) if name.as_str() == ACCESS_TOKEN => {
                Some(tokens.access.expose())
            }
            TokenValues::Issued(tokens) => tokens.metadata.get(name).map(String::as_str),
        };

        // The operator did not choose to leave out a value that the application did not send.
        let lacking = pattern
            .names()
            .find(|name| !is_field(name) && from_tokens(name).is_none());

        if let Some(name) = lacking {
            return Err(CredentialError::MissingMetadata(name.clone()));
        }

        Ok(pattern.render(|name| self.value(name).or_else(|| from_tokens(name))))
    }
}

/// Joins `user:password` (RFC 7617). They travel in base64, so any character but a control
/// character is allowed.
fn basic_pair(user: &Secret, password: &Secret) -> Result<Secret, CredentialError> {
    if user.expose().contains(':') {
        return Err(CredentialError::ColonInUserName);
    }

    for (part, text) in [("user name", user), ("password", password)] {
        if text.expose().chars().any(char::is_control) {
            return Err(CredentialError::InvalidCharacter(part.into()));
        }
    }

    let pair = [user.expose(), ":", password.expose()].concat();
    Ok(Secret::new(pair))
}

/// Checks that no two values have one name.
fn check_unique(values: &NamedValues) -> Result<(), CredentialError> {
    let mut taken = BTreeSet::new();
    let mut names = values
        .secret
        .iter()
        .chain(&values.plain)
        .map(|(name, _)| name);

    match names.find(|name| !taken.insert(*name)) {
        Some(name) => Err(CredentialError::Duplicate(name.clone())),
        None => Ok(()),
    }
}
