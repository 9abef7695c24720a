//! What the API answers when it does not do what it was asked to.

use crate::fault::Scope;
use crate::limiter::RETRY_AFTER_SECONDS;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request fails. Its answer is `{"error": {"code": "…", "message": "…"}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The token is missing, wrong or revoked.
    BadToken,
    /// Too many requests.
    TooMany,
    /// The token lacks this scope.
    MissingScope(Scope),
    /// The cursor is none of this list.
    BadCursor,
    /// For the moment.
    Unavailable,
    /// No such path.
    NoPath,
    /// There is no such member.
    NoMember,
    /// There is no such export, or it is not ready.
    NoExport,
    /// The member does not hold that seat.
    NoSeat,
    /// The member owns the workspace.
    Owner,
    /// The seat comes from a group.
    FromGroup,
}

impl Problem {
    const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadToken => (
                StatusCode::UNAUTHORIZED,
                "bad_token",
                "the bearer token is missing, wrong or revoked",
            ),
            Self::TooMany => (
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                "slow down",
            ),
            Self::MissingScope(_) => (
                StatusCode::FORBIDDEN,
                "missing_scope",
                "the token lacks the scope",
            ),
            Self::BadCursor => (
                StatusCode::BAD_REQUEST,
                "bad_cursor",
                "the cursor is none of this list, or no longer",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "a shard is being moved; try again",
            ),
            Self::NoPath => (
                StatusCode::NOT_FOUND,
                "no_such_path",
                "there is nothing here",
            ),
            Self::NoMember => (
                StatusCode::NOT_FOUND,
                "no_such_member",
                "there is no such member",
            ),
            Self::NoExport => (
                StatusCode::NOT_FOUND,
                "no_such_export",
                "there is no such export, or it is not ready",
            ),
            Self::NoSeat => (
                StatusCode::NOT_FOUND,
                "no_such_seat",
                "the member does not hold that seat",
            ),
            Self::Owner => (
                StatusCode::CONFLICT,
                "owner_protected",
                "the workspace needs its owner",
            ),
            Self::FromGroup => (
                StatusCode::CONFLICT,
                "seat_from_group",
                "the seat comes from a group; change the group",
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, message) = self.parts();
        let error = match self {
            Self::MissingScope(scope) => {
                json!({ "code": code, "scope": scope, "message": format!("{message} {}", scope.as_str()) })
            }
            _ => json!({ "code": code, "message": message }),
        };
        let mut response = json_text(status, json!({ "error": error }).to_string());
        if self == Self::TooMany {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into());
        }
        response
    }
}

/// An answer of JSON that is text already.
pub(crate) fn json_text(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}
