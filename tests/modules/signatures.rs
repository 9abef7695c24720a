//! Publishers sign, operators trust, and a policy makes it binding.

use crate::versions::version;
use minisign::KeyPair;
use purser_tests::{CONNECTOR, Purser, Stage, connector};
use serde_json::{Value, json};
use std::fs;

const OPERATOR: &str = "input or configuration";

struct Signer(KeyPair);

impl Signer {
    fn new() -> Self {
        Self(KeyPair::generate_unencrypted_keypair().unwrap())
    }

    fn key(&self) -> String {
        self.0.pk.to_base64()
    }

    fn sign(&self, bytes: &[u8]) -> String {
        minisign::sign(None, &self.0.sk, bytes, Some("made for a test"), None)
            .unwrap()
            .to_string()
    }
}

fn sample() -> Vec<u8> {
    fs::read(connector("sample")).unwrap()
}

fn nothing_is_kept(purser: &Purser) {
    assert_eq!(purser.json("connector list"), json!([]));
}

#[test]
fn a_trusted_signature_counts_and_is_found_beside_the_file() {
    let (purser, acme) = (Purser::new(), Signer::new());
    let trusted = purser.json(&format!("publisher trust acme {}", acme.key()));
    purser.ok("connector policy --require-signature on");
    let file = purser.file("hub.wasm", sample());
    let signature = purser.file("hub.wasm.minisig", acme.sign(&sample()));

    let uploaded = purser.json(&format!("connector upload {file}"));
    assert_eq!(
        uploaded["signature"],
        json!({"state": "trusted", "publisher": "acme"})
    );
    assert_eq!(uploaded["connector"]["signed_by"], "acme");
    purser.ok(&format!("connector grant {CONNECTOR} --all"));
    assert!(purser.ok("connector list").contains("granted, signed"));
    let list = purser.json("publisher list");
    assert_eq!(
        (&list[0]["key"], &list[0]["key_id"]),
        (&json!(acme.key()), &trusted["key_id"])
    );
    assert!(
        list[0]["connectors"][0]
            .as_str()
            .unwrap()
            .starts_with(CONNECTOR),
        "{list}"
    );

    // Once it is known, it needs no second showing of the signature.
    fs::remove_file(signature).unwrap();
    assert_eq!(
        purser.json(&format!("connector upload {file}"))["signature"]["state"],
        "trusted"
    );
}

#[test]
fn unsigned_badly_signed_and_signed_by_a_stranger_are_three_answers() {
    let (purser, acme, stranger) = (Purser::new(), Signer::new(), Signer::new());
    purser.ok(&format!("publisher trust acme {}", acme.key()));
    purser.ok("connector policy --require-signature on");
    let file = purser.file("hub.wasm", sample());
    let other = purser.file("other.minisig", acme.sign(b"other bytes"));
    let by_stranger = purser.file("stranger.minisig", stranger.sign(&sample()));

    let unsigned = purser.run(&format!("connector upload {file}"));
    unsigned.assert_refused(3, OPERATOR, "is not signed");
    let bad = purser.run(&format!("connector upload {file} --signature {other}"));
    bad.assert_refused(3, OPERATOR, "not for these bytes");
    assert!(bad.stderr.contains("acme"), "{}", bad.stderr);
    let unknown = purser.run(&format!(
        "connector upload {file} --signature {by_stranger}"
    ));
    unknown.assert_refused(3, OPERATOR, "no trusted publisher's");
    assert!(
        unknown.stderr.contains("purser publisher trust"),
        "{}",
        unknown.stderr
    );
    nothing_is_kept(&purser);

    // Where nobody asks for signatures, two of them are allowed; one that does not hold is a warning that nobody should pass.
    purser.ok("connector policy --require-signature off");
    let bad = purser.run(&format!("connector upload {file} --signature {other}"));
    bad.assert_refused(3, OPERATOR, "not for these bytes");
    nothing_is_kept(&purser);
    let unknown = purser.ok(&format!(
        "connector upload {file} --signature {by_stranger}"
    ));
    assert!(unknown.contains("counts as unsigned"), "{unknown}");
    assert_eq!(purser.json("connector list")[0]["signed_by"], Value::Null);
    assert_eq!(
        purser.json(&format!("connector upload {file}"))["signature"]["state"],
        "unsigned"
    );
}

