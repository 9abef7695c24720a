//! Applications whose responses are odd and have one meaning: every account is read, and the list
//! ends where it ends.

use purser_tests::Purser;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Starts an application that responds to a target with a JSON body, and returns its base URL.
fn application(respond: impl Fn(&str) -> String + Send + Sync + Copy + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(&stream, respond));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: &TcpStream, respond: impl Fn(&str) -> String) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    let target = request.split(' ').nth(1).unwrap_or_default().to_owned();
    // The rest of the header fields. A GET has no body.
    for line in lines {
        if line.is_empty() {
            break;
        }
    }

    let body = respond(&target);
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/scim+json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    drop(stream.write_all(head.as_bytes()));
    drop(stream.write_all(body.as_bytes()));
}

/// Returns a Purser with a published profile `users` of a SCIM application.
fn published(base_url: &str) -> Purser {
    let purser = Purser::new();
    purser.upload_and_grant("scim");
    purser.ok("alias create app --connector scim");
    let words =
        format!("main --alias app --base-url {base_url} --template bearer --private-network");
    let output = purser.connect(&words, "token-1234567890");
    assert_eq!(output.code, 0, "{output:#?}");

    purser.ok("profile create users --connector scim --alias app");
    // Code 6: the read lost a row, which shows.
    let output = purser.run("profile publish users");
    assert!([0, 6].contains(&output.code), "{output:#?}");
    purser
}

/// Returns the value of a query parameter.
fn parameter<'a>(target: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = target.split_once('?')?;
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn ids(accounts: &Value) -> Vec<&str> {
    let accounts = accounts.as_array().unwrap();
    accounts
        .iter()
        .map(|account| account["id"].as_str().unwrap())
        .collect()
}

#[test]
fn users_with_odd_attributes_are_all_read_and_warned_about() {
    let base_url = application(|target| {
        match parameter(target, "startIndex") {
        Some("1") => r#"{"TotalResults":"9","resources":[
            {"ID":42,"userName":["ada"],"Emails":"ada@example.com","active":"FALSE"},
            {"id":"bo","displayName":{"formatted":"Bo"},"meta":{"created":"2024-03-01T08:00:00"}},
            {"id":"cy","active":"enabled","displayName":"C\ud83d","enterprise":{"employeeNumber":7}},
            {"id":"di","title":NaN,"emails":{"VALUE":"di@example.com","primary":"yes"}},
            {"id":5.5,"userName":"eve"},{"id":"f1"},{"id":"f2"},{"id":"f3"},{"id":"f4"}]}"#
            .into(),
        _ => r#"{"totalResults":9}"#.into(),
    }
    });
    let purser = published(&base_url);

    let accounts = purser.json("accounts users");
    let expected = ["42", "bo", "cy", "di", "f1", "f2", "f3", "f4"];
    assert_eq!(ids(&accounts), expected, "{accounts:#}");
    let [ada, bo, cy, di] = [0, 1, 2, 3].map(|index: usize| &accounts[index]);
    assert_eq!(ada["status"], "suspended");
    assert_eq!(ada["seats"], json!([]));
    assert_eq!(ada["principal_name"], "ada");
    assert_eq!(ada["emails"][0]["address"], "ada@example.com");
    assert_eq!(
        cy["status"], "unspecified",
        "a status that is not understood is not active"
    );
    assert_eq!(cy["employee_number"], "7");
    assert_eq!(
        di["emails"],
        json!([{ "address": "di@example.com", "primary": true }])
    );

    for (account, fields) in [
        (ada, vec![]),
        (bo, vec!["displayName: ", "meta.created: "]),
        (cy, vec!["active: ", "displayName: "]),
        (di, vec![]),
    ] {
        let warnings = account["warnings"].as_array().unwrap();
        assert_eq!(warnings.len(), fields.len(), "{account:#}");
        for (warning, field) in warnings.iter().zip(fields) {
            assert!(warning.as_str().unwrap().starts_with(field), "{account:#}");
        }
    }
    let runs = purser.json("runs list");
    let run = purser.json(&format!("runs show {}", runs[0]["id"]));
    assert_eq!(run["rejected"].as_array().unwrap().len(), 1, "{run:#}");
    assert_eq!(run["rejected"][0]["id"], Value::Null);
}

#[test]
fn list_whose_total_is_that_of_the_page_is_read_to_its_end() {
    let base_url = application(|target| {
        let start: usize = parameter(target, "startIndex")
            .unwrap_or("1")
            .parse()
            .unwrap();
        let users: Vec<_> = (start..12.min(start + 5))
            .map(|n| json!({ "id": format!("u{n:02}") }))
            .collect();
        json!({ "totalResults": users.len(), "startIndex": start, "Resources": users }).to_string()
    });
    let accounts = published(&base_url).json("accounts users");
    let expected: Vec<_> = (1..12).map(|n| format!("u{n:02}")).collect();
    assert_eq!(ids(&accounts), expected);
}

#[test]
fn cursors_of_the_application_are_followed_to_the_page_without_one() {
    let base_url = application(|target| {
        let (users, next) = match parameter(target, "cursor") {
            None => (["a", "b"], Some("x%2Fy")),
            Some("x%252Fy") => (["c", "d"], Some("last page")),
            Some("last%20page") => (["e", "f"], None),
            Some(_) => (["not", "asked"], None),
        };
        let users = users.map(|id| json!({ "id": id }));
        json!({ "totalResults": 6, "nextCursor": next, "Resources": users }).to_string()
    });
    let accounts = published(&base_url).json("accounts users");
    assert_eq!(ids(&accounts), ["a", "b", "c", "d", "e", "f"]);
}

#[test]
fn ignored_start_index_fails_the_run_instead_of_completing_it() {
    let purser = Purser::new();
    let base_url = application(|_| {
        let users = ["a", "b", "c"].map(|id| json!({ "id": id }));
        json!({ "totalResults": 9, "Resources": users }).to_string()
    });
    purser.upload_and_grant("scim");
    purser.ok("alias create app --connector scim");
    let words =
        format!("main --alias app --base-url {base_url} --template bearer --private-network");
    assert_eq!(purser.connect(&words, "token-1234567890").code, 0);
    purser.ok("profile create users --connector scim --alias app");
    let output = purser.run("profile publish users");
    output.assert_refused(5, "SaaS application", "ignores the startIndex");
}
