//! Token requests: one POST to the endpoint that an operator configured, under the same rules for
//! addresses as every other request.
//!
//! Request and response are secret. Errors quote nothing that the endpoint says, because it may
//! repeat the request.

use crate::attempt::{self, BodyLimits, RawResponse};
use crate::attempt_error::AttemptError;
use crate::body::budget::ByteBudget;
use crate::credential::inject::sensitive_header;
use crate::policy::base_url::check_origin;
use crate::policy::headers;
use crate::policy::resolver::Lookup;
use crate::timeouts::Timeouts;
use crate::tls::TrustRoots;
use crate::{Egress, EgressError, http_client};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use purser_model::{Blame, Blamed as _, HttpError};
use purser_vault::oauth::{TokenEndpoint, TokenRequest, TokenRequestError, TokenResponse};
use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderValue};
use reqwest::{Client, Method, Request};
use std::sync::Arc;
use url::Url;

/// The most bytes of a response. A token with many claims has some kilobytes.
const MAX_RESPONSE_BYTES: u64 = 1 << 20;

impl Egress {
    /// Returns a sender of token requests. If `private_network` is set, loopback and private
    /// addresses may be reached, also over plain http.
    ///
    /// Each request has an HTTP client of its own, so that connections share nothing.
    pub fn token_endpoint(&self, private_network: bool) -> impl TokenEndpoint + use<> {
        let timeouts = Timeouts {
            attempt: self.timeouts.token,
            ..self.timeouts.clone()
        };

        HttpTokenEndpoint {
            lookup: self.lookup.clone(),
            roots: Arc::clone(&self.roots),
            timeouts,
            private_network,
        }
    }
}

struct HttpTokenEndpoint {
    lookup: Lookup,
    roots: Arc<TrustRoots>,
    timeouts: Timeouts,
    private_network: bool,
}

impl TokenEndpoint for HttpTokenEndpoint {
    fn post(
        &self,
        request: TokenRequest,
    ) -> BoxFuture<'_, Result<TokenResponse, TokenRequestError>> {
        self.send(request).boxed()
    }
}

impl HttpTokenEndpoint {
    async fn send(&self, request: TokenRequest) -> Result<TokenResponse, TokenRequestError> {
        check_url(&request.url, self.private_network)?;
        let client = self.client(&request.url)?;
        let request = prepare(request)?;

        let budget = ByteBudget::new("token", MAX_RESPONSE_BYTES);
        let limits = BodyLimits {
            per_response: MAX_RESPONSE_BYTES,
            budget: &budget,
            stream_success: false,
        };
        let RawResponse {
            status,
            headers,
            body,
            ..
        } = attempt::send(&client, request, limits, &mut 0)
            .await
            .map_err(into_unanswered)?;

        // Following it would send the secrets of the request to another place.
        if status.is_redirection() {
            let message = format!(
                "the token endpoint responded with {}, a redirect, which is not followed",
                status.as_u16()
            );
            return Err(TokenRequestError {
                message,
                unsent: false,
                blame: Blame::Upstream,
            });
        }

        let date = headers
            .get(DATE)
            .and_then(|date| date.to_str().ok())
            .map(str::to_owned);
        Ok(TokenResponse {
            status: status.as_u16(),
            date,
            body,
        })
    }

    fn client(&self, url: &Url) -> Result<Client, TokenRequestError> {
        let built = http_client::build(
            url,
            self.private_network,
            &self.lookup,
            &self.roots,
            &self.timeouts,
        );
        built.map_err(|error| TokenRequestError {
            message: error.to_string(),
            unsent: true,
            blame: error.blame(),
        })
    }
}

/// Rejects a URL that secrets must not be sent to. An IP address in it is checked here, because the
/// client resolves names only.
fn check_url(url: &Url, private_network: bool) -> Result<(), TokenRequestError> {
    let why = if !url.username().is_empty() || url.password().is_some() {
        "it holds user information".to_owned()
    } else if url.fragment().is_some() {
        "it holds a fragment".to_owned()
    } else {
        match check_origin(url, private_network) {
            Ok(()) => return Ok(()),
            Err(EgressError::PrivateNetwork(what)) => {
                format!("{what}, and this connection is not allowed to reach private networks")
            }
            Err(EgressError::Address(what)) => format!("it leads to {what}"),
            Err(EgressError::BaseUrl(what) | EgressError::Client(what)) => what,
            Err(EgressError::PlainHttp) => {
                "it is unencrypted http, and this connection is not allowed to reach private networks"
                    .into()
            }
        }
    };

    Err(TokenRequestError {
        message: format!("the URL of the token endpoint cannot be used: {why}"),
        unsent: true,
        blame: Blame::Operator,
    })
}

/// Converts a token request and adds the fields that it leaves open.
fn prepare(token_request: TokenRequest) -> Result<Request, TokenRequestError> {
    let mut request = Request::new(Method::POST, token_request.url);
    let headers = request.headers_mut();
    for (name, value) in &token_request.headers {
        let (name, value) = sensitive_header(name, value).ok_or_else(|| TokenRequestError {
            message: "the request for a token has a header field that cannot be sent".into(),
            unsent: true,
            blame: Blame::Host,
        })?;
        headers.append(name, value);
    }

    headers
        .entry(ACCEPT)
        .or_insert(HeaderValue::from_static("application/json"));
    headers
        .entry(CONTENT_TYPE)
        .or_insert(HeaderValue::from_static(
            "application/x-www-form-urlencoded",
        ));
    headers::set_user_agent(headers);
    headers::set_accept_encoding(headers);
    *request.body_mut() = Some(token_request.body.expose().to_owned().into());

    Ok(request)
}

/// Describes a failed attempt. The texts of errors are kept only if nothing was sent, because then
/// the endpoint has nothing to repeat.
fn into_unanswered(failure: AttemptError) -> TokenRequestError {
    let AttemptError { error, unsent, .. } = failure;
    let blame = if matches!(error, HttpError::DestinationProhibited(_)) {
        Blame::Operator
    } else {
        Blame::Upstream
    };
    let why = match error {
        HttpError::ResponseBodySize(most) => format!("its response is larger than {most} bytes"),
        HttpError::Protocol(_) if !unsent => "its response is not valid HTTP".into(),
        HttpError::ContentCoding(_) if !unsent => {
            "its response is damaged, or is encoded in a way that was not asked for".into()
        }
        HttpError::TlsProtocol(_) | HttpError::TlsCertificate(_) if !unsent => {
            "TLS broke off".into()
        }
        HttpError::Internal(_) => "the request could not be made".into(),
        other => other.to_string(),
    };

    TokenRequestError {
        message: format!("no response from the token endpoint: {why}"),
        unsent,
        blame,
    }
}
