//! Whether settings suffice for what they say is to be done.

use super::assertion::missing;
use super::names::{AUTHORIZATION_PARAMS, CLAIMS, TOKEN_PARAMS};
use super::{GrantKind, OAuthError, OAuthSettings, TokenAuth};
use std::collections::BTreeMap;
use url::Url;

impl OAuthSettings {
    /// Checks that everything is there that the grant and the way of authenticating need, and that no additional parameter or claim has a
    /// name that the protocol sets itself.
    ///
    /// # Errors
    /// Says what is missing, or which name is taken.
    pub fn check(&self) -> Result<(), OAuthError> {
        let require = |present: bool, field| if present { Ok(()) } else { Err(missing(field)) };
        match self.grant {
            GrantKind::AuthorizationCode => {
                require(self.authorization_url.is_some(), "authorization-url")?
            }
            // It is for clients that can keep a secret (RFC 6749, section 4.4).
            GrantKind::ClientCredentials => {
                let secret = self.client_secret.is_some();
                require(
                    secret || !matches!(self.token_auth, TokenAuth::Basic | TokenAuth::Post),
                    "client-secret",
                )?;
            }
            GrantKind::JwtBearer => {
                require(self.private_key.is_some(), "private-key")?;
                require(self.issuer.is_some() || self.client_id.is_some(), "issuer")?;
            }
        }
        let asserts = self.token_auth == TokenAuth::PrivateKeyJwt;
        require(
            self.grant == GrantKind::JwtBearer && !asserts || self.client_id.is_some(),
            "client-id",
        )?;
        require(!asserts || self.private_key.is_some(), "private-key")?;
        require(
            self.assertion_lifetime > 0,
            "an assertion-lifetime of at least a second",
        )?;

        let authorization = self.authorization_url.iter().flat_map(Url::query_pairs);
        let mut in_url = authorization.map(|(name, _)| name.into_owned());
        if let Some(name) = in_url.find(|name| AUTHORIZATION_PARAMS.contains(&name.as_str())) {
            return Err(OAuthError::Unsupported(format!(
                "the authorization URL has {name}, which the protocol sets"
            )));
        }
        unclaimed(
            "authorization-params",
            &self.authorization_params,
            &AUTHORIZATION_PARAMS,
        )?;
        unclaimed("token-params", &self.token_params, &TOKEN_PARAMS)?;
        unclaimed("claims", &self.claims, &CLAIMS)
    }
}

/// Checks that nothing has a name that the protocol sets.
fn unclaimed(
    table: &str,
    given: &BTreeMap<String, String>,
    set: &[&str],
) -> Result<(), OAuthError> {
    match given.keys().find(|name| set.contains(&name.as_str())) {
        Some(name) => Err(OAuthError::Unsupported(format!(
            "[oauth.{table}] has {name}, which the protocol sets"
        ))),
        None => Ok(()),
    }
}
