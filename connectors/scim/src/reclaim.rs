//! Reclaims a seat: `active` to false, or DELETE (RFC 7644, sections 3.5.2 and 3.6).

use crate::media_type::SCIM;
use purser_sdk::prelude::*;
use serde::Serialize;

#[derive(Serialize)]
struct Patch {
    schemas: [&'static str; 1],
    #[serde(rename = "Operations")]
    operations: [Operation; 1],
}

#[derive(Serialize)]
struct Operation {
    op: &'static str,
    path: &'static str,
    value: bool,
}

const DEACTIVATE: Patch = Patch {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    operations: [Operation {
        op: "replace",
        path: "active",
        value: false,
    }],
};

/// Deactivates an account. Providers return 204 without a body, or 200 with the user. The request
/// is idempotent.
pub(crate) async fn suspend(app: &Client, id: &str) -> Result<ReclaimOutcome, Failure> {
    let patch = app
        .patch("/Users")
        .segment(id)
        .header("accept", SCIM)
        .header("content-type", SCIM);
    outcome(patch.json_body(&DEACTIVATE).idempotent().send().await?)
}

/// Deletes an account.
pub(crate) async fn delete(app: &Client, id: &str) -> Result<ReclaimOutcome, Failure> {
    outcome(
        app.delete("/Users")
            .segment(id)
            .header("accept", SCIM)
            .send()
            .await?,
    )
}

fn outcome(response: Response) -> Result<ReclaimOutcome, Failure> {
    if response.is_gone() {
        return Ok(ReclaimOutcome::AlreadyGone);
    }
    response.ok().map(|_| ReclaimOutcome::Done)
}
