//! Tests of the application over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod client;
mod faults;

use client::{
    call, company, error, exchange, get, get_all, len, start_with, start_with_fault, status,
};
use jiff::Timestamp;
use purser_sample_app::{Fault, LastUse, RateLimit, SampleOptions, Scope, start};
use serde_json::Value;
use std::collections::HashMap;

#[test]
fn member_list_has_every_member_once() {
    let company = company(730);
    let sample = start(&company, SampleOptions::default()).unwrap();

    let members = get_all(&sample, "members");

    let ids: Vec<_> = members
        .iter()
        .map(|member| member["id"].as_str().unwrap())
        .collect();
    let expected: Vec<_> = company
        .members()
        .iter()
        .map(|member| member.id.as_str())
        .collect();
    assert_eq!(ids, expected);
    assert_eq!(sample.responses().repeated(), [""; 0]);
    assert_eq!(sample.responses().count("GET /members", 200), 8);
}

#[test]
fn activity_list_has_every_reported_seat() {
    let company = company(730);
    let sample = start(&company, SampleOptions::default()).unwrap();

    let activity: HashMap<_, _> = get_all(&sample, "activity")
        .into_iter()
        .map(|row| {
            let member = row["member_id"].as_str().unwrap().to_owned();
            let plan = row["plan"].as_str().unwrap().to_owned();
            ((member, plan), row["last_active_at"].clone())
        })
        .collect();

    for member in company.members() {
        for seat in &member.seats {
            let reported = activity.get(&(member.id.clone(), seat.plan.to_owned()));
            match seat.last_use {
                LastUse::Unreported => assert_eq!(reported, None),
                LastUse::Never => assert_eq!(reported, Some(&Value::Null)),
                LastUse::At(at) => {
                    let text = reported.unwrap().as_str().unwrap();
                    assert_eq!(text.parse::<Timestamp>().unwrap(), at);
                }
            }
        }
    }
}

#[test]
fn plans_agree_with_the_expected_figures() {
    let company = company(300);
    let sample = start(&company, SampleOptions::default()).unwrap();

    let plans = get(&sample, "/plans");

    let plans = plans["plans"].as_array().unwrap();
    for (plan, expected) in plans.iter().zip(&company.expected().plans) {
        assert_eq!(plan["key"], expected.plan);
        assert_eq!(plan["seats_purchased"], expected.owned);
        assert_eq!(plan["seats_used"], expected.seats);
    }
}

#[test]
fn direct_seat_can_be_removed_once() {
    let company = company(300);
    let sample = start(&company, SampleOptions::default()).unwrap();
    let member = &company.members()[2];
    let path = format!("/members/{}/seats/{}", member.id, member.seats[0].plan);

    assert_eq!(status(&sample, "DELETE", &path), 204);

    let changed = get(&sample, &format!("/members/{}", member.id));
    assert_eq!(len(&changed["seats"]), member.seats.len() - 1);
    assert_eq!(
        error(&sample, "DELETE", &path),
        (404, "no_such_seat".to_owned())
    );
}

#[test]
fn owner_and_inherited_seats_are_protected() {
    let company = company(300);
    let sample = start(&company, SampleOptions::default()).unwrap();

    let owner = &company.members()[0];
    let seat = format!("/members/{}/seats/{}", owner.id, owner.seats[0].plan);
    let suspend = format!("/members/{}/suspend", owner.id);
    let protected = (409, "owner_protected".to_owned());
    assert_eq!(error(&sample, "DELETE", &seat), protected);
    assert_eq!(error(&sample, "POST", &suspend), protected);

    let inherits = company
        .members()
        .iter()
        .skip(1)
        .find(|member| member.seats[0].via_group.is_some())
        .unwrap();
    let seat = format!("/members/{}/seats/{}", inherits.id, inherits.seats[0].plan);
    assert_eq!(
        error(&sample, "DELETE", &seat),
        (409, "seat_from_group".to_owned())
    );

    let unknown = "/members/m_none/seats/whiteboard";
    assert_eq!(
        error(&sample, "DELETE", unknown),
        (404, "no_such_member".to_owned())
    );
}

#[test]
fn suspending_twice_equals_suspending_once() {
    let company = company(50);
    let sample = start(&company, SampleOptions::default()).unwrap();
    let path = format!("/members/{}/suspend", company.members()[1].id);

    for _ in 0..2 {
        let (status, member) = call(&sample, "POST", &path);
        assert_eq!((status, &member["state"]), (200, &"suspended".into()));
    }
}

#[test]
fn wrong_token_is_refused() {
    let sample = start_with(10, SampleOptions::default());

    assert_eq!(exchange(&sample, "wrong", "GET", "/me").unwrap().0, 401);
    assert_eq!(exchange(&sample, "", "GET", "/members").unwrap().0, 401);
    assert_eq!(len(&get(&sample, "/me")["scopes"]), 4);
}

#[test]
fn missing_scope_is_refused_and_named() {
    let sample = start_with_fault(Fault::ScopeMissing(Scope::ActivityRead));

    let (status, body) = call(&sample, "GET", "/activity");

    assert_eq!(
        (status, &body["error"]["scope"]),
        (403, &"activity:read".into())
    );
    assert_eq!(len(&get(&sample, "/me")["scopes"]), 3);
}

#[test]
fn request_over_the_rate_limit_gets_a_retry_after() {
    let options = SampleOptions {
        rate_limit: Some(RateLimit {
            burst: 2,
            per_second: 1,
        }),
        ..SampleOptions::default()
    };
    let sample = start_with(10, options);

    let responses = [0; 3].map(|_| exchange(&sample, sample.token(), "GET", "/me").unwrap());

    assert_eq!(
        responses.each_ref().map(|(status, _, _)| *status),
        [200, 200, 429]
    );
    let (_, head, _) = &responses[2];
    assert!(head.contains("retry-after: 1"), "{head}");
}
