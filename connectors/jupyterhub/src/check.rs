//! Trying the connection without changing anything.

use crate::{reclaim, users};
use purser_sdk::prelude::*;
use serde::Deserialize;

/// Whom the token belongs to: a user or a service.
#[derive(Deserialize)]
struct Owner {
    name: String,
    /// All that the token may do, spelt out. JupyterHub tells it since 2.0.
    scopes: Option<Vec<String>>,
}

pub(crate) async fn check(app: &Client, capability: &Capability) -> Result<CheckReport, Failure> {
    let owner = owner(app).await?;
    let report = CheckReport {
        identity: Some(owner.name.clone()),
        ..CheckReport::default()
    };
    match capability {
        Capability::Read(stream) if stream == "users" => of_reading(app, report).await,
        Capability::Read(stream) => Err(Failure::no_such_stream(stream)),
        Capability::Reclaim(ReclaimMode::Delete) => of_deleting(&owner, report),
        Capability::Reclaim(other) => Err(Failure::no_such_mode(*other)),
    }
}

/// Every token that the hub knows may see its owner, whatever its scopes. To any other it answers 403, here without a message.
async fn owner(app: &Client) -> Result<Owner, Failure> {
    let response = app.get("/user").send().await?;
    if response.status() == 403 {
        return Err(Failure::AuthRejected(
            "the hub does not know the token; it may have expired or been revoked".into(),
        ));
    }
    response.ok()?.json()
}

async fn of_reading(app: &Client, report: CheckReport) -> Result<CheckReport, Failure> {
    let list = users::list(app, 0, 1).await?;
    let tells = !list
        .items
        .good
        .iter()
        .any(|user| user.last_activity == LastActivity::Unknown);
    Ok(if tells {
        report
    } else {
        report.warning(
            "the token lacks scope read:users:activity: when users were last active stays unknown",
        )
    })
}

/// A scope may be narrowed to some users (`delete:users!group=students`).
fn of_deleting(owner: &Owner, report: CheckReport) -> Result<CheckReport, Failure> {
    let scope = reclaim::DELETE;
    let Some(scopes) = &owner.scopes else {
        return Ok(report.warning(format!(
            "the hub does not tell whether the token has scope {scope}"
        )));
    };
    let narrowed: Vec<_> = scopes
        .iter()
        .filter_map(|each| each.strip_prefix(scope)?.strip_prefix('!'))
        .collect();
    match narrowed.as_slice() {
        _ if scopes.iter().any(|each| each == scope) => Ok(report),
        [] => Err(Failure::PermissionMissing(format!("scope {scope}"))),
        some => Ok(report.warning(format!(
            "the token may delete only users of {}",
            some.join(", ")
        ))),
    }
}
