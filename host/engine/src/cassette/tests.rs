//! Recording and matching, without a run.

use super::responses::Answers;
use super::writer::Tape;
use super::{Answer, CassetteError, Exchange, Identity, MOST_CALLS, Recording, listen};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use purser_model::{
    Blame, Download, Header, HttpError, Method, Outcome, OutcomeClass, Request, Response,
};
use purser_model::{Digest, Limits, Page, Records, Settings, StreamKind};
use purser_sandbox::{Call, IncomingResponse, Level, Outbound, ReadRequest, RunLog};
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn request(method: Method, target: &str, body: Option<&[u8]>) -> Request {
    Request {
        method,
        target: target.into(),
        headers: vec![],
        body: body.map(<[u8]>::to_vec),
        idempotent: false,
    }
}

fn answered(text: &str) -> Result<Response, HttpError> {
    Ok(Response {
        status: 200,
        headers: vec![],
        body: text.as_bytes().to_vec(),
    })
}

/// What is recorded of requests with these answers.
fn exchanges(of: &[(Request, Result<Response, HttpError>)]) -> Vec<Exchange> {
    let mut tape = Tape::of_at_most(u64::MAX);
    of.iter()
        .map(|(request, answer)| Exchange {
            request: tape.sent(request),
            answer: Some(tape.answer(answer)),
        })
        .collect()
}

fn ask(answers: &Answers, request: Request) -> Result<Response, HttpError> {
    answers.send(request).now_or_never().unwrap()
}

#[test]
fn requests_find_their_answers_in_any_order_and_each_once() {
    let get = |target: &str| request(Method::Get, target, None);
    let post = |body: &[u8]| request(Method::Post, "/a", Some(body));
    let answers = Answers::of(exchanges(&[
        (get("/a"), answered("first")),
        (get("/b"), Err(HttpError::Denied("x".into()))),
        (get("/a"), answered("second")),
        (post(b"1"), answered("one")),
        (post(b"2"), answered("two")),
    ]))
    .unwrap();
    assert_eq!(ask(&answers, post(b"2")), answered("two"));
    assert_eq!(ask(&answers, get("/a")), answered("first"));
    assert_eq!(ask(&answers, get("/b")), Err(HttpError::Denied("x".into())));
    assert_eq!(ask(&answers, get("/a")), answered("second"));
    assert_eq!(answers.unused(), 1);
    assert!(answers.missing().is_empty());
    let not_there = [
        get("/a"),
        post(b"3"),
        request(Method::Post, "/a", None),
        request(Method::Head, "/a", None),
    ];
    for request in not_there {
        assert!(matches!(
            ask(&answers, request),
            Err(HttpError::Internal(Some(_)))
        ));
    }
    assert_eq!(
        answers.missing(),
        ["GET /a", "POST /a", "POST /a", "HEAD /a"]
    );
}

#[test]
fn an_address_in_an_answer_leads_to_the_request_that_was_made_of_it() {
    let next = request(Method::Get, "/users/ada%40corp.example", None);
    let list = answered(r#"["ada@corp.example"]"#);
    let answers = Answers::of(exchanges(&[
        (request(Method::Get, "/users", None), list),
        (next, answered("Ada, ada@corp.example")),
    ]))
    .unwrap();
    let list = ask(&answers, request(Method::Get, "/users", None)).unwrap();
    assert_eq!(list.body, br#"["person-1@example.invalid"]"#);
    let next = ask(
        &answers,
        request(Method::Get, "/users/person-1%40example.invalid", None),
    )
    .unwrap();
    assert_eq!(next.body, b"Ada, person-1@example.invalid");
}

#[test]
fn what_is_told_of_a_request_tells_nobodys_address() {
    let mut tape = Tape::of_at_most(u64::MAX);
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
        let Answer::Error(written) = tape.answer(&Err(error)) else {
            panic!()
        };
        assert_eq!(written, expected);
    }
    let outcome = Outcome {
        class: OutcomeClass::RequestDenied,
        blame: Blame::Operator,
        message: "ada@corp.example".into(),
        next_step: None,
    };
    let written = tape.outcome(&outcome);
    assert_eq!(written.message, "person-1@example.invalid");
}

#[test]
fn fields_that_carry_sessions_and_credentials_are_left_out() {
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
    let answer = Ok(Response {
        status: 200,
        headers: headers.to_vec(),
        body: vec![],
    });
    let mut tape = Tape::of_at_most(u64::MAX);
    let kept = ["x-kept: secret of person-1@example.invalid"];
    assert_eq!(tape.sent(&sent).headers, kept);
    let Answer::Response { headers, .. } = tape.answer(&answer) else {
        panic!()
    };
    assert_eq!(headers, kept);
}

#[test]
fn what_has_no_room_ends_the_recording() {
    let mut tape = Tape::of_at_most(1_000);
    let sent = tape.sent(&request(Method::Post, "/", Some(&[b'x'; 600])));
    assert!(tape.take_room(&sent));
    assert!(!tape.take_room(&sent));
    assert!(
        tape.cut_off && !tape.take_room(&0),
        "nor is there for what is small"
    );
}

/// An application that is not there.
struct Nobody;

impl Outbound for Nobody {
    fn send(&self, _: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        std::future::ready(Err(HttpError::ConnectionRefused)).boxed()
    }

    fn download(&self, _: Download) -> BoxFuture<'static, Result<IncomingResponse, HttpError>> {
        std::future::ready(Err(HttpError::ConnectionRefused)).boxed()
    }
}

impl RunLog for Nobody {
    fn line(&self, _: Level, _: String) {}
}

/// A recording in a folder, of so many calls.
fn recording(folder: &Path, calls: usize) -> Recording {
    let recording = Recording::begin(&folder.join("c.json"), u64::MAX).unwrap();
    let connector = Identity {
        name: "hub".parse().unwrap(),
        version: "1.0.0".parse().unwrap(),
        digest: Digest::of(b"hub"),
    };
    recording.identify(connector, &Limits::default(), &Settings::new());
    let records = Records::Products(Vec::new());
    let page = Ok(Page {
        records,
        rejected: Vec::new(),
        next: None,
        total: None,
        partitions: Vec::new(),
        offset_paged: false,
    });
    for _ in 0..calls {
        let request = ReadRequest {
            stream: "plans".parse().unwrap(),
            kind: StreamKind::Products,
            cursor: None,
            since: None,
            page_size: 1,
            accounts: Vec::new(),
        };
        let (outbound, log) = (Arc::new(Nobody), Arc::new(Nobody));
        let mut call = Call {
            limits: Limits::default(),
            settings: Settings::new(),
            outbound,
            log,
        };
        if let Some(listening) = listen(Some(&recording), &mut call, &request) {
            listening.end(&page);
        }
    }
    recording
}

#[test]
fn a_file_that_somebody_made_meanwhile_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(folder.path(), 1);
    fs::write(folder.path().join("c.json"), "precious").unwrap();
    assert!(matches!(recording.finish(), Err(CassetteError::Exists(_))));
    assert_eq!(
        fs::read_to_string(folder.path().join("c.json")).unwrap(),
        "precious"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn calls_without_an_end_are_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let recorded = recording(folder.path(), MOST_CALLS + 1)
        .finish()
        .unwrap()
        .unwrap();
    assert_eq!((recorded.calls, recorded.cut_off), (MOST_CALLS, true));
}
