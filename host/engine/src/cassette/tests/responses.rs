//! Tests of matching requests with recorded responses.

use super::{ok_response, record_exchanges, request};
use crate::cassette::responses::RecordedResponses;
use futures::FutureExt as _;
use purser_model::{HttpError, Method, Request, Response};
use purser_sandbox::Outbound as _;

fn send(responses: &RecordedResponses, request: Request) -> Result<Response, HttpError> {
    responses.send(request).now_or_never().unwrap()
}

#[test]
fn recorded_requests_in_any_order_get_their_responses_once() {
    let get = |target: &str| request(Method::Get, target, None);
    let post = |body: &[u8]| request(Method::Post, "/a", Some(body));
    let responses = RecordedResponses::new(record_exchanges(&[
        (get("/a"), ok_response("first")),
        (get("/b"), Err(HttpError::Denied("x".into()))),
        (get("/a"), ok_response("second")),
        (post(b"1"), ok_response("one")),
        (post(b"2"), ok_response("two")),
    ]))
    .unwrap();

    assert_eq!(send(&responses, post(b"2")), ok_response("two"));
    assert_eq!(send(&responses, get("/a")), ok_response("first"));
    assert_eq!(
        send(&responses, get("/b")),
        Err(HttpError::Denied("x".into()))
    );
    assert_eq!(send(&responses, get("/a")), ok_response("second"));
    assert_eq!(responses.unused(), 1);
    assert!(responses.take_missing().is_empty());

    let not_recorded = [
        get("/a"),
        post(b"3"),
        request(Method::Post, "/a", None),
        request(Method::Head, "/a", None),
    ];
    for request in not_recorded {
        assert!(matches!(
            send(&responses, request),
            Err(HttpError::Internal(Some(_)))
        ));
    }
    assert_eq!(
        responses.take_missing(),
        ["GET /a", "POST /a", "POST /a", "HEAD /a"]
    );
}

#[test]
fn request_with_an_address_from_a_response_matches_its_recording() {
    let next = request(Method::Get, "/users/ada%40corp.example", None);
    let list = ok_response(r#"["ada@corp.example"]"#);
    let responses = RecordedResponses::new(record_exchanges(&[
        (request(Method::Get, "/users", None), list),
        (next, ok_response("Ada, ada@corp.example")),
    ]))
    .unwrap();

    let list = send(&responses, request(Method::Get, "/users", None)).unwrap();
    let target = "/users/person-1%40example.invalid";
    let next = send(&responses, request(Method::Get, target, None)).unwrap();

    assert_eq!(list.body, br#"["person-1@example.invalid"]"#);
    assert_eq!(next.body, b"Ada, person-1@example.invalid");
}
