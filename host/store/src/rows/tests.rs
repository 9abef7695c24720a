//! The stored JSON of today, written out. A test that fails here means: the database changes.

use super::{DescriptionRow, GrantRow, OutcomeRow};
use purser_model::{
    AccountKind, AccountStatus, Blame, Description, Email, Employment, Grant, Limits, NextStep,
    Outcome, OutcomeClass, RetryPolicy, Seat, StreamKind, Timestamp,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads JSON as `T`, writes it again, and expects the same text.
fn assert_unchanged<T: Serialize + DeserializeOwned>(json: &str) {
    let value: T = serde_json::from_str(json).unwrap();

    assert_eq!(serde_json::to_string(&value).unwrap(), json);
}

fn compact(json: &str) -> String {
    let lines = json.lines().map(str::trim_start);
    lines.collect()
}

const DESCRIPTION: &str = r#"{
    "name":"jupyterhub","version":"1.2.3","publisher":"Purser","application":"JupyterHub",
    "summary":"Reads users.","templates":["bearer"],
    "settings":[
    {"name":"site","title":"Site","help":"The site.","type":"text","required":true,"default":null},
    {"name":"depth","title":"D","help":"H","type":"integer","required":false,"default":3},
    {"name":"deep","title":"D","help":"H","type":"boolean","required":false,"default":true},
    {"name":"area","title":"A","help":"H","type":{"choice":["eu","us"]},"required":false,"default":"eu"}
    ],
    "streams":[
    {"name":"users","title":"Users","kind":"accounts","reports_activity":true,"incremental":false,"per_account":false}
    ],
    "reclaims":[
    {"mode":"remove-licence","summary":"Takes the seat.","reversible":true,"floor_product":null}
    ],
    "requests":[
    {"action":"read:users","methods":["GET"],"host":"api.example.com:8443","path":"/users/*","reason":"To list."}
    ],
    "rate":{"requests":10,"per":1000},
    "rate_limit_responses":[{"status":403,"body_has":"limit"}]
    }"#;

#[test]
fn description_keeps_its_stored_shape() {
    let json = compact(DESCRIPTION);
    assert_unchanged::<DescriptionRow>(&json);

    let row: DescriptionRow = serde_json::from_str(&json).unwrap();
    let description = Description::from(row);

    let again = serde_json::to_string(&DescriptionRow::from(&description)).unwrap();
    assert_eq!(again, json);
    assert_eq!(description.settings.len(), 4);
    assert_eq!(description.rate_limit_responses[0].status, 403);
}

const LIMITS: &str = r#"{
    "memory-bytes":67108864,"cpu-ms":10000,"wall-ms":120000,"host-calls":10000,"requests":1000,
    "response-bytes":16777216,"response-bytes-total":67108864,"download-bytes":1073741824,
    "request-bytes":1048576,"log-lines":200,"log-bytes":65536,"page-rows":10000,"pages":100000
    }"#;

#[test]
fn grant_keeps_its_stored_shape() {
    let rules = r#"[{"action":"read:users","methods":["GET","HEAD"],"path":"/users"},
        {"action":"reclaim:suspend","methods":["POST"],"host":"a.example","path":"/**"}]"#;
    let json = format!(
        r#"{{"rules":{},"limits":{}}}"#,
        compact(rules),
        compact(LIMITS)
    );
    assert_unchanged::<GrantRow>(&json);

    let row: GrantRow = serde_json::from_str(&json).unwrap();
    let grant = Grant::from(row);

    assert_eq!(
        serde_json::to_string(&GrantRow::from(&grant)).unwrap(),
        json
    );
    assert_eq!(grant.rules[0].to_string(), "read:users GET,HEAD /users");
}

