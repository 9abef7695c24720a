//! The `[oauth]` section: how tokens are obtained.

use super::document::OAuthSection;
use super::error::TemplateError;
use super::field::{FieldKind, TemplateField};
use super::pattern::Pattern;
use super::resolve::{ACCESS_TOKEN, ResolvedIn, Resolver};
use super::url::UrlPattern;
use crate::oauth::token_type::needs_proof;
use crate::oauth::{GrantType, OAuthSettings, SigningAlgorithm, TokenAuth, reserved};
use purser_model::FieldName;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Longest lifetime in seconds: ten years, which is more than any application grants, and no date
/// overflows.
const MAX_LIFETIME: u64 = 315_360_000;

/// Reason for refusing a section without the key.
const REQUIRED: &str = "this grant requires it";

/// OAuth settings before the fields are filled in. The keys are those of the section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OAuthTemplate {
    pub(crate) grant: GrantType,
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
    pub(crate) token_types: Vec<String>,
    pub(crate) lifetime: Option<u64>,
    pub(crate) margin: u64,
    pub(crate) refresh_token_lifetime: Option<u64>,
    pub(crate) metadata: BTreeMap<FieldName, String>,
}

impl OAuthTemplate {
    pub(super) fn new(
        section: OAuthSection,
        resolver: &Resolver<'_>,
    ) -> Result<Self, TemplateError> {
        let parse = SectionParser { resolver };
        let oauth = Self {
            grant: section.grant,
            authorization_url: section
                .authorization_url
                .map(|text| parse.url("authorization-url", &text))
                .transpose()?,
            token_url: parse.url("token-url", &section.token_url)?,
            revocation_url: section
                .revocation_url
                .map(|text| parse.url("revocation-url", &text))
                .transpose()?,
            client_id: parse.pattern("client-id", section.client_id)?,
            client_secret: parse.secret_field(
                "client-secret",
                section.client_secret,
                FieldKind::Text,
            )?,
            token_auth: parse.one_of::<TokenAuth>("token-auth", section.token_auth)?,
            private_key: parse.secret_field(
                "private-key",
                section.private_key,
                FieldKind::PrivateKey,
            )?,
            key_id: parse.pattern("key-id", section.key_id)?,
            algorithm: parse.one_of::<SigningAlgorithm>("algorithm", section.algorithm)?,
            scopes: parse.pattern("scopes", section.scopes)?,
            scope_separator: separator(section.scope_separator)?,
            issuer: parse.pattern("issuer", section.issuer)?,
            subject: parse.pattern("subject", section.subject)?,
            audience: parse.pattern("audience", section.audience)?,
            claims: parse.table("claims", section.claims, &reserved::CLAIMS)?,
            assertion_lifetime: seconds(
                "assertion-lifetime",
                section.assertion_lifetime.unwrap_or(300),
                1,
                3600,
            )?,
            authorization_params: parse.table(
                "authorization-params",
                section.authorization_params,
                &reserved::AUTHORIZATION_PARAMS,
            )?,
            token_params: parse.table(
                "token-params",
                section.token_params,
                &reserved::TOKEN_PARAMS,
            )?,
            token_path: pointer(
                "token-path",
                section
                    .token_path
                    .unwrap_or_else(|| OAuthSettings::TOKEN_PATH.into()),
            )?,
            token_types: token_types(section.token_types)?,
            lifetime: lifetime("lifetime", section.lifetime)?,
            margin: seconds("margin", section.margin.unwrap_or(60), 0, MAX_LIFETIME)?,
            refresh_token_lifetime: lifetime(
                "refresh-token-lifetime",
                section.refresh_token_lifetime,
            )?,
            metadata: metadata(section.metadata)?,
        };

        oauth.check(resolver)?;
        Ok(oauth)
    }

    /// Checks that every key that the grant type needs is present, and none that it cannot use.
    fn check(&self, resolver: &Resolver<'_>) -> Result<(), TemplateError> {
        let missing = |key: &str| refuse(key, REQUIRED);
        let unused = |key: &str| refuse(key, "this grant does not use it");
        let code = self.grant == GrantType::AuthorizationCode;
        let jwt = self.grant == GrantType::JwtBearer;

        if code && self.authorization_url.is_none() {
            return missing("authorization-url");
        }

        if !code && self.authorization_url.is_some() {
            return unused("authorization-url");
        }

        if !code && !self.authorization_params.is_empty() {
            return unused("authorization-params");
        }

        if !jwt && self.subject.is_some() {
            return unused("subject");
        }

        if !jwt && !self.claims.is_empty() {
            return unused("claims");
        }

        if !jwt && self.client_id.is_none() {
            return missing("client-id");
        }

        match self.grant {
            GrantType::AuthorizationCode => Ok(()),
            GrantType::ClientCredentials => {
                if self.client_secret.is_none() && self.private_key.is_none() {
                    return missing("client-secret");
                }
                Ok(())
            }
            GrantType::JwtBearer => self.check_jwt_bearer(resolver),
        }
    }

