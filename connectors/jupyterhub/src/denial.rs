//! Errors of the hub that only their message distinguishes.
//!
//! The hub returns 403 both for an unknown token and for a missing scope. It returns 404 both for a
//! user outside of the token's scope and for one that does not exist.

use purser_sdk::prelude::*;

/// Beginning of the message for a token that is missing, unknown or expired.
const INVALID_TOKEN: &str = "Missing or invalid credentials";

/// Returns the response if it is a success, and otherwise the failure. `scope` is what the request
/// needs.
pub(crate) fn require_success(response: Response, scope: &str) -> Result<Response, Failure> {
    if response.status() != 403 {
        return response.ok();
    }

    let message = response
        .message()
        .unwrap_or_else(|| "the hub gives no reason".into());
    if message.starts_with(INVALID_TOKEN) {
        return Err(Failure::AuthRejected(message));
    }
    Err(Failure::PermissionMissing(format!(
        "scope {scope}: {message}"
    )))
}

/// True if a user does not exist.
///
/// # Errors
/// Fails if the user is outside of the token's scope: it may exist, so it is not "already gone".
pub(crate) fn is_gone(response: &Response, scope: &str) -> Result<bool, Failure> {
    match response.message() {
        _ if !response.is_gone() => Ok(false),
        // Measured on JupyterHub 6.1: `{"status": 404, "message": null}`.
        None => Ok(true),
        Some(message) => Err(Failure::PermissionMissing(format!(
            "scope {scope}, for this user: {message}"
        ))),
    }
}