/// Bytes that nobody vouches for are not looked into: what refuses them is not what reads them.
#[test]
fn a_signature_is_checked_before_the_bytes_are_read() {
    let (purser, acme) = (Purser::new(), Signer::new());
    purser.ok(&format!("publisher trust acme {}", acme.key()));
    purser.ok("connector policy --require-signature on");
    let file = purser.file("hub.wasm", b"no component at all");
    purser
        .run(&format!("connector upload {file}"))
        .assert_refused(3, OPERATOR, "is not signed");
    let signature = purser.file("s", acme.sign(b"no component at all"));
    let signed = purser.run(&format!("connector upload {file} --signature {signature}"));
    assert!(!signed.stderr.contains("signed"), "{}", signed.stderr);
    assert_ne!(signed.code, 0);
}

#[test]
fn what_is_no_signature_or_no_key_says_so() {
    let (purser, acme) = (Purser::new(), Signer::new());
    let file = purser.file("hub.wasm", sample());
    let good = acme.sign(&sample());
    let cut = good.lines().take(3).collect::<Vec<_>>().join("\n");
    let retold = good.replace("made for a test", "made for another");
    purser.ok(&format!("publisher trust acme {}", acme.key()));
    for (text, what) in [
        ("", "no minisign signature"),
        ("hello\nthere\n", "no minisign signature"),
        (&cut, "no minisign signature"),
        (&retold, "not for these bytes"),
    ] {
        let signature = purser.file("s", text);
        let refused = purser.run(&format!("connector upload {file} --signature {signature}"));
        refused.assert_refused(3, OPERATOR, what);
    }
    purser
        .run(&format!("connector upload {file} --signature {file}"))
        .assert_refused(3, OPERATOR, "larger than");
    purser
        .run(&format!("connector upload {file} --signature nowhere"))
        .assert_refused(3, OPERATOR, "nowhere");
    nothing_is_kept(&purser);

    let no_key = purser.file("no.pub", "untrusted comment: nothing\nRWQ=\n");
    purser
        .run(&format!("publisher trust other {no_key}"))
        .assert_refused(3, OPERATOR, "no minisign public key");
    purser
        .run(&format!("publisher trust acme {}", Signer::new().key()))
        .assert_refused(3, OPERATOR, "already exists");
    purser
        .run(&format!("publisher trust twin {}", acme.key()))
        .assert_refused(3, OPERATOR, "acme's");
    purser
        .run("publisher distrust nobody")
        .assert_refused(3, OPERATOR, "no publisher nobody");
    // A signature of minisign's older form, over "test", from the documentation of its verifier.
    purser.ok("publisher trust jedisct1 RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3");
    let file = purser.file("test", "test");
    let legacy = purser.file(
        "legacy",
        "untrusted comment: signature from minisign secret key\n\
         RWQf6LRCGA9i59SLOFxz6NxvASXDJeRtuZykwQepbDEGt87ig1BNpWaVWuNrm73YiIiJbq71Wi+dP9eKL8OC351vwIasSSbXxwA=\n\
         trusted comment: timestamp:1555779966\tfile:test\n\
         QtKMXWyYcwdpZAlPF7tE2ENJkRd1ujvKjlj1m9RtHTBnZPa5WKU5uWRs5GoP5M/VqE81QFuMKI5k/SfNQUaOAA==\n",
    );
    let refused = purser.run(&format!("connector upload {file} --signature {legacy}"));
    refused.assert_refused(3, OPERATOR, "legacy form");

    let from_file = purser.file(
        "other.pub",
        Signer::new().0.pk.to_box().unwrap().to_string(),
    );
    purser.ok(&format!("publisher trust other {from_file}"));
    assert_eq!(purser.json("publisher list").as_array().unwrap().len(), 3);
}

