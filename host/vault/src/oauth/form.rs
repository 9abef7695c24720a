//! Token requests that the `oauth2` crate has no builder for: the JWT bearer grant, and revocation
//! at any URL that the egress allows.

use super::assertion::{self, AssertionUse};
use super::endpoint::TokenRequest;
use super::error::OAuthError;
use super::settings::{OAuthSettings, TokenAuth};
use crate::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purser_model::Timestamp;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

/// Type of a client assertion (RFC 7523, section 2.2).
pub(super) const CLIENT_ASSERTION_TYPE: &str =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Grant type of an assertion (RFC 7523, section 2.1).
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Builds a request for the JWT bearer grant.
pub(super) fn jwt_bearer(
    settings: &OAuthSettings,
    now: Timestamp,
) -> Result<TokenRequest, OAuthError> {
    let assertion = assertion::sign(settings, AssertionUse::Grant, now)?;
    let scopes = settings.scopes.join(&settings.scope_separator);
    let mut fields = vec![
        ("grant_type", JWT_BEARER),
        ("assertion", assertion.expose()),
    ];

    if !scopes.is_empty() {
        fields.push(("scope", &scopes));
    }

    fields.extend(
        settings
            .token_params
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );

    with_client_auth(settings, settings.token_url.clone(), &fields, now)
}

/// Builds a revocation request (RFC 7009).
pub(super) fn revocation(
    settings: &OAuthSettings,
    url: Url,
    token: &Secret,
    hint: &str,
    now: Timestamp,
) -> Result<TokenRequest, OAuthError> {
    with_client_auth(
        settings,
        url,
        &[("token", token.expose()), ("token_type_hint", hint)],
        now,
    )
}

/// Builds a request of these fields and adds the client's authentication.
fn with_client_auth(
    settings: &OAuthSettings,
    url: Url,
    fields: &[(&str, &str)],
    now: Timestamp,
) -> Result<TokenRequest, OAuthError> {
    let mut headers = vec![
        header("accept", "application/json"),
        header("content-type", "application/x-www-form-urlencoded"),
    ];

    let mut form = form_urlencoded::Serializer::new(String::with_capacity(16_384));
    form.extend_pairs(fields);

    match (
        &settings.client_id,
        settings.token_auth,
        &settings.client_secret,
    ) {
        (None, ..) => {}
        (Some(client), TokenAuth::Basic, Some(secret)) => {
            headers.push(("authorization".to_owned(), basic_header(client, secret)));
        }
        (Some(client), TokenAuth::Post, Some(secret)) => {
            form.append_pair("client_id", client)
                .append_pair("client_secret", secret.expose());
        }
        (Some(client), TokenAuth::PrivateKeyJwt, _) => {
            let assertion = assertion::sign(settings, AssertionUse::ClientAuth, now)?;
            form.append_pair("client_id", client)
                .append_pair("client_assertion_type", CLIENT_ASSERTION_TYPE)
                .append_pair("client_assertion", assertion.expose());
        }
        (Some(client), ..) => {
            form.append_pair("client_id", client);
        }
    }

    Ok(TokenRequest {
        url,
        headers,
        body: Secret::new(form.finish()),
    })
}

/// Returns the value of a basic `authorization` header.
///
/// Client id and secret are form-encoded before they are joined (RFC 6749, section 2.3.1), so that
/// either may hold a colon.
fn basic_header(client: &str, secret: &Secret) -> Secret {
    let mut pair = Zeroizing::new(String::with_capacity(
        3 * (client.len() + secret.expose().len()) + 1,
    ));

    pair.extend(form_urlencoded::byte_serialize(client.as_bytes()));
    pair.push(':');
    pair.extend(form_urlencoded::byte_serialize(secret.expose().as_bytes()));

    Secret::new(format!(
        "Basic {}",
        *Zeroizing::new(STANDARD.encode(pair.as_bytes()))
    ))
}

fn header(name: &str, value: &str) -> (String, Secret) {
    (name.to_owned(), Secret::new(value.to_owned()))
}
