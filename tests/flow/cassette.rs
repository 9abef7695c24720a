//! Cassettes: a run that is recorded, and a connector that is run on the recording.

use purser_sample_app::{Fault, SampleOptions};
use purser_tests::{Answer, CONNECTOR, Purser, Stage, connector};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// Where a stage's cassette is.
fn cassette(stage: &Stage) -> PathBuf {
    stage.purser.home().with_file_name("boards.cassette.json")
}

/// Runs the profile with a recording.
fn record(stage: &Stage, more: &str) -> Answer {
    stage.purser.run(&format!(
        "run boards --record {} {more}",
        cassette(stage).display()
    ))
}

fn read(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

/// A stage of this many members, recorded.
fn recorded(members: usize) -> (Stage, Value) {
    let stage = Stage::ready(members);
    assert_eq!(record(&stage, "").code, 0);
    let cassette = read(&cassette(&stage));
    (stage, cassette)
}

/// Checks a connector against a cassette, as somebody who has nothing but the two.
fn check(component: &Path, cassette: impl AsRef<[u8]>, more: &str) -> Answer {
    let purser = Purser::new();
    let file = purser.file("some.cassette.json", cassette);
    let answer = purser.run(&format!(
        "connector check {} --replay {file} {more}",
        component.display()
    ));
    assert!(!purser.home().exists(), "a home was made");
    answer
}

fn report(answer: &Answer) -> Value {
    serde_json::from_str(&answer.stdout).unwrap()
}

fn stream<'a>(of: &'a Value, name: &str) -> &'a Value {
    of["streams"]
        .as_array()
        .unwrap()
        .iter()
        .find(|stream| stream["stream"] == name)
        .unwrap()
}

/// The calls of a stream, to be changed.
fn calls<'a>(cassette: &'a mut Value, name: &str) -> &'a mut Vec<Value> {
    let streams = cassette["streams"].as_array_mut().unwrap();
    let found = streams
        .iter_mut()
        .find(|stream| stream["stream"] == name)
        .unwrap();
    found["calls"].as_array_mut().unwrap()
}

/// The first answer of a call, to be changed.
fn response(call: &mut Value) -> &mut Value {
    &mut call["exchanges"][0]["answer"]["response"]
}

#[test]
fn what_was_recorded_comes_out_again_without_the_application() {
    let mut stage = Stage::ready(250);
    let answer = record(&stage, "");
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(
        answer.stderr.contains("Recorded ") && answer.stderr.contains("personal data"),
        "{answer:#?}"
    );
    let run = stage.last_run();
    stage.app.stop();

    let file = cassette(&stage);
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let cassette = read(&file);
    let known = stage.purser.json(&format!("connector inspect {CONNECTOR}"));
    assert_eq!(
        cassette["connector"],
        json!({"name": CONNECTOR, "version": "0.1.0", "digest": known["digest"]})
    );
    assert_eq!(
        (&cassette["ended"], &cassette["cut_off"]),
        (&"complete".into(), &false.into())
    );

    let answer = check(&connector("sample"), fs::read(&file).unwrap(), "--json");
    assert_eq!(answer.code, 0, "{answer:#?}");
    let replayed = report(&answer);
    assert_eq!(
        (&replayed["same"], &replayed["recorded_with"]),
        (&true.into(), &replayed["connector"])
    );
    for read in run["run"]["streams"].as_array().unwrap() {
        let replayed = stream(&replayed, read["stream"].as_str().unwrap());
        for (now, then) in [
            ("calls", "pages"),
            ("records", "records"),
            ("rejected", "rejected"),
        ] {
            assert_eq!(replayed[now], read["counts"][then], "{now}: {replayed:#}");
        }
        assert_eq!(
            (&replayed["unused"], &replayed["left_out"]),
            (&0.into(), &0.into())
        );
    }
    assert!(stream(&replayed, "members")["records"].as_u64().unwrap() == 250);
    let text = check(&connector("sample"), fs::read(&file).unwrap(), "").stdout;
    assert!(
        text.contains("with the same bytes") && text.contains("Everything came out as recorded."),
        "{text}"
    );
}

