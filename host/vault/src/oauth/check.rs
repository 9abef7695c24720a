//! Check that a provider's settings suffice for their grant type and client authentication.

use super::assertion::missing;
use super::error::OAuthError;
use super::reserved::{AUTHORIZATION_PARAMS, CLAIMS, TOKEN_PARAMS};
use super::settings::{GrantType, OAuthSettings, TokenAuth};
use std::collections::BTreeMap;
use url::Url;

impl OAuthSettings {
    /// Checks that every required setting is present, and that no additional parameter or claim has
    /// a name that the protocol sets itself.
    pub(crate) fn check(&self) -> Result<(), OAuthError> {
        let require = |present: bool, field| if present { Ok(()) } else { Err(missing(field)) };
        match self.grant {
            GrantType::AuthorizationCode => {
                require(self.authorization_url.is_some(), "authorization-url")?
            }
            // The grant is for clients that can keep a secret (RFC 6749, section 4.4).
            GrantType::ClientCredentials => {
                let secret = self.client_secret.is_some();
                require(
                    secret || !matches!(self.token_auth, TokenAuth::Basic | TokenAuth::Post),
                    "client-secret",
                )?;
            }
            GrantType::JwtBearer => {
                require(self.private_key.is_some(), "private-key")?;
                require(self.issuer.is_some() || self.client_id.is_some(), "issuer")?;
            }
        }

        let signs_assertion = self.token_auth == TokenAuth::PrivateKeyJwt;
        require(
            self.grant == GrantType::JwtBearer && !signs_assertion || self.client_id.is_some(),
            "client-id",
        )?;

        require(
            !signs_assertion || self.private_key.is_some(),
            "private-key",
        )?;

        require(
            self.assertion_lifetime > 0,
            "an assertion-lifetime of at least a second",
        )?;

        refuse_reserved_params(self)
    }
}

/// Checks the additional parameters and claims, those in the authorization URL included.
fn refuse_reserved_params(settings: &OAuthSettings) -> Result<(), OAuthError> {
    let authorization = settings.authorization_url.iter().flat_map(Url::query_pairs);
    let mut in_url = authorization.map(|(name, _)| name.into_owned());

    if let Some(name) = in_url.find(|name| AUTHORIZATION_PARAMS.contains(&name.as_str())) {
        return Err(OAuthError::Unsupported(format!(
            "the authorization URL has {name}, which the protocol sets"
        )));
    }

    refuse_reserved(
        "authorization-params",
        &settings.authorization_params,
        &AUTHORIZATION_PARAMS,
    )?;

    refuse_reserved("token-params", &settings.token_params, &TOKEN_PARAMS)?;
    refuse_reserved("claims", &settings.claims, &CLAIMS)
}

/// Checks that no key of `given` is a reserved name.
fn refuse_reserved(
    table: &str,
    given: &BTreeMap<String, String>,
    reserved: &[&str],
) -> Result<(), OAuthError> {
    match given.keys().find(|name| reserved.contains(&name.as_str())) {
        Some(name) => Err(OAuthError::Unsupported(format!(
            "[oauth.{table}] has {name}, which the protocol sets"
        ))),
        None => Ok(()),
    }
}
