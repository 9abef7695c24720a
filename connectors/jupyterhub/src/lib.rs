//! Connector for JupyterHub 2.0 and later. The connection's base URL ends in `/hub/api`.
//!
//! A user's name is the only identifier of the hub. It is case-sensitive, and may contain any
//! character but `/`.

mod check;
mod denial;
mod reclaim;
mod user;
mod users;

use purser_sdk::prelude::*;

/// The connector for JupyterHub.
#[derive(Debug)]
pub struct JupyterHub;
purser_sdk::export!(JupyterHub);

impl Connector for JupyterHub {
    fn describe() -> Description {
        let delete = Action::Reclaim(ReclaimMode::Delete);
        Description::new("jupyterhub", env!("CARGO_PKG_VERSION"), "JupyterHub")
            .publisher("Purser")
            .summary("Reads the users of a JupyterHub and when they were last active, and deletes users.")
            .template("bearer")
            .setting(product_setting())
            .setting(group_setting())
            .stream(DataStream::accounts("users", "Users").reports_activity())
            .reclaim(ReclaimOffer::new(
                ReclaimMode::Delete,
                "The user's server is stopped and the user is deleted. Files stay where the hub's storage keeps them.",
            ))
            .request(Action::Check, &[Method::Get], "/user", "To see whom the token belongs to and what it may do.")
            .request(Action::Check, &[Method::Get], "/users", "To try whether users can be listed.")
            .request(Action::read("users"), &[Method::Get], "/users", "To list who has an account.")
            .request(delete.clone(), &[Method::Get], "/users/*", "To make sure that a user is no administrator.")
            .request(delete, &[Method::Delete], "/users/*", "To delete a user.")
    }

    async fn check(app: &Client, request: CheckRequest) -> Result<CheckReport, Failure> {
        check::check(app, &request.capability).await
    }

    fn verifies_reclaim(_: ReclaimMode) -> bool {
        // The scopes of the token show it.
        true
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        match request.stream.as_str() {
            "users" => users::page(app, &request).await,
            other => Err(Failure::no_such_stream(other)),
        }
    }

    async fn reclaim(app: &Client, request: ReclaimRequest) -> Result<ReclaimOutcome, Failure> {
        match request.mode {
            ReclaimMode::Delete => reclaim::delete(app, &request.account.id).await,
            other => Err(Failure::no_such_mode(other)),
        }
    }
}

fn product_setting() -> SettingField {
    SettingField::text(
        "product",
        "Product",
        "The product that a user of the hub holds a seat of.",
    )
    .default("hub-seat")
}

fn group_setting() -> SettingField {
    let help = "If set, only members of this group hold a seat, and get it through the group.";
    SettingField::text("paid-group", "Group that is paid for", help)
}
