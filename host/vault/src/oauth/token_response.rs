//! Conversion of a parsed response into tokens: scopes, lifetimes, and the parts of the former
//! tokens that stay.

use super::error::OAuthError;
use super::redact::Redactor;
use super::response::ParsedResponse;
use super::settings::OAuthSettings;
use super::tokens::Tokens;
use crate::Secret;
use oauth2::TokenResponse as _;
use oauth2::basic::BasicTokenType;
use purser_model::Timestamp;
use std::time::Duration;

/// Converts a response into tokens.
///
/// `previous` are the tokens that were refreshed, if any. `sent` is the instant of the request:
/// counted from it, a slow response makes the token seem to expire too early, never too late.
pub(super) fn to_tokens(
    settings: &OAuthSettings,
    response: &ParsedResponse,
    previous: Option<&Tokens>,
    sent: Timestamp,
) -> Result<Tokens, OAuthError> {
    if settings.signs_bearer && *response.token_type() != BasicTokenType::Bearer {
        // A token type is not a secret, but it may be any text, so it is made safe to show.
        let token_type = Redactor::empty().redact(response.token_type().as_ref());
        return Err(OAuthError::TokenType(token_type));
    }

    // Whole milliseconds, as they are stored.
    let sent = Timestamp::from_millisecond(sent.as_millisecond()).unwrap_or(sent);
    let lifetime = response
        .expires_in()
        .map(|lifetime| lifetime.as_secs())
        .or(settings.lifetime);

    let margin = match lifetime {
        Some(lifetime) => settings.margin.min(lifetime / 4),
        None => settings.margin,
    };

    let refresh = RefreshPart::new(settings, response, previous, sent);
    let mut metadata = previous
        .map(|previous| previous.metadata.clone())
        .unwrap_or_default();

    metadata.extend(response.extra_fields().metadata.clone());

    Ok(Tokens {
        access: Secret::new(response.access_token().secret().clone()),
        refresh: refresh.token,
        obtained_at: sent,
        expires_at: lifetime.and_then(|lifetime| add_seconds(sent, lifetime)),
        refresh_expires_at: refresh.expires_at,
        margin,
        scopes: granted_scopes(settings, response, previous),
        rotates: previous.map(|_| refresh.rotated),
        metadata,
    })
}

/// The refresh token of a response, or of the tokens before it.
struct RefreshPart {
    /// Absent if the grant is unattended or no token was ever issued.
    token: Option<Secret>,
    /// Absent if the token does not expire or the application does not say.
    expires_at: Option<Timestamp>,
    /// True if the response holds another refresh token than before.
    rotated: bool,
}

impl RefreshPart {
    fn new(
        settings: &OAuthSettings,
        response: &ParsedResponse,
        previous: Option<&Tokens>,
        sent: Timestamp,
    ) -> Self {
        // Unattended grants obtain new tokens; a refresh token would be one more secret to keep.
        if settings.grant.is_unattended() {
            return Self {
                token: None,
                expires_at: None,
                rotated: false,
            };
        }

        let old = previous
            .and_then(|previous| previous.refresh.as_ref())
            .map(Secret::expose);

        let issued = response
            .refresh_token()
            .map(|token| token.secret().as_str());

        let rotated = issued.is_some() && issued != old;

        let lifetime = response.extra_fields().refresh_token_expires_in;
        let expires_at = match (lifetime, previous) {
            // Applications write 0 for a token that does not expire.
            (Some(0), _) => None,
            (Some(lifetime), _) => add_seconds(sent, lifetime),
            (None, Some(previous)) if !rotated => previous.refresh_expires_at,
            (None, _) => settings
                .refresh_token_lifetime
                .and_then(|lifetime| add_seconds(sent, lifetime)),
        };

        // A refresh token that the response leaves out stays valid (RFC 6749, section 6).
        let token = issued.or(old).map(|token| Secret::new(token.to_owned()));

        Self {
            expires_at: expires_at.filter(|_| token.is_some()),
            token,
            rotated,
        }
    }
}

/// Returns the granted scopes.
///
/// A response without scopes grants the requested ones; at a refresh, the ones granted before.
fn granted_scopes(
    settings: &OAuthSettings,
    response: &ParsedResponse,
    previous: Option<&Tokens>,
) -> Vec<String> {
    match (response.scopes(), previous) {
        (Some(granted), _) => granted
            .iter()
            .map(|scope| scope.to_string())
            .filter(|scope| !scope.is_empty())
            .collect(),
        (None, Some(previous)) => previous.scopes.clone(),
        (None, None) => settings.scopes.clone(),
    }
}

/// Adds seconds to an instant; `None` if no date is that late, so that the token does not expire.
fn add_seconds(instant: Timestamp, seconds: u64) -> Option<Timestamp> {
    instant.checked_add(Duration::from_secs(seconds)).ok()
}
