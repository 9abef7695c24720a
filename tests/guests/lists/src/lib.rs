//! A connector as a newcomer writes it: an application whose lists are paged in one of the usual
//! ways, decoded with nothing but the SDK's readers.

use purser_sdk::pagination::{self, OffsetWindow};
use purser_sdk::prelude::*;
use serde::Deserialize;

/// The connector.
#[derive(Debug)]
pub struct Lists;
purser_sdk::export!(Lists);

#[derive(Deserialize)]
struct Users {
    users: Rows<User>,
    next: Option<String>,
    next_token: Option<String>,
    total: Option<u64>,
}

#[derive(Deserialize)]
struct User {
    id: String,
    name: Option<String>,
    email: Option<String>,
    #[serde(default, deserialize_with = "time::null_is_never")]
    last_login: LastActivity,
}

impl Connector for Lists {
    fn describe() -> Description {
        let paging = ["link", "url", "token", "offset"];
        let description = Description::new("lists", env!("CARGO_PKG_VERSION"), "Lists")
            .publisher("Purser")
            .summary("Reads lists that are paged in one of the usual ways.")
            .template("bearer")
            .setting(
                SettingField::choice("paging", "Paging", "Way of paging.", &paging).default("link"),
            )
            .request(Action::Check, &[Method::Get], "/v1/**", "To connect.");

        ["users", "contractors"]
            .into_iter()
            .fold(description, |description, stream| {
                description
                    .stream(DataStream::accounts(stream, "Users").reports_activity())
                    .request(
                        Action::read(stream),
                        &[Method::Get],
                        "/v1/**",
                        "To list who has an account.",
                    )
            })
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        let path = format!("/v1/{}", request.stream);
        let paging = request.settings.text("paging")?.to_owned();

        if paging == "offset" {
            let window = OffsetWindow::zero_based(&request)?;
            let response = app
                .get(&path)
                .query("offset", window.start)
                .query("limit", window.limit)
                .send()
                .await?
                .ok()?;
            let Users { users, total, .. } = response.json()?;
            let rows = users.len();
            return Page::accounts(users.map(account)).offset_window(&window, rows, total);
        }

        let get = match &request.cursor {
            None => app.get(&path),
            Some(token) if paging == "token" => app.get(&path).query("token", token),
            Some(url) => app.get(url),
        };
        let response = get.send().await?.ok()?;
        let page: Users = response.json()?;
        let next = match paging.as_str() {
            "token" => pagination::token(page.next_token),
            "url" => pagination::next_url(&response, page.next.as_deref())?,
            _ => response.next_link()?,
        };
        Ok(Page::accounts(page.users.map(account))
            .next(next)
            .total(page.total))
    }
}

fn account(user: User) -> Account {
    Account {
        principal_name: user.email.clone(),
        emails: user.email.into_iter().map(Email::primary).collect(),
        display_name: user.name,
        last_activity: user.last_login,
        seats: vec![Seat::of("member")],
        ..Account::new(user.id)
    }
}
