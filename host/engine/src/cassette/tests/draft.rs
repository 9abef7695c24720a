//! Tests of what is left out of a cassette.

use super::request;
use crate::cassette::draft::CassetteDraft;
use crate::cassette::format::RecordedResponse;
use purser_model::{Blame, Header, HttpError, Method, Outcome, OutcomeClass, Request, Response};

#[test]
fn address_in_an_error_is_replaced_and_other_errors_are_unchanged() {
    let mut draft = CassetteDraft::new(u64::MAX);
    let refused = |address: &str| HttpError::Denied(format!("read:users GET /users/{address}"));

    for (error, expected) in [
        (
            refused("ada%40corp.example"),
            refused("person-1%40example.invalid"),
        ),
        (
            HttpError::Internal(Some("a \"b\" c".into())),
            HttpError::Internal(Some("a \"b\" c".into())),
        ),
        (
            HttpError::ResponseBodySize(7),
            HttpError::ResponseBodySize(7),
        ),
        (HttpError::ConnectionRefused, HttpError::ConnectionRefused),
    ] {
        let RecordedResponse::Error(recorded) = draft.response(&Err(error)) else {
            panic!()
        };
        assert_eq!(recorded, expected);
    }
}

#[test]
fn address_in_an_outcome_is_replaced() {
    let outcome = Outcome {
        class: OutcomeClass::RequestDenied,
        blame: Blame::Operator,
        message: "ada@corp.example".into(),
        next_step: None,
    };

    let recorded = CassetteDraft::new(u64::MAX).outcome(&outcome);

    assert_eq!(recorded.message, "person-1@example.invalid");
}

#[test]
fn headers_that_carry_sessions_and_credentials_are_left_out() {
    let names = [
        "Set-Cookie",
        "cookie",
        "AUTHORIZATION",
        "proxy-authorization",
        "set-cookie2",
        "x-kept",
    ];
    let headers = names.map(|name| Header {
        name: name.into(),
        value: "secret of ada@corp.example".into(),
    });
    let sent = Request {
        headers: headers.to_vec(),
        ..request(Method::Get, "/", None)
    };
    let received = Ok(Response {
        status: 200,
        headers: headers.to_vec(),
        body: vec![],
    });
    let mut draft = CassetteDraft::new(u64::MAX);

    let kept = ["x-kept: secret of person-1@example.invalid"];
    assert_eq!(draft.request(&sent).headers, kept);
    let RecordedResponse::Response { headers, .. } = draft.response(&received) else {
        panic!()
    };
    assert_eq!(headers, kept);
}

#[test]
fn part_without_room_ends_the_recording() {
    let mut draft = CassetteDraft::new(1_000);
    let sent = draft.request(&request(Method::Post, "/", Some(&[b'x'; 600])));

    assert!(draft.reserve(&sent));
    assert!(!draft.reserve(&sent));
    assert!(draft.cut_off);
    assert!(!draft.reserve(&0), "a smaller part is left out, too");
}
