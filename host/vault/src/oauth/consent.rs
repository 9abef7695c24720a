//! The authorization code grant: a person consents in a browser (RFC 6749, section 4.1; RFC 7636;
//! RFC 9207).

use super::authorization::PendingAuthorization;
use super::callback::CallbackQuery;
use super::error::OAuthError;
use super::http_adapter::{OAuthHttpClient, into_error};
use super::provider::Provider;
use super::redact::Redactor;
use super::settings::GrantType;
use super::token_response;
use super::tokens::Tokens;
use crate::Secret;
use oauth2::{
    AuthUrl, AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
};
use purser_model::Timestamp;
use std::borrow::Cow;
use url::Url;

impl Provider<'_> {
    /// Begins an authorization. The browser returns to `redirect`.
    ///
    /// # Errors
    /// Fails if the grant type is another one.
    pub fn begin(&self, redirect: &Url) -> Result<PendingAuthorization, OAuthError> {
        let (_, verifier) = PkceCodeChallenge::new_random_sha256();
        self.begin_with(redirect, CsrfToken::new_random(), verifier)
    }

    fn begin_with(
        &self,
        redirect: &Url,
        state: CsrfToken,
        verifier: PkceCodeVerifier,
    ) -> Result<PendingAuthorization, OAuthError> {
        let url = self
            .settings
            .authorization_url
            .clone()
            .filter(|_| self.settings.grant == GrantType::AuthorizationCode);

        let url = url.ok_or_else(|| {
            OAuthError::Unsupported("the template's grant needs no consent".into())
        })?;

        let client = self.client()?.set_auth_uri(AuthUrl::from_url(url));
        let mut request = client
            .authorize_url(|| state)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(redirect.clone())))
            .add_scopes(self.joined_scopes());

        for (name, value) in &self.settings.authorization_params {
            request = request.add_extra_param(name, value);
        }

        let (url, state) = request.url();

        Ok(PendingAuthorization {
            url,
            state: Secret::new(state.into_secret()),
            verifier: Secret::new(verifier.into_secret()),
            redirect: redirect.clone(),
        })
    }

    /// Completes an authorization with the query that the browser brought back.
    ///
    /// Compares the state, then the issuer, then exchanges the code. The code is exchanged once at
    /// most: a provider takes a second exchange for an attack and revokes the tokens of the first.
    ///
    /// # Errors
    /// Fails if the callback is another authorization's or another server's, the person denied
    /// access, or the provider does not exchange the code.
    pub async fn finish(
        &self,
        pending: PendingAuthorization,
        callback: &CallbackQuery,
        now: Timestamp,
    ) -> Result<Tokens, OAuthError> {
        let code = self.code(&pending, callback)?;

        let client = self.client()?.set_token_uri(self.token_url());
        let mut request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.expose().to_owned()))
            .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(pending.redirect.clone())));

        for (name, value) in self.extra_fields(now)? {
            request = request.add_extra_param(name, value);
        }

        let http = OAuthHttpClient::new(self, now);
        let response = request.request_async(&http).await.map_err(into_error)?;

        token_response::to_tokens(&self.settings, &response, None, now)
    }

    /// Returns the code in the callback, after comparing state and issuer.
    fn code<'q>(
        &self,
        pending: &PendingAuthorization,
        callback: &'q CallbackQuery,
    ) -> Result<&'q str, OAuthError> {
        if !pending.matches(callback) {
            return Err(OAuthError::StateMismatch);
        }

        // No request was sent yet, so the callback can repeat no secret.
        let redactor = Redactor::empty();
        if let Some(expected) = &self.settings.issuer {
            let found = callback.unique("iss")?;
            if found != Some(expected) {
                return Err(OAuthError::IssuerMismatch {
                    expected: expected.clone(),
                    found: found.map(|found| redactor.redact(found)),
                });
            }
        }

        let description = callback
            .unique("error_description")?
            .map(|text| redactor.redact(text));

        match callback.unique("error")? {
            Some("access_denied") => Err(OAuthError::Denied { description }),
            Some(code) => Err(OAuthError::Rejected {
                code: redactor.redact(code),
                description,
                status: None,
                clock: None,
            }),
            None => {
                let code = callback.unique("code")?.filter(|code| !code.is_empty());
                code.ok_or(OAuthError::CallbackMalformed(
                    "it holds neither a code nor an error",
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::{
        OAuthSettings, SigningAlgorithm, TokenAuth, TokenEndpoint, TokenRequest, TokenRequestError,
        TokenResponse,
    };
    use futures::future::BoxFuture;
    use std::collections::BTreeMap;

    /// Endpoint that must not be used.
    struct UnusedEndpoint;

    impl TokenEndpoint for UnusedEndpoint {
        fn post(&self, _: TokenRequest) -> BoxFuture<'_, Result<TokenResponse, TokenRequestError>> {
            Box::pin(async { panic!("no request may be sent") })
        }
    }

    /// RFC 7636, appendix B.
    #[test]
    fn begin_challenge_is_that_of_rfc_7636() {
        let settings = OAuthSettings {
            grant: GrantType::AuthorizationCode,
            authorization_url: Url::parse("https://acme.example/authorize").ok(),
            token_url: Url::parse("https://acme.example/token").unwrap(),
            revocation_url: None,
            client_id: Some("client".into()),
            client_secret: None,
            token_auth: TokenAuth::None,
            private_key: None,
            key_id: None,
            algorithm: SigningAlgorithm::RS256,
            scopes: Vec::new(),
            scope_separator: " ".into(),
            issuer: None,
            subject: None,
            audience: None,
            claims: BTreeMap::new(),
            assertion_lifetime: 300,
            authorization_params: BTreeMap::new(),
            token_params: BTreeMap::new(),
            token_path: OAuthSettings::TOKEN_PATH.into(),
            token_types: Vec::new(),
            lifetime: None,
            margin: 60,
            refresh_token_lifetime: None,
            metadata: Vec::new(),
            signs_bearer: true,
        };

        let provider = Provider::from_settings(settings, &UnusedEndpoint)
            .ok()
            .unwrap();

        let verifier = PkceCodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
        let redirect = Url::parse("http://127.0.0.1/callback").unwrap();
        let pending = provider
            .begin_with(&redirect, CsrfToken::new("the-state".into()), verifier)
            .ok()
            .unwrap();

        let expected = "https://acme.example/authorize?response_type=code&client_id=client&state=the-state\
            &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256\
            &redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback";

        assert_eq!(pending.url.as_str(), expected);
        assert_eq!(
            pending.verifier.expose(),
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
    }
}
