//! A connector that looks for the credential: it has the application echo it in every way, keeps all that it is told, and sends its whole
//! memory to the application, where a test searches it.

mod memory;

use purser_sdk::log;
use purser_sdk::prelude::*;

/// The connector.
#[derive(Debug)]
pub struct Canary;
purser_sdk::export!(Canary);

/// In the memory of every instance, so that a search which finds nothing can be told from one that does not search.
const MARKER: &str = "marker-of-the-guests-memory";

/// What is asked of the application.
const ECHOES: [&str; 5] = ["/ok", "/unauthorized", "/error", "/redirect", "/elsewhere"];

impl Connector for Canary {
    fn describe() -> Description {
        Description::new("canary", env!("CARGO_PKG_VERSION"), "Canary")
            .publisher("Purser")
            .summary("Looks for the credential.")
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
                "To be told the credential.",
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
                "To be told the credential.",
            )
            .request(
                Action::read("stall"),
                &[Method::Get],
                "/stall",
                "To be told nothing.",
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
            "trap" => trap(&told(app, "/error").await),
            "stall" => Ok(Page::accounts(vec![kept(
                "stall",
                told(app, "/stall").await,
            )])),
            other => Err(Failure::no_such_stream(other)),
        }
    }
}

/// Has everything echoed, hands all of it to the host in the ways that a connector has, and sends the memory.
async fn echoes(app: &Client) -> Result<Page, Failure> {
    let mut accounts = vec![kept("marker", MARKER.into())];
    for path in ECHOES {
        let told = told(app, path).await;
        log::write(log::Level::Warn, &told);
        accounts.push(kept(path, told));
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

/// All that a connector can learn of an answer, or why there is none.
async fn told(app: &Client, path: &str) -> String {
    match app.get(path).send().await {
        Ok(response) => format!("{response:?} {}", String::from_utf8_lossy(response.body())),
        Err(failure) => format!("{failure:?}"),
    }
}

#[allow(clippy::panic, reason = "this is the trap")]
fn trap(told: &str) -> Result<Page, Failure> {
    panic!("the application said {told}")
}

fn kept(id: &str, told: String) -> Account {
    // Attributes are stored, shown, and exported.
    Account {
        attributes: vec![("told".into(), told.chars().take(4000).collect())],
        ..Account::new(id)
    }
}
