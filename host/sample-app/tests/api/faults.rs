//! Injected faults.

use crate::client::{SECOND_PAGE, call, exchange, get, len, start_with_fault, status};
use purser_sample_app::Fault;
use serde_json::Value;
use std::time::{Duration, Instant};

#[test]
fn unavailable_once_fails_the_first_request_only() {
    let sample = start_with_fault(Fault::UnavailableOnce { page: 1 });

    assert_eq!(status(&sample, "GET", SECOND_PAGE), 503);
    assert_eq!(status(&sample, "GET", SECOND_PAGE), 200);
}

#[test]
fn malformed_json_lasts_until_faults_are_cleared() {
    let sample = start_with_fault(Fault::MalformedJson { page: 1 });

    assert_eq!(call(&sample, "GET", SECOND_PAGE), (200, Value::Null));

    sample.clear_faults();
    assert_eq!(len(&get(&sample, SECOND_PAGE)["members"]), 10);
}

#[test]
fn duplicate_in_page_repeats_the_first_member() {
    let sample = start_with_fault(Fault::DuplicateInPage { page: 1 });

    let page = get(&sample, SECOND_PAGE);

    assert_eq!(page["members"][0]["id"], page["members"][10]["id"]);
}

#[test]
fn duplicate_of_previous_page_repeats_its_last_member() {
    let sample = start_with_fault(Fault::DuplicateOfPreviousPage { page: 1 });

    let first = get(&sample, "/members?limit=10");
    let second = get(&sample, SECOND_PAGE);

    assert_eq!(first["members"][9], second["members"][0]);
}

#[test]
fn cursor_to_leads_back_to_the_page() {
    let sample = start_with_fault(Fault::CursorTo {
        page: 1,
        back_to: 1,
    });

    assert_eq!(get(&sample, SECOND_PAGE)["next_cursor"], "c_0000000a");
}

#[test]
fn lists_only_zero_members_gives_an_empty_list() {
    let sample = start_with_fault(Fault::ListsOnly { members: 0 });

    assert_eq!(
        get(&sample, "/members"),
        serde_json::json!({ "members": [], "next_cursor": null, "total": 0 })
    );
}

#[test]
fn revoked_token_is_refused_after_its_requests() {
    let sample = start_with_fault(Fault::TokenRevokedAfter { requests: 1 });

    assert_eq!(status(&sample, "GET", "/me"), 200);
    assert_eq!(status(&sample, "GET", "/me"), 401);
}

#[test]
fn slow_delays_every_response() {
    let delay = Duration::from_millis(60);
    let sample = start_with_fault(Fault::Slow { each: delay });

    let start = Instant::now();
    get(&sample, "/me");

    assert!(start.elapsed() >= delay);
}

#[test]
fn crashed_server_neither_responds_nor_listens() {
    let sample = start_with_fault(Fault::CrashesAfter { requests: 1 });
    let try_get = || exchange(&sample, sample.token(), "GET", "/me");

    assert_eq!(status(&sample, "GET", "/me"), 200);
    assert!(try_get().is_none(), "the connection breaks");
    assert!(try_get().is_none(), "new connections are refused");
    assert_eq!(sample.responses().total(), 1);
}
