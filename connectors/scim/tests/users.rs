//! Reading users: paging, mapping and errors.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

use purser_connector_scim::Scim;
use purser_sdk::prelude::*;
use purser_sdk::testing::{MockResponse, TestHost};
use purser_sdk::{HttpError, Records, RejectedRow};

const FIRST: &str = "/Users?startIndex=1&count=3";
const SECOND: &str = "/Users?startIndex=4&count=3";

/// The page after the last user.
const PAST: &str = r#"{"totalResults":5,"itemsPerPage":0}"#;

fn trial() -> TestHost<Scim> {
    TestHost::new().page_size(3)
}

fn accounts(page: Page) -> Vec<Account> {
    let Records::Accounts(accounts) = page.records else {
        panic!("{page:?}")
    };
    accounts
}

/// Returns every account of the two pages.
fn all(trial: TestHost<Scim>) -> Vec<Account> {
    let trial = trial
        .expect(Method::Get, FIRST, include_str!("../fixtures/page1.json"))
        .expect(Method::Get, SECOND, include_str!("../fixtures/page2.json"))
        .expect(Method::Get, "/Users?startIndex=6&count=3", PAST);
    trial
        .read_all("users")
        .unwrap()
        .into_iter()
        .flat_map(accounts)
        .collect()
}

fn failure(reply: impl Into<MockResponse>) -> Failure {
    trial()
        .expect(Method::Get, FIRST, reply)
        .read("users")
        .unwrap_err()
}

fn attribute(name: &str, value: &str) -> (String, String) {
    (name.into(), value.into())
}

#[test]
fn read_all_returns_every_user_once() {
    let ids: Vec<_> = all(trial()).into_iter().map(|account| account.id).collect();
    assert_eq!(ids, ["1f", "2e", "3d", "4c", "5b"]);
}

#[test]
fn first_page_has_total_and_partitions() {
    let trial = trial().expect(Method::Get, FIRST, include_str!("../fixtures/page1.json"));
    let page = trial.read("users").unwrap();
    assert_eq!((page.total, page.next), (Some(5), None));
    assert!(
        page.partitions[0].starts_with("4@"),
        "{:?}",
        page.partitions
    );
    assert!(page.offset_paged);
    let request = &trial.requests()[0];
    assert_eq!(request.headers[0].name, "accept");
    assert_eq!(request.headers[0].value, "application/scim+json");
}

#[test]
fn every_field_of_a_user_is_kept() {
    assert_eq!(
        all(trial())[0],
        Account {
            principal_name: Some("nguyen.ostergard+seat@example.com".into()),
            emails: vec![
                Email::other("home@personal.example"),
                Email::primary("nguyen.ostergard+seat@example.com")
            ],
            display_name: Some("Nguyễn Østergård".into()),
            given_name: Some("Nguyễn".into()),
            family_name: Some("Østergård".into()),
            employee_number: Some("701984".into()),
            kind: AccountKind::Human,
            status: AccountStatus::Active,
            created_at: Some(1_767_323_045_678),
            last_activity: LastActivity::Unknown,
            seats: vec![Seat::of("scim-user")],
            attributes: vec![
                attribute("external-id", "hr-17"),
                attribute("user-type", "Employee"),
                attribute("department", "Støy"),
                attribute("role", "editor"),
                attribute("role", "viewer"),
            ],
            ..Account::new("1f")
        }
    );
}

#[test]
fn absent_fields_are_unknown() {
    let li = &all(trial())[1];
    assert_eq!(
        (li.status, li.kind, &li.emails),
        (
            AccountStatus::Unspecified,
            AccountKind::Unspecified,
            &vec![]
        )
    );
    assert_eq!(li.display_name.as_deref(), Some("李 O'Brien"));
    assert_eq!((li.created_at, &li.employee_number), (None, &None));
    assert_eq!(li.seats, [Seat::of("scim-user")]);
}

#[test]
fn activity_is_unknown_despite_last_modified() {
    assert!(
        all(trial())
            .iter()
            .all(|account| account.last_activity == LastActivity::Unknown)
    );
    assert!(
        Scim::describe()
            .streams
            .iter()
            .all(|stream| !stream.reports_activity)
    );
}

