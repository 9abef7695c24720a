//! A connector for the sample application that reads in the two ways that its usual connector does
//! not use: members by offset in concurrent partitions, and activity account by account.

use purser_sdk::pagination::OffsetWindow;
use purser_sdk::prelude::*;
use purser_sdk::{AccountRef, Timestamp, map_accounts, time};
use serde::Deserialize;

/// The connector.
#[derive(Debug)]
pub struct PerAccount;
purser_sdk::export!(PerAccount);

/// Concurrent requests of one call.
const CONCURRENCY: usize = 16;

#[derive(Deserialize)]
struct Members {
    members: Rows<Member>,
    total: u64,
}

#[derive(Deserialize)]
struct Member {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Uses {
    activity: Rows<SeatUse>,
}

#[derive(Deserialize)]
struct SeatUse {
    plan: String,
    #[serde(default, deserialize_with = "time::null_is_never")]
    last_active_at: LastActivity,
}

impl Connector for PerAccount {
    fn describe() -> Description {
        Description::new("per-account", env!("CARGO_PKG_VERSION"), "Quayboard")
            .publisher("Purser")
            .summary("Reads by offset, and account by account.")
            .template("bearer")
            .rate_limit_response(403, Some("Rate limit"))
            .setting(
                SettingField::boolean("endless", "Endless", "Return the same members without end.")
                    .default(false),
            )
            .stream(DataStream::accounts("members", "Members, by offset"))
            .stream(
                DataStream::activity("uses", "Activity, account by account")
                    .per_account()
                    .incremental(),
            )
            .request(Action::Check, &[Method::Get], "/me", "To connect.")
            .request(
                Action::read("members"),
                &[Method::Get],
                "/members",
                "To list members.",
            )
            .request(
                Action::read("uses"),
                &[Method::Get],
                "/members/*/activity",
                "To see when seats were used.",
            )
    }

    async fn check(app: &Client, _: CheckRequest) -> Result<CheckReport, Failure> {
        app.get("/me").send().await?.ok()?;
        Ok(CheckReport::default())
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        match request.stream.as_str() {
            "members" => members(app, &request).await,
            "uses" => uses(app, &request).await,
            other => Err(Failure::no_such_stream(other)),
        }
    }
}

async fn members(app: &Client, request: &ReadRequest) -> Result<Page, Failure> {
    let window = OffsetWindow::zero_based(request)?;
    let list = app
        .get("/members")
        .query("offset", window.start)
        .query("limit", window.limit);
    let Members { members, total } = list.send().await?.ok()?.json()?;
    let rows = members.len();
    let accounts = members.map(|member| Account {
        display_name: Some(member.name),
        ..Account::new(member.id)
    });

    Page::accounts(accounts).offset_window(&window, rows, Some(total))
}

async fn uses(app: &Client, request: &ReadRequest) -> Result<Page, Failure> {
    let results = map_accounts(&request.accounts, CONCURRENCY, |account| {
        activity_of(app, account, request.since)
    })
    .await?;
    let page = Page::activity(results.into_iter().flatten().collect::<Vec<_>>());
    let pages: u64 = request
        .cursor
        .as_deref()
        .map_or(Ok(0), pagination::file_position)?;

    Ok(page.next(
        request
            .settings
            .boolean("endless")?
            .then(|| (pages + 1).to_string()),
    ))
}

/// Returns the activity of a member since the given time. A member who left after the list was read
/// has none.
async fn activity_of(
    app: &Client,
    account: &AccountRef,
    since: Option<Timestamp>,
) -> Result<Vec<Activity>, Failure> {
    let answer = app
        .get(&format!("/members/{}/activity", account.id))
        .send()
        .await?;
    if answer.status() == 404 {
        return Ok(Vec::new());
    }

    let Uses { activity } = answer.ok()?.json()?;
    let row = |used: SeatUse| Activity {
        account: account.id.clone(),
        product: Some(used.plan),
        last_activity: used.last_active_at,
    };

    let wanted = |row: &Activity| !matches!((row.last_activity, since), (LastActivity::At(at), Some(since)) if at < since);
    Ok(activity.good.into_iter().map(row).filter(wanted).collect())
}
