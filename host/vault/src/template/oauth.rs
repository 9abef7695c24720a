//! The `[oauth]` section: how tokens are got.

use super::document::WrittenOAuth;
use super::scope::{ACCESS_TOKEN, Place, Scope};
use super::{FieldKind, Pattern, TemplateError, TemplateField, UrlPattern};
use crate::oauth::{GrantKind, OAuthSettings, SigningAlgorithm, TokenAuth, names};
use purser_model::FieldName;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Ten years: nobody means more, and no date overflows.
const LONGEST_LIFETIME: u64 = 315_360_000;

/// How tokens are got, before the fields are filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OAuthTemplate {
    pub(crate) grant: GrantKind,
    pub(crate) authorization_url: Option<UrlPattern>,
    pub(crate) token_url: UrlPattern,
    pub(crate) revocation_url: Option<UrlPattern>,
    pub(crate) client_id: Option<Pattern>,
    pub(crate) client_secret: Option<FieldName>,
    pub(crate) token_auth: Option<Pattern>,
    pub(crate) private_key: Option<FieldName>,
    pub(crate) key_id: Option<Pattern>,
    pub(crate) algorithm: Option<Pattern>,
    pub(crate) scopes: Option<Pattern>,
    pub(crate) scope_separator: String,
    pub(crate) issuer: Option<Pattern>,
    pub(crate) subject: Option<Pattern>,
    pub(crate) audience: Option<Pattern>,
    pub(crate) claims: BTreeMap<String, Pattern>,
    pub(crate) assertion_lifetime: u64,
    pub(crate) authorization_params: BTreeMap<String, Pattern>,
    pub(crate) token_params: BTreeMap<String, Pattern>,
    pub(crate) token_path: String,
    pub(crate) lifetime: Option<u64>,
    pub(crate) margin: u64,
    pub(crate) refresh_token_lifetime: Option<u64>,
    pub(crate) metadata: BTreeMap<FieldName, String>,
}

impl OAuthTemplate {
    pub(super) fn new(written: WrittenOAuth, scope: &Scope<'_>) -> Result<Self, TemplateError> {
        let read = Reading { scope };
        let oauth = Self {
            grant: written.grant,
            authorization_url: written
                .authorization_url
                .map(|text| read.url("authorization-url", &text))
                .transpose()?,
            token_url: read.url("token-url", &written.token_url)?,
            revocation_url: written
                .revocation_url
                .map(|text| read.url("revocation-url", &text))
                .transpose()?,
            client_id: read.pattern("client-id", written.client_id)?,
            client_secret: read.secret("client-secret", written.client_secret, FieldKind::Text)?,
            token_auth: read.one_of::<TokenAuth>("token-auth", written.token_auth)?,
            private_key: read.secret("private-key", written.private_key, FieldKind::PrivateKey)?,
            key_id: read.pattern("key-id", written.key_id)?,
            algorithm: read.one_of::<SigningAlgorithm>("algorithm", written.algorithm)?,
            scopes: read.pattern("scopes", written.scopes)?,
            scope_separator: separator(written.scope_separator)?,
            issuer: read.pattern("issuer", written.issuer)?,
            subject: read.pattern("subject", written.subject)?,
            audience: read.pattern("audience", written.audience)?,
            claims: read.table("claims", written.claims, &names::CLAIMS)?,
            assertion_lifetime: seconds(
                "assertion-lifetime",
                written.assertion_lifetime.unwrap_or(300),
                1,
                3600,
            )?,
            authorization_params: read.table(
                "authorization-params",
                written.authorization_params,
                &names::AUTHORIZATION_PARAMS,
            )?,
            token_params: read.table("token-params", written.token_params, &names::TOKEN_PARAMS)?,
            token_path: pointer(
                "token-path",
                written
                    .token_path
                    .unwrap_or_else(|| OAuthSettings::TOKEN_PATH.into()),
            )?,
            lifetime: lifetime("lifetime", written.lifetime)?,
            margin: seconds("margin", written.margin.unwrap_or(60), 0, LONGEST_LIFETIME)?,
            refresh_token_lifetime: lifetime(
                "refresh-token-lifetime",
                written.refresh_token_lifetime,
            )?,
            metadata: metadata(written.metadata)?,
        };
        oauth.check(scope)?;
        Ok(oauth)
    }

    /// Checks that what the grant needs is there, and nothing that it could make no use of.
    fn check(&self, scope: &Scope<'_>) -> Result<(), TemplateError> {
        let missing = |key: &str| refuse(key, "it is needed for this grant");
        let stray = |key: &str| refuse(key, "this grant has no use for it");
        let (code, jwt) = (
            self.grant == GrantKind::AuthorizationCode,
            self.grant == GrantKind::JwtBearer,
        );
        if code && self.authorization_url.is_none() {
            return missing("authorization-url");
        }
        if !code && self.authorization_url.is_some() {
            return stray("authorization-url");
        }
        if !code && !self.authorization_params.is_empty() {
            return stray("authorization-params");
        }
        if !jwt && self.subject.is_some() {
            return stray("subject");
        }
        if !jwt && !self.claims.is_empty() {
            return stray("claims");
        }
        if !jwt && self.client_id.is_none() {
            return missing("client-id");
        }
        if jwt && self.client_id.is_none() && self.issuer.is_none() {
            return missing("issuer");
        }
        if jwt {
            let required = self
                .private_key
                .as_ref()
                .and_then(|name| scope.field(name))
                .map(TemplateField::is_certain);
            return match required {
                None => missing("private-key"),
                Some(false) => refuse(
                    "private-key",
                    "its field must be required: this grant is the key's signature",
                ),
                Some(true) => Ok(()),
            };
        }
        if self.grant == GrantKind::ClientCredentials
            && self.client_secret.is_none()
            && self.private_key.is_none()
        {
            return missing("client-secret");
        }
        Ok(())
    }
}