#[test]
fn no_credential_and_no_address_is_on_a_cassette() {
    let (stage, _) = recorded(250);
    let text = fs::read_to_string(cassette(&stage)).unwrap();
    assert!(!text.contains(stage.app.token()));
    let accounts = stage.accounts();
    let emails = accounts
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|account| account["emails"].as_array().unwrap());
    let emails: Vec<_> = emails
        .map(|email| email["address"].as_str().unwrap())
        .collect();
    assert!(emails.len() > 200);
    for email in emails {
        assert!(!text.contains(email), "{email}");
    }
    assert!(
        text.contains("person-1@example.invalid") && text.contains("person-200@example.invalid")
    );
}

#[test]
fn streams_in_parts_and_by_account_are_recorded_call_by_call() {
    let stage = Stage::empty(
        900,
        SampleOptions {
            page_limit: 20,
            ..SampleOptions::default()
        },
    );
    stage.purser.upload_and_grant("clerk");
    stage.purser.ok("alias create acme --connector clerk");
    assert_eq!(stage.connect("acme-main", stage.app.token()).code, 0);
    stage
        .purser
        .ok("profile create boards --connector clerk --alias acme");
    stage.app.inject(Fault::Slow {
        each: Duration::from_millis(2),
    });
    assert_eq!(record(&stage, "").code, 0);
    let text = fs::read(cassette(&stage)).unwrap();
    let mut cassette = read(&cassette(&stage));
    assert_eq!(calls(&mut cassette, "uses").len(), 3);
    assert_eq!(
        calls(&mut cassette, "uses")[0]["accounts"]
            .as_array()
            .unwrap()
            .len(),
        400
    );
    let answer = check(&connector("clerk"), text, "--json");
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert_eq!(stream(&report(&answer), "members")["records"], 900);
}

#[test]
fn a_run_that_fails_is_recorded_and_fails_again() {
    let stage = Stage::ready(900);
    stage.app.inject(Fault::MalformedJson { page: 4 });
    let answer = record(&stage, "");
    assert_eq!(answer.code, 5, "{answer:#?}");
    let mut cassette = read(&cassette(&stage));
    assert_eq!(cassette["ended"]["failed"]["class"], "contract-violation");
    let members = calls(&mut cassette, "members");
    assert_eq!(
        (members.len(), &members[4]["result"]["failure"]["class"]),
        (5, &"contract-violation".into())
    );
    let answer = check(&connector("sample"), cassette.to_string(), "--json");
    assert_eq!(
        (answer.code, &report(&answer)["recorded_end"]),
        (0, &"contract-violation".into())
    );

    // A connector that can make something of it is another one.
    let healthy = response(&mut calls(&mut cassette, "members")[3]).clone();
    *response(&mut calls(&mut cassette, "members")[4]) = healthy;
    check(&connector("sample"), cassette.to_string(), "").assert_refused(
        4,
        "connector",
        "1 difference",
    );
}

