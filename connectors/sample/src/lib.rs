//! Connector for Quayboard, the sample application of Purser's demonstration. The connection's base
//! URL ends in `/api/v1`.
//!
//! It shows what most connectors need: three streams with page tokens in the body, separate
//! activity per product, a check of the token's scopes, and two reclaim modes.

mod activity;
mod check;
mod members;
mod paging;
mod plans;
mod reclaim;

use purser_sdk::prelude::*;

/// The connector for Quayboard.
#[derive(Debug)]
pub struct Quayboard;
purser_sdk::export!(Quayboard);

impl Connector for Quayboard {
    fn describe() -> Description {
        let remove = ReclaimMode::RemoveLicence;
        let suspend = ReclaimMode::Suspend;
        Description::new("quayboard", env!("CARGO_PKG_VERSION"), "Quayboard")
            .publisher("Purser")
            .summary("Reads the members, activity and plans of a Quayboard workspace, and takes unused seats back.")
            .template("bearer")
            .stream(DataStream::accounts("members", "Members"))
            .stream(DataStream::activity("activity", "Activity").reports_activity())
            .stream(DataStream::products("plans", "Plans"))
            .reclaim(
                ReclaimOffer::new(remove, "The member stays and loses the plan; its boards are kept.").reversible(),
            )
            .reclaim(ReclaimOffer::new(suspend, "The member can no longer sign in; its seats are kept.").reversible())
            .request(Action::Check, &[Method::Get], "/me", "To see whose the token is and what it may do.")
            .request(Action::read("members"), &[Method::Get], "/members", "To list who holds which seat.")
            .request(Action::read("activity"), &[Method::Get], "/activity", "To see when each seat was last used.")
            .request(Action::read("plans"), &[Method::Get], "/plans", "To see how many seats were bought.")
            .request(Action::Reclaim(remove), &[Method::Delete], "/members/*/seats/*", "To take a seat from a member.")
            .request(Action::Reclaim(suspend), &[Method::Post], "/members/*/suspend", "To suspend a member.")
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
            "members" => members::page(app, &request).await,
            "activity" => activity::page(app, &request).await,
            "plans" => plans::page(app).await,
            other => Err(Failure::no_such_stream(other)),
        }
    }

    async fn reclaim(app: &Client, request: ReclaimRequest) -> Result<ReclaimOutcome, Failure> {
        match request.mode {
            ReclaimMode::RemoveLicence => reclaim::remove_seat(app, &request).await,
            ReclaimMode::Suspend => reclaim::suspend(app, &request).await,
            other => Err(Failure::no_such_mode(other)),
        }
    }
}
