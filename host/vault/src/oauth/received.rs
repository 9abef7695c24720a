//! From an answer to tokens: what is granted, how long it is valid, and what of the former tokens stays.

use super::answer::Answer;
use super::{OAuthError, OAuthSettings, Tokens};
use crate::Secret;
use oauth2::TokenResponse as _;
use oauth2::basic::BasicTokenType;
use purser_model::Timestamp;
use std::time::Duration;

/// Tokens as an answer gives them. `before` are those that were renewed. `sent` is when the request was sent: counted from there, a slow
/// answer makes the token seem to expire too early, never too late.
pub(super) fn tokens(
    settings: &OAuthSettings,
    answer: &Answer,
    before: Option<&Tokens>,
    sent: Timestamp,
) -> Result<Tokens, OAuthError> {
    if settings.signs_bearer && *answer.token_type() != BasicTokenType::Bearer {
        // It may be any text at all, so it is cut; of a word of this kind nothing is secret.
        return Err(OAuthError::TokenType(
            super::text::Hidden::nothing().clean(answer.token_type().as_ref()),
        ));
    }
    // Whole milliseconds, as they are stored.
    let sent = Timestamp::from_millisecond(sent.as_millisecond()).unwrap_or(sent);
    let lifetime = answer
        .expires_in()
        .map(|lifetime| lifetime.as_secs())
        .or(settings.lifetime);
    let (refresh, refresh_expires_at, rotated) = refresh(settings, answer, before, sent);
    let mut metadata = before
        .map(|before| before.metadata.clone())
        .unwrap_or_default();
    metadata.extend(answer.extra_fields().metadata.clone());
    Ok(Tokens {
        access: Secret::new(answer.access_token().secret().clone()),
        refresh,
        obtained_at: sent,
        expires_at: lifetime.and_then(|lifetime| after(sent, lifetime)),
        refresh_expires_at,
        margin: lifetime.map_or(settings.margin, |lifetime| {
            settings.margin.min(lifetime / 4)
        }),
        scopes: scopes(settings, answer, before),
        rotates: before.map(|_| rotated),
        metadata,
    })
}

/// The refresh token, when it expires, and whether it is another than before. One that is left out stays (RFC 6749, section 6).
fn refresh(
    settings: &OAuthSettings,
    answer: &Answer,
    before: Option<&Tokens>,
    sent: Timestamp,
) -> (Option<Secret>, Option<Timestamp>, bool) {
    // Tokens that need no person are got anew; what renews them would only be one more secret to keep.
    if settings.grant.is_machine() {
        return (None, None, false);
    }
    let old = before
        .and_then(|before| before.refresh.as_ref())
        .map(Secret::expose);
    let given = answer.refresh_token().map(|token| token.secret().as_str());
    let rotated = given.is_some() && given != old;
    let told = answer.extra_fields().refresh_token_expires_in;
    let expires_at = match (told, before) {
        // 0 is how an application says that it does not expire.
        (Some(0), _) => None,
        (Some(lifetime), _) => after(sent, lifetime),
        (None, Some(before)) if !rotated => before.refresh_expires_at,
        (None, _) => settings
            .refresh_token_lifetime
            .and_then(|lifetime| after(sent, lifetime)),
    };
    let token = given.or(old).map(|token| Secret::new(token.to_owned()));
    let expires_at = expires_at.filter(|_| token.is_some());
    (token, expires_at, rotated)
}

/// What was granted. An answer that does not say grants what was asked for; when renewing, what was granted before.
fn scopes(settings: &OAuthSettings, answer: &Answer, before: Option<&Tokens>) -> Vec<String> {
    match (answer.scopes(), before) {
        (Some(granted), _) => granted
            .iter()
            .map(|scope| scope.to_string())
            .filter(|scope| !scope.is_empty())
            .collect(),
        (None, Some(before)) => before.scopes.clone(),
        (None, None) => settings.scopes.clone(),
    }
}

/// A moment later. None where that is beyond all time: such a token does not expire.
fn after(moment: Timestamp, seconds: u64) -> Option<Timestamp> {
    moment.checked_add(Duration::from_secs(seconds)).ok()
}
