//! Requests that need no person: obtaining, refreshing and revoking tokens.

use super::error::OAuthError;
use super::form;
use super::http_adapter::{OAuthHttpClient, into_error};
use super::provider::Provider;
use super::settings::GrantType;
use super::token_response;
use super::tokens::Tokens;
use oauth2::RefreshToken;
use purser_model::Timestamp;
use zeroize::Zeroizing;

impl Provider<'_> {
    /// Obtains tokens by an unattended grant.
    ///
    /// # Errors
    /// Fails if the grant needs a person's consent, or the provider issues no tokens.
    pub async fn obtain(&self, now: Timestamp) -> Result<Tokens, OAuthError> {
        let response = match self.settings.grant {
            GrantType::AuthorizationCode => {
                return Err(OAuthError::Unsupported(
                    "the template's grant needs a person's consent in a browser".into(),
                ));
            }
            GrantType::ClientCredentials => {
                let client = self.client()?.set_token_uri(self.token_url());
                let mut request = client
                    .exchange_client_credentials()
                    .add_scopes(self.joined_scopes());
                for (name, value) in self.extra_fields(now)? {
                    request = request.add_extra_param(name, value);
                }

                let http = OAuthHttpClient::new(self, now);
                request.request_async(&http).await.map_err(into_error)?
            }
            GrantType::JwtBearer => {
                let request = form::jwt_bearer(&self.settings, now)?;
                let body = Zeroizing::new(self.request_tokens(request, false, now).await?);
                serde_json::from_slice(&body)
                    .map_err(|_| OAuthError::Malformed("a field has a wrong type".into()))?
            }
        };

        token_response::to_tokens(&self.settings, &response, None, now)
    }

    /// Refreshes tokens with the refresh token; an unattended grant obtains new ones instead.
    ///
    /// # Errors
    /// Fails if there is no refresh token, or the provider issues no tokens.
    pub async fn refresh(&self, tokens: &Tokens, now: Timestamp) -> Result<Tokens, OAuthError> {
        if self.settings.grant.is_unattended() {
            return self.obtain(now).await;
        }

        let refresh = tokens.refresh.as_ref().ok_or(OAuthError::NoRefreshToken)?;
        let refresh = RefreshToken::new(refresh.expose().to_owned());
        let client = self.client()?.set_token_uri(self.token_url());

        // Without scopes: those that were granted stay (RFC 6749, section 6), and asking for more
        // would be refused.
        let mut request = client.exchange_refresh_token(&refresh);

        for (name, value) in self.extra_fields(now)? {
            request = request.add_extra_param(name, value);
        }

        let http = OAuthHttpClient::new(self, now).for_refresh();
        let response = request.request_async(&http).await.map_err(into_error)?;

        token_response::to_tokens(&self.settings, &response, Some(tokens), now)
    }

    /// Revokes tokens (RFC 7009): first the refresh token, then the access token.
    ///
    /// Returns false if the provider has no revocation endpoint. Tokens that the provider does not
    /// know any more count as revoked.
    ///
    /// # Errors
    /// Fails if the provider revokes neither token.
    pub async fn revoke(&self, tokens: &Tokens) -> Result<bool, OAuthError> {
        let Some(url) = &self.settings.revocation_url else {
            return Ok(false);
        };

        let now = Timestamp::now();
        let refresh = tokens
            .refresh
            .as_ref()
            .map(|token| (token, "refresh_token"));

        let access = (&tokens.access, "access_token");
        let mut revoked = false;
        let mut unsupported = None;

        for (token, hint) in refresh.into_iter().chain([access]) {
            let request = form::revocation(&self.settings, url.clone(), token, hint, now)?;
            let (parser, response) = self.exchange(request, false, now).await?;

            match parser.success(response) {
                Ok(_) => revoked = true,
                Err(OAuthError::Rejected { code, .. }) if code == "invalid_token" => revoked = true,
                // Many providers revoke only one of the two kinds.
                Err(error) if is_unsupported_kind(&error) => unsupported = Some(error),
                Err(error) => return Err(error),
            }
        }

        match unsupported {
            Some(error) if !revoked => Err(error),
            _ => Ok(true),
        }
    }
}

fn is_unsupported_kind(error: &OAuthError) -> bool {
    matches!(error, OAuthError::Rejected { code, .. } if code == "unsupported_token_type")
}