#[test]
fn grant_without_a_limit_takes_its_default() {
    let row: GrantRow = serde_json::from_str(r#"{"limits":{"pages":7}}"#).unwrap();

    let expected = Limits {
        pages: 7,
        ..Limits::default()
    };
    assert_eq!(Grant::from(row).limits, expected);
}

#[test]
fn outcome_keeps_its_stored_shape() {
    let json = r#"{"class":"auth-rejected","blame":"operator","message":"401","next_step":{"step":"advice","text":"sign in"}}"#;
    assert_unchanged::<OutcomeRow>(json);

    let row: OutcomeRow = serde_json::from_str(json).unwrap();
    let outcome = Outcome::from(row);

    assert_eq!(
        serde_json::to_string(&OutcomeRow::from(&outcome)).unwrap(),
        json
    );
    let expected = Outcome {
        class: OutcomeClass::AuthRejected,
        blame: Blame::Operator,
        message: "401".into(),
        next_step: Some(NextStep::advice("sign in")),
    };
    assert_eq!(outcome, expected);
}

#[test]
fn next_steps_keep_their_stored_shapes() {
    let steps = [
        r#"{"step":"steps","steps":[{"step":"advice","text":"wait"},{"step":"list-runs"}]}"#,
        r#"{"step":"build-connector"}"#,
        r#"{"step":"upload-connector"}"#,
        r#"{"step":"list-connectors"}"#,
        r#"{"step":"inspect-connector","connector":"hub"}"#,
        r#"{"step":"grant-connector","connector":"hub","allow":"check GET /"}"#,
        r#"{"step":"raise-limit","connector":null,"limit":"pages"}"#,
        r#"{"step":"enable-connector","connector":"hub"}"#,
        r#"{"step":"roll-back-connector","connector":"hub"}"#,
        r#"{"step":"upload-signed"}"#,
        r#"{"step":"lift-signature-requirement"}"#,
        r#"{"step":"list-publishers"}"#,
        r#"{"step":"trust-publisher"}"#,
        r#"{"step":"distrust-publisher","publisher":"acme"}"#,
        r#"{"step":"list-templates"}"#,
        r#"{"step":"add-template"}"#,
        r#"{"step":"show-template","template":"bearer"}"#,
        r#"{"step":"list-aliases"}"#,
        r#"{"step":"list-connections"}"#,
        r#"{"step":"create-connection","alias":"hubs"}"#,
        r#"{"step":"authorize-connection","connection":"main"}"#,
        r#"{"step":"test-connection","connection":"main"}"#,
        r#"{"step":"allow-private-network"}"#,
        r#"{"step":"delete-connection-unrevoked","connection":"main"}"#,
        r#"{"step":"list-profiles"}"#,
        r#"{"step":"unpublish-profile","profile":"hub"}"#,
        r#"{"step":"continue-run","profile":"hub","until":"1970-01-01T00:00:00Z"}"#,
        r#"{"step":"accept-shrink","profile":"hub"}"#,
        r#"{"step":"record-run"}"#,
        r#"{"step":"list-runs"}"#,
        r#"{"step":"show-run","run":7}"#,
        r#"{"step":"choose-home"}"#,
        r#"{"step":"report-fault"}"#,
    ];

    for json in steps {
        assert_unchanged::<NextStep>(json);
    }
}

#[test]
fn lists_of_accounts_keep_their_stored_shapes() {
    let emails = [Email {
        address: "a@example".into(),
        primary: true,
    }];
    let seats = [Seat {
        product: "hub".into(),
        assigned_at: Some(Timestamp::UNIX_EPOCH),
        inherited_from: None,
    }];

    assert_eq!(
        serde_json::to_string(&emails).unwrap(),
        r#"[{"address":"a@example","primary":true}]"#
    );
    assert_eq!(
        serde_json::to_string(&seats).unwrap(),
        r#"[{"product":"hub","assigned_at":"1970-01-01T00:00:00Z","inherited_from":null}]"#
    );
    assert_unchanged::<Vec<Email>>(r#"[{"address":"a@example","primary":true}]"#);
    assert_unchanged::<Vec<(String, String)>>(r#"[["department","it"]]"#);
}

#[test]
fn small_structures_keep_their_stored_shapes() {
    assert_unchanged::<RetryPolicy>(r#"{"attempts":5,"within-seconds":60}"#);
    for employment in [
        r#"{"state":"employed"}"#,
        r#"{"state":"left","on":"2026-03-01"}"#,
        r#"{"state":"left","on":null}"#,
    ] {
        assert_unchanged::<Employment>(employment);
    }
}

#[test]
fn words_keep_their_stored_spelling() {
    for word in [r#""accounts""#, r#""activity""#, r#""products""#] {
        assert_unchanged::<StreamKind>(word);
    }
    assert_unchanged::<AccountKind>(r#""human""#);
    assert_unchanged::<AccountStatus>(r#""active""#);
}
