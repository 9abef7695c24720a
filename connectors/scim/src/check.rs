//! Checks of the connection, which change nothing.

use crate::media_type::SCIM;
use crate::users;
use purser_sdk::prelude::*;
use serde::Deserialize;

/// The features that the application declares (RFC 7643, section 5).
#[derive(Deserialize)]
struct ServiceProviderConfig {
    patch: Option<Supported>,
}

#[derive(Deserialize)]
struct Supported {
    supported: bool,
}

pub(crate) async fn check(app: &Client, capability: &Capability) -> Result<CheckReport, Failure> {
    // The list in every case: the configuration may be public, so it does not prove the credential.
    let list = users::list(app, 1, 1).await?;
    match capability {
        Capability::Read(stream) if stream == "users" => Ok(check_read(list.total_results)),
        Capability::Read(stream) => Err(Failure::no_such_stream(stream)),
        Capability::Reclaim(ReclaimMode::Suspend) => check_suspend(app).await,
        Capability::Reclaim(ReclaimMode::Delete) => Ok(CheckReport::default()
            .warning("whether the credential may delete a user is only seen when one is deleted")),
        Capability::Reclaim(other) => Err(Failure::no_such_mode(*other)),
    }
}

fn check_read(users: u64) -> CheckReport {
    let report = CheckReport::default()
        .warning("SCIM does not tell when an account was last used: activity is unknown");
    if users > 0 {
        report
    } else {
        report.warning("the application lists no user: does the credential see all of them?")
    }
}

async fn check_suspend(app: &Client) -> Result<CheckReport, Failure> {
    let response = app
        .get("/ServiceProviderConfig")
        .header("accept", SCIM)
        .send()
        .await?;
    let report = CheckReport::default();

    let Ok(response) = response.ok() else {
        return Ok(
            report.warning("the application does not tell whether a user can be deactivated")
        );
    };

    let config: ServiceProviderConfig = response.json()?;
    Ok(match config.patch {
        Some(Supported { supported: true }) => report.warning(
            "whether the credential may deactivate a user is only seen when one is deactivated",
        ),
        Some(Supported { supported: false }) | None => report.warning(
            "the application says that it does not support PATCH, by which a user is deactivated",
        ),
    })
}