#[test]
fn deactivated_account_holds_a_seat_only_by_setting() {
    let gone = &all(trial())[2];
    assert_eq!(
        (gone.status, &gone.seats),
        (AccountStatus::Suspended, &vec![])
    );
    let gone = &all(trial()
        .setting("inactive-hold-seats", true)
        .setting("product", "plus"))[2];
    assert_eq!(gone.seats, [Seat::of("plus")]);
}

#[test]
fn entitlements_are_seats_with_any_status() {
    let licensed = &all(trial())[3];
    assert_eq!(
        (licensed.status, licensed.kind),
        (AccountStatus::Suspended, AccountKind::Guest)
    );
    assert_eq!(licensed.seats, [Seat::of("pro"), Seat::of("addon")]);
    assert_eq!(licensed.emails, [Email::other("licensed@example.com")]);
    assert_eq!(all(trial())[4].kind, AccountKind::Service);
}

#[test]
fn list_without_users_is_an_empty_last_page() {
    let trial = trial().expect(Method::Get, FIRST, include_str!("../fixtures/empty.json"));
    assert_eq!(
        trial.read("users"),
        Ok(Page {
            offset_paged: true,
            ..Page::accounts(vec![]).total(0)
        })
    );
}

#[test]
fn empty_page_past_the_end_is_the_last() {
    let past = r#"{"totalResults":3,"startIndex":4,"itemsPerPage":0,"Resources":[]}"#;
    let page = trial()
        .cursor("4")
        .expect(Method::Get, SECOND, past)
        .read("users")
        .unwrap();
    assert_eq!((page.next, page.total), (None, Some(3)));
}

#[test]
fn empty_page_before_the_end_fails() {
    let early = r#"{"totalResults":250,"startIndex":1,"Resources":[]}"#;
    assert!(matches!(failure(early), Failure::ContractViolation(text) if text.contains("250")));
}

#[test]
fn page_from_another_start_index_fails() {
    let again =
        r#"{"totalResults":9,"startIndex":1,"Resources":[{"id":"1f"},{"id":"2e"},{"id":"3d"}]}"#;
    let failure = trial()
        .cursor("4")
        .expect(Method::Get, SECOND, again)
        .read("users")
        .unwrap_err();
    assert!(matches!(failure, Failure::ContractViolation(text) if text.starts_with("startIndex")));
}

