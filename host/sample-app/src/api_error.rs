//! Error responses of the API.

use crate::rate_limit::RETRY_AFTER_SECONDS;
use crate::scope::Scope;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An error of a request. The response is `{"error": {"code": "…", "message": "…"}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// The token is missing, wrong or revoked.
    BadToken,
    /// The rate limit is exceeded.
    TooManyRequests,
    /// The token lacks a scope.
    MissingScope(Scope),
    /// The cursor does not belong to the list.
    BadCursor,
    /// The server is temporarily unavailable.
    Unavailable,
    /// The path does not exist.
    UnknownPath,
    /// The member does not exist.
    UnknownMember,
    /// The export does not exist or is not ready.
    UnknownExport,
    /// The member does not hold the seat.
    UnknownSeat,
    /// The member owns the workspace.
    OwnerProtected,
    /// The seat comes from a group.
    SeatFromGroup,
}

impl ApiError {
    /// Returns the status, the code and the message.
    const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadToken => (
                StatusCode::UNAUTHORIZED,
                "bad_token",
                "the bearer token is missing, wrong or revoked",
            ),
            Self::TooManyRequests => (
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
            Self::UnknownPath => (
                StatusCode::NOT_FOUND,
                "no_such_path",
                "there is nothing here",
            ),
            Self::UnknownMember => (
                StatusCode::NOT_FOUND,
                "no_such_member",
                "there is no such member",
            ),
            Self::UnknownExport => (
                StatusCode::NOT_FOUND,
                "no_such_export",
                "there is no such export, or it is not ready",
            ),
            Self::UnknownSeat => (
                StatusCode::NOT_FOUND,
                "no_such_seat",
                "the member does not hold that seat",
            ),
            Self::OwnerProtected => (
                StatusCode::CONFLICT,
                "owner_protected",
                "the workspace needs its owner",
            ),
            Self::SeatFromGroup => (
                StatusCode::CONFLICT,
                "seat_from_group",
                "the seat comes from a group; change the group",
            ),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, message) = self.parts();
        let error = match self {
            Self::MissingScope(scope) => json!({
                "code": code,
                "scope": scope,
                "message": format!("{message} {}", scope.as_str()),
            }),
            _ => json!({ "code": code, "message": message }),
        };

        let mut response = json_response(status, json!({ "error": error }).to_string());
        if self == Self::TooManyRequests {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into());
        }

        response
    }
}

/// Returns a response of text that is JSON already.
pub(crate) fn json_response(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}