/// Reads the patterns of the section.
struct Reading<'a> {
    scope: &'a Scope<'a>,
}

impl Reading<'_> {
    fn pattern(&self, key: &str, text: Option<String>) -> Result<Option<Pattern>, TemplateError> {
        text.map(|text| {
            self.scope
                .pattern(&format!("oauth.{key}"), &text, Place::Seen)
        })
        .transpose()
    }

    fn url(&self, key: &str, text: &str) -> Result<UrlPattern, TemplateError> {
        let key = format!("oauth.{key}");
        UrlPattern::new(
            &key,
            self.scope.pattern(&key, text, Place::Seen)?,
            self.scope,
        )
    }

    fn secret(
        &self,
        key: &str,
        text: Option<String>,
        kind: FieldKind,
    ) -> Result<Option<FieldName>, TemplateError> {
        text.map(|text| self.scope.secret(&format!("oauth.{key}"), &text, kind))
            .transpose()
    }

    /// A pattern that must become one of the words that `T` knows. What is known of it already is checked already.
    fn one_of<T: FromStr<Err: ToString>>(
        &self,
        key: &str,
        text: Option<String>,
    ) -> Result<Option<Pattern>, TemplateError> {
        let pattern = self.pattern(key, text)?;
        let field = pattern
            .as_ref()
            .and_then(Pattern::sole)
            .and_then(|name| self.scope.field(name));
        let choices = field
            .into_iter()
            .flat_map(|field| field.choices.iter().chain(&field.default));
        let words = choices
            .map(String::as_str)
            .chain(pattern.as_ref().and_then(Pattern::literal));
        for word in words {
            if let Err(error) = word.parse::<T>() {
                refuse(key, &error.to_string())?;
            }
        }
        Ok(pattern)
    }

    /// Parameters by name, none of which the protocol sets itself.
    fn table(
        &self,
        key: &str,
        written: BTreeMap<String, String>,
        own: &[&str],
    ) -> Result<BTreeMap<String, Pattern>, TemplateError> {
        let key = format!("oauth.{key}");
        let one = |(name, text): (String, String)| {
            if own.contains(&name.as_str()) {
                return Err(TemplateError::Reserved {
                    key: key.clone(),
                    name,
                });
            }
            if name.is_empty() || name.chars().any(char::is_control) {
                return Err(TemplateError::Text {
                    key: key.clone(),
                    why: "a name is empty or holds a control character",
                });
            }
            let pattern = self
                .scope
                .pattern(&format!("{key}.{name}"), &text, Place::Seen)?;
            Ok((name, pattern))
        };
        written.into_iter().map(one).collect()
    }
}

fn separator(written: Option<String>) -> Result<String, TemplateError> {
    let separator = written.unwrap_or_else(|| " ".into());
    if separator.is_empty() || separator.len() > 8 || separator.chars().any(char::is_control) {
        refuse(
            "scope-separator",
            "it must be 1 to 8 characters, such as a space or a comma",
        )?;
    }
    Ok(separator)
}

fn lifetime(key: &str, written: Option<u64>) -> Result<Option<u64>, TemplateError> {
    written
        .map(|given| seconds(key, given, 1, LONGEST_LIFETIME))
        .transpose()
}

fn seconds(key: &str, given: u64, least: u64, most: u64) -> Result<u64, TemplateError> {
    if !(least..=most).contains(&given) {
        refuse(key, &format!("it must be {least} to {most} seconds"))?;
    }
    Ok(given)
}

fn metadata(
    written: BTreeMap<FieldName, String>,
) -> Result<BTreeMap<FieldName, String>, TemplateError> {
    let one = |(name, text): (FieldName, String)| {
        if name.as_str() == ACCESS_TOKEN {
            return Err(TemplateError::Reserved {
                key: "oauth.metadata".into(),
                name: name.to_string(),
            });
        }
        let pointer = pointer(&format!("metadata.{name}"), text)?;
        Ok((name, pointer))
    };
    written.into_iter().map(one).collect()
}

/// Checks an RFC 6901 pointer to a member of the token answer.
fn pointer(key: &str, text: String) -> Result<String, TemplateError> {
    let escapes = text
        .split('~')
        .skip(1)
        .all(|after| after.starts_with(['0', '1']));
    if !text.starts_with('/') || text.len() < 2 || !escapes || text.chars().any(char::is_control) {
        refuse(
            key,
            "it must be a JSON pointer (RFC 6901) into the token answer, such as /authed_user/access_token",
        )?;
    }
    Ok(text)
}

fn refuse(key: &str, why: &str) -> Result<(), TemplateError> {
    Err(TemplateError::OAuth {
        key: key.into(),
        why: why.into(),
    })
}
