//! The connectors of the examples folder, run by the testing kit.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "tests fail loudly, and an example is a crate of its own"
)]

#[path = "../examples/account_activity.rs"]
mod account_activity;
#[path = "../examples/authentication.rs"]
mod authentication;
#[path = "../examples/export.rs"]
mod export;
#[path = "../examples/paging.rs"]
mod paging;

use account_activity::AccountActivity;
use authentication::Authentication;
use export::Export;
use paging::Paging;
use purser_sdk::prelude::*;
use purser_sdk::testing::{MockResponse, TestHost};
use purser_sdk::{Compression, Records};

fn ids(pages: &[Page]) -> Vec<&str> {
    pages
        .iter()
        .flat_map(|page| match &page.records {
            Records::Accounts(accounts) => accounts,
            other => panic!("{other:?}"),
        })
        .map(|account| account.id.as_str())
        .collect()
}

#[test]
fn paging_by_token_follows_the_token() {
    let host = TestHost::<Paging>::new()
        .page_size(1)
        .expect(
            Method::Get,
            "/by-token/users?limit=1",
            r#"{"users":[{"id":"1","name":"Ada"}],"next_page_token":"t2"}"#,
        )
        .expect(
            Method::Get,
            "/by-token/users?limit=1&page_token=t2",
            r#"{"users":[{"id":"2","name":"Bo"}],"next_page_token":""}"#,
        );

    assert_eq!(ids(&host.read_all("by-token").unwrap()), ["1", "2"]);
}

#[test]
fn paging_by_link_follows_the_header() {
    let first = MockResponse::json(200, r#"[{"id":"1","name":"Ada"}]"#)
        .header("link", r#"<?page=2>; rel="next""#);
    let host = TestHost::<Paging>::new()
        .page_size(1)
        .expect(Method::Get, "/by-link/users?limit=1", first)
        .expect(
            Method::Get,
            "/by-link/users?page=2",
            r#"[{"id":"2","name":"Bo"}]"#,
        );

    assert_eq!(ids(&host.read_all("by-link").unwrap()), ["1", "2"]);
}

#[test]
fn paging_by_offset_reads_every_partition() {
    let users = |id: &str| format!(r#"{{"users":[{{"id":"{id}","name":"n"}}],"total":3}}"#);
    let host = (0..3).fold(TestHost::<Paging>::new().page_size(1), |host, offset| {
        host.expect(
            Method::Get,
            &format!("/by-offset/users?offset={offset}&limit=1"),
            users(&offset.to_string()).as_str(),
        )
    });

    let after = "/by-offset/users?offset=3&limit=1";
    let host = host.expect(Method::Get, after, r#"{"users":[],"total":3}"#);

    let pages = host.read_all("by-offset").unwrap();
    assert_eq!(ids(&pages), ["0", "1", "2"]);
    let [first, last] = pages[0].partitions.as_slice() else {
        panic!("{pages:?}")
    };
    assert!(first.starts_with("1-2@") && last.starts_with("2@"));
}

#[test]
fn export_is_pending_until_it_is_done_and_then_read() {
    let requested = TestHost::<Export>::new().expect(
        Method::Post,
        "/exports",
        r#"{"id":"e1","state":"running"}"#,
    );
    assert_eq!(requested.read("users"), Err(Failure::pending("e1", 5_000)));

    let file = MockResponse::text(200, "application/gzip", "id,email\n1,ada@example.com\n2\n")
        .compressed(Compression::Gzip);
    let done = TestHost::<Export>::new()
        .cursor("e1")
        .expect(Method::Get, "/exports/e1", r#"{"id":"e1","state":"done"}"#)
        .expect(Method::Get, "/exports/e1/users.csv.gz", file);
    let page = done.read("users").unwrap();
    assert_eq!(page.rejected[0].row, "2");
    assert_eq!(page.next, None);
    assert_eq!(ids(&[page]), ["1"]);

    let expired = TestHost::<Export>::new().cursor("e1:9").expect(
        Method::Get,
        "/exports/e1/users.csv.gz",
        MockResponse::status(410),
    );
    assert!(matches!(
        expired.read("users"),
        Err(Failure::CheckpointInvalid(_))
    ));
}

#[test]
fn account_activity_requests_each_account() {
    let host = TestHost::<AccountActivity>::new()
        .account("a b")
        .account("gone")
        .expect(
            Method::Get,
            "/users/a%20b/activity",
            r#"[{"product":"wiki","used_at":null}]"#,
        )
        .expect(
            Method::Get,
            "/users/gone/activity",
            MockResponse::status(404),
        );

    let page = host.read("activity").unwrap();
    assert_eq!(
        page,
        Page::activity(vec![Activity {
            account: "a b".into(),
            product: Some("wiki".into()),
            last_activity: LastActivity::Never,
        }])
    );
}

#[test]
fn authentication_check_reports_the_owner_or_the_missing_scope() {
    let check = |scopes: &str| {
        let me = format!(r#"{{"email":"ada@example.com","workspace":"Acme","scopes":[{scopes}]}}"#);
        let host = TestHost::<Authentication>::new().expect(Method::Get, "/me", me.as_str());
        let report = host.check(Capability::Read("users".into()));
        assert_eq!(host.requests()[0].headers[0].name, "x-api-version");
        report
    };

    let report = check(r#""users:read""#).unwrap();
    assert_eq!(report.identity.as_deref(), Some("ada@example.com"));
    assert_eq!(report.tenant.as_deref(), Some("Acme"));
    assert!(matches!(check(""), Err(Failure::PermissionMissing(_))));
}
