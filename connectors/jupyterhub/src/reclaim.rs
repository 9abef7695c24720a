//! Taking a seat back: the user is deleted, unless that could lock everybody out.

use crate::denial::{answered, is_gone};
use crate::user::User;
use purser_sdk::prelude::*;

/// The scope that looking at a user needs.
const READ: &str = "read:users";

/// The scope that deleting a user needs.
pub(crate) const DELETE: &str = "delete:users";

/// Deletes a user who is no administrator.
pub(crate) async fn delete(app: &Client, name: &str) -> Result<ReclaimOutcome, Failure> {
    let found = app.get("/users").segment(name).send().await?;
    if is_gone(&found, READ)? {
        return Ok(ReclaimOutcome::AlreadyGone);
    }
    let found = answered(found, READ)?;
    let user: User = found.json()?;
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
    // So it answers when the user's server is just stopping, and when the token is the user's own.
    if deleted.status() == 400
        && let Some(why) = deleted.message()
    {
        return Ok(ReclaimOutcome::Refused(why));
    }
    answered(deleted, DELETE).map(|_| ReclaimOutcome::Done)
}
