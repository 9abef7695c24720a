//! Adapter between the `oauth2` crate, which builds requests, and the [`TokenEndpoint`], which
//! sends them.
//!
//! [`TokenEndpoint`]: super::TokenEndpoint

use super::assertion::{self, AssertionUse, missing};
use super::endpoint::TokenRequest;
use super::error::OAuthError;
use super::form;
use super::provider::Provider;
use super::response::ParsedResponse;
use super::settings::TokenAuth;
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

/// The `oauth2` crate's client, with or without a token URL.
pub(super) type OAuthClient<HasTokenUrl> = Client<
    BasicErrorResponse,
    ParsedResponse,
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
    /// Builds the crate's client. It sends the id and secret; [`Provider::extra_fields`] adds an
    /// assertion.
    pub(super) fn client(&self) -> Result<OAuthClient<EndpointNotSet>, OAuthError> {
        let id = self.settings.client_id.clone();
        let id = id.ok_or_else(|| missing("client-id"))?;
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

    /// Returns the client's secret, if it is used for authentication.
    fn client_secret(&self) -> Option<&Secret> {
        let used = matches!(self.settings.token_auth, TokenAuth::Basic | TokenAuth::Post);
        self.settings.client_secret.as_ref().filter(|_| used)
    }

    /// Returns the token URL in the crate's type.
    pub(super) fn token_url(&self) -> TokenUrl {
        TokenUrl::from_url(self.settings.token_url.clone())
    }

    /// Returns all scopes as one, so that the crate does not put a space between them where the
    /// application wants another separator.
    pub(super) fn joined_scopes(&self) -> Option<Scope> {
        let joined = self.settings.scopes.join(&self.settings.scope_separator);
        (!joined.is_empty()).then(|| Scope::new(joined))
    }

    /// Returns the form fields that the crate does not know of.
    pub(super) fn extra_fields(&self, now: Timestamp) -> Result<Vec<(String, String)>, OAuthError> {
        let mut fields: Vec<_> = self.settings.token_params.clone().into_iter().collect();

        if self.settings.token_auth == TokenAuth::PrivateKeyJwt {
            let assertion = assertion::sign(&self.settings, AssertionUse::ClientAuth, now)?;
            fields.push((
                "client_assertion_type".into(),
                form::CLIENT_ASSERTION_TYPE.into(),
            ));
            fields.push(("client_assertion".into(), assertion.expose().to_owned()));
        }

        Ok(fields)
    }

    /// Converts a request of the crate for the endpoint.
    fn token_request(&self, request: HttpRequest) -> Result<TokenRequest, OAuthError> {
        let unfit = || OAuthError::Unsupported("the request cannot be written".into());
        let (parts, body) = request.into_parts();

        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            let value = value.to_str().map_err(|_| unfit())?;
            Ok((name.as_str().to_owned(), Secret::new(value.to_owned())))
        };

        let headers: Result<_, OAuthError> = parts.headers.iter().map(header).collect();

        Ok(TokenRequest {
            url: self.settings.token_url.clone(),
            headers: headers?,
            body: Secret::new(String::from_utf8(body).map_err(|_| unfit())?),
        })
    }
}

/// HTTP client for the `oauth2` crate: sends its requests to the endpoint, and returns responses in
/// the form that the crate reads.
pub(super) struct OAuthHttpClient<'a> {
    provider: &'a Provider<'a>,
    /// True if the request carries a refresh token.
    is_refresh: bool,
    /// Instant of the request.
    now: Timestamp,
}

impl<'a> OAuthHttpClient<'a> {
    pub(super) fn new(provider: &'a Provider<'a>, now: Timestamp) -> Self {
        Self {
            provider,
            is_refresh: false,
            now,
        }
    }

    /// Marks the request as one that carries a refresh token.
    pub(super) fn for_refresh(self) -> Self {
        Self {
            is_refresh: true,
            ..self
        }
    }
}

impl<'c> AsyncHttpClient<'c> for OAuthHttpClient<'_> {
    type Error = OAuthError;
    type Future = BoxFuture<'c, Result<HttpResponse, OAuthError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async {
            let request = self.provider.token_request(request)?;
            let tokens = self
                .provider
                .request_tokens(request, self.is_refresh, self.now);

            Ok(http::Response::new(tokens.await?))
        })
    }
}

/// Converts an error of the crate. A normalized response rarely leads to one of its own.
pub(super) fn into_error(error: BasicRequestTokenError<OAuthError>) -> OAuthError {
    match error {
        BasicRequestTokenError::Request(error) => error,
        BasicRequestTokenError::Parse(error, mut body) => {
            body.zeroize();
            // The parser's own message could quote the response.
            OAuthError::Malformed(format!("{} has a wrong type", error.path()))
        }
        BasicRequestTokenError::ServerResponse(_) => OAuthError::Malformed("it is an error".into()),
        BasicRequestTokenError::Other(_) => {
            OAuthError::Unsupported("the request cannot be written".into())
        }
    }
}
