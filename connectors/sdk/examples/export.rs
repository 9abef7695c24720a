//! An export: request it, wait until the application has prepared it, read the file page by page.

use purser_sdk::prelude::*;
use purser_sdk::{Compression, Download, DownloadResponse};
use serde::Deserialize;

/// A connector that reads users from an exported CSV file.
pub struct Export;
purser_sdk::export!(Export);

/// Time between two checks of the export, in milliseconds.
const WAIT_MS: u64 = 5_000;

#[derive(Deserialize)]
struct Job {
    id: String,
    state: String,
}

impl Connector for Export {
    fn describe() -> Description {
        Description::new("export", env!("CARGO_PKG_VERSION"), "Example")
            .template("bearer")
            .stream(DataStream::accounts("users", "Users"))
            .request(
                Action::read("users"),
                &[Method::Post],
                "/exports",
                "To request an export.",
            )
            .request(
                Action::read("users"),
                &[Method::Get],
                "/exports/**",
                "To wait for the export and to read it.",
            )
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        // Without a cursor, there is no export yet. Its id becomes the cursor.
        let Some(cursor) = request.cursor else {
            let job: Job = app.post("/exports").send().await?.ok()?.json()?;
            return Err(Failure::pending(job.id, WAIT_MS));
        };

        // The cursor is the id of the export, and after the first page also a position in its file.
        let (id, skip_bytes) = match cursor.split_once(':') {
            Some((id, position)) => (id, pagination::file_position(position)?),
            None if is_ready(app, &cursor).await? => (cursor.as_str(), 0),
            None => return Err(Failure::pending(cursor, WAIT_MS)),
        };

        let mut file = open(app, id, skip_bytes).await?;
        let rows = read_rows(&mut file).await?;

        let more = !file.is_at_end().await?;
        Ok(Page::accounts(rows).next(more.then(|| format!("{id}:{}", file.position()))))
    }
}

async fn is_ready(app: &Client, id: &str) -> Result<bool, Failure> {
    let response = app.get("/exports").segment(id).send().await?;
    if response.is_gone() {
        return Err(expired(id));
    }

    let job: Job = response.ok()?.json()?;
    match job.state.as_str() {
        "done" => Ok(true),
        "running" => Ok(false),
        other => Err(Failure::Transient(format!("the export is {other}"))),
    }
}

async fn open(app: &Client, id: &str, skip_bytes: u64) -> Result<Download, Failure> {
    let file = app.get("/exports").segment(id).segment("users.csv.gz");
    match file.download(Compression::Gzip, skip_bytes).await? {
        DownloadResponse::Other(response) if response.is_gone() => Err(expired(id)),
        response => response.ok(),
    }
}

/// Returns the failure after which the host starts again, with a new export.
fn expired(id: &str) -> Failure {
    Failure::CheckpointInvalid(format!("the export {id} has expired"))
}

async fn read_rows(file: &mut Download) -> Result<Rows<Account>, Failure> {
    // The first record is the heading.
    if file.position() == 0 {
        file.next_record().await?;
    }

    let mut rows = Rows::default();
    while rows.len() < pagination::FILE_PAGE_ROWS
        && let Some(record) = file.next_record().await?
    {
        match record.as_slice() {
            [id, email] => rows.good.push(Account {
                emails: vec![Email::primary(email)],
                seats: vec![Seat::of("member")],
                ..Account::new(id)
            }),
            other => rows
                .rejected
                .push(rejected(other.join(","), "it does not have two fields")),
        }
    }
    Ok(rows)
}
