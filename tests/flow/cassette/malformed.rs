//! Cassettes that are damaged, hostile, or of another format.

use super::{calls, check, recorded, response};
use purser_tests::{Purser, connector};
use serde_json::{Value, json};
use std::fs;

#[test]
fn malformed_cassette_is_refused_with_one_short_error() {
    let (_stage, cassette) = recorded(20);
    let changed = |change: fn(&mut Value)| {
        let mut changed = cassette.clone();
        change(&mut changed);
        changed.to_string().into_bytes()
    };
    let format = r#"{"format": "purser-cassette/1", "#;

    let cases: [(&str, Vec<u8>, &str); 18] = [
        ("nothing", Vec::new(), "not a cassette"),
        ("no JSON", b"\x1b[2J".to_vec(), "not a cassette"),
        (
            "something else",
            br#"{"format": "har"}"#.to_vec(),
            "not a cassette: its format is \"har\"",
        ),
        (
            "of tomorrow",
            br#"{"format": "purser-cassette/2", "x": 1}"#.to_vec(),
            "has the format \"purser-cassette/2\"",
        ),
        (
            "cut",
            cassette.to_string().into_bytes()[..4_000].to_vec(),
            "not a cassette",
        ),
        (
            "deep",
            format!("{format}\"settings\": {}", "[".repeat(1 << 20)).into_bytes(),
            "not a cassette",
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
            "is not a valid name",
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
            "not a header field",
            changed(|cassette| {
                response(&mut calls(cassette, "plans")[0])["headers"] = json!(["x"])
            }),
            "is not a header field",
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
    for (name, bytes, expected) in cases {
        let output = check(&connector("sample"), bytes, "");
        println!("{name}: {}", output.stderr);
        output.assert_refused(3, "input or configuration", expected);
        assert!(
            output.stderr.len() < 1_000 && !output.stderr.contains('\u{1b}'),
            "{name}: {output:#?}"
        );
        assert!(output.stdout.is_empty());
    }

    let purser = Purser::new();
    let large = purser.file("large", "");
    fs::File::options()
        .write(true)
        .open(&large)
        .unwrap()
        .set_len((128 << 20) + 1)
        .unwrap();

    for (file, expected) in [
        (large.as_str(), "larger than 128"),
        ("no/such/file", "cannot be read"),
    ] {
        let output = purser.run(&format!(
            "connector check {} --replay {file}",
            connector("sample").display()
        ));
        output.assert_refused(3, "input or configuration", expected);
    }

    // A setting that the connector no longer accepts is the connector's fault.
    let output = check(
        &connector("sample"),
        changed(|cassette| cassette["settings"]["x"] = json!("y")),
        "",
    );
    output.assert_refused(
        4,
        "the connector",
        "does not accept the settings of the cassette",
    );
}