/// Returns a list response with these users.
fn list(fields: &str, ids: &[&str]) -> String {
    let users: Vec<_> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    format!(r#"{{{fields},"Resources":[{}]}}"#, users.join(","))
}

/// Reads every page from a server that gives these responses.
fn read_ids(responses: &[(&str, MockResponse)]) -> Result<Vec<String>, Failure> {
    let host = responses.iter().fold(trial(), |host, (query, response)| {
        host.expect(Method::Get, &format!("/Users?{query}"), response.clone())
    });
    let pages = host.read_all("users")?;
    Ok(pages
        .into_iter()
        .flat_map(accounts)
        .map(|account| account.id)
        .collect())
}

#[test]
fn total_of_the_page_does_not_end_the_list() {
    let page =
        |total: u64, ids| MockResponse::from(&*list(&format!(r#""totalResults":{total}"#), ids));
    let ids = read_ids(&[
        ("startIndex=1&count=3", page(3, &["a", "b", "c"])),
        ("startIndex=4&count=3", page(3, &["d", "e", "f"])),
        ("startIndex=7&count=3", page(1, &["g"])),
        ("startIndex=8&count=3", page(0, &[])),
    ]);
    assert_eq!(
        ids,
        Ok(["a", "b", "c", "d", "e", "f", "g"]
            .map(String::from)
            .to_vec())
    );
}

#[test]
fn server_with_one_page_for_every_request_is_read_once() {
    let same = list(r#""totalResults":2,"startIndex":1"#, &["a", "b"]);
    let past = MockResponse::json(
        400,
        r#"{"scimType":"invalidValue","detail":"startIndex is out of range"}"#,
    );
    for after in [same.as_str().into(), past] {
        let first = ("startIndex=1&count=3", same.as_str().into());
        let ids = read_ids(&[first, ("startIndex=3&count=3", after)]);
        assert_eq!(ids, Ok(vec!["a".to_owned(), "b".to_owned()]));
    }
}

#[test]
fn ignored_start_index_with_more_users_fails() {
    let same = list(r#""totalResults":5,"startIndex":1"#, &["a", "b", "c"]);
    let failure = read_ids(&[
        ("startIndex=1&count=3", same.as_str().into()),
        ("startIndex=4&count=3", same.as_str().into()),
    ]);
    assert!(
        matches!(&failure, Err(Failure::ContractViolation(text)) if text.contains("startIndex")),
        "{failure:?}"
    );
}

#[test]
fn next_cursor_is_followed_to_the_page_without_one() {
    let page = |next: &str, ids| {
        MockResponse::from(&*list(
            &format!(r#""totalResults":5,"previousCursor":"p"{next}"#),
            ids,
        ))
    };
    let responses = [
        (
            "startIndex=1&count=3",
            page(r#","nextCursor":"a b/=""#, &["a", "b"]),
        ),
        (
            "cursor=a%20b%2F%3D&count=3",
            page(r#","nextCursor":"c3""#, &["c", "d"]),
        ),
        ("cursor=c3&count=3", page(r#","nextCursor":null"#, &["e"])),
    ];
    assert_eq!(
        read_ids(&responses),
        Ok(["a", "b", "c", "d", "e"].map(String::from).to_vec())
    );

    let first = trial().expect(Method::Get, FIRST, responses[0].1.clone());
    let page = first.read("users").unwrap();
    assert!(!page.offset_paged && page.partitions.is_empty(), "{page:?}");
    assert_eq!(
        (page.total, page.next.as_deref()),
        (Some(5), Some("cursor:a b/="))
    );
}

#[test]
fn refused_cursor_starts_the_read_anew_and_a_repeated_one_fails() {
    let read = |response: MockResponse| {
        trial()
            .cursor("cursor:c2")
            .expect(Method::Get, "/Users?cursor=c2&count=3", response)
            .read("users")
    };
    for refusal in ["invalidCursor", "expiredCursor"] {
        let body = format!(r#"{{"status":"400","scimType":"{refusal}"}}"#);
        let failure = read(MockResponse::json(400, &body));
        assert!(
            matches!(&failure, Err(Failure::CheckpointInvalid(text)) if text.contains(refusal)),
            "{failure:?}"
        );
    }
    let other = read(MockResponse::json(400, r#"{"scimType":"invalidCount"}"#));
    assert!(
        matches!(other, Err(Failure::ContractViolation(_))),
        "{other:?}"
    );
    let same = read(
        list(r#""totalResults":5,"nextCursor":"c2""#, &["c"])
            .as_str()
            .into(),
    );
    assert!(
        matches!(&same, Err(Failure::ContractViolation(text)) if text.starts_with("nextCursor")),
        "{same:?}"
    );
}

#[test]
fn faulty_rows_are_rejected_and_count_for_the_next_offset() {
    let trial = trial().expect(
        Method::Get,
        FIRST,
        include_str!("../fixtures/bad-rows.json"),
    );
    let page = trial.read("users").unwrap();
    assert!(
        page.next
            .as_ref()
            .is_some_and(|next| next.starts_with("5@")),
        "four rows of four"
    );
    let [id, blank] = page.rejected.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(id.row, "nameless (row 3 of its page)");
    assert!(id.reason.starts_with("missing field `id`"), "{}", id.reason);
    assert_eq!(
        (blank.row.as_str(), blank.reason.as_str()),
        ("blank", "id: is empty")
    );
    let [good, read] = &accounts(page)[..] else {
        panic!("two rows are usable")
    };
    assert_eq!((good.id.as_str(), good.warnings.len()), ("1f", 0));
    assert_eq!(read.status, AccountStatus::Active, "yes means true");
}

#[test]
fn malformed_response_names_the_field() {
    let message = |failure| match failure {
        Failure::ContractViolation(text) => text,
        other => panic!("{other:?}"),
    };
    let text = message(failure(r#"{"totalResults":"five","Resources":[]}"#));
    assert!(
        text.contains(FIRST) && text.contains("totalResults: invalid type: string \"five\""),
        "{text}"
    );
    assert!(message(failure(r#"{"Resources":[]}"#)).contains("missing field `totalResults`"));
    assert!(
        message(failure(r#"{"totalResults":5,"Resources":[{"id":"1f""#))
            .contains("EOF while parsing")
    );
    let page = failure(MockResponse::text(200, "text/html", "<html>"));
    assert!(
        matches!(&page, Failure::ConfigInvalid(text)
            if text.contains("not JSON") && text.contains("base URL")),
        "{page:?}"
    );
    let object = message(failure(r#"{"totalResults":1,"Resources":{"id":"1f"}}"#));
    assert!(object.contains("Resources: invalid type"), "{object}");
    assert!(message(failure(r#"{"totalResults":1}"#)).contains("returns none"));
    let by_cursor = message(failure(r#"{"totalResults":1,"nextCursor":"c2"}"#));
    assert!(by_cursor.contains("Resources: is absent"), "{by_cursor}");
}

#[test]
fn error_status_becomes_its_failure() {
    let scim = |status: u16| {
        MockResponse::json(
            status,
            r#"{"detail":"Authorization failure","status":"401"}"#,
        )
    };
    assert!(
        matches!(failure(scim(401)), Failure::AuthRejected(text) if text.contains("Authorization failure"))
    );
    assert!(matches!(failure(scim(403)), Failure::PermissionMissing(_)));
    assert!(
        matches!(failure(scim(404)), Failure::ConfigInvalid(text) if text.contains("base URL"))
    );
    assert_eq!(failure(scim(429)), Failure::RateLimited(None));
    assert!(matches!(failure(scim(500)), Failure::Transient(_)));
    assert!(matches!(
        failure(HttpError::ConnectionTerminated),
        Failure::Transient(_)
    ));
}

#[test]
fn invalid_setting_fails() {
    let trial = |size: i64| TestHost::<Scim>::new().setting("page-size", size);
    assert!(
        matches!(trial(0).read("users"), Err(Failure::ConfigInvalid(text)) if text.contains("page-size"))
    );
    let small = trial(3).expect(Method::Get, FIRST, include_str!("../fixtures/page1.json"));
    assert!(small.read("users").is_ok());
    assert!(
        matches!(TestHost::<Scim>::new().read("groups"), Err(Failure::ConfigInvalid(text)) if text.contains("groups"))
    );
}

/// Returns the accounts of one page with these users.
fn read_users(users: &str) -> (Vec<Account>, Vec<RejectedRow>) {
    let list = format!(r#"{{"totalResults":9,"Resources":[{users}]}}"#);
    let host = trial().expect(Method::Get, FIRST, list.as_str());
    let mut page = host.read("users").unwrap();
    let rejected = std::mem::take(&mut page.rejected);
    (accounts(page), rejected)
}

fn read_user(user: &str) -> Account {
    let (mut accounts, rejected) = read_users(user);
    assert_eq!(rejected, [], "{user}");
    accounts.remove(0)
}

#[test]
fn emails_of_any_shape_are_read() {
    let address = "p2@example.com";
    for (emails, expected) in [
        (r#"["p2@example.com"]"#, vec![Email::other(address)]),
        (r#""p2@example.com""#, vec![Email::other(address)]),
        (r#"{"value":"p2@example.com"}"#, vec![Email::other(address)]),
        (
            r#"{"value":"p2@example.com","primary":"true"}"#,
            vec![Email::primary(address)],
        ),
        (
            r#"[{"type":"work","value":"a@example.com","primary":"True"},"p2@example.com",null]"#,
            vec![Email::primary("a@example.com"), Email::other(address)],
        ),
        (
            r#"[{"Value":["p2@example.com"],"PRIMARY":1}]"#,
            vec![Email::primary(address)],
        ),
        ("null", vec![]),
        ("[]", vec![]),
        (r#""""#, vec![]),
    ] {
        let account = read_user(&format!(r#"{{"id":"u1","emails":{emails}}}"#));
        assert_eq!(
            (account.emails, account.warnings),
            (expected, vec![]),
            "{emails}"
        );
    }

    let account = read_user(r#"{"id":"u1","emails":[{"value":{"a":1}},[1,2],"a@example.com"]}"#);
    assert_eq!(account.emails, [Email::other("a@example.com")]);
    assert!(account.warnings.len() == 2 && account.warnings[0].starts_with("emails["));
    let both =
        r#"[{"value":"a@example.com","primary":true},{"value":"b@example.com","primary":true}]"#;
    let account = read_user(&format!(r#"{{"id":"u1","emails":{both}}}"#));
    assert!(
        account.emails.iter().all(|email| email.primary),
        "the host sees the contradiction"
    );
}

#[test]
fn names_are_read_in_any_case() {
    let list = r#"{"TOTALRESULTS":3,"StartIndex":1,"resources":[
        {"ID":"u1","UserName":"p1","DisplayName":"P","Active":false,"Emails":[{"Value":"a@example.com","Primary":true}],
         "Meta":{"Created":"2024-03-01T08:00:00Z"},"Name":{"GIVENNAME":"G"},
         "URN:IETF:params:scim:schemas:extension:Enterprise:2.0:user":{"EmployeeNumber":"7"}},
        {"id":"u2","username":"p2","active":true,"Active":true},{"id":"u3"}]}"#;
    let host = trial().expect(Method::Get, FIRST, list);
    let accounts = accounts(host.read("users").unwrap());
    assert_eq!(
        accounts[0],
        Account {
            principal_name: Some("p1".into()),
            display_name: Some("P".into()),
            given_name: Some("G".into()),
            status: AccountStatus::Suspended,
            emails: vec![Email::primary("a@example.com")],
            employee_number: Some("7".into()),
            created_at: Some(1_709_280_000_000),
            ..Account::new("u1")
        }
    );
    assert_eq!(accounts[1].principal_name.as_deref(), Some("p2"));
}

#[test]
fn enterprise_extension_is_found_under_each_of_its_names() {
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let inside = r#"{"employeeNumber":701984,"department":["Sales"]}"#;
    for extension in [
        format!(r#""{urn}":{inside}"#),
        format!(r#""{}":{inside}"#, urn.to_uppercase()),
        format!(r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0":{inside}"#),
        format!(r#""urn:scim:schemas:extension:enterprise:1.0":{inside}"#),
        format!(r#""enterprise":{inside}"#),
        r#""employeeNumber":"701984","department":"Sales""#.into(),
        format!(r#""{urn}:employeeNumber":"701984","{urn}:department":"Sales""#),
        format!(
            r#""{urn}":{{"employeeNumber":null}},"employeeNumber":701984,"department":"Sales""#
        ),
    ] {
        let account = read_user(&format!(r#"{{"id":"u1",{extension}}}"#));
        assert_eq!(
            account.employee_number.as_deref(),
            Some("701984"),
            "{extension}"
        );
        assert_eq!(
            account.attributes,
            [attribute("department", "Sales")],
            "{extension}"
        );
    }
}

#[test]
fn odd_attribute_costs_itself_and_the_account_stays() {
    for (odd, field) in [
        (r#""active":"perhaps""#, "active"),
        (r#""active":"1.0""#, "active"),
        (r#""userName":{"value":"a"}"#, "userName"),
        (r#""name":"Ada Test""#, "name"),
        (r#""name":["a","b"]"#, "name"),
        (
            r#""meta":{"created":"2024-03-01T08:00:00"}"#,
            "meta.created",
        ),
        (r#""meta":"x""#, "meta"),
        (r#""displayName":"Old","displayName":"New""#, "displayName"),
        (r#""displayName":"a\ud800""#, "displayName"),
        ("\"displayName\":\"a\u{0}\"", "display-name"),
        (r#""externalId":[]"#, "externalId"),
    ] {
        let account = read_user(&format!(r#"{{"id":"u1",{odd}}}"#));
        assert_eq!(account.id, "u1");
        assert_ne!(account.status, AccountStatus::Active, "{odd}");
        assert_eq!(
            account.seats.len(),
            1,
            "an account whose status is unknown holds its seat"
        );
        assert_eq!(account.warnings.len(), 1, "{odd}: {:?}", account.warnings);
        assert!(
            account.warnings[0].starts_with(&format!("{field}: ")),
            "{:?}",
            account.warnings
        );
    }
    let account = read_user(r#"{"id":1,"externalId":157663,"displayName":5,"userType":null}"#);
    assert_eq!(
        (account.id.as_str(), account.display_name.as_deref()),
        ("1", Some("5"))
    );
    assert_eq!(account.attributes, [attribute("external-id", "157663")]);
}

#[test]
fn id_is_strict_and_a_rejected_user_keeps_its_id() {
    for id in [
        "1.0",
        "1e3",
        "true",
        "{}",
        "[]",
        "null",
        r#""""#,
        r#"" ""#,
        r#""a\u0000""#,
        r#""\ud800""#,
    ] {
        let (accounts, rejected) =
            read_users(&format!(r#"{{"id":{id},"userName":"a"}},{{"id":"b"}}"#));
        assert_eq!((accounts.len(), rejected.len()), (1, 1), "{id}");
        assert!(rejected[0].reason.contains("id"), "{id}: {rejected:?}");
        assert_eq!(rejected[0].id, None);
    }
}
