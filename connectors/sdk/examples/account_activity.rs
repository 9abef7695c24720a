//! Activity that the application offers account by account.
//!
//! The host passes the accounts of another stream in batches. The connector requests their
//! activity, several accounts at once.

use purser_sdk::prelude::*;
use purser_sdk::{AccountRef, Timestamp, map_accounts};
use serde::Deserialize;

/// A connector that reads activity per account.
pub struct AccountActivity;
purser_sdk::export!(AccountActivity);

/// Number of accounts whose activity is requested at once.
const CONCURRENCY: usize = 8;

#[derive(Deserialize)]
struct User {
    id: String,
}

#[derive(Deserialize)]
struct LastUse {
    product: String,
    #[serde(default, deserialize_with = "time::null_is_never")]
    used_at: LastActivity,
}

impl Connector for AccountActivity {
    fn describe() -> Description {
        Description::new("account-activity", env!("CARGO_PKG_VERSION"), "Example")
            .template("bearer")
            .stream(DataStream::accounts("users", "Users"))
            .stream(
                DataStream::activity("activity", "Activity")
                    .per_account()
                    .incremental(),
            )
            .request(
                Action::read("users"),
                &[Method::Get],
                "/users",
                "To list who has an account.",
            )
            .request(
                Action::read("activity"),
                &[Method::Get],
                "/users/*/activity",
                "To see when products were used.",
            )
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        match request.stream.as_str() {
            "users" => {
                let users: Rows<User> = app.get("/users").send().await?.ok()?.json()?;
                Ok(Page::accounts(users.map(|user| Account::new(user.id))))
            }
            "activity" => {
                let activity = map_accounts(&request.accounts, CONCURRENCY, |account| {
                    activity_of(app, account, request.since)
                })
                .await?;
                Ok(Page::activity(activity.concat()))
            }
            other => Err(Failure::no_such_stream(other)),
        }
    }
}

async fn activity_of(
    app: &Client,
    account: &AccountRef,
    since: Option<Timestamp>,
) -> Result<Vec<Activity>, Failure> {
    let response = app
        .get("/users")
        .segment(&account.id)
        .segment("activity")
        .query_if("since_ms", since)
        .send()
        .await?;
    // The account may have been deleted since the accounts were read.
    if response.is_gone() {
        return Ok(Vec::new());
    }

    let uses: Rows<LastUse> = response.ok()?.json()?;
    Ok(uses
        .good
        .into_iter()
        .map(|last| Activity {
            account: account.id.clone(),
            product: Some(last.product),
            last_activity: last.used_at,
        })
        .collect())
}
