//! Authentication with OAuth, or with an API key in a header, and a check of the credential.
//!
//! A connector never sees the credential: it names the configuration templates that its application
//! accepts, and the host adds what the operator configured. Further header fields that are not
//! secret, such as an API version, are the connector's.

use purser_sdk::prelude::*;
use serde::Deserialize;

/// A connector for an application with two ways to authenticate.
pub struct Authentication;
purser_sdk::export!(Authentication);

/// Version of the API, which the application requires in every request.
const API_VERSION: (&str, &str) = ("x-api-version", "2026-01");

#[derive(Deserialize)]
struct Me {
    email: String,
    workspace: String,
    scopes: Vec<String>,
}

#[derive(Deserialize)]
struct User {
    id: String,
    email: String,
}

impl Connector for Authentication {
    fn describe() -> Description {
        Description::new("authentication", env!("CARGO_PKG_VERSION"), "Example")
            // Best first. The operator chooses one, and enters the client id or the header name.
            .template("oauth-authorization-code")
            .template("api-key-header")
            .stream(DataStream::accounts("users", "Users"))
            .request(
                Action::Check,
                &[Method::Get],
                "/me",
                "To see whose credential it is and what it may do.",
            )
            .request(
                Action::read("users"),
                &[Method::Get],
                "/users",
                "To list who has an account.",
            )
            // The application signals its rate limit with 403 and this text.
            .rate_limit(600, 60_000)
            .rate_limit_response(403, Some("rate limit"))
    }

    async fn check(app: &Client, request: CheckRequest) -> Result<CheckReport, Failure> {
        let (name, value) = API_VERSION;
        let response = app.get("/me").header(name, value).send().await?.ok()?;
        let me: Me = response.json()?;

        let required = match request.capability {
            Capability::Read(_) => "users:read",
            Capability::Reclaim(mode) => return Err(Failure::no_such_mode(mode)),
        };
        if !me.scopes.iter().any(|scope| scope == required) {
            return Err(Failure::PermissionMissing(format!(
                "the credential lacks the scope {required}"
            )));
        }

        Ok(CheckReport {
            identity: Some(me.email),
            tenant: Some(me.workspace),
            ..CheckReport::default()
        })
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        if request.stream != "users" {
            return Err(Failure::no_such_stream(&request.stream));
        }

        let (name, value) = API_VERSION;
        let response = app.get("/users").header(name, value).send().await?.ok()?;
        let users: Rows<User> = response.json()?;
        Ok(Page::accounts(users.map(|user| Account {
            emails: vec![Email::primary(user.email)],
            ..Account::new(user.id)
        })))
    }
}