#[test]
fn a_policy_holds_at_every_step_and_distrust_is_at_once() {
    let stage = Stage::ready(20);
    let (purser, acme) = (&stage.purser, Signer::new());
    let key = acme.key();
    purser.ok("profile publish boards");

    let policy = purser.json("connector policy --require-signature on");
    assert_eq!(
        policy,
        json!({"require_signature": true, "stopped": ["boards"]})
    );
    for words in [
        "run boards",
        "profile publish boards",
        &format!("connector grant {CONNECTOR} --all"),
    ] {
        purser
            .run(words)
            .assert_refused(3, OPERATOR, "is not signed");
    }
    let new = format!("profile create new --connector {CONNECTOR} --alias acme");
    purser
        .run(&new)
        .assert_refused(3, OPERATOR, "is not signed");

    // The publisher's signature, once the publisher is trusted, is all that was missing: grant and profile are as they were.
    purser.ok(&format!("publisher trust acme {key}"));
    let signature = purser.file("sample.minisig", acme.sign(&sample()));
    let upload = format!(
        "connector upload {} --signature {signature}",
        connector("sample").display()
    );
    let uploaded = purser.json(&upload);
    assert_eq!(
        (
            &uploaded["already_there"],
            &uploaded["connector"]["signed_by"]
        ),
        (&json!(true), &json!("acme"))
    );
    assert_eq!(purser.json("connector policy")["stopped"], json!([]));
    purser.ok("run boards");

    let distrusted = purser.ok("publisher distrust acme");
    assert!(
        distrusted.contains("do not run any more: boards"),
        "{distrusted}"
    );
    purser
        .run("run boards")
        .assert_refused(3, OPERATOR, "no trusted publisher's");
    // Somebody else under the old name is somebody else.
    purser.ok(&format!("publisher trust acme {}", Signer::new().key()));
    purser
        .run("run boards")
        .assert_refused(3, OPERATOR, "no trusted publisher's");
    purser.ok(&format!("publisher trust acme-again {key}"));
    purser.ok("run boards");
    purser.ok("connector policy --require-signature off");
    purser.ok("publisher distrust acme-again");
    purser.ok("run boards");
}

/// The policy asks the signature itself at each run, not a note that there was one.
#[test]
fn a_signature_that_was_exchanged_in_the_database_is_found_out() {
    let stage = Stage::ready(20);
    let (purser, acme) = (&stage.purser, Signer::new());
    purser.ok(&format!("publisher trust acme {}", acme.key()));
    let signature = purser.file("sample.minisig", acme.sign(&sample()));
    purser.ok(&format!(
        "connector upload {} --signature {signature}",
        connector("sample").display()
    ));
    purser.ok("connector policy --require-signature on");
    purser.ok("profile publish boards");
    let database = rusqlite::Connection::open(purser.home().join("purser.db")).unwrap();
    let changed = database.execute(
        "UPDATE connector_signature SET signature = ?1",
        [acme.sign(b"other bytes")],
    );
    assert_eq!(changed, Ok(1));
    purser
        .run("run boards")
        .assert_refused(3, OPERATOR, "not for these bytes");
}

#[test]
fn nothing_is_rolled_back_to_what_would_not_run() {
    let stage = Stage::ready(20);
    let (purser, acme) = (&stage.purser, Signer::new());
    purser.ok(&format!("publisher trust acme {}", acme.key()));
    let second = version(purser, "0.2.0", &[]);
    let signature = purser.file("second.minisig", acme.sign(&fs::read(&second).unwrap()));
    purser.ok(&format!(
        "connector upload {second} --signature {signature}"
    ));
    purser.ok("connector policy --require-signature on");
    purser.ok(&format!("connector grant {CONNECTOR} --all"));
    purser.ok("profile publish boards");
    purser
        .run(&format!("connector rollback {CONNECTOR}"))
        .assert_refused(3, OPERATOR, "not signed by a trusted");
    purser.ok("connector policy --require-signature off");
    purser.ok(&format!("connector rollback {CONNECTOR}"));
}
