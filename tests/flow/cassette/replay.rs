//! Replay: a connector that behaves as recorded, and differences from the recording.

use super::{calls, cassette, check, read, record, recorded, report, response, stream};
use purser_sample_app::Fault;
use purser_tests::{CONNECTOR, Purser, TestEnv, connector};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

#[test]
fn replay_with_the_same_connector_reproduces_the_recording() {
    let mut env = TestEnv::ready(250);
    let output = record(&env, "");
    assert_eq!(output.code, 0, "{output:#?}");
    assert!(
        output.stderr.contains("Recorded ") && output.stderr.contains("personal data"),
        "{output:#?}"
    );

    let run = env.last_run();
    env.app.stop();

    let file = cassette(&env);
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );

    let cassette = read(&file);
    let known = env.purser.json(&format!("connector inspect {CONNECTOR}"));
    assert_eq!(
        cassette["connector"],
        json!({"name": CONNECTOR, "version": "0.1.0", "digest": known["digest"]})
    );
    assert_eq!(cassette["ended"], "complete");
    assert_eq!(cassette["cut_off"], false);

    let output = check(&connector("sample"), fs::read(&file).unwrap(), "--json");
    assert_eq!(output.code, 0, "{output:#?}");

    let replayed = report(&output);
    assert_eq!(replayed["same"], true);
    assert_eq!(replayed["recorded_with"], replayed["connector"]);

    for read in run["run"]["streams"].as_array().unwrap() {
        let replayed = stream(&replayed, read["stream"].as_str().unwrap());
        for (now, then) in [
            ("calls", "pages"),
            ("records", "records"),
            ("rejected", "rejected"),
        ] {
            assert_eq!(replayed[now], read["counts"][then], "{now}: {replayed:#}");
        }

        assert_eq!(replayed["unused"], 0);
        assert_eq!(replayed["left_out"], 0);
    }

    assert!(stream(&replayed, "members")["records"].as_u64().unwrap() == 250);

    let text = check(&connector("sample"), fs::read(&file).unwrap(), "").stdout;
    assert!(
        text.contains("with the same bytes") && text.contains("All results equal the recording."),
        "{text}"
    );
}

#[test]
fn failed_run_is_recorded_and_fails_again_in_the_replay() {
    let env = TestEnv::ready(900);
    env.app.inject(Fault::MalformedJson { page: 4 });

    let output = record(&env, "");
    assert_eq!(output.code, 5, "{output:#?}");

    let mut cassette = read(&cassette(&env));
    assert_eq!(cassette["ended"]["failed"]["class"], "contract-violation");

    let members = calls(&mut cassette, "members");
    assert_eq!(members.len(), 5);
    assert_eq!(
        members[4]["result"]["failure"]["class"],
        "contract-violation"
    );

    let output = check(&connector("sample"), cassette.to_string(), "--json");
    assert_eq!(output.code, 0);
    assert_eq!(report(&output)["recorded_end"], "contract-violation");

    // A connector that succeeds where the recorded one failed differs from it.
    let healthy = response(&mut calls(&mut cassette, "members")[3]).clone();
    *response(&mut calls(&mut cassette, "members")[4]) = healthy;
    check(&connector("sample"), cassette.to_string(), "").assert_refused(
        4,
        "connector",
        "1 difference",
    );
}

#[test]
fn replay_reports_every_difference_from_the_recording() {
    type Change = fn(&mut Value);
    let cases: [(&str, Change, &[&str]); 9] = [
        (
            "fewer records",
            |cassette| {
                let body = &mut response(&mut calls(cassette, "members")[0])["body"];
                let mut list: Value = serde_json::from_str(body.as_str().unwrap()).unwrap();
                list["members"].as_array_mut().unwrap().truncate(98);
                *body = list.to_string().into();
            },
            &["records  100", "no such row", "3 differences"],
        ),
        (
            "a row that is none",
            |cassette| {
                let body = &mut response(&mut calls(cassette, "members")[0])["body"];
                let mut list: Value = serde_json::from_str(body.as_str().unwrap()).unwrap();
                list["members"][5] = json!(7);
                *body = list.to_string().into();
            },
            &[
                "records   100",
                "rejected  0",
                "no such row",
                "4 differences",
            ],
        ),
        (
            "the same number of rows with other contents",
            |cassette| {
                let body = &mut response(&mut calls(cassette, "members")[0])["body"];
                let mut list: Value = serde_json::from_str(body.as_str().unwrap()).unwrap();
                list["members"][5]["name"] = json!("Somebody Else");
                *body = list.to_string().into();
            },
            &[
                "with another display_name",
                r#"display_name "Somebody Else""#,
                "1 difference",
            ],
        ),
        (
            "another cursor",
            |cassette| {
                let body = &mut response(&mut calls(cassette, "members")[0])["body"];
                let mut list: Value = serde_json::from_str(body.as_str().unwrap()).unwrap();
                list["next_cursor"] = json!("elsewhere\u{1b}[2J");
                *body = list.to_string().into();
            },
            &["next", "elsewhere\\u{1b}[2J", "1 difference"],
        ),
        (
            "another request",
            |cassette| {
                calls(cassette, "plans")[0]["exchanges"][0]["request"]["target"] = json!("/plan")
            },
            &[
                "request  not recorded  GET /plans",
                "outcome",
                "2 differences",
            ],
        ),
        (
            "a request that is there once and was asked for twice",
            |cassette| {
                calls(cassette, "plans")[0]["exchanges"]
                    .as_array_mut()
                    .unwrap()
                    .clear();
            },
            &["request  not recorded  GET /plans", "2 differences"],
        ),
        (
            "a failure",
            |cassette| response(&mut calls(cassette, "plans")[0])["status"] = json!(401),
            &["outcome", "auth-rejected: ", "1 difference"],
        ),
        (
            "an answer that did not come",
            |cassette| {
                calls(cassette, "plans")[0]["exchanges"][0]["answer"] =
                    json!({"error": "connection-refused"});
            },
            &["outcome", "transient: ", "1 difference"],
        ),
        (
            "another kind",
            |cassette| {
                let streams = cassette["streams"].as_array_mut().unwrap();
                streams
                    .iter_mut()
                    .find(|stream| stream["stream"] == "plans")
                    .unwrap()["kind"] = json!("activity");
            },
            &["plans         stream  activity  products", "1 difference"],
        ),
    ];

    let (_stage, cassette) = recorded(250);
    for (name, change, expected) in cases {
        let mut changed = cassette.clone();
        change(&mut changed);

        let output = check(&connector("sample"), changed.to_string(), "");
        output.assert_refused(4, "the connector", "results differ from the recording");

        let shown = output.stdout + &output.stderr;
        for text in expected {
            assert!(shown.contains(text), "{name}: no {text:?} in\n{shown}");
        }

        let report = report(&check(&connector("sample"), changed.to_string(), "--json"));
        assert_eq!(report["same"], false, "{name}");
    }
}

