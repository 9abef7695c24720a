//! The stream of accounts: `GET /Users`, paged by start index (RFC 7644, section 3.4.2.4), or by
//! cursor (RFC 9865) if the application names one.

use crate::media_type::SCIM;
use crate::user::{SeatRule, User};
use purser_sdk::pagination::OffsetWindow;
use purser_sdk::prelude::*;
use serde::Deserialize;

/// Beginning of the stream's cursors that contain a cursor of the application.
const BY_CURSOR: &str = "cursor:";

/// Types of the errors that refuse a cursor (RFC 9865, section 2.3).
const REFUSED_CURSOR: [&str; 2] = ["invalidCursor", "expiredCursor"];

/// A list response. `Resources` is absent if there are none.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct List {
    pub(crate) total_results: u64,
    start_index: Option<u64>,
    /// The cursor of the next page. Absent on the last page, and from an application that does not
    /// page by cursor.
    next_cursor: Option<String>,
    #[serde(rename = "Resources")]
    resources: Option<Rows<User>>,
}

/// An error response.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Error {
    scim_type: Option<String>,
}

pub(crate) async fn page(app: &Client, request: &ReadRequest) -> Result<Page, Failure> {
    let rule = SeatRule {
        product: request.settings.text("product")?,
        include_inactive: request.settings.boolean("inactive-hold-seats")?,
    };
    let page_size = page_size(request)?;

    let cursor = request.cursor.as_deref();
    if let Some(cursor) = cursor.and_then(|cursor| cursor.strip_prefix(BY_CURSOR)) {
        let count = request.page_size.min(page_size);
        let list = list_from(app, cursor, count).await?;
        if list.next_cursor.as_deref() == Some(cursor) {
            return Err(Failure::ContractViolation(format!(
                "nextCursor: is {cursor:?}, the cursor of the page itself"
            )));
        }
        return list.page_by_cursor(&rule);
    }

    let window = OffsetWindow::one_based(request)?.max_limit(page_size);
    let response = send_list(app, window.start, window.limit).await?;
    let Some(response) = window.ok(response)? else {
        return List::default().page_by_index(&rule, window);
    };

    let list = List::of(response)?;
    // why: an application that pages by cursor may ignore the start index
    if request.cursor.is_none()
        && list
            .next_cursor
            .as_ref()
            .is_some_and(|next| !next.is_empty())
    {
        return list.page_by_cursor(&rule);
    }
    list.page_by_index(&rule, window)
}

impl List {
    /// Decodes a list response. Names of SCIM have no case (RFC 7643, section 2.1).
    fn of(response: Response) -> Result<Self, Failure> {
        response.ok()?.json_ignoring_case()
    }

    fn accounts(resources: Option<Rows<User>>, rule: &SeatRule<'_>) -> Rows<Account> {
        resources
            .unwrap_or_default()
            .identified_by("id")
            .try_map(|user| user.account(rule))
    }

    fn page_by_index(self, rule: &SeatRule<'_>, window: OffsetWindow) -> Result<Page, Failure> {
        let accounts = Self::accounts(self.resources, rule);
        let rows = accounts.len();
        Page::accounts(accounts).offset_window(
            &window.served_from(self.start_index),
            rows,
            Some(self.total_results),
        )
    }

    fn page_by_cursor(self, rule: &SeatRule<'_>) -> Result<Page, Failure> {
        // why: without the list, the page would pass for one without users
        if self.resources.is_none() && self.total_results > 0 {
            return Err(Failure::ContractViolation(format!(
                "Resources: is absent, and totalResults is {}",
                self.total_results
            )));
        }
        let accounts = Self::accounts(self.resources, rule);
        let next = pagination::token(self.next_cursor).map(|next| format!("{BY_CURSOR}{next}"));
        Ok(Page::accounts(accounts)
            .next(next)
            .total(self.total_results))
    }
}

/// Fetches the page of a start index, for a check.
pub(crate) async fn list(app: &Client, start: u64, count: u32) -> Result<List, Failure> {
    List::of(send_list(app, start, count).await?)
}

async fn send_list(app: &Client, start: u64, count: u32) -> Result<Response, Failure> {
    let users = app
        .get("/Users")
        .query("startIndex", start)
        .query("count", count)
        .header("accept", SCIM);
    users.send().await
}

/// Fetches the page of a cursor of the application.
async fn list_from(app: &Client, cursor: &str, count: u32) -> Result<List, Failure> {
    let users = app
        .get("/Users")
        .query("cursor", cursor)
        .query("count", count)
        .header("accept", SCIM);
    let response = users.send().await?;

    if response.status() == 400
        && let Ok(Error {
            scim_type: Some(refusal),
        }) = response.json()
        && REFUSED_CURSOR.contains(&refusal.as_str())
    {
        return Err(Failure::CheckpointInvalid(format!(
            "the application no longer accepts the cursor ({refusal})"
        )));
    }
    List::of(response)
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
