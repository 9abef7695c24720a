//! The application over the wire, by a client that knows nothing of it but HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

use jiff::Timestamp;
use purser_sample_app::{
    Company, Fault, Population, Rate, RunningSample, SampleOptions, Scope, Used, start,
};
use serde_json::Value;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn company(members: usize) -> Company {
    Company::new(Population {
        seed: 1,
        members,
        now: "2026-03-01T12:00:00Z".parse().unwrap(),
    })
}

fn running(members: usize, options: SampleOptions) -> RunningSample {
    start(&company(members), options).unwrap()
}

/// Status, head and body of one exchange on a connection of its own; `None` when it breaks off without an answer.
fn exchange(
    sample: &RunningSample,
    token: &str,
    method: &str,
    path: &str,
) -> Option<(u16, String, String)> {
    let base = sample.base_url();
    let (address, prefix) = base.trim_start_matches("http://").split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).ok()?;
    let request = format!(
        "{method} /{prefix}{path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    Some((
        head.split(' ').nth(1)?.parse().ok()?,
        head.to_lowercase(),
        body.to_owned(),
    ))
}

fn call(sample: &RunningSample, method: &str, path: &str) -> (u16, Value) {
    let (status, _, body) = exchange(sample, sample.token(), method, path).unwrap();
    (status, serde_json::from_str(&body).unwrap_or(Value::Null))
}

fn get(sample: &RunningSample, path: &str) -> Value {
    let (status, body) = call(sample, "GET", path);
    assert_eq!(status, 200, "{path}: {body}");
    body
}

/// Follows the cursors of a list.
fn all(sample: &RunningSample, list: &str) -> Vec<Value> {
    let (mut rows, mut path) = (Vec::new(), format!("/{list}?limit=100"));
    loop {
        let page = get(sample, &path);
        rows.extend(page[list].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/{list}?limit=100&cursor={cursor}"),
            None => return rows,
        }
    }
}

