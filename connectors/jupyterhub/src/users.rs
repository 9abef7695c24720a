//! The stream of accounts: `GET /users`, by offset.

use crate::denial::answered;
use crate::user::{Counting, User};
use purser_sdk::pagination::Window;
use purser_sdk::prelude::*;
use serde::Deserialize;

/// Asks for pages. Without it the hub answers a bare list that it cuts at 200 users, whatever the limit, and says nothing of the rest.
const PAGED: &str = "application/jupyterhub-pagination+json";

/// The scope that listing users needs.
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
    total: u64,
    next: Option<Next>,
}

/// Where the next page is. The hub gives its URL as well, but builds it from what it believes its own address to be, which behind a proxy
/// need not be where it was reached.
#[derive(Deserialize)]
struct Next {
    offset: u64,
}

pub(crate) async fn page(app: &Client, request: &ReadRequest) -> Result<Page, Failure> {
    let counting = Counting {
        product: request.settings.text("product")?,
        group: request
            .settings
            .optional_text("paid-group")?
            .filter(|group| !group.is_empty()),
    };
    let window = Window::offset(request)?;
    let List {
        items,
        pagination: Pagination { total, next },
    } = list(app, window.start, window.limit).await?;
    if let Some(Next { offset }) = next.filter(|next| next.offset <= window.start) {
        let start = window.start;
        return Err(Failure::ContractViolation(format!(
            "_pagination.next.offset: {offset} does not come after {start}"
        )));
    }
    if let Some(group) = counting.group
        && items.good.iter().any(|user| user.groups.is_none())
    {
        return Err(Failure::PermissionMissing(format!(
            "read:users:groups, to see who is in group {group}"
        )));
    }
    let rows = items.len();
    Page::accounts(items.try_map(|user| user.account(&counting))).stretch(
        &window,
        rows,
        Some(total),
    )
}

pub(crate) async fn list(app: &Client, offset: u64, limit: u32) -> Result<List, Failure> {
    let users = app
        .get("/users")
        .query("offset", offset)
        .query("limit", limit)
        .header("accept", PAGED);
    answered(users.send().await?, SCOPE)?.json()
}
