//! The native program: the job without anything in between, in the fastest configuration of those
//! tried. One thread fetches, and reads only the cursor of a page before it requests the next. The
//! other decodes and stores, in one transaction, with a cache that holds the whole index. Unchanged
//! rows are not written again.

use anyhow::{Context, Result, anyhow};
use reqwest::Client;
use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

/// Pages that may wait for the database. Enough to smooth delays, and few enough to keep memory
/// small.
const MAX_WAITING_PAGES: usize = 2;

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    members: Vec<Member<'a>>,
}

/// The cursor of a page. The decoder skips the rest.
#[derive(Deserialize)]
struct Cursor<'a> {
    #[serde(borrow)]
    next_cursor: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Member<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    login: Cow<'a, str>,
    #[serde(borrow)]
    email: Option<Cow<'a, str>>,
    /// Lists are stored as the JSON text in which they arrived.
    #[serde(borrow)]
    other_emails: &'a RawValue,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    given_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    family_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    employee_ref: Option<Cow<'a, str>>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    state: Cow<'a, str>,
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow)]
    created_at: Cow<'a, str>,
    #[serde(borrow)]
    seats: &'a RawValue,
}

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;
    CREATE TABLE IF NOT EXISTS member (
      id TEXT PRIMARY KEY NOT NULL, login TEXT, email TEXT, other_emails TEXT, name TEXT, given_name TEXT, family_name TEXT,
      employee_ref TEXT, kind TEXT, state TEXT, role TEXT, created_at TEXT, seats TEXT
    );
    BEGIN IMMEDIATE;";

const UPSERT: &str = "
    INSERT INTO member VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
    ON CONFLICT (id) DO UPDATE SET login = excluded.login, email = excluded.email, other_emails = excluded.other_emails,
      name = excluded.name, given_name = excluded.given_name, family_name = excluded.family_name,
      employee_ref = excluded.employee_ref, kind = excluded.kind, state = excluded.state, role = excluded.role,
      created_at = excluded.created_at, seats = excluded.seats
    WHERE (login, email, other_emails, name, given_name, family_name, employee_ref, kind, state, role, created_at, seats) IS NOT
      (excluded.login, excluded.email, excluded.other_emails, excluded.name, excluded.given_name, excluded.family_name,
       excluded.employee_ref, excluded.kind, excluded.state, excluded.role, excluded.created_at, excluded.seats)";

/// Creates the database, or updates it.
pub(crate) fn sync(base_url: &str, token: &str, database: &Path) -> Result<()> {
    let (send, receive) = sync_channel(MAX_WAITING_PAGES);

    std::thread::scope(|scope| {
        let store = scope.spawn(|| store(database, receive));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;

        // A full channel blocks this thread, which has nothing else to do.
        let fetched = runtime.block_on(fetch(base_url, token, |page| send.send(page).is_ok()));
        drop(send);

        // A failure of the store ends the fetch too, and is the error to report.
        store
            .join()
            .map_err(|_| anyhow!("the thread that stores panicked"))??;
        fetched
    })
}

async fn fetch(base_url: &str, token: &str, mut take: impl FnMut(Vec<u8>) -> bool) -> Result<()> {
    // All requests are plain HTTP, but the client needs some TLS provider.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder().no_proxy().build()?;
    let first = format!("{base_url}/members?limit={}", crate::server::PAGE);
    let mut url = first.clone();

    loop {
        let response = client
            .get(&url)
            .bearer_auth(token)
            .send()
            .await?
            .error_for_status()?;
        let page = response.bytes().await?;
        let cursor: Cursor<'_> =
            serde_json::from_slice(&page).context("a page without a cursor")?;

        let next = cursor
            .next_cursor
            .map(|cursor| format!("{first}&cursor={cursor}"));

        if !take(page.into()) {
            return Ok(());
        }

        match next {
            Some(next) => url = next,
            None => return Ok(()),
        }
    }
}

fn store(database: &Path, pages: Receiver<Vec<u8>>) -> Result<()> {
    let connection = Connection::open(database)?;
    connection.execute_batch(SCHEMA)?;

    let mut upsert = connection.prepare(UPSERT)?;
    for text in pages {
        let page: Page<'_> = serde_json::from_slice(&text).context("a page with other fields")?;

        for member in &page.members {
            upsert.execute(params![
                member.id,
                member.login,
                member.email,
                member.other_emails.get(),
                member.name,
                member.given_name,
                member.family_name,
                member.employee_ref,
                member.kind,
                member.state,
                member.role,
                member.created_at,
                member.seats.get(),
            ])?;
        }
    }

    drop(upsert);
    connection.execute_batch("COMMIT")?;

    // Closing the last connection writes the WAL back into the database: part of the job.
    connection.close().map_err(|(_, error)| error.into())
}
