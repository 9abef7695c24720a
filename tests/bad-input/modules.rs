//! Files that are not connectors, or not connectors for this host.

use purser_tests::{Purser, connector};
use std::fs;

/// Returns the smallest component with this import.
fn importing(import: &str) -> Vec<u8> {
    wat::parse_str(format!(r#"(component (import "{import}" (instance)))"#)).unwrap()
}

#[test]
fn invalid_connector_file_is_refused_and_not_stored() {
    let honest = fs::read(connector("sample")).unwrap();
    let cases: [(&str, Vec<u8>, i32, &str); 8] = [
        ("empty", Vec::new(), 3, "not WebAssembly"),
        (
            "text",
            b"hello, world, this is no module".to_vec(),
            3,
            "not WebAssembly",
        ),
        (
            "core",
            wat::parse_str("(module (memory 1))").unwrap(),
            3,
            "core WebAssembly module",
        ),
        (
            "truncated",
            honest[..honest.len() / 2].to_vec(),
            3,
            "cut off",
        ),
        (
            "wasi",
            importing("wasi:cli/environment@0.2.0"),
            4,
            "wasi:cli/environment",
        ),
        (
            "unknown",
            importing("acme:backdoor/shell@1.0.0"),
            4,
            "acme:backdoor/shell",
        ),
        (
            "other-version",
            importing("purser:connector/http@0.9.0"),
            4,
            "0.9.0",
        ),
        (
            "nothing",
            wat::parse_str("(component)").unwrap(),
            4,
            "not a connector",
        ),
    ];

    let purser = Purser::new();
    for (name, bytes, code, expected) in cases {
        let file = purser.file(name, bytes);
        for verb in ["upload", "inspect"] {
            let output = purser.run(&format!("connector {verb} {file}"));
            let fault = if code == 4 {
                "connector"
            } else {
                "input or configuration"
            };
            output.assert_refused(code, fault, expected);
        }
    }
    assert_eq!(purser.json("connector list"), serde_json::json!([]));
}

#[test]
fn missing_connector_file_is_named_in_the_error() {
    Purser::new()
        .run("connector upload /no/such/connector.wasm")
        .assert_refused(3, "input or configuration", "/no/such/connector.wasm");
}
