//! How a filled template signs requests.

use super::FilledTemplate;
use crate::oauth::Tokens;
use crate::template::{ACCESS_TOKEN, Pattern, Placed};
use crate::{Credential, CredentialError, Secret, VaultError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purser_model::FieldName;
use std::collections::BTreeMap;

/// What the fields of an OAuth template are tried out with before there is a token.
const REHEARSAL: &str = "access-token";

/// What the application gave out, as far as requests are signed with it.
#[derive(Clone, Copy)]
enum Received<'a> {
    Nothing,
    Tokens(&'a Tokens),
    /// Stands for anything that could be received.
    Anything,
}

/// What goes into the header, or into the query.
#[derive(Default)]
struct Pairs {
    secret: Vec<(String, Secret)>,
    plain: Vec<(String, Secret)>,
}

impl FilledTemplate {
    /// What is put on a request. Templates that use OAuth need tokens; the others make nothing of them.
    ///
    /// # Errors
    /// When there are no tokens and the template needs them, or what came with them cannot be sent.
    pub fn credential(&self, tokens: Option<&Tokens>) -> Result<Credential, VaultError> {
        Ok(match (tokens, self.template.oauth()) {
            (Some(tokens), Some(_)) => self.sign(Received::Tokens(tokens))?,
            (None, Some(_)) => return Err(CredentialError::NoTokens.into()),
            (_, None) => self.sign(Received::Nothing)?,
        })
    }

    /// Finds out before there is a token whether requests can be signed with one.
    pub(super) fn rehearse(&self) -> Result<(), CredentialError> {
        self.sign(Received::Anything).map(|_| ())
    }

    fn sign(&self, received: Received<'_>) -> Result<Credential, CredentialError> {
        let signing = self.template.signing();
        let mut headers = self.pairs(&signing.headers, received, true)?;
        let query = self.pairs(&signing.query, received, false)?;
        let mut hidden: Vec<_> = self.sent_secrets().map(copy).collect();
        if let Some(basic) = &signing.basic {
            let user = self.render(&basic.user, received)?;
            let password = self.render(&basic.password, received)?;
            if let (Some(user), Some(password)) = (user, password) {
                let pair = pair(&user, &password)?;
                let word = Secret::new(STANDARD.encode(pair.expose()));
                let header = (
                    "authorization".into(),
                    Secret::new(["Basic ", word.expose()].concat()),
                );
                if self.is_secret(&basic.user) || self.is_secret(&basic.password) {
                    headers.secret.push(header);
                    // The pair and the word after `Basic ` come back on their own too.
                    hidden.extend([pair, word]);
                } else {
                    headers.plain.push(header);
                }
            }
        }
        if let Received::Tokens(tokens) = received {
            hidden.extend(
                std::iter::once(&tokens.access)
                    .chain(&tokens.refresh)
                    .map(copy),
            );
        }
        check_names(&headers)?;
        check_names(&query)?;
        Credential::new(headers.secret, query.secret, hidden)?
            .with_plain(headers.plain, query.plain)
    }

    fn pairs(
        &self,
        placed: &[Placed],
        received: Received<'_>,
        header: bool,
    ) -> Result<Pairs, CredentialError> {
        let mut pairs = Pairs::default();
        for Placed {
            name,
            value: pattern,
        } in placed
        {
            let (name, value) = (
                self.render(name, received)?,
                self.render(pattern, received)?,
            );
            // What mentions a field that was not given is left out.
            let (Some(name), Some(value)) = (name, value) else {
                continue;
            };
            pattern
                .names()
                .try_for_each(|name| self.check_placed(name, header))?;
            // The names of header fields have no case, and people copy them as documentation writes them.
            let name = if header {
                name.expose().to_ascii_lowercase()
            } else {
                name.expose().to_owned()
            };
            if self.is_secret(pattern) {
                &mut pairs.secret
            } else {
                &mut pairs.plain
            }
            .push((name, value));
        }
        Ok(pairs)
    }

    fn is_secret(&self, pattern: &Pattern) -> bool {
        pattern
            .names()
            .any(|name| self.secrets.contains_key(name) || name.as_str() == ACCESS_TOKEN)
    }

    /// Checks a field for what a header or the query cannot carry unchanged, so that the message can name it.
    fn check_placed(&self, name: &FieldName, header: bool) -> Result<(), CredentialError> {
        let Some(text) = self.value(name) else {
            return Ok(());
        };
        if header
            && !text
                .bytes()
                .all(|byte| byte == b' ' || byte.is_ascii_graphic())
        {
            return Err(CredentialError::Character(name.to_string()));
        }
        if self.secrets.contains_key(name) && (text.starts_with(' ') || text.ends_with(' ')) {
            return Err(CredentialError::OuterSpace(name.to_string()));
        }
        Ok(())
    }

    fn render(
        &self,
        pattern: &Pattern,
        received: Received<'_>,
    ) -> Result<Option<Secret>, CredentialError> {
        let from = |name: &FieldName| match received {
            Received::Nothing => None,
            Received::Anything => (self.template.field(name).is_none()).then_some(REHEARSAL),
            Received::Tokens(tokens) if name.as_str() == ACCESS_TOKEN => {
                Some(tokens.access.expose())
            }
            Received::Tokens(tokens) => tokens.metadata.get(name).map(String::as_str),
        };
        // Nobody chose to leave out what the application did not send.
        let lacks = |name: &&FieldName| self.template.field(name).is_none() && from(name).is_none();
        if let Some(name) = pattern.names().find(lacks) {
            return Err(CredentialError::NoMetadata(name.clone()));
        }
        Ok(pattern.render(|name| self.value(name).or_else(|| from(name))))
    }
}

/// `user:password`, as RFC 7617 has it. They travel in base64, so any character but a control character will do.
fn pair(user: &Secret, password: &Secret) -> Result<Secret, CredentialError> {
    if user.expose().contains(':') {
        return Err(CredentialError::Colon);
    }
    for (what, text) in [("user name", user), ("password", password)] {
        if text.expose().chars().any(char::is_control) {
            return Err(CredentialError::Character(what.into()));
        }
    }
    Ok(Secret::new(
        [user.expose(), ":", password.expose()].concat(),
    ))
}

/// Checks that no two values go by one name.
fn check_names(pairs: &Pairs) -> Result<(), CredentialError> {
    let mut taken = BTreeMap::new();
    let twice = pairs
        .secret
        .iter()
        .chain(&pairs.plain)
        .find(|(name, _)| taken.insert(name, ()).is_some());
    twice.map_or(Ok(()), |(name, _)| {
        Err(CredentialError::Twice(name.clone()))
    })
}

fn copy(secret: &Secret) -> Secret {
    Secret::new(secret.expose().to_owned())
}
