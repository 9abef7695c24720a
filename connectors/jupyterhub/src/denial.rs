//! How the hub says no. It answers 403 to a token that it does not know as well as to one that may not do something, and 404 for a user
//! outside the token's reach as well as for one that does not exist. Only the message tells them apart.

use purser_sdk::prelude::*;

/// How the message begins for a token that is missing, unknown or expired.
const NOT_KNOWN: &str = "Missing or invalid credentials";

/// The answer if it is a success, and otherwise what failed; `scope` is what the request needs.
pub(crate) fn answered(response: Response, scope: &str) -> Result<Response, Failure> {
    if response.status() != 403 {
        return response.ok();
    }
    let message = response
        .message()
        .unwrap_or_else(|| "the hub gives no reason".into());
    if message.starts_with(NOT_KNOWN) {
        return Err(Failure::AuthRejected(message));
    }
    Err(Failure::PermissionMissing(format!(
        "scope {scope}: {message}"
    )))
}

/// Whether a user does not exist.
///
/// # Errors
/// When the hub says that the user is out of the token's reach: deleted or not, that is not "already gone".
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
