//! Reclaims a seat: deletes the user, unless the hub could lose its last administrator.

use crate::denial::{is_gone, require_success};
use crate::user::User;
use purser_sdk::prelude::*;

/// The scope for reading a user.
const READ: &str = "read:users";

/// The scope for deleting a user.
pub(crate) const DELETE: &str = "delete:users";

/// Deletes a user, unless it is an administrator.
pub(crate) async fn delete(app: &Client, name: &str) -> Result<ReclaimOutcome, Failure> {
    let found = app.get("/users").segment(name).send().await?;
    if is_gone(&found, READ)? {
        return Ok(ReclaimOutcome::AlreadyGone);
    }

    let user: User = require_success(found, READ)?.json()?;
    match user.is_administrator() {
        Some(false) => {}
        Some(true) => {
            return Ok(ReclaimOutcome::Refused(format!(
                "{name} is an administrator of the hub"
            )));
        }
        None => {
            return Err(Failure::PermissionMissing(format!(
                "{READ}, to see whether {name} is an administrator"
            )));
        }
    }

    let deleted = app.delete("/users").segment(name).send().await?;
    if is_gone(&deleted, DELETE)? {
        return Ok(ReclaimOutcome::AlreadyGone);
    }
    // Returned while the user's server is stopping, and for the user's own token.
    if deleted.status() == 400
        && let Some(why) = deleted.message()
    {
        return Ok(ReclaimOutcome::Refused(why));
    }

    require_success(deleted, DELETE).map(|_| ReclaimOutcome::Done)
}
