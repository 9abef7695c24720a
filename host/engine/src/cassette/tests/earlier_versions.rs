//! Tests that cassettes of earlier versions still open.

use crate::cassette::format::{CallResult, RunEnd};
use crate::cassette::{Cassette, CassetteError};
use purser_model::{Blame, Blamed as _, NextStep, OutcomeClass};

/// Cassette as Purser wrote it when partitions were called starts, and outcomes had a next step.
const OLD_CASSETTE: &str = r#"{
  "format": "purser-cassette/1",
  "purser": "0.1.0",
  "recorded_at": "2026-10-01T08:00:00Z",
  "ended": {
    "failed": {
      "class": "auth-rejected",
      "blame": "operator",
      "message": "the application refused the credential: 401 Unauthorized",
      "next_step": "sign in again: purser connection authorize acme-main"
    }
  },
  "cut_off": false,
  "connector": {
    "name": "quayboard",
    "version": "0.1.0",
    "digest": "sha256:00000000000000000000000000000000000000000000000000000000000000ff"
  },
  "limits": { "memory-bytes": 67108864, "response-bytes": 16777216 },
  "settings": { "region": "eu", "archived": false },
  "streams": [
    {
      "stream": "members",
      "kind": "accounts",
      "calls": [
        {
          "cursor": null,
          "since": "2026-08-01T00:00:00Z",
          "page_size": 100,
          "accounts": [{ "id": "u1", "principal_name": null }],
          "exchanges": [
            {
              "request": {
                "method": "GET",
                "target": "/members?limit=100",
                "headers": ["accept: application/json"],
                "body": null
              },
              "answer": {
                "response": {
                  "status": 200,
                  "headers": ["content-type: application/json"],
                  "body": "{\"members\":[]}"
                }
              }
            },
            {
              "request": { "method": "GET", "target": "/plans", "headers": [], "body": null },
              "answer": { "error": { "denied": "read:members GET /plans" } }
            }
          ],
          "result": {
            "page": { "records": 0, "rejected": 0, "next": "c2", "starts": ["c50", "c100"] }
          }
        },
        {
          "cursor": "c2",
          "since": null,
          "page_size": 100,
          "accounts": [],
          "exchanges": [],
          "result": { "failure": { "class": "wall-clock", "message": "late", "next": null } }
        }
      ]
    }
  ]
}"#;

#[test]
fn cassette_with_earlier_names_is_read() {
    let cassette = Cassette::read(OLD_CASSETTE.as_bytes()).unwrap();

    let RunEnd::Failed(outcome) = &cassette.ended else {
        panic!("{:?}", cassette.ended)
    };
    assert_eq!(outcome.class, OutcomeClass::AuthRejected);
    assert_eq!(outcome.blame, Blame::Operator);
    let calls = &cassette.streams[0].calls;
    assert_eq!(calls[0].exchanges.len(), 2);
    assert!(calls[0].exchanges[0].response.is_some());
    let CallResult::Page { partitions, .. } = &calls[0].result else {
        panic!("{:?}", calls[0].result)
    };
    assert_eq!(partitions, &["c50", "c100"]);
}

#[test]
fn cassette_with_earlier_names_is_written_with_the_current_ones() {
    let cassette = Cassette::read(OLD_CASSETTE.as_bytes()).unwrap();

    let written = serde_json::to_string(&cassette).unwrap();

    assert!(written.contains(r#""partitions":["c50","c100"]"#));
    assert!(!written.contains("starts") && !written.contains("next_step"));
    assert!(Cassette::read(written.as_bytes()).is_ok());
}

#[test]
fn cassette_of_another_format_is_refused_with_both_formats() {
    let other = OLD_CASSETTE.replace("purser-cassette/1", "purser-cassette/2");

    let error = Cassette::read(other.as_bytes()).unwrap_err();

    assert!(matches!(&error, CassetteError::OtherFormat(format) if format == "purser-cassette/2"));
    assert_eq!(
        error.to_string(),
        "this cassette has the format \"purser-cassette/2\"; \
         this version of Purser reads \"purser-cassette/1\""
    );
    let Some(NextStep::Steps { steps }) = error.next_step() else {
        panic!("{error:?}")
    };
    assert_eq!(steps.last(), Some(&NextStep::RecordRun));
}

#[test]
fn document_of_a_foreign_format_is_not_a_cassette() {
    let foreign = OLD_CASSETTE.replace("purser-cassette/1", "har");

    let error = Cassette::read(foreign.as_bytes()).unwrap_err();

    assert_eq!(
        error.to_string(),
        "this is not a cassette: its format is \"har\""
    );
}
