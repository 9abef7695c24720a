//! How requests are authenticated, sent and answered: between the library, which builds them, and the endpoint, which carries them.

use super::answer::{Answer, Reading};
use super::assertion::{self, Purpose, missing};
use super::text::Hidden;
use super::{
    ClockSkew, GrantKind, OAuthError, Provider, TokenAnswer, TokenAuth, TokenRequest, form,
};
use crate::Secret;
use futures::future::BoxFuture;
use oauth2::basic::{
    BasicErrorResponse, BasicRequestTokenError, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse,
};
use oauth2::{
    AsyncHttpClient, AuthType, Client, ClientId, ClientSecret, EndpointNotSet, HttpRequest,
    HttpResponse, Scope, StandardRevocableToken, TokenUrl, http,
};
use purser_model::Timestamp;
use zeroize::Zeroize as _;

/// The library's client, with a token URL, or without.
pub(super) type Library<HasTokenUrl> = Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    HasTokenUrl,
>;

impl Provider<'_> {
    /// The library's client. It authenticates with what it knows; an assertion is added by [`Provider::extra_fields`].
    pub(super) fn client(&self) -> Result<Library<EndpointNotSet>, OAuthError> {
        let id = self
            .settings
            .client_id
            .clone()
            .ok_or_else(|| missing("client-id"))?;
        let auth = match self.settings.token_auth {
            TokenAuth::Basic => AuthType::BasicAuth,
            TokenAuth::Post | TokenAuth::PrivateKeyJwt | TokenAuth::None => AuthType::RequestBody,
        };
        let client = Client::new(ClientId::new(id)).set_auth_type(auth);
        Ok(match self.client_secret() {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            None => client,
        })
    }

    /// The client's secret, where it is what authenticates.
    fn client_secret(&self) -> Option<&Secret> {
        let used = matches!(self.settings.token_auth, TokenAuth::Basic | TokenAuth::Post);
        self.settings.client_secret.as_ref().filter(|_| used)
    }

    pub(super) fn token_url(&self) -> TokenUrl {
        TokenUrl::from_url(self.settings.token_url.clone())
    }

    /// All scopes as one, so that the library does not put a space between them where another separator is wanted.
    pub(super) fn joined_scopes(&self) -> Option<Scope> {
        let joined = self.settings.scopes.join(&self.settings.scope_separator);
        (!joined.is_empty()).then(|| Scope::new(joined))
    }

    /// The form fields that the library does not know of.
    pub(super) fn extra_fields(&self, now: Timestamp) -> Result<Vec<(String, String)>, OAuthError> {
        let mut fields: Vec<_> = self.settings.token_params.clone().into_iter().collect();
        if self.settings.token_auth == TokenAuth::PrivateKeyJwt {
            let assertion = assertion::sign(&self.settings, Purpose::Client, now)?;
            fields.push((
                "client_assertion_type".into(),
                form::CLIENT_ASSERTION_TYPE.into(),
            ));
            fields.push(("client_assertion".into(), assertion.expose().to_owned()));
        }
        Ok(fields)
    }

    /// A request of the library, for the endpoint.
    fn token_request(&self, request: HttpRequest) -> Result<TokenRequest, OAuthError> {
        let unfit = || OAuthError::Unsupported("the request cannot be written".into());
        let (parts, body) = request.into_parts();
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            let value = value.to_str().map_err(|_| unfit())?;
            Ok((name.as_str().to_owned(), Secret::new(value.to_owned())))
        };
        let headers = parts
            .headers
            .iter()
            .map(header)
            .collect::<Result<_, OAuthError>>()?;
        let body = Secret::new(String::from_utf8(body).map_err(|_| unfit())?);
        Ok(TokenRequest {
            url: self.settings.token_url.clone(),
            headers,
            body,
        })
    }

    /// Sends a token request, and brings the answer into the standard's form.
    pub(super) async fn tokens(
        &self,
        request: TokenRequest,
        refreshes: bool,
        now: Timestamp,
    ) -> Result<Vec<u8>, OAuthError> {
        let (reading, answer) = self.send(request, refreshes, now).await?;
        reading.tokens(answer)
    }

    pub(super) async fn send(
        &self,
        request: TokenRequest,
        refreshes: bool,
        now: Timestamp,
    ) -> Result<(Reading<'_>, TokenAnswer), OAuthError> {
        let settings = &*self.settings;
        let hidden = Hidden::of(
            &request,
            settings.client_secret.as_ref(),
            &settings.token_params,
        );
        let asserts = settings.grant == GrantKind::JwtBearer
            || settings.token_auth == TokenAuth::PrivateKeyJwt;
        let mut answer = self
            .endpoint
            .post(request)
            .await
            .map_err(|mut unanswered| {
                unanswered.what = hidden.clean(&unanswered.what);
                unanswered
            })?;
        let date = answer.date.take();
        let clock = if asserts {
            ClockSkew::between(now, date.as_deref())
        } else {
            None
        };
        Ok((
            Reading {
                settings,
                hidden,
                refreshes,
                clock,
            },
            answer,
        ))
    }
}

/// The library's HTTP client: hands its requests to the endpoint, and the answers back in the form that it reads.
pub(super) struct Carrier<'a> {
    pub(super) provider: &'a Provider<'a>,
    /// Whether a refresh token is sent.
    pub(super) refreshes: bool,
    pub(super) now: Timestamp,
}

impl<'c> AsyncHttpClient<'c> for Carrier<'_> {
    type Error = OAuthError;
    type Future = BoxFuture<'c, Result<HttpResponse, OAuthError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async {
            let request = self.provider.token_request(request)?;
            Ok(http::Response::new(
                self.provider
                    .tokens(request, self.refreshes, self.now)
                    .await?,
            ))
        })
    }
}

/// What the library makes of an answer that was brought into form: hardly ever anything but tokens.
pub(super) fn failure(error: BasicRequestTokenError<OAuthError>) -> OAuthError {
    match error {
        BasicRequestTokenError::Request(error) => error,
        BasicRequestTokenError::Parse(error, mut body) => {
            body.zeroize();
            // The parser's own words could quote the answer.
            OAuthError::Malformed(format!("{} has a wrong type", error.path()))
        }
        BasicRequestTokenError::ServerResponse(_) => OAuthError::Malformed("it is an error".into()),
        BasicRequestTokenError::Other(_) => {
            OAuthError::Unsupported("the request cannot be written".into())
        }
    }
}
