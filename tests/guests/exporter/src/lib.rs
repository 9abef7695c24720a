//! A connector for the sample application that reads members from an export: it requests one, waits
//! until it is ready, and reads the file page by page.

use purser_sdk::prelude::*;
use purser_sdk::{Compression, Download, pagination};
use serde::Deserialize;

/// The connector.
#[derive(Debug)]
pub struct Exporter;
purser_sdk::export!(Exporter);

/// Time between two requests for the state of the export, in milliseconds.
const WAIT: u64 = 20;

/// Columns of a CSV file, in order.
const COLUMNS: [&str; 3] = ["id", "login", "name"];

#[derive(Deserialize)]
struct Export {
    id: String,
    state: String,
}

#[derive(Deserialize)]
struct Member {
    id: String,
    login: String,
    name: String,
}

impl Connector for Exporter {
    fn describe() -> Description {
        let formats = ["csv", "csv.gz", "csv.zip", "jsonl", "jsonl.gz", "jsonl.zip"];

        Description::new("exporter", env!("CARGO_PKG_VERSION"), "Quayboard")
            .publisher("Purser")
            .summary("Reads members as one large file.")
            .template("bearer")
            .setting(
                SettingField::choice("format", "Format", "Format of the file.", &formats)
                    .default("csv.gz"),
            )
            .setting(
                SettingField::integer("rows", "Rows", "Rows of a page.")
                    .default(pagination::FILE_PAGE_ROWS as i64),
            )
            .stream(DataStream::accounts("members", "Members, of an export"))
            .request(Action::Check, &[Method::Get], "/me", "To connect.")
            .request(
                Action::read("members"),
                &[Method::Post],
                "/exports",
                "To ask for an export.",
            )
            .request(
                Action::read("members"),
                &[Method::Get],
                "/exports/**",
                "To await the export and read it.",
            )
    }

    async fn check(app: &Client, _: CheckRequest) -> Result<CheckReport, Failure> {
        app.get("/me").send().await?.ok()?;
        Ok(CheckReport::default())
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        let format = request.settings.text("format")?;
        let Some(cursor) = &request.cursor else {
            let request_export = app
                .post("/exports")
                .json_body(&serde_json::json!({ "format": format }));
            let export: Export = request_export.idempotent().send().await?.ok()?.json()?;
            return Err(Failure::pending(export.id, WAIT));
        };

        let (id, start) = match cursor.split_once(':') {
            Some((id, position)) => (id, pagination::file_position(position)?),
            None => (cursor.as_str(), 0),
        };
        if start == 0 && !is_ready(app, id).await? {
            return Err(Failure::pending(id.to_owned(), WAIT));
        }

        let compression = match format.split_once('.') {
            Some((_, "gz")) => Compression::Gzip,
            Some((inside, _)) => Compression::Zip(format!(".{inside}")),
            None => Compression::Plain,
        };
        let mut file = match app
            .get("/exports")
            .segment(id)
            .segment("file")
            .download(compression, start)
            .await?
        {
            purser_sdk::DownloadResponse::Other(gone) if gone.is_gone() => return Err(expired(id)),
            answer => answer.ok()?,
        };

        let most = usize::try_from(request.settings.integer("rows")?).unwrap_or_default();
        let rows = if format.starts_with("csv") {
            records(&mut file, most).await?
        } else {
            lines(&mut file, most).await?
        };

        let more = !file.is_at_end().await?;
        Ok(Page::accounts(rows).next(more.then(|| format!("{id}:{}", file.position()))))
    }
}

async fn is_ready(app: &Client, id: &str) -> Result<bool, Failure> {
    let answer = app.get("/exports").segment(id).send().await?;
    if answer.is_gone() {
        return Err(expired(id));
    }

    let export: Export = answer.ok()?.json()?;

    match export.state.as_str() {
        "ready" => Ok(true),
        "running" => Ok(false),
        other => Err(Failure::Transient(format!("the export is {other}"))),
    }
}

/// Returns the failure that makes the host start again, with another export.
fn expired(id: &str) -> Failure {
    Failure::CheckpointInvalid(format!("the export {id} has expired"))
}

async fn records(file: &mut Download, most: usize) -> Result<Rows<Account>, Failure> {
    if file.position() == 0 {
        let heading = file.next_record().await?.unwrap_or_default();
        if heading != COLUMNS {
            return Err(Failure::ContractViolation(format!(
                "the file has other columns than {COLUMNS:?}: {heading:?}"
            )));
        }
    }

    let mut rows = Rows::default();
    while rows.len() < most
        && let Some(record) = file.next_record().await?
    {
        match <[String; 3]>::try_from(record) {
            Ok([id, login, name]) => rows.good.push(account(Member { id, login, name })),
            Err(other) => rows
                .rejected
                .push(rejected(other.join(","), "it does not have three fields")),
        }
    }

    Ok(rows)
}

async fn lines(file: &mut Download, most: usize) -> Result<Rows<Account>, Failure> {
    let mut rows = Rows::default();
    while rows.len() < most
        && let Some(line) = file.next_line().await?
    {
        rows.push_json(line.as_bytes());
    }

    Ok(rows.identified_by("id").map(account))
}

fn account(member: Member) -> Account {
    Account {
        principal_name: Some(member.login),
        display_name: Some(member.name),
        ..Account::new(member.id)
    }
}
