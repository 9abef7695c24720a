//! Files that are read page by page.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

use purser_sdk::prelude::*;
use purser_sdk::testing::{MockResponse, TestHost};
use purser_sdk::{Compression, DownloadResponse, Records, pagination};

/// Reads a CSV file of users, three rows per page.
struct Wiki;

impl Connector for Wiki {
    fn describe() -> Description {
        Description::new("wiki", "1.0.0", "Wiki")
            .template("bearer")
            .stream(DataStream::accounts("users", "Users"))
            .stream(DataStream::accounts("lines", "Users, by line"))
            .request(
                Action::read("users"),
                &[Method::Get],
                "/users.csv.gz",
                "To list them.",
            )
            .request(
                Action::read("lines"),
                &[Method::Get],
                "/users.jsonl",
                "To list them.",
            )
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        let skip_bytes = request
            .cursor
            .as_deref()
            .map_or(Ok(0), pagination::file_position)?;
        let by_line = request.stream == "lines";
        let mut file = if by_line {
            app.get("/users.jsonl")
                .download(Compression::Plain, skip_bytes)
                .await?
                .ok()?
        } else {
            match app
                .get("/users.csv.gz")
                .download(Compression::Gzip, skip_bytes)
                .await?
            {
                DownloadResponse::Other(gone) if gone.is_gone() => {
                    return Err(Failure::CheckpointInvalid("expired".into()));
                }
                response => response.ok()?,
            }
        };
        let mut rows = Vec::new();
        while rows.len() < 3 {
            if by_line {
                let Some(line) = file.next_line().await? else {
                    break;
                };
                rows.push(Account::new(line));
            } else {
                let Some(record) = file.next_record().await? else {
                    break;
                };
                rows.push(Account {
                    display_name: record.get(1).cloned(),
                    ..Account::new(record[0].clone())
                });
            }
        }
        let more = !file.is_at_end().await?;
        Ok(Page::accounts(rows).next(more.then(|| file.position().to_string())))
    }
}

fn ids(pages: &[Page]) -> Vec<Vec<String>> {
    let accounts = |page: &Page| match &page.records {
        Records::Accounts(accounts) => accounts.iter().map(|account| account.id.clone()).collect(),
        other => panic!("{other:?}"),
    };
    pages.iter().map(accounts).collect()
}

fn gzip(body: &str) -> MockResponse {
    MockResponse::text(200, "application/gzip", body).compressed(Compression::Gzip)
}

fn read(stream: &str, pages: usize, response: &MockResponse) -> Result<Vec<Page>, Failure> {
    let target = if stream == "users" {
        "/users.csv.gz"
    } else {
        "/users.jsonl"
    };
    let trial = (0..pages).fold(TestHost::<Wiki>::new(), |trial, _| {
        trial.expect(Method::Get, target, response.clone())
    });
    trial.read_all(stream)
}

#[test]
fn csv_records_in_any_notation_are_read_whole() {
    let file = "\u{feff}u1,Ann\r\nu2,\"Bo, the \"\"second\"\"\nof two lines\"\n\nu3,\"\"\r\nu4,Müller\nu5,Eve";
    let pages = read("users", 2, &gzip(file)).unwrap();
    assert_eq!(ids(&pages), [vec!["u1", "u2", "u3"], vec!["u4", "u5"]]);
    let Records::Accounts(first) = &pages[0].records else {
        panic!()
    };
    assert_eq!(
        first[1].display_name.as_deref(),
        Some("Bo, the \"second\"\nof two lines")
    );
    let long: String = (0..1000)
        .map(|row| format!("u{row},{}\n", "x".repeat(row)))
        .collect();
    let pages = read("users", 334, &gzip(&long)).unwrap();
    assert_eq!(
        ids(&pages).concat(),
        (0..1000).map(|row| format!("u{row}")).collect::<Vec<_>>()
    );
}

#[test]
fn lines_with_any_line_break_are_read_whole() {
    for (file, pages, expected) in [
        ("", 1, vec![]),
        ("a", 1, vec!["a"]),
        ("a\nb\r\nc\nd", 2, vec!["a", "b", "c", "d"]),
        ("\u{feff}a\nb\nc\n", 1, vec!["a", "b", "c"]),
        ("a\nb\nc\nd\n", 2, vec!["a", "b", "c", "d"]),
    ] {
        let pages = read("lines", pages, &MockResponse::text(200, "text/plain", file)).unwrap();
        assert_eq!(ids(&pages).concat(), expected, "{file:?}");
    }
    let long: Vec<_> = (1..=300).map(|row| "y".repeat(row)).collect();
    assert_eq!(
        ids(&read(
            "lines",
            100,
            &MockResponse::text(200, "text/plain", &long.join("\n"))
        )
        .unwrap())
        .concat(),
        long
    );
}

#[test]
fn row_over_the_limit_fails() {
    let long = "x".repeat((1 << 20) + 1);
    for response in [
        MockResponse::text(200, "text/plain", &long),
        MockResponse::text(200, "text/plain", &format!("{long}\na\n")),
    ] {
        let failure = read("lines", 1, &response).unwrap_err();
        assert!(
            matches!(&failure, Failure::ContractViolation(text) if text.contains("more than 1048576 bytes")),
            "{failure:?}"
        );
    }
    let failure = read("users", 1, &gzip(&format!("u1,{long}\n"))).unwrap_err();
    assert!(
        matches!(&failure, Failure::ContractViolation(text) if text.contains("more than 1048576 bytes")),
        "{failure:?}"
    );
    assert!(
        read(
            "lines",
            1,
            &MockResponse::text(200, "text/plain", &long[1..])
        )
        .is_ok()
    );
}

#[test]
fn broken_connection_is_transient() {
    let failure = read("users", 1, &gzip("u1,Ann\nu2,Bo\n").truncated()).unwrap_err();
    assert!(
        matches!(&failure, Failure::Transient(text) if text.contains("GET /users.csv.gz")),
        "{failure:?}"
    );
}

#[test]
fn download_with_an_error_status_is_a_response() {
    assert_eq!(
        read("users", 1, &MockResponse::status(410)).unwrap_err(),
        Failure::CheckpointInvalid("expired".into())
    );
    assert!(matches!(
        read("users", 1, &MockResponse::status(401)).unwrap_err(),
        Failure::AuthRejected(_)
    ));
}

#[test]
fn foreign_cursor_is_checkpoint_invalid() {
    let failure = TestHost::<Wiki>::new()
        .cursor("c_1")
        .read("users")
        .unwrap_err();
    assert!(matches!(failure, Failure::CheckpointInvalid(_)));
}

#[test]
#[should_panic(expected = "the connector expects")]
fn download_with_another_compression_fails_the_test() {
    drop(read(
        "users",
        1,
        &MockResponse::text(200, "text/csv", "u1,Ann\n"),
    ));
}
