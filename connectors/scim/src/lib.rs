//! Connector for applications with SCIM 2.0 (RFC 7643, RFC 7644).
//!
//! The connection's base URL ends where `/Users` begins, often in `/scim/v2`.
//!
//! SCIM has no attribute for the last use, so activity is always unknown. `meta.lastModified` is
//! the time when the record changed, which says nothing about its owner.

mod check;
mod media_type;
mod multi_valued;
mod reclaim;
mod user;
mod users;

use purser_sdk::prelude::*;

/// The connector for SCIM 2.0.
#[derive(Debug)]
pub struct Scim;
purser_sdk::export!(Scim);

impl Connector for Scim {
    fn describe() -> Description {
        let suspend = ReclaimMode::Suspend;
        let delete = ReclaimMode::Delete;
        Description::new("scim", env!("CARGO_PKG_VERSION"), "SCIM 2.0")
            .publisher("Purser")
            .summary("Reads the accounts of an application that offers SCIM 2.0, and deactivates or deletes them.")
            .template("bearer")
            .template("basic")
            .setting(product_setting())
            .setting(inactive_setting())
            .setting(page_size_setting())
            .stream(DataStream::accounts("users", "Users"))
            .reclaim(ReclaimOffer::new(suspend, "The account is deactivated and keeps what it owns.").reversible())
            .reclaim(ReclaimOffer::new(delete, "The account is deleted, and perhaps what it owns."))
            .request(Action::Check, &[Method::Get], "/Users", "To try whether users can be listed.")
            .request(Action::Check, &[Method::Get], "/ServiceProviderConfig", "To see what the application supports.")
            .request(Action::read("users"), &[Method::Get], "/Users", "To list who has an account.")
            .request(Action::Reclaim(suspend), &[Method::Patch], "/Users/*", "To set an account's active to false.")
            .request(Action::Reclaim(delete), &[Method::Delete], "/Users/*", "To delete an account.")
    }

    async fn check(app: &Client, request: CheckRequest) -> Result<CheckReport, Failure> {
        check::check(app, &request.capability).await
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        match request.stream.as_str() {
            "users" => users::page(app, &request).await,
            other => Err(Failure::no_such_stream(other)),
        }
    }

    async fn reclaim(app: &Client, request: ReclaimRequest) -> Result<ReclaimOutcome, Failure> {
        match request.mode {
            ReclaimMode::Suspend => reclaim::suspend(app, &request.account.id).await,
            ReclaimMode::Delete => reclaim::delete(app, &request.account.id).await,
            other => Err(Failure::no_such_mode(other)),
        }
    }
}

fn product_setting() -> SettingField {
    let help = "The product that an account counts as a seat of, unless it has entitlements, which are then its products.";
    SettingField::text("product", "Product", help).default("scim-user")
}

fn inactive_setting() -> SettingField {
    let help = "Whether an account that is deactivated still holds a seat of the product. Most applications do not bill it.";
    SettingField::boolean(
        "inactive-hold-seats",
        "Deactivated accounts hold seats",
        help,
    )
    .default(false)
}

fn page_size_setting() -> SettingField {
    let help = "How many users to ask for at once, for an application that is slow or strict. Otherwise Purser decides.";
    SettingField::integer("page-size", "Page size", help)
}