#[test]
fn replay_ignores_unused_exchanges_and_calls_ended_by_the_clock() {
    let (_stage, mut cassette) = recorded(250);

    // Add a request that a later version may omit, one without a response, and a call ended by the
    // clock.
    let unneeded = cassette["streams"][0]["calls"][0]["exchanges"][0].clone();
    let exchanges = calls(&mut cassette, "plans")[0]["exchanges"]
        .as_array_mut()
        .unwrap();
    exchanges.push(unneeded.clone());
    exchanges.push(json!({"request": unneeded["request"], "answer": null}));

    let mut late = calls(&mut cassette, "plans")[0].clone();
    late["result"] = json!({"failure": {"class": "wall-clock", "message": "late", "next": null}});
    calls(&mut cassette, "plans").push(late);

    let output = check(&connector("sample"), cassette.to_string(), "--json");
    assert_eq!(output.code, 0, "{output:#?}");

    let report = report(&output);
    let plans = stream(&report, "plans");
    assert_eq!(plans["unused"], 2);
    assert_eq!(plans["left_out"], 1);
    assert_eq!(plans["calls"], 1);

    // A call that waits for a response that was never recorded fails after a while.
    let mut unanswered = cassette.clone();
    calls(&mut unanswered, "plans")[0]["exchanges"] = json!([{"request": calls(&mut cassette, "plans")[0]["exchanges"][0]["request"], "answer": null}]);
    check(&connector("sample"), unanswered.to_string(), "").assert_refused(
        4,
        "the connector",
        "1 difference",
    );
}

#[test]
fn replay_accepts_another_version_and_refuses_another_connector() {
    let (_stage, cassette) = recorded(250);
    let purser = Purser::new();
    let other = |from: &[u8], to: &[u8]| {
        let mut bytes = fs::read(connector("sample")).unwrap();
        let found: Vec<_> = (0..bytes.len())
            .filter(|at| bytes[*at..].starts_with(from))
            .collect();
        assert_eq!(found.len(), 1);

        bytes[found[0]..found[0] + to.len()].copy_from_slice(to);
        PathBuf::from(purser.file("other.wasm", bytes))
    };

    let output = check(
        &other(b"quayboard0.1.0", b"quayboard0.2.0"),
        cassette.to_string(),
        "",
    );
    assert_eq!(output.code, 0, "{output:#?}");

    let digest = &cassette["connector"]["digest"].as_str().unwrap()["sha256:".len()..][..12];
    assert!(
        output
            .stdout
            .contains(&format!("with {CONNECTOR} 0.1.0 ({digest})")),
        "{}",
        output.stdout
    );

    let output = check(
        &other(b"quayboard0.1.0", b"quaybeard0.1.0"),
        cassette.to_string(),
        "",
    );
    output.assert_refused(
        3,
        "input or configuration",
        "recorded with connector quayboard, and this is quaybeard",
    );

    let output = check(
        &connector("sample"),
        cassette.to_string(),
        "--limit response-bytes=1000",
    );
    output.assert_refused(4, "the connector", "difference");
    assert!(
        output.stdout.contains("over-limit")
            && output.stdout.contains("--limit response-bytes=16777216"),
        "{output:#?}"
    );

    let text = check(Path::new("missing.wasm"), cassette.to_string(), "").stderr;
    assert!(text.contains("cannot be read"), "{text}");

    let no_component = purser.file("no.wasm", "(component)");
    check(Path::new(&no_component), cassette.to_string(), "").assert_refused(
        3,
        "input",
        "not WebAssembly",
    );
}

#[test]
fn replayed_body_over_the_limit_fails_the_call() {
    let (_stage, mut cassette) = recorded(20);
    response(&mut calls(&mut cassette, "plans")[0])["body"] = json!(" ".repeat((16 << 20) + 1));

    let output = check(&connector("sample"), cassette.to_string(), "");
    output.assert_refused(4, "the connector", "1 difference");
    assert!(
        output
            .stdout
            .contains("over-limit: the response is larger than the 16777216 bytes"),
        "{}",
        output.stdout
    );
}
