//! A provider of tokens, and what is asked of it. How a person's consent is got is next door.

use super::sending::{Carrier, failure};
use super::{GrantKind, OAuthError, OAuthSettings, TokenEndpoint, Tokens, form, received};
use crate::FilledTemplate;
use oauth2::RefreshToken;
use purser_model::Timestamp;
use std::ops::Deref;
use zeroize::Zeroizing;

/// Asks a provider for tokens. Every call sends each of its requests once; whether to ask again is the caller's to decide, by
/// [`Provider::can_repeat`] and [`OAuthError::outcome_unknown`].
pub struct Provider<'a> {
    pub(super) settings: Held<'a>,
    pub(super) endpoint: &'a dyn TokenEndpoint,
}

/// Settings that somebody else holds, or that were made for this provider.
pub(super) enum Held<'a> {
    There(&'a OAuthSettings),
    Here(Box<OAuthSettings>),
}

impl Deref for Held<'_> {
    type Target = OAuthSettings;

    fn deref(&self) -> &OAuthSettings {
        match self {
            Self::There(settings) => settings,
            Self::Here(settings) => settings,
        }
    }
}

impl<'a> Provider<'a> {
    /// A provider as a filled template describes it.
    ///
    /// # Errors
    /// When the template is for something else than OAuth, or as [`Provider::of`].
    pub fn new(
        filled: &FilledTemplate,
        endpoint: &'a dyn TokenEndpoint,
    ) -> Result<Self, OAuthError> {
        let settings = filled
            .oauth()
            .map_err(|error| OAuthError::Unsupported(error.to_string()))?;
        let settings = settings.ok_or_else(|| {
            OAuthError::Unsupported("the template has nothing to do with OAuth".into())
        })?;
        settings.check()?;
        Ok(Self {
            settings: Held::Here(Box::new(settings)),
            endpoint,
        })
    }

    /// A provider as the settings describe it.
    ///
    /// # Errors
    /// When something is missing that the grant or the way of authenticating needs, or an additional parameter or claim has a name that the
    /// protocol sets itself.
    pub fn of(
        settings: &'a OAuthSettings,
        endpoint: &'a dyn TokenEndpoint,
    ) -> Result<Self, OAuthError> {
        settings.check()?;
        Ok(Self {
            settings: Held::There(settings),
            endpoint,
        })
    }

    /// The scopes that are asked for.
    #[must_use]
    pub fn wanted_scopes(&self) -> Vec<String> {
        self.settings.scopes.clone()
    }

    /// Whether these tokens can be renewed without a person.
    #[must_use]
    pub fn can_renew(&self, tokens: &Tokens) -> bool {
        self.settings.grant.is_machine() || tokens.refresh.is_some()
    }

    /// Whether asking once more with what these tokens hold is harmless although the first attempt may have succeeded: tokens that need no
    /// person are got anew, and a refresh token that stayed the same the last time is not used up.
    #[must_use]
    pub fn can_repeat(&self, tokens: &Tokens) -> bool {
        self.settings.grant.is_machine() || tokens.rotates == Some(false)
    }

    /// Gets tokens that need no person.
    ///
    /// # Errors
    /// When the grant needs a person, or the provider gives no tokens.
    pub async fn obtain(&self, now: Timestamp) -> Result<Tokens, OAuthError> {
        let answer = match self.settings.grant {
            GrantKind::AuthorizationCode => {
                return Err(OAuthError::Unsupported(
                    "the template's grant needs a person's consent in a browser".into(),
                ));
            }
            GrantKind::ClientCredentials => {
                let client = self.client()?.set_token_uri(self.token_url());
                let mut request = client
                    .exchange_client_credentials()
                    .add_scopes(self.joined_scopes());
                for (name, value) in self.extra_fields(now)? {
                    request = request.add_extra_param(name, value);
                }
                let carrier = Carrier {
                    provider: self,
                    refreshes: false,
                    now,
                };
                request.request_async(&carrier).await.map_err(failure)?
            }
            GrantKind::JwtBearer => {
                let request = form::jwt_bearer(&self.settings, now)?;
                let body = Zeroizing::new(self.tokens(request, false, now).await?);
                serde_json::from_slice(&body)
                    .map_err(|_| OAuthError::Malformed("a field has a wrong type".into()))?
            }
        };
        received::tokens(&self.settings, &answer, None, now)
    }

    /// Renews tokens: with the refresh token, or, where nobody is needed for them, by getting them anew.
    ///
    /// # Errors
    /// When there is no refresh token, or the provider gives no tokens.
    pub async fn renew(&self, tokens: &Tokens, now: Timestamp) -> Result<Tokens, OAuthError> {
        if self.settings.grant.is_machine() {
            return self.obtain(now).await;
        }
        let refresh = tokens.refresh.as_ref().ok_or(OAuthError::NoRefreshToken)?;
        let refresh = RefreshToken::new(refresh.expose().to_owned());
        let client = self.client()?.set_token_uri(self.token_url());
        // No scopes: those that were granted stay (RFC 6749, section 6), and asking for more would be refused.
        let mut request = client.exchange_refresh_token(&refresh);
        for (name, value) in self.extra_fields(now)? {
            request = request.add_extra_param(name, value);
        }
        let carrier = Carrier {
            provider: self,
            refreshes: true,
            now,
        };
        let answer = request.request_async(&carrier).await.map_err(failure)?;
        received::tokens(&self.settings, &answer, Some(tokens), now)
    }

    /// Gives tokens back (RFC 7009): first what renews, then what it renewed. `false` where the provider offers no such thing.
    ///
    /// # Errors
    /// When the provider does not take them back. Tokens that it does not know any more count as taken back.
    pub async fn revoke(&self, tokens: &Tokens) -> Result<bool, OAuthError> {
        let Some(url) = &self.settings.revocation_url else {
            return Ok(false);
        };
        let now = Timestamp::now();
        let refresh = tokens
            .refresh
            .as_ref()
            .map(|token| (token, "refresh_token"));
        let (mut done, mut refusal) = (false, None);
        for (token, hint) in refresh
            .into_iter()
            .chain([(&tokens.access, "access_token")])
        {
            let request = form::revocation(&self.settings, url.clone(), token, hint, now)?;
            let (reading, answer) = self.send(request, false, now).await?;
            match reading.success(answer) {
                Ok(_) => done = true,
                Err(OAuthError::Rejected { code, .. }) if code == "invalid_token" => done = true,
                // Many take back only one of the two kinds.
                Err(error) if is_unsupported_kind(&error) => refusal = Some(error),
                Err(error) => return Err(error),
            }
        }
        refusal.filter(|_| !done).map_or(Ok(true), Err)
    }
}

fn is_unsupported_kind(error: &OAuthError) -> bool {
    matches!(error, OAuthError::Rejected { code, .. } if code == "unsupported_token_type")
}
