//! Checks of the connection, which change nothing.

use crate::{reclaim, users};
use purser_sdk::prelude::*;
use serde::Deserialize;

/// The owner of the token: a user or a service.
#[derive(Deserialize)]
struct Owner {
    name: String,
    /// The scopes of the token, expanded. Absent before JupyterHub 2.0.
    scopes: Option<Vec<String>>,
}

pub(crate) async fn check(app: &Client, capability: &Capability) -> Result<CheckReport, Failure> {
    let owner = owner(app).await?;

    let report = CheckReport {
        identity: Some(owner.name.clone()),
        ..CheckReport::default()
    };

    match capability {
        Capability::Read(stream) if stream == "users" => check_read(app, report).await,
        Capability::Read(stream) => Err(Failure::no_such_stream(stream)),
        Capability::Reclaim(ReclaimMode::Delete) => check_delete(&owner, report),
        Capability::Reclaim(other) => Err(Failure::no_such_mode(*other)),
    }
}

/// Fetches the owner of the token. Every valid token may do that. For any other, the hub returns
/// 403, here without a message.
async fn owner(app: &Client) -> Result<Owner, Failure> {
    let response = app.get("/user").send().await?;
    if response.status() == 403 {
        return Err(Failure::AuthRejected(
            "the hub does not know the token; it may have expired or been revoked".into(),
        ));
    }
    response.ok()?.json()
}

async fn check_read(app: &Client, report: CheckReport) -> Result<CheckReport, Failure> {
    let list = users::list(app, 0, 1).await?;
    let activity_known = !list
        .items
        .good
        .iter()
        .any(|user| user.last_activity == LastActivity::Unknown);

    Ok(if activity_known {
        report
    } else {
        report.warning("the token lacks scope read:users:activity: activity stays unknown")
    })
}

/// Checks the scope, which may be limited to some users (`delete:users!group=students`).
fn check_delete(owner: &Owner, report: CheckReport) -> Result<CheckReport, Failure> {
    let scope = reclaim::DELETE;
    let Some(scopes) = &owner.scopes else {
        return Ok(report.warning(format!(
            "the hub does not tell whether the token has scope {scope}"
        )));
    };

    let limited_to: Vec<_> = scopes
        .iter()
        .filter_map(|each| each.strip_prefix(scope)?.strip_prefix('!'))
        .collect();

    match limited_to.as_slice() {
        _ if scopes.iter().any(|each| each == scope) => Ok(report),
        [] => Err(Failure::PermissionMissing(format!("scope {scope}"))),
        some => Ok(report.warning(format!(
            "the token may delete only users of {}",
            some.join(", ")
        ))),
    }
}
