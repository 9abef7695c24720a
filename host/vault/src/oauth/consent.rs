//! The grant for which a person consents in a browser (RFC 6749, section 4.1; RFC 7636; RFC 9207).

use super::sending::{Carrier, failure};
use super::text::Hidden;
use super::{Asking, CallbackQuery, GrantKind, OAuthError, Provider, Tokens, received};
use crate::Secret;
use oauth2::{
    AuthUrl, AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
};
use purser_model::Timestamp;
use std::borrow::Cow;
use url::Url;

impl Provider<'_> {
    /// Begins to ask for a person's consent. The browser comes back to `redirect`.
    ///
    /// # Errors
    /// When the grant is another one.
    pub fn begin(&self, redirect: &Url) -> Result<Asking, OAuthError> {
        let (_, verifier) = PkceCodeChallenge::new_random_sha256();
        self.ask(redirect, CsrfToken::new_random(), verifier)
    }

    fn ask(
        &self,
        redirect: &Url,
        state: CsrfToken,
        verifier: PkceCodeVerifier,
    ) -> Result<Asking, OAuthError> {
        let url = self
            .settings
            .authorization_url
            .clone()
            .filter(|_| self.settings.grant == GrantKind::AuthorizationCode);
        let url = url.ok_or_else(|| {
            OAuthError::Unsupported("the template's grant needs nobody's consent".into())
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
        let (state, verifier) = (
            Secret::new(state.into_secret()),
            Secret::new(verifier.into_secret()),
        );
        Ok(Asking {
            url,
            state,
            verifier,
            redirect: redirect.clone(),
        })
    }

    /// Ends it with what the browser brought back: the state is compared, then the issuer, then the code exchanged; once, whatever happens,
    /// as the provider takes a second time for an attack and withdraws what it gave.
    ///
    /// # Errors
    /// When the answer is another attempt's or another server's, the person said no, or the provider does not exchange the code.
    pub async fn finish(
        &self,
        asking: Asking,
        answer: &CallbackQuery,
        now: Timestamp,
    ) -> Result<Tokens, OAuthError> {
        let code = self.code(&asking, answer)?;
        let client = self.client()?.set_token_uri(self.token_url());
        let mut request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(asking.verifier.expose().to_owned()))
            .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(asking.redirect.clone())));
        for (name, value) in self.extra_fields(now)? {
            request = request.add_extra_param(name, value);
        }
        let carrier = Carrier {
            provider: self,
            refreshes: false,
            now,
        };
        let answer = request.request_async(&carrier).await.map_err(failure)?;
        received::tokens(&self.settings, &answer, None, now)
    }

    /// The code in the browser's answer.
    fn code<'q>(&self, asking: &Asking, answer: &'q CallbackQuery) -> Result<&'q str, OAuthError> {
        if !asking.is_answered_by(answer) {
            return Err(OAuthError::StateMismatch);
        }
        let nothing = Hidden::nothing();
        if let Some(expected) = &self.settings.issuer {
            let found = answer.once("iss")?;
            if found != Some(expected) {
                let found = found.map(|found| nothing.clean(found));
                return Err(OAuthError::IssuerMismatch {
                    expected: expected.clone(),
                    found,
                });
            }
        }
        let description = answer
            .once("error_description")?
            .map(|text| nothing.clean(text));
        match answer.once("error")? {
            Some("access_denied") => Err(OAuthError::Denied { description }),
            Some(code) => Err(OAuthError::Rejected {
                code: nothing.clean(code),
                description,
                status: None,
                clock: None,
            }),
            None => {
                let code = answer.once("code")?.filter(|code| !code.is_empty());
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
        OAuthSettings, SigningAlgorithm, TokenAnswer, TokenAuth, TokenEndpoint, TokenRequest,
        Unanswered,
    };
    use futures::future::BoxFuture;
    use std::collections::BTreeMap;

    struct Nobody;

    impl TokenEndpoint for Nobody {
        fn post(&self, _: TokenRequest) -> BoxFuture<'_, Result<TokenAnswer, Unanswered>> {
            Box::pin(async { panic!("nothing is to be sent") })
        }
    }

    /// RFC 7636, appendix B.
    #[test]
    fn the_challenge_is_the_standard_s() {
        let settings = OAuthSettings {
            grant: GrantKind::AuthorizationCode,
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
            lifetime: None,
            margin: 60,
            refresh_token_lifetime: None,
            metadata: Vec::new(),
            signs_bearer: true,
        };
        let provider = Provider::of(&settings, &Nobody).ok().unwrap();
        let verifier = PkceCodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
        let redirect = Url::parse("http://127.0.0.1/callback").unwrap();
        let asking = provider
            .ask(&redirect, CsrfToken::new("the-state".into()), verifier)
            .ok()
            .unwrap();
        let expected = "https://acme.example/authorize?response_type=code&client_id=client&state=the-state\
            &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256\
            &redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback";
        assert_eq!(asking.url.as_str(), expected);
        assert_eq!(
            asking.verifier.expose(),
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
    }
}
