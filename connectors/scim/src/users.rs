//! The stream of accounts: `GET /Users`, paged by start index (RFC 7644, section 3.4.2.4).

use crate::media_type::SCIM;
use crate::user::{SeatRule, User};
use purser_sdk::pagination::OffsetWindow;
use purser_sdk::prelude::*;
use serde::Deserialize;

/// A list response. `Resources` may be absent if there are none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct List {
    pub(crate) total_results: u64,
    start_index: Option<u64>,
    #[serde(rename = "Resources", default)]
    resources: Rows<User>,
}

pub(crate) async fn page(app: &Client, request: &ReadRequest) -> Result<Page, Failure> {
    let rule = SeatRule {
        product: request.settings.text("product")?,
        include_inactive: request.settings.boolean("inactive-hold-seats")?,
    };

    let window = OffsetWindow::one_based(request)?.max_limit(page_size(request)?);
    let list = list(app, window.start, window.limit).await?;

    // From another start index, some users would be read twice and others never.
    if let Some(index) = list.start_index
        && index != window.start
        && !list.resources.is_empty()
    {
        let requested = window.start;
        return Err(Failure::ContractViolation(format!(
            "startIndex: requested users from {requested}, got them from {index}"
        )));
    }

    let rows = list.resources.len();
    let total = list.total_results;
    Page::accounts(list.resources.try_map(|user| user.account(&rule))).offset_window(
        &window,
        rows,
        Some(total),
    )
}

pub(crate) async fn list(app: &Client, start: u64, count: u32) -> Result<List, Failure> {
    let users = app
        .get("/Users")
        .query("startIndex", start)
        .query("count", count)
        .header("accept", SCIM);
    users.send().await?.ok()?.json()
}

fn page_size(request: &ReadRequest) -> Result<u32, Failure> {
    if request.settings.value("page-size").is_none() {
        return Ok(u32::MAX);
    }
    let rows = request.settings.integer("page-size")?;
    u32::try_from(rows)
        .ok()
        .filter(|rows| *rows > 0)
        .ok_or_else(|| {
            Failure::ConfigInvalid(format!(
                "setting page-size takes a number of users above 0, not {rows}"
            ))
        })
}
