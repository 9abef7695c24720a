//! Three ways of paging: a page token in the body, a `Link` header, and offsets with partitions.
//!
//! Prefer tokens and links where the application offers them: rows of an offset-paged list move
//! when another row is removed during the read.

use purser_sdk::pagination::OffsetWindow;
use purser_sdk::prelude::*;
use serde::Deserialize;

/// A connector with one stream per kind of paging.
pub struct Paging;
purser_sdk::export!(Paging);

#[derive(Deserialize)]
struct TokenPage {
    users: Rows<User>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct OffsetPage {
    users: Rows<User>,
    total: u64,
}

#[derive(Deserialize)]
struct User {
    id: String,
    name: String,
}

impl Connector for Paging {
    fn describe() -> Description {
        ["by-token", "by-link", "by-offset"].into_iter().fold(
            Description::new("paging", env!("CARGO_PKG_VERSION"), "Example").template("bearer"),
            |description, stream| {
                description
                    .stream(DataStream::accounts(stream, "Users"))
                    .request(
                        Action::read(stream),
                        &[Method::Get],
                        &format!("/{stream}/users"),
                        "To list who has an account.",
                    )
            },
        )
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        match request.stream.as_str() {
            "by-token" => by_token(app, request).await,
            "by-link" => by_link(app, request).await,
            "by-offset" => by_offset(app, &request).await,
            other => Err(Failure::no_such_stream(other)),
        }
    }
}

/// The response contains a token for the next page.
async fn by_token(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
    let response = app
        .get("/by-token/users")
        .query("limit", request.page_size)
        .query_if("page_token", request.cursor)
        .send()
        .await?
        .ok()?;
    let page: TokenPage = response.json()?;

    Ok(Page::accounts(page.users.map(account)).next(pagination::token(page.next_page_token)))
}

/// The `Link` header contains the URL of the next page, which is the cursor.
async fn by_link(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
    let page = match &request.cursor {
        Some(url) => app.get(url),
        None => app.get("/by-link/users").query("limit", request.page_size),
    };
    let response = page.send().await?.ok()?;
    let users: Rows<User> = response.json()?;

    Ok(Page::accounts(users.map(account)).next(response.next_link()?))
}

/// The request contains an offset, and the response a total. The first page names the partitions of
/// the rest, which the host reads in parallel. The last one ends with a page without rows.
async fn by_offset(app: &Client, request: &ReadRequest) -> Result<Page, Failure> {
    let window = OffsetWindow::zero_based(request)?.max_limit(200);
    let response = app
        .get("/by-offset/users")
        .query("offset", window.start)
        .query("limit", window.limit)
        .send()
        .await?;
    // Some applications refuse the page after the last one.
    let Some(response) = window.ok(response)? else {
        return Page::accounts(vec![]).offset_window(&window, 0, None);
    };
    let OffsetPage { users, total } = response.json()?;

    // Rejected rows count: the application has counted them too.
    let rows = users.len();
    Page::accounts(users.map(account)).offset_window(&window, rows, Some(total))
}

fn account(user: User) -> Account {
    Account {
        display_name: Some(user.name),
        seats: vec![Seat::of("member")],
        ..Account::new(user.id)
    }
}