    fn check_jwt_bearer(&self, resolver: &Resolver<'_>) -> Result<(), TemplateError> {
        if self.client_id.is_none() && self.issuer.is_none() {
            return refuse("issuer", REQUIRED);
        }

        let key = self.private_key.as_ref();
        let field = key.and_then(|name| resolver.field(name));

        match field.map(TemplateField::is_always_set) {
            None => refuse("private-key", REQUIRED),
            Some(false) => refuse(
                "private-key",
                "its field must be required: this grant is the key's signature",
            ),
            Some(true) => Ok(()),
        }
    }
}

/// Parser for the patterns of the section.
struct SectionParser<'a> {
    resolver: &'a Resolver<'a>,
}

impl SectionParser<'_> {
    fn pattern(&self, key: &str, text: Option<String>) -> Result<Option<Pattern>, TemplateError> {
        text.map(|text| {
            self.resolver
                .pattern(&format!("oauth.{key}"), &text, ResolvedIn::Visible)
        })
        .transpose()
    }

    fn url(&self, key: &str, text: &str) -> Result<UrlPattern, TemplateError> {
        let key = format!("oauth.{key}");
        UrlPattern::new(
            &key,
            self.resolver.pattern(&key, text, ResolvedIn::Visible)?,
            self.resolver,
        )
    }

    fn secret_field(
        &self,
        key: &str,
        text: Option<String>,
        kind: FieldKind,
    ) -> Result<Option<FieldName>, TemplateError> {
        text.map(|text| {
            self.resolver
                .secret_field(&format!("oauth.{key}"), &text, kind)
        })
        .transpose()
    }

    /// Parses a pattern that must render as one of the words that `T` knows. A default or a choice
    /// is checked already here.
    fn one_of<T: FromStr<Err: ToString>>(
        &self,
        key: &str,
        text: Option<String>,
    ) -> Result<Option<Pattern>, TemplateError> {
        let pattern = self.pattern(key, text)?;
        let field = pattern
            .as_ref()
            .and_then(Pattern::sole)
            .and_then(|name| self.resolver.field(name));

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

    /// Parses parameters by name. None may be one that the protocol sets itself.
    fn table(
        &self,
        key: &str,
        section: BTreeMap<String, String>,
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
            let pattern =
                self.resolver
                    .pattern(&format!("{key}.{name}"), &text, ResolvedIn::Visible)?;
            Ok((name, pattern))
        };

        section.into_iter().map(one).collect()
    }
}

fn separator(section: Option<String>) -> Result<String, TemplateError> {
    let separator = section.unwrap_or_else(|| " ".into());
    if separator.is_empty() || separator.len() > 8 || separator.chars().any(char::is_control) {
        refuse(
            "scope-separator",
            "it must be 1 to 8 characters, such as a space or a comma",
        )?;
    }

    Ok(separator)
}

/// Checks the token types that the application means as bearer tokens.
fn token_types(section: Vec<String>) -> Result<Vec<String>, TemplateError> {
    for name in &section {
        if name.is_empty() || name.len() > 80 || name.chars().any(char::is_control) {
            refuse("token-types", "a type must have 1 to 80 characters")?;
        }
        if needs_proof(name) {
            refuse(
                "token-types",
                &format!("{name} is never a bearer token: it needs a proof with each request"),
            )?;
        }
    }

    Ok(section)
}

fn lifetime(key: &str, section: Option<u64>) -> Result<Option<u64>, TemplateError> {
    section
        .map(|given| seconds(key, given, 1, MAX_LIFETIME))
        .transpose()
}

fn seconds(key: &str, given: u64, least: u64, most: u64) -> Result<u64, TemplateError> {
    if !(least..=most).contains(&given) {
        refuse(key, &format!("it must be {least} to {most} seconds"))?;
    }
    Ok(given)
}

fn metadata(
    section: BTreeMap<FieldName, String>,
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

    section.into_iter().map(one).collect()
}

/// Checks an RFC 6901 pointer to a member of the token response.
fn pointer(key: &str, text: String) -> Result<String, TemplateError> {
    let escapes = text
        .split('~')
        .skip(1)
        .all(|after| after.starts_with(['0', '1']));

    if !text.starts_with('/') || text.len() < 2 || !escapes || text.chars().any(char::is_control) {
        refuse(
            key,
            "it must be a JSON pointer (RFC 6901) into the token response, such as /authed_user/access_token",
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
