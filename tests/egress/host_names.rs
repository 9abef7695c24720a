//! Host names that resolve to forbidden addresses. The names here are resolved by the system. Names
//! with changing addresses are tested in `host/egress/src/tests/dns.rs`.

use crate::encodings::SECRET;
use crate::guest;
use crate::image::TEXTS;
use crate::process;
use crate::upstream::Upstream;
use purser_tests::Purser;
use std::time::Duration;

/// Runs a connector of a public application that requests a page from a granted name on loopback.
fn run_requesting(host: &str, more: &str) -> purser_tests::CommandOutput {
    let purser = Purser::new();
    let target = format!("https://{host}/x");
    let fields = format!(
        r#"(data (i32.const 65536) "{target}")
        (func (export "purser:connector/actions@0.1.0#read")
          (param i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
          (call $send (i32.const 0) (i32.const 65536) (i32.const {}) (i32.const 0) (i32.const 0)
            (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024))
          (select (global.get $failure) (global.get $page) (i32.load8_u (i32.const 1024))))"#,
        target.len()
    );

    let connector = purser.file(
        "connector.wasm",
        guest::component_with_texts(&fields, &TEXTS),
    );
    purser.ok(&format!("connector upload {connector}"));
    let mut grant = purser.command("connector grant example");
    grant.args(["--allow", &format!("read:users GET {host}/x")]);

    assert_eq!(
        process::run(grant, Duration::from_secs(20))
            .unwrap()
            .output
            .code,
        0
    );

    purser.ok("alias create app --connector example --retry-attempts 1");

    let connected = purser.connect(
        &format!("main --alias app --base-url https://app.example.com --template bearer {more}"),
        SECRET,
    );
    assert_eq!(connected.code, 0, "{connected:#?}");

    purser.ok("profile create p --connector example --alias app");
    purser.run("run p")
}

#[test]
fn granted_name_that_resolves_to_loopback_is_not_connected() {
    let here = Upstream::start(true);
    let output = run_requesting(&here.authority(), "");
    output.assert_refused(3, "input or configuration", "localhost leads to");
    assert!(
        output
            .stderr
            .contains("create the connection with --private-network"),
        "{}",
        output.stderr
    );
    assert_eq!(here.connections(), 0);

    // With the permission it connects, so that the permission alone was missing.
    run_requesting(&here.authority(), "--private-network");
    assert!(here.connections() > 0);
}
