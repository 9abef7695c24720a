//! Bytes of a component. They become a connector or are refused with a reason, and never blamed on
//! the host.

use crate::guest;
use crate::harness::{Target, Verdict};
use purser_model::{Blame, Blamed as _};
use purser_sandbox::Sandbox;
use std::sync::LazyLock;

#[test]
fn uploaded_bytes_become_a_connector_or_are_refused_with_a_reason() {
    Target {
        name: "upload",
        rounds: 12_000,
        words: WORDS,
        read,
        check,
    }
    .run();
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "\0asm\x01\0\0\0", "\0asm\x0d\0\x01\0", "\x7fELF", "purser:connector/actions@0.1.0", "purser:connector/http@0.1.0",
    "@0.2.0", "wasi:cli/run@0.2.0", "\u{7f}", "\u{1}\u{0}\u{0}", "\u{b}", "\u{a}", "\u{4}", "\u{5}",
];

/// Converts text seeds, which have the format of `tests/hostile/modules`, to the bytes of a
/// component. Other seeds are bytes already.
fn read(file: Vec<u8>) -> Vec<u8> {
    match std::str::from_utf8(&file) {
        Ok(text) if text.starts_with(";;") => guest::component(text),
        _ => file,
    }
}

fn check(input: &[u8]) -> Verdict {
    static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| Sandbox::new().unwrap());
    let error = match SANDBOX.compile(input) {
        Ok(connector) => {
            assert_eq!(connector.digest(), purser_model::Digest::of(input));
            return Verdict::Accepted("a connector".into());
        }
        Err(error) => error,
    };

    let text = error.to_string();
    assert!(
        matches!(error.blame(), Blame::Guest | Blame::Operator),
        "{text}"
    );
    assert!(error.next_step().is_some(), "{text}");
    assert!(
        !text.chars().any(crate::grant::is_control) && text.len() < 2_000,
        "{text:?}"
    );

    Verdict::Refused(text)
}