#[test]
fn an_interrupted_run_leaves_what_was_recorded_and_a_killed_one_leaves_nothing() {
    for (signal, ended) in [("-INT", Some("interrupted")), ("-KILL", None)] {
        let stage = Stage::ready(900);
        stage.app.inject(Fault::Slow {
            each: Duration::from_millis(100),
        });
        let asked = stage.app.requests();
        let file = cassette(&stage);
        let mut run = stage
            .purser
            .command(&format!("run boards --record {}", file.display()));
        let mut run = run
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while stage.app.requests() < asked + 5 {
            assert!(run.try_wait().unwrap().is_none(), "the run ended too early");
            std::thread::sleep(Duration::from_millis(5));
        }
        let kill = std::process::Command::new("kill")
            .args([signal, &run.id().to_string()])
            .status()
            .unwrap();
        assert!(kill.success());
        run.wait().unwrap();
        match ended {
            Some(ended) => {
                let mut cassette = read(&file);
                assert_eq!(cassette["ended"], ended);
                assert!((1..9).contains(&calls(&mut cassette, "members").len()));
                assert_eq!(
                    check(&connector("sample"), cassette.to_string(), "").code,
                    0
                );
            }
            None => assert!(!file.exists()),
        }
        let left = fs::read_dir(file.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = left
            .filter(|name| name.to_str().unwrap().starts_with(".cassette"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn nothing_is_overwritten_and_nothing_sent_where_a_cassette_cannot_be_written() {
    let stage = Stage::ready(20);
    let asked = stage.app.requests();
    let file = stage.purser.file("boards.cassette.json", "precious");
    record(&stage, "").assert_refused(3, "input or configuration", "is there already");
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("nowhere", &file).unwrap();
    record(&stage, "").assert_refused(3, "input or configuration", "is there already");
    let nowhere = stage.purser.home().with_file_name("no").join("such");
    let answer = stage
        .purser
        .run(&format!("run boards --record {}", nowhere.display()));
    answer.assert_refused(3, "input or configuration", "cannot be written");
    assert_eq!(stage.app.requests(), asked, "the application was asked");

    // What does not begin leaves no file.
    fs::remove_file(&file).unwrap();
    stage
        .purser
        .run(&format!("run other --record {file}"))
        .assert_refused(3, "input or configuration", "other");
    assert!(!Path::new(&file).exists());
    fs::remove_file(stage.purser.home().join("vault.key")).unwrap();
    let answer = record(&stage, "");
    assert!(
        answer.code != 0 && stage.app.requests() == asked,
        "{answer:#?}"
    );
    assert!(!Path::new(&file).exists());
}

#[test]
fn a_recording_that_grows_too_large_is_cut_off_and_the_run_goes_on() {
    let stage = Stage::ready(5_000);
    let answer = record(&stage, "--record-at-most 1");
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(answer.stderr.contains("no room"), "{answer:#?}");
    assert_eq!(stage.accounts().as_array().unwrap().len(), 5_000);
    let bytes = fs::read(cassette(&stage)).unwrap();
    assert!(
        (900 << 10..=1 << 20).contains(&bytes.len()),
        "{} bytes",
        bytes.len()
    );
    let mut cassette = read(&cassette(&stage));
    assert_eq!(
        (&cassette["cut_off"], &cassette["ended"]),
        (&true.into(), &"complete".into())
    );
    assert!((5..50).contains(&calls(&mut cassette, "members").len()));
    let answer = check(&connector("sample"), bytes, "");
    assert!(
        answer.code == 0 && answer.stdout.contains("cut off"),
        "{answer:#?}"
    );
}

#[test]
fn whatever_comes_out_otherwise_is_told() {
    type Change = fn(&mut Value);
    let cases: [(&str, Change, &[&str]); 8] = [
        (
            "fewer records",
            |cassette| {
                let body = &mut response(&mut calls(cassette, "members")[0])["body"];
                let mut list: Value = serde_json::from_str(body.as_str().unwrap()).unwrap();
                list["members"].as_array_mut().unwrap().truncate(98);
                *body = list.to_string().into();
            },
            &["members     1  records  100       98", "1 difference"],
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
                "records   100       99",
                "rejected  0         1",
                "2 differences",
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
                "request  not on the cassette  GET /plans",
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
            &["request  not on the cassette  GET /plans", "2 differences"],
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
    for (name, change, told) in cases {
        let mut changed = cassette.clone();
        change(&mut changed);
        let answer = check(&connector("sample"), changed.to_string(), "");
        answer.assert_refused(4, "the connector", "the connector did not do as recorded");
        let said = answer.stdout + &answer.stderr;
        for told in told {
            assert!(said.contains(told), "{name}: no {told:?} in\n{said}");
        }
        let report = report(&check(&connector("sample"), changed.to_string(), "--json"));
        assert_eq!(report["same"], false, "{name}");
    }
}

#[test]
fn what_need_not_come_again_is_no_difference() {
    let (_stage, mut cassette) = recorded(250);
    // A request that a later version does without, one that was not waited for, and a call that ended by the clock.
    let unneeded = cassette["streams"][0]["calls"][0]["exchanges"][0].clone();
    let exchanges = calls(&mut cassette, "plans")[0]["exchanges"]
        .as_array_mut()
        .unwrap();
    exchanges.push(unneeded.clone());
    exchanges.push(json!({"request": unneeded["request"], "answer": null}));
    let mut late = calls(&mut cassette, "plans")[0].clone();
    late["result"] = json!({"failure": {"class": "wall-clock", "message": "late", "next": null}});
    calls(&mut cassette, "plans").push(late);
    let answer = check(&connector("sample"), cassette.to_string(), "--json");
    assert_eq!(answer.code, 0, "{answer:#?}");
    let report = report(&answer);
    let plans = stream(&report, "plans");
    assert_eq!(
        (&plans["unused"], &plans["left_out"], &plans["calls"]),
        (&2.into(), &1.into(), &1.into())
    );

    // An answer that never came: who waits for it is told so in a while.
    let mut unanswered = cassette.clone();
    calls(&mut unanswered, "plans")[0]["exchanges"] = json!([{"request": calls(&mut cassette, "plans")[0]["exchanges"][0]["request"], "answer": null}]);
    check(&connector("sample"), unanswered.to_string(), "").assert_refused(
        4,
        "the connector",
        "1 difference",
    );
}

#[test]
fn another_version_is_held_against_it_within_the_limits_that_are_given() {
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
    let answer = check(
        &other(b"quayboard0.1.0", b"quayboard0.2.0"),
        cassette.to_string(),
        "",
    );
    assert_eq!(answer.code, 0, "{answer:#?}");
    let digest = &cassette["connector"]["digest"].as_str().unwrap()["sha256:".len()..][..12];
    assert!(
        answer
            .stdout
            .contains(&format!("with {CONNECTOR} 0.1.0 ({digest})")),
        "{}",
        answer.stdout
    );
    let answer = check(
        &other(b"quayboard0.1.0", b"quaybeard0.1.0"),
        cassette.to_string(),
        "",
    );
    answer.assert_refused(
        3,
        "input or configuration",
        "recorded with connector quayboard, and this is quaybeard",
    );

    let answer = check(
        &connector("sample"),
        cassette.to_string(),
        "--limit response-bytes=1000",
    );
    answer.assert_refused(4, "the connector", "difference");
    assert!(
        answer.stdout.contains("over-limit")
            && answer.stdout.contains("--limit response-bytes=16777216"),
        "{answer:#?}"
    );
    let text = check(Path::new("README.md"), cassette.to_string(), "").stderr;
    assert!(text.contains("cannot be read"), "{text}");
    let no_component = purser.file("no.wasm", "(component)");
    check(Path::new(&no_component), cassette.to_string(), "").assert_refused(
        3,
        "input",
        "not WebAssembly",
    );
}

#[test]
fn a_body_over_the_limit_is_kept_from_the_connector() {
    let (_stage, mut cassette) = recorded(20);
    response(&mut calls(&mut cassette, "plans")[0])["body"] = json!(" ".repeat((16 << 20) + 1));
    let answer = check(&connector("sample"), cassette.to_string(), "");
    answer.assert_refused(4, "the connector", "1 difference");
    assert!(
        answer
            .stdout
            .contains("over-limit: the answer is larger than the 16777216 bytes"),
        "{}",
        answer.stdout
    );
}

#[test]
fn a_cassette_of_a_stranger_is_refused_in_one_sentence() {
    let (_stage, cassette) = recorded(20);
    let changed = |change: fn(&mut Value)| {
        let mut changed = cassette.clone();
        change(&mut changed);
        changed.to_string().into_bytes()
    };
    let format = r#"{"format": "purser-cassette/1", "#;
    let cases: [(&str, Vec<u8>, &str); 18] = [
        ("nothing", Vec::new(), "no cassette"),
        ("no JSON", b"\x1b[2J".to_vec(), "no cassette"),
        (
            "something else",
            br#"{"format": "har"}"#.to_vec(),
            "no cassette: its format is \"har\"",
        ),
        (
            "of tomorrow",
            br#"{"format": "purser-cassette/2", "x": 1}"#.to_vec(),
            "has the format \"purser-cassette/2\"",
        ),
        (
            "cut",
            cassette.to_string().into_bytes()[..4_000].to_vec(),
            "no cassette",
        ),
        (
            "deep",
            format!("{format}\"settings\": {}", "[".repeat(1 << 20)).into_bytes(),
            "no cassette",
        ),
        (
            "deep and whole",
            format!(
                "{format}\"streams\": {}{}}}",
                "[".repeat(1 << 20),
                "]".repeat(1 << 20)
            )
            .into_bytes(),
            "damaged",
        ),
        (
            "an unknown field",
            changed(|cassette| cassette["x".repeat(1 << 20)] = json!(1)),
            "damaged: unknown field",
        ),
        (
            "a field less",
            changed(|cassette| drop(cassette.as_object_mut().unwrap().remove("limits"))),
            "missing field",
        ),
        (
            "a name that is none",
            changed(|cassette| cassette["streams"][0]["stream"] = json!("../x")),
            "is no name",
        ),
        (
            "no base64",
            changed(|cassette| {
                response(&mut calls(cassette, "plans")[0])["body"] = json!({"base64": "?"})
            }),
            "not base64",
        ),
        (
            "no method",
            changed(|cassette| {
                calls(cassette, "plans")[0]["exchanges"][0]["request"]["method"] = json!("CONNECT")
            }),
            "damaged: unknown variant",
        ),
        (
            "no header field",
            changed(|cassette| {
                response(&mut calls(cassette, "plans")[0])["headers"] = json!(["x"])
            }),
            "is no header field",
        ),
        (
            "no status",
            changed(|cassette| {
                response(&mut calls(cassette, "plans")[0])["status"] = json!(70_000)
            }),
            "damaged: invalid value",
        ),
        (
            "a cursor too long",
            changed(|cassette| {
                calls(cassette, "plans")[0]["cursor"] = json!("x".repeat((16 << 10) + 1))
            }),
            "a cursor of 16385 bytes",
        ),
        (
            "a limit that there is not",
            changed(|cassette| cassette["limits"]["all-of-it"] = json!(1)),
            "unknown field `all-of-it`",
        ),
        (
            "calls without an end",
            changed(|cassette| {
                let calls = calls(cassette, "plans");
                calls[0]["exchanges"] = json!([]);
                *calls = vec![calls[0].clone(); 100_001];
            }),
            "calls; it can have 100000",
        ),
        (
            "of another connector",
            changed(|cassette| cassette["connector"]["name"] = json!("other")),
            "connector other",
        ),
    ];
    for (name, bytes, told) in cases {
        let answer = check(&connector("sample"), bytes, "");
        println!("{name}: {}", answer.stderr);
        answer.assert_refused(3, "input or configuration", told);
        assert!(
            answer.stderr.len() < 1_000 && !answer.stderr.contains('\u{1b}'),
            "{name}: {answer:#?}"
        );
        assert!(answer.stdout.is_empty());
    }
    let purser = Purser::new();
    let large = purser.file("large", "");
    fs::File::options()
        .write(true)
        .open(&large)
        .unwrap()
        .set_len((128 << 20) + 1)
        .unwrap();
    for (file, told) in [
        (large.as_str(), "larger than 128"),
        ("no/such/file", "cannot be read"),
    ] {
        let answer = purser.run(&format!(
            "connector check {} --replay {file}",
            connector("sample").display()
        ));
        answer.assert_refused(3, "input or configuration", told);
    }
    // That the connector takes no such setting any more is the connector's doing.
    let answer = check(
        &connector("sample"),
        changed(|cassette| cassette["settings"]["x"] = json!("y")),
        "",
    );
    answer.assert_refused(
        4,
        "the connector",
        "does not take the settings of the cassette",
    );
}
