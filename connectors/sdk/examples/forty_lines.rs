//! A complete connector for a simple JSON API.
use purser_sdk::prelude::*;

/// The connector for Wiki.
pub struct Wiki;
purser_sdk::export!(Wiki);

#[derive(serde::Deserialize)]
struct Users {
    users: Rows<User>,
    next_cursor: Option<String>,
}

#[derive(serde::Deserialize)]
struct User {
    id: String,
    name: Option<String>,
    email: Option<String>,
    #[serde(default, deserialize_with = "time::null_is_never")]
    last_login: LastActivity,
}

impl Connector for Wiki {
    fn describe() -> Description {
        let get = &[Method::Get];
        Description::new("wiki", env!("CARGO_PKG_VERSION"), "Wiki")
            .template("bearer")
            .stream(DataStream::accounts("users", "Users").reports_activity())
            .request(Action::read("users"), get, "/v1/users", "To list users.")
            .request(Action::Check, get, "/v1/users", "To test the token.")
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        let list = app
            .get("/v1/users")
            .query("limit", request.page_size)
            .query_if("cursor", request.cursor);
        let response = list.send().await?.ok()?;
        let Users { users, next_cursor } = response.json()?;

        let accounts = users.map(|user| Account {
            emails: user.email.into_iter().map(Email::primary).collect(),
            display_name: user.name,
            last_activity: user.last_login,
            seats: vec![Seat::of("editor")],
            ..Account::new(user.id)
        });
        Ok(Page::accounts(accounts).next(pagination::token(next_cursor)))
    }
}
