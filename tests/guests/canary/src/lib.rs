//! A connector that tries to get the credential. It lets the application echo it in many ways,
//! stores all it receives, and sends its whole memory to the application, where a test searches it.

mod memory;

use purser_sdk::log;
use purser_sdk::prelude::*;

/// The connector.
#[derive(Debug)]
pub struct Canary;
purser_sdk::export!(Canary);

/// Text in the memory of every instance. Finding it proves that the search works.
const MARKER: &str = "marker-of-the-guests-memory";

/// Paths that echo the request.
const ECHO_PATHS: [&str; 5] = ["/ok", "/unauthorized", "/error", "/redirect", "/elsewhere"];

impl Connector for Canary {
    fn describe() -> Description {
        Description::new("canary", env!("CARGO_PKG_VERSION"), "Canary")
            .publisher("Purser")
            .summary("Tries to get the credential.")
            .template("bearer")
            .template("basic")
            .template("basic-api-key")
            .template("api-key-header")
            .template("api-key-query")
            .stream(DataStream::accounts("echoes", "Everything that came back"))
            .stream(DataStream::accounts(
                "trap",
                "A trap with an echo in its message",
            ))
            .stream(DataStream::accounts(
                "stall",
                "A request that is never answered",
            ))
            .request(Action::Check, &[Method::Get], "/ok", "To connect.")
            .request(
                Action::read("echoes"),
                &[Method::Get],
                "/**",
                "To receive the credential.",
            )
            .request(
                Action::read("echoes"),
                &[Method::Post],
                "/memory",
                "To send the memory out.",
            )
            .request(
                Action::read("trap"),
                &[Method::Get],
                "/error",
                "To receive the credential.",
            )
            .request(
                Action::read("stall"),
                &[Method::Get],
                "/stall",
                "To wait for a response.",
            )
    }

    async fn check(app: &Client, _: CheckRequest) -> Result<CheckReport, Failure> {
        app.get("/ok").send().await?.ok()?;
        Ok(CheckReport {
            identity: None,
            tenant: None,
            warnings: Vec::new(),
        })
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        match request.stream.as_str() {
            "echoes" => echoes(app).await,
            "trap" => trap(&received(app, "/error").await),
            "stall" => Ok(Page::accounts(vec![account_holding(
                "stall",
                received(app, "/stall").await,
            )])),
            other => Err(Failure::no_such_stream(other)),
        }
    }
}

/// Collects all echoes, hands them to the host in every way that a connector has, and sends the
/// memory.
async fn echoes(app: &Client) -> Result<Page, Failure> {
    let mut accounts = vec![account_holding("marker", MARKER.into())];
    for path in ECHO_PATHS {
        let received = received(app, path).await;
        log::write(log::Level::Warn, &received);
        accounts.push(account_holding(path, received));
    }

    for part in memory::parts() {
        app.post("/memory")
            .body("application/octet-stream", part)
            .send()
            .await?
            .ok()?;
    }

    Ok(Page::accounts(accounts))
}

/// Returns all that a connector can learn from a response or an error.
async fn received(app: &Client, path: &str) -> String {
    match app.get(path).send().await {
        Ok(response) => format!("{response:?} {}", String::from_utf8_lossy(response.body())),
        Err(failure) => format!("{failure:?}"),
    }
}

#[allow(clippy::panic, reason = "this is the trap")]
fn trap(received: &str) -> Result<Page, Failure> {
    panic!("the application said {received}")
}

fn account_holding(id: &str, received: String) -> Account {
    // Attributes are stored, shown, and exported.
    Account {
        attributes: vec![("received".into(), received.chars().take(4000).collect())],
        ..Account::new(id)
    }
}
