//! Trying the connection without changing anything.

use crate::{SCIM, users};
use purser_sdk::prelude::*;
use serde::Deserialize;

/// What the application says it supports (RFC 7643, section 5).
#[derive(Deserialize)]
struct ServiceProviderConfig {
    patch: Option<Supported>,
}

#[derive(Deserialize)]
struct Supported {
    supported: bool,
}

pub(crate) async fn check(app: &Client, capability: &Capability) -> Result<CheckReport, Failure> {
    // Always the list: the configuration may be open to everybody, and so says nothing about the credential.
    let list = users::list(app, 1, 1).await?;
    match capability {
        Capability::Read(stream) if stream == "users" => Ok(of_reading(list.total_results)),
        Capability::Read(stream) => Err(Failure::no_such_stream(stream)),
        Capability::Reclaim(ReclaimMode::Suspend) => of_suspending(app).await,
        Capability::Reclaim(ReclaimMode::Delete) => Ok(CheckReport::default()
            .warning("whether the credential may delete a user is only seen when one is deleted")),
        Capability::Reclaim(other) => Err(Failure::no_such_mode(*other)),
    }
}

fn of_reading(users: u64) -> CheckReport {
    let report = CheckReport::default()
        .warning("SCIM does not tell when an account was last used: activity is unknown");
    if users > 0 {
        report
    } else {
        report.warning("the application lists no user: does the credential see all of them?")
    }
}

async fn of_suspending(app: &Client) -> Result<CheckReport, Failure> {
    let answer = app
        .get("/ServiceProviderConfig")
        .header("accept", SCIM)
        .send()
        .await?;
    let report = CheckReport::default();
    let Ok(answer) = answer.ok() else {
        return Ok(
            report.warning("the application does not tell whether a user can be deactivated")
        );
    };
    let config: ServiceProviderConfig = answer.json()?;
    Ok(match config.patch {
        Some(Supported { supported: true }) => report.warning(
            "whether the credential may deactivate a user is only seen when one is deactivated",
        ),
        Some(Supported { supported: false }) | None => report.warning(
            "the application says that it does not support PATCH, by which a user is deactivated",
        ),
    })
}
