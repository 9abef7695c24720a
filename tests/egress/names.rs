//! Host names that lead where they should not. What names lead to is the system's to say here; a name that leads elsewhere each time it is
//! asked for is a matter of `host/egress/src/tests/names.rs`.

use crate::guest;
use crate::image::TEXTS;
use crate::process;
use crate::spelling::SECRET;
use crate::upstream::Upstream;
use purser_tests::Purser;
use std::time::Duration;

/// A connector for the Internet asks for a page of a granted name, which leads to this machine.
fn asks_for(host: &str, more: &str) -> purser_tests::Answer {
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
    let connector = purser.file("connector.wasm", guest::component_saying(&fields, &TEXTS));
    purser.ok(&format!("connector upload {connector}"));
    let mut grant = purser.command("connector grant example");
    grant.args(["--allow", &format!("read:users GET {host}/x")]);
    assert_eq!(
        process::run(grant, Duration::from_secs(20))
            .unwrap()
            .answer
            .code,
        0
    );
    purser.ok("alias create far --connector example --retry-attempts 1");
    let connected = purser.connect(
        &format!("main --alias far --base-url https://app.example.com --template bearer {more}"),
        SECRET,
    );
    assert_eq!(connected.code, 0, "{connected:#?}");
    purser.ok("profile create p --connector example --alias far");
    purser.run("run p")
}

#[test]
fn a_granted_name_that_leads_to_this_machine_is_not_asked() {
    let here = Upstream::start(true);
    let answer = asks_for(&here.authority(), "");
    answer.assert_refused(3, "input or configuration", "localhost leads to");
    assert!(
        answer
            .stderr
            .contains("allow the connection to reach private addresses"),
        "{}",
        answer.stderr
    );
    assert_eq!(here.connections(), 0);
    // Where the connection may, it is: what was missing is the permission alone.
    asks_for(&here.authority(), "--private-network");
    assert!(here.connections() > 0);
}
