//! OAuth settings of a template instance.

use super::template_instance::TemplateInstance;
use super::values::is_https;
use crate::oauth::{
    GrantType, OAuthError, OAuthSettings, Provider, SigningAlgorithm, TokenAuth, TokenEndpoint,
    check_private_key,
};
use crate::template::{OAuthTemplate, Pattern, UrlPattern};
use crate::{CredentialError, Secret, VaultError};
use purser_model::FieldName;
use std::collections::BTreeMap;
use std::str::FromStr;
use url::Url;

impl<'a> Provider<'a> {
    /// Makes a client of the provider that a template instance describes.
    ///
    /// # Errors
    /// Fails if the template does not use OAuth, or its settings do not suffice.
    pub fn new(
        instance: &TemplateInstance,
        endpoint: &'a dyn TokenEndpoint,
    ) -> Result<Self, OAuthError> {
        let settings = instance
            .oauth()
            .map_err(|error| OAuthError::Unsupported(error.to_string()))?;

        let settings = settings
            .ok_or_else(|| OAuthError::Unsupported("the template does not use OAuth".into()))?;

        Self::from_settings(settings, endpoint)
    }
}

impl TemplateInstance {
    /// Returns the OAuth settings, with every field filled in; `None` for templates without OAuth.
    ///
    /// # Errors
    /// Fails if the values contradict each other.
    pub fn oauth(&self) -> Result<Option<OAuthSettings>, VaultError> {
        let Some(oauth) = self.template.oauth() else {
            return Ok(None);
        };
        Ok(Some(self.settings(oauth)?))
    }

    fn settings(&self, oauth: &OAuthTemplate) -> Result<OAuthSettings, CredentialError> {
        let algorithm = self
            .word("algorithm", oauth.algorithm.as_ref())?
            .unwrap_or(SigningAlgorithm::RS256);

        let url =
            |key, url: &Option<UrlPattern>| url.as_ref().map_or(Ok(None), |url| self.url(key, url));
        let token_url = self.url("token-url", &oauth.token_url)?;
        let scopes = self.text(oauth.scopes.as_ref()).unwrap_or_default();
        let settings = OAuthSettings {
            grant: oauth.grant,
            authorization_url: url("authorization-url", &oauth.authorization_url)?,
            token_url: token_url.ok_or_else(|| wrong("token-url", "a field in it has no value"))?,
            revocation_url: url("revocation-url", &oauth.revocation_url)?,
            client_id: self.text(oauth.client_id.as_ref()),
            client_secret: self.secret(oauth.client_secret.as_ref()),
            token_auth: self.token_auth(oauth)?,
            private_key: self.private_key(oauth, algorithm)?,
            key_id: self.text(oauth.key_id.as_ref()),
            algorithm,
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            scope_separator: oauth.scope_separator.clone(),
            issuer: self.text(oauth.issuer.as_ref()),
            subject: self.text(oauth.subject.as_ref()),
            audience: self.text(oauth.audience.as_ref()),
            claims: self.table(&oauth.claims),
            assertion_lifetime: oauth.assertion_lifetime,
            authorization_params: self.table(&oauth.authorization_params),
            token_params: self.table(&oauth.token_params),
            token_path: oauth.token_path.clone(),
            token_types: oauth.token_types.clone(),
            lifetime: oauth.lifetime,
            margin: oauth.margin,
            refresh_token_lifetime: oauth.refresh_token_lifetime,
            metadata: oauth
                .metadata
                .iter()
                .map(|(name, pointer)| (name.clone(), pointer.clone()))
                .collect(),
            signs_bearer: self.template.signing().is_bearer(),
        };

        settings
            .check()
            .map_err(|error| wrong("[oauth]", &error.to_string()))?;

        Ok(settings)
    }

    /// Returns the chosen authentication method, or else the one that fits the given values.
    fn token_auth(&self, oauth: &OAuthTemplate) -> Result<TokenAuth, CredentialError> {
        let given = |name: &Option<FieldName>| {
            name.as_ref()
                .is_some_and(|name| self.secrets.contains_key(name))
        };

        let has_secret = given(&oauth.client_secret);
        let has_key = given(&oauth.private_key);

        let fitting = if has_secret {
            TokenAuth::Basic
        } else if has_key && oauth.grant != GrantType::JwtBearer {
            TokenAuth::PrivateKeyJwt
        } else {
            TokenAuth::None
        };

        let chosen = self.word("token-auth", oauth.token_auth.as_ref())?;

        match chosen.unwrap_or(fitting) {
            TokenAuth::Basic | TokenAuth::Post if !has_secret => {
                Err(wrong("token-auth", "it needs a client secret"))
            }
            TokenAuth::PrivateKeyJwt if !has_key => {
                Err(wrong("token-auth", "private-key-jwt needs a private key"))
            }
            TokenAuth::None if chosen.is_none() && oauth.grant == GrantType::ClientCredentials => {
                Err(wrong(
                    "token-auth",
                    "client credentials need a client secret or a private key",
                ))
            }
            auth => Ok(auth),
        }
    }

    fn private_key(
        &self,
        oauth: &OAuthTemplate,
        algorithm: SigningAlgorithm,
    ) -> Result<Option<Secret>, CredentialError> {
        let (Some(field), Some(pem)) =
            (&oauth.private_key, self.secret(oauth.private_key.as_ref()))
        else {
            return Ok(None);
        };

        check_private_key(&pem, algorithm).map_err(|error| {
            let why = match error {
                OAuthError::Key(why) => why.to_owned(),
                other => other.to_string(),
            };
            CredentialError::PrivateKey {
                field: field.clone(),
                algorithm: algorithm.to_string(),
                why,
            }
        })?;

        Ok(Some(pem))
    }

    /// Renders text that holds no secret; empty text counts as not given.
    fn text(&self, pattern: Option<&Pattern>) -> Option<String> {
        let text = pattern?.render(|name| self.value(name))?;
        Some(text.expose().to_owned()).filter(|text| !text.is_empty())
    }

    fn secret(&self, name: Option<&FieldName>) -> Option<Secret> {
        self.secrets.get(name?).map(Secret::duplicate)
    }

    /// Parses a rendered pattern as one of the words that `T` knows.
    fn word<T: FromStr<Err: ToString>>(
        &self,
        key: &str,
        pattern: Option<&Pattern>,
    ) -> Result<Option<T>, CredentialError> {
        let text = self.text(pattern);
        text.map(|text| {
            text.parse()
                .map_err(|error: T::Err| wrong(key, &error.to_string()))
        })
        .transpose()
    }

    /// Renders the parameters whose fields all have values.
    fn table(&self, patterns: &BTreeMap<String, Pattern>) -> BTreeMap<String, String> {
        let entry = |(name, pattern): (&String, &Pattern)| {
            let text = pattern.render(|name| self.value(name))?;
            Some((name.clone(), text.expose().to_owned()))
        };
        patterns.iter().filter_map(entry).collect()
    }

    fn url(&self, key: &str, url: &UrlPattern) -> Result<Option<Url>, CredentialError> {
        let Some(text) = url.render(|name| self.value(name)) else {
            return Ok(None);
        };

        let url =
            Url::parse(&text).map_err(|error| wrong(key, &format!("it is not a URL: {error}")))?;
        if !self.private_network && !is_https(url.as_str()) {
            return Err(CredentialError::PlainHttp(key.to_owned()));
        }

        Ok(Some(url))
    }
}

fn wrong(key: &str, why: &str) -> CredentialError {
    CredentialError::OAuth {
        key: key.to_owned(),
        why: why.to_owned(),
    }
}
