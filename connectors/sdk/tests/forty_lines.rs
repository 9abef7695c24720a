//! The connector of the README, and mistakes of authors that the testing kit detects.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

#[allow(
    unreachable_pub,
    reason = "a connector of its own, whose struct is public there"
)]
#[path = "../examples/forty_lines.rs"]
mod forty_lines;

use forty_lines::Wiki;
use purser_sdk::Records;
use purser_sdk::prelude::*;
use purser_sdk::testing::{BASE_URL, TestHost};

#[test]
fn connector_of_the_readme_reads_every_page() {
    let trial = TestHost::<Wiki>::new()
        .page_size(2)
        .expect(
            Method::Get,
            "/v1/users?limit=2",
            r#"{"users":[{"id":"1","name":"Ada","email":"ada@example.com","last_login":null},{"id":"2"}],"next_cursor":"a b"}"#,
        )
        .expect(Method::Get, "/v1/users?limit=2&cursor=a%20b", r#"{"users":[{"id":5,"name":7,"last_login":"soon"},{"id":1.5}],"next_cursor":""}"#);
    let pages = trial.read_all("users").unwrap();
    let seats = || vec![Seat::of("editor")];
    let ada = Account {
        emails: vec![Email::primary("ada@example.com")],
        display_name: Some("Ada".into()),
        last_activity: LastActivity::Never,
        seats: seats(),
        ..Account::new("1")
    };
    let second = Account {
        seats: seats(),
        ..Account::new("2")
    };
    assert_eq!(
        pages[0],
        Page::accounts(vec![ada, second]).next(Some("a b".into()))
    );
    // A number is read, a field that cannot be read costs itself, and only an id its row.
    let warning = "last_login: \"soon\" is not a date and time with an offset (RFC 3339)";
    let odd = Account {
        display_name: Some("7".into()),
        seats: seats(),
        warnings: vec![warning.into()],
        ..Account::new("5")
    };
    assert_eq!(pages[1].records, Records::Accounts(vec![odd]));
    assert!(pages[1].rejected[0].reason.starts_with("id: "));
    assert_eq!(pages.len(), 2);
}

#[test]
fn default_check_reads_one_record_and_warns_for_a_reclaim() {
    let trial = TestHost::<Wiki>::new().expect(Method::Get, "/v1/users?limit=1", r#"{"users":[]}"#);
    assert_eq!(
        trial.check(Capability::Read("users".into())),
        Ok(CheckReport::default())
    );
    let report = TestHost::<Wiki>::new()
        .check(Capability::Reclaim(ReclaimMode::Delete))
        .unwrap();
    assert!(report.warnings[0].contains("delete an account"));
    let report = TestHost::<AnyTarget<true>>::new()
        .check(Capability::Reclaim(ReclaimMode::Suspend))
        .unwrap();
    assert_eq!(report.identity.as_deref(), Some("ada"));
    assert!(
        report.warnings[0].contains("suspend an account"),
        "a check of the connector's own keeps the warning"
    );
    assert!(matches!(
        TestHost::<Wiki>::new().reclaim(ReclaimMode::Delete, "1"),
        Err(Failure::ConfigInvalid(_))
    ));
}

#[test]
#[should_panic(expected = "the test expects GET /v1/other")]
fn unexpected_request_fails_the_test() {
    drop(
        TestHost::<Wiki>::new()
            .expect(Method::Get, "/v1/other", "{}")
            .read("users"),
    );
}

#[test]
#[should_panic(expected = "the connector did not send it")]
fn missing_request_fails_the_test() {
    let trial = TestHost::<Wiki>::new()
        .expect(Method::Get, "/v1/users?limit=1", r#"{"users":[]}"#)
        .expect(Method::Get, "/v1/users?limit=1", r#"{"users":[]}"#);
    drop(trial.check(Capability::Read("users".into())));
}

/// Requests the target of its setting. Has a valid or an invalid description.
struct AnyTarget<const GOOD: bool>;

impl<const GOOD: bool> Connector for AnyTarget<GOOD> {
    fn describe() -> Description {
        Description::new(if GOOD { "stray" } else { "Stray!" }, "1.0.0", "Stray")
            .template("bearer")
            .setting(SettingField::text("target", "Target", "The target to request.").required())
            .stream(DataStream::accounts("users", "Users"))
            .request(
                Action::read("users"),
                &[Method::Get],
                "/users/*",
                "To look at them.",
            )
            .request_at(
                "files.example:8443",
                Action::read("users"),
                &[Method::Get],
                "/**",
                "To fetch exports.",
            )
    }

    async fn check(_: &Client, _: CheckRequest) -> Result<CheckReport, Failure> {
        Ok(CheckReport {
            identity: Some("ada".into()),
            ..CheckReport::default()
        })
    }

    async fn read(app: &Client, request: ReadRequest) -> Result<Page, Failure> {
        purser_sdk::info!("requesting {}", request.settings.text("target")?);
        let responses = [app.get(request.settings.text("target")?).send()];
        purser_sdk::futures::future::try_join_all(responses).await?;
        Ok(Page::accounts(vec![]))
    }
}

fn any_target(target: &str) -> TestHost<AnyTarget<true>> {
    TestHost::new().setting("target", target)
}

#[test]
fn request_without_requested_access_is_denied_with_the_grant_line() {
    for (target, line) in [
        ("/groups?x=1", "read:users GET /groups"),
        (
            "https://evil.example/users/1",
            "read:users GET evil.example/users/1",
        ),
    ] {
        let outcome = any_target(target).read("users");
        assert!(
            matches!(&outcome, Err(Failure::ConfigInvalid(text)) if text.contains(line)),
            "{outcome:?}"
        );
    }
}

#[test]
fn absolute_target_is_matched_by_its_host() {
    for target in [
        format!("{BASE_URL}/users/1"),
        "https://files.example:8443/a/b".into(),
    ] {
        let trial = any_target(&target).expect(Method::Get, &target, "{}");
        assert!(trial.read("users").is_ok(), "{target}");
        assert_eq!(trial.log()[0].1, format!("requesting {target}"));
    }
}

#[test]
#[should_panic(expected = "is not a valid name")]
fn description_that_the_host_refuses_fails_the_test() {
    drop(TestHost::<AnyTarget<false>>::new());
}
