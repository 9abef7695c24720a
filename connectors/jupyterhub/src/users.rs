//! The stream of accounts: `GET /users`, paged by offset.

use crate::denial::require_success;
use crate::user::{SeatRule, User};
use purser_sdk::pagination::OffsetWindow;
use purser_sdk::prelude::*;
use serde::{Deserialize, Deserializer};

/// The media type of paged responses. Without it, the hub returns a bare list of at most 200 users,
/// for any limit, and does not mention the rest.
const PAGED: &str = "application/jupyterhub-pagination+json";

/// The scope for listing users.
const SCOPE: &str = "list:users";

/// A page of users.
#[derive(Deserialize)]
pub(crate) struct List {
    pub(crate) items: Rows<User>,
    #[serde(rename = "_pagination")]
    pagination: Pagination,
}

#[derive(Deserialize)]
struct Pagination {
    offset: Option<u64>,
    total: u64,
    /// Null on the last page, and only there. Absent: the hub does not say.
    #[serde(default, deserialize_with = "stated")]
    next: Option<Option<Next>>,
}

/// The next page. Its URL is ignored: the hub builds it from its own idea of its address, which is
/// wrong behind many proxies.
#[derive(Deserialize)]
struct Next {
    offset: u64,
}

/// Decodes a field whose null says something, so that it differs from an absent one.
fn stated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Next>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

pub(crate) async fn page(app: &Client, request: &ReadRequest) -> Result<Page, Failure> {
    let rule = SeatRule {
        product: request.settings.text("product")?,
        group: request
            .settings
            .optional_text("paid-group")?
            .filter(|group| !group.is_empty()),
    };

    let window = OffsetWindow::zero_based(request)?;
    let List { items, pagination } = list(app, window.start, window.limit).await?;
    let window = window
        .served_from(pagination.offset)
        .has_more(pagination.next.as_ref().map(Option::is_some));

    let next = pagination.next.flatten();
    if let Some(Next { offset }) = next.filter(|next| next.offset <= window.start) {
        let start = window.start;
        return Err(Failure::ContractViolation(format!(
            "_pagination.next.offset: {offset} does not come after {start}"
        )));
    }
    if let Some(group) = rule.group
        && !items.good.is_empty()
        && items.good.iter().all(|user| user.groups.is_none())
    {
        return Err(Failure::PermissionMissing(format!(
            "read:users:groups, to see who is in group {group}"
        )));
    }

    let rows = items.len();
    let accounts = items
        .identified_by("name")
        .try_map(|user| user.account(&rule));
    Page::accounts(accounts).offset_window(&window, rows, Some(pagination.total))
}

pub(crate) async fn list(app: &Client, offset: u64, limit: u32) -> Result<List, Failure> {
    let users = app
        .get("/users")
        .query("offset", offset)
        .query("limit", limit)
        .header("accept", PAGED);
    require_success(users.send().await?, SCOPE)?.json()
}
