//! A provider of tokens, and the exchange of one request and response with it.

use super::clock::ClockSkew;
use super::endpoint::{TokenEndpoint, TokenRequest, TokenResponse};
use super::error::OAuthError;
use super::redact::Redactor;
use super::response::ResponseParser;
use super::settings::{GrantType, OAuthSettings, TokenAuth};
use super::tokens::Tokens;
use purser_model::Timestamp;

/// Client of an OAuth provider.
///
/// Every call sends each of its requests once. The caller decides about retries, by
/// [`Provider::can_retry`] and [`OAuthError::outcome_unknown`].
pub struct Provider<'a> {
    pub(super) settings: OAuthSettings,
    endpoint: &'a dyn TokenEndpoint,
}

impl<'a> Provider<'a> {
    /// Makes a client.
    ///
    /// # Errors
    /// Fails if the grant type or the client's authentication lacks a setting, or if an additional
    /// parameter or claim has a name that the protocol sets itself.
    pub(crate) fn from_settings(
        settings: OAuthSettings,
        endpoint: &'a dyn TokenEndpoint,
    ) -> Result<Self, OAuthError> {
        settings.check()?;

        Ok(Self { settings, endpoint })
    }

    /// Returns the scopes that are requested.
    #[must_use]
    pub fn requested_scopes(&self) -> Vec<String> {
        self.settings.scopes.clone()
    }

    /// Returns true if these tokens can be refreshed without a person.
    #[must_use]
    pub fn can_refresh(&self, tokens: &Tokens) -> bool {
        self.settings.grant.is_unattended() || tokens.refresh.is_some()
    }

    /// Returns true if a second refresh is harmless although the first may have succeeded.
    ///
    /// Unattended grants simply obtain another token, and a refresh token that stayed the same at
    /// the last refresh is not used up.
    #[must_use]
    pub fn can_retry(&self, tokens: &Tokens) -> bool {
        self.settings.grant.is_unattended() || tokens.rotates == Some(false)
    }

    /// Sends a token request and returns the response in the standard's form.
    pub(super) async fn request_tokens(
        &self,
        request: TokenRequest,
        is_refresh: bool,
        now: Timestamp,
    ) -> Result<Vec<u8>, OAuthError> {
        let (parser, response) = self.exchange(request, is_refresh, now).await?;

        parser.normalize(response)
    }

    /// Sends a request, and returns the response with the parser that knows the secrets sent.
    pub(super) async fn exchange(
        &self,
        request: TokenRequest,
        is_refresh: bool,
        now: Timestamp,
    ) -> Result<(ResponseParser<'_>, TokenResponse), OAuthError> {
        let settings = &self.settings;
        let redactor = Redactor::for_request(
            &request,
            settings.client_secret.as_ref(),
            &settings.token_params,
        );

        let sent = self.endpoint.post(request).await;
        let mut response = sent.map_err(|mut error| {
            error.message = redactor.redact(&error.message);
            error
        })?;

        // Only assertions carry the time, so only they fail where the clock is wrong.
        let date = response.date.take();
        let carries_time = settings.grant == GrantType::JwtBearer
            || settings.token_auth == TokenAuth::PrivateKeyJwt;
        let clock = if carries_time {
            ClockSkew::measure(now, date.as_deref())
        } else {
            None
        };

        let parser = ResponseParser {
            settings,
            redactor,
            is_refresh,
            clock,
            now,
        };

        Ok((parser, response))
    }
}