#[test]
fn lists_hold_every_member_and_every_seat_that_tells() {
    let company = company(730);
    let sample = start(&company, SampleOptions::default()).unwrap();
    let members = all(&sample, "members");
    let ids: Vec<_> = members
        .iter()
        .map(|member| member["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        company
            .members()
            .iter()
            .map(|member| member.id.as_str())
            .collect::<Vec<_>>()
    );
    let activity: HashMap<_, _> = all(&sample, "activity")
        .into_iter()
        .map(|row| {
            (
                (row["member_id"].to_string(), row["plan"].to_string()),
                row["last_active_at"].clone(),
            )
        })
        .collect();
    for member in company.members() {
        for seat in &member.seats {
            let told = activity.get(&(format!("\"{}\"", member.id), format!("\"{}\"", seat.plan)));
            match seat.used {
                Used::Untold => assert_eq!(told, None),
                Used::Never => assert_eq!(told, Some(&Value::Null)),
                Used::At(at) => assert_eq!(
                    told.unwrap()
                        .as_str()
                        .unwrap()
                        .parse::<Timestamp>()
                        .unwrap(),
                    at
                ),
            }
        }
    }
    assert_eq!(sample.answers().repeated(), [""; 0]);
    assert_eq!(sample.answers().to("GET /members", 200), 8);
}

#[test]
fn plans_agree_with_the_answer_key() {
    let company = company(300);
    let sample = start(&company, SampleOptions::default()).unwrap();
    let plans = get(&sample, "/plans");
    for (shown, truth) in plans["plans"]
        .as_array()
        .unwrap()
        .iter()
        .zip(&company.truth().plans)
    {
        assert_eq!(shown["key"], truth.plan);
        assert_eq!(shown["seats_purchased"], truth.owned);
        assert_eq!(shown["seats_used"], truth.seats);
    }
}

#[test]
fn a_seat_that_is_taken_is_gone_and_others_are_protected() {
    let company = company(300);
    let sample = start(&company, SampleOptions::default()).unwrap();
    let direct = &company.members()[2];
    let path = format!("/members/{}/seats/{}", direct.id, direct.seats[0].plan);
    assert_eq!(call(&sample, "DELETE", &path).0, 204);
    assert_eq!(
        get(&sample, &format!("/members/{}", direct.id))["seats"]
            .as_array()
            .unwrap()
            .len(),
        direct.seats.len() - 1
    );
    assert_eq!(
        call(&sample, "DELETE", &path).1["error"]["code"],
        "no_such_seat"
    );

    let owner = &company.members()[0];
    let (status, answer) = call(
        &sample,
        "DELETE",
        &format!("/members/{}/seats/{}", owner.id, owner.seats[0].plan),
    );
    assert_eq!(
        (status, &answer["error"]["code"]),
        (409, &"owner_protected".into())
    );
    assert_eq!(
        call(&sample, "POST", &format!("/members/{}/suspend", owner.id)).0,
        409
    );

    let inherits = company
        .members()
        .iter()
        .skip(1)
        .find(|member| member.seats[0].via_group.is_some())
        .unwrap();
    let (status, answer) = call(
        &sample,
        "DELETE",
        &format!("/members/{}/seats/{}", inherits.id, inherits.seats[0].plan),
    );
    assert_eq!(
        (status, &answer["error"]["code"]),
        (409, &"seat_from_group".into())
    );
    assert_eq!(
        call(&sample, "DELETE", "/members/m_none/seats/whiteboard").1["error"]["code"],
        "no_such_member"
    );
}

#[test]
fn suspending_twice_is_as_good_as_once() {
    let company = company(50);
    let sample = start(&company, SampleOptions::default()).unwrap();
    let path = format!("/members/{}/suspend", company.members()[1].id);
    for _ in 0..2 {
        let (status, member) = call(&sample, "POST", &path);
        assert_eq!((status, &member["state"]), (200, &"suspended".into()));
    }
}

#[test]
fn only_the_token_opens_it() {
    let sample = running(10, SampleOptions::default());
    assert_eq!(exchange(&sample, "wrong", "GET", "/me").unwrap().0, 401);
    assert_eq!(exchange(&sample, "", "GET", "/members").unwrap().0, 401);
    assert_eq!(get(&sample, "/me")["scopes"].as_array().unwrap().len(), 4);
    sample.inject(Fault::ScopeMissing(Scope::ActivityRead));
    let (status, answer) = call(&sample, "GET", "/activity");
    assert_eq!(
        (status, &answer["error"]["scope"]),
        (403, &"activity:read".into())
    );
    assert_eq!(get(&sample, "/me")["scopes"].as_array().unwrap().len(), 3);
}

#[test]
fn a_client_in_a_hurry_is_told_how_long_to_wait() {
    let rate = Some(Rate {
        burst: 2,
        per_second: 1,
    });
    let sample = running(
        10,
        SampleOptions {
            rate,
            ..SampleOptions::default()
        },
    );
    let asked: Vec<_> = (0..3)
        .map(|_| exchange(&sample, sample.token(), "GET", "/me").unwrap())
        .collect();
    assert_eq!(
        asked.iter().map(|answer| answer.0).collect::<Vec<_>>(),
        [200, 200, 429]
    );
    assert!(asked[2].1.contains("retry-after: 1"));
}

#[test]
fn faults_do_what_they_say() {
    let options = |fault| SampleOptions {
        page_limit: 10,
        faults: vec![fault],
        ..SampleOptions::default()
    };
    let second = "/members?limit=10&cursor=c_0000000a";

    let sample = running(30, options(Fault::UnavailableOnce { page: 1 }));
    assert_eq!(call(&sample, "GET", second).0, 503);
    assert_eq!(call(&sample, "GET", second).0, 200);

    let sample = running(30, options(Fault::MalformedJson { page: 1 }));
    assert_eq!(call(&sample, "GET", second), (200, Value::Null));
    sample.heal();
    assert_eq!(
        get(&sample, second)["members"].as_array().unwrap().len(),
        10
    );

    let sample = running(30, options(Fault::DuplicateInPage { page: 1 }));
    let page = get(&sample, second);
    assert_eq!(page["members"][0]["id"], page["members"][10]["id"]);

    let sample = running(30, options(Fault::DuplicateOfPageBefore { page: 1 }));
    assert_eq!(
        get(&sample, "/members?limit=10")["members"][9],
        get(&sample, second)["members"][0]
    );

    let sample = running(
        30,
        options(Fault::CursorTo {
            page: 1,
            back_to: 1,
        }),
    );
    assert_eq!(get(&sample, second)["next_cursor"], "c_0000000a");

    let sample = running(30, options(Fault::ListsOnly { members: 0 }));
    assert_eq!(
        get(&sample, "/members"),
        serde_json::json!({ "members": [], "next_cursor": null, "total": 0 })
    );

    let sample = running(30, options(Fault::TokenRevokedAfter { requests: 1 }));
    assert_eq!(
        [call(&sample, "GET", "/me").0, call(&sample, "GET", "/me").0],
        [200, 401]
    );

    let sample = running(
        30,
        options(Fault::Slow {
            each: Duration::from_millis(60),
        }),
    );
    let before = std::time::Instant::now();
    get(&sample, "/me");
    assert!(before.elapsed() >= Duration::from_millis(60));
}

#[test]
fn a_dead_server_neither_answers_nor_listens() {
    let sample = running(
        30,
        SampleOptions {
            faults: vec![Fault::DiesAfter { requests: 1 }],
            ..SampleOptions::default()
        },
    );
    assert_eq!(call(&sample, "GET", "/me").0, 200);
    assert!(
        exchange(&sample, sample.token(), "GET", "/me").is_none(),
        "the connection breaks off"
    );
    assert!(
        exchange(&sample, sample.token(), "GET", "/me").is_none(),
        "nobody listens"
    );
    assert_eq!(sample.answers().total(), 1);
}
