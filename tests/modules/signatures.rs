//! Signatures: publishers sign, operators trust, and a policy requires signatures.

use crate::versions::version;
use minisign::KeyPair;
use purser_tests::{CONNECTOR, Purser, TestEnv, connector};
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
fn trusted_signature_beside_the_file_is_found_and_stored() {
    let purser = Purser::new();
    let acme = Signer::new();
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
    assert_eq!(list[0]["key"], json!(acme.key()));
    assert_eq!(list[0]["key_id"], trusted["key_id"]);
    assert!(
        list[0]["connectors"][0]
            .as_str()
            .unwrap()
            .starts_with(CONNECTOR),
        "{list}"
    );

    // The signature is stored and not needed for a second upload.
    fs::remove_file(signature).unwrap();
    assert_eq!(
        purser.json(&format!("connector upload {file}"))["signature"]["state"],
        "trusted"
    );
}

#[test]
fn unsigned_invalid_and_unknown_signatures_give_different_errors() {
    let purser = Purser::new();
    let acme = Signer::new();
    let stranger = Signer::new();
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
    unknown.assert_refused(3, OPERATOR, "belongs to no trusted publisher");
    assert!(
        unknown.stderr.contains("purser publisher trust"),
        "{}",
        unknown.stderr
    );

    nothing_is_kept(&purser);

    // Without the policy, unsigned files and unknown signers are accepted. An invalid signature is
    // still refused.
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

/// Unsigned bytes are not parsed: the signature error comes before any error about the content.
#[test]
fn signature_is_checked_before_the_component_is_parsed() {
    let purser = Purser::new();
    let acme = Signer::new();
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
fn malformed_signature_or_key_is_refused() {
    let purser = Purser::new();
    let acme = Signer::new();
    let file = purser.file("hub.wasm", sample());
    let good = acme.sign(&sample());
    let cut = good.lines().take(3).collect::<Vec<_>>().join("\n");
    let retold = good.replace("made for a test", "made for another");

    purser.ok(&format!("publisher trust acme {}", acme.key()));
    for (text, what) in [
        ("", "not a minisign signature"),
        ("hello\nthere\n", "not a minisign signature"),
        (&cut, "not a minisign signature"),
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
        .assert_refused(3, OPERATOR, "not a minisign public key");
    purser
        .run(&format!("publisher trust acme {}", Signer::new().key()))
        .assert_refused(3, OPERATOR, "already exists");
    purser
        .run(&format!("publisher trust twin {}", acme.key()))
        .assert_refused(3, OPERATOR, "acme's");
    purser
        .run("publisher distrust nobody")
        .assert_refused(3, OPERATOR, "no publisher nobody");

    // A signature in minisign's legacy format over "test", from the documentation of its verifier.
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
fn signature_policy_applies_at_every_step_and_distrust_at_once() {
    let env = TestEnv::ready(20);
    let purser = &env.purser;
    let acme = Signer::new();
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

    // Only the signature was missing: grant and profile are as before.
    purser.ok(&format!("publisher trust acme {key}"));
    let signature = purser.file("sample.minisig", acme.sign(&sample()));
    let upload = format!(
        "connector upload {} --signature {signature}",
        connector("sample").display()
    );

    let uploaded = purser.json(&upload);
    assert_eq!(uploaded["already_there"], true);
    assert_eq!(uploaded["connector"]["signed_by"], "acme");
    assert_eq!(purser.json("connector policy")["stopped"], json!([]));

    purser.ok("run boards");
    let distrusted = purser.ok("publisher distrust acme");
    assert!(distrusted.contains("no longer run: boards"), "{distrusted}");
    purser
        .run("run boards")
        .assert_refused(3, OPERATOR, "belongs to no trusted publisher");

    // Another key under the old name is another publisher.
    purser.ok(&format!("publisher trust acme {}", Signer::new().key()));
    purser
        .run("run boards")
        .assert_refused(3, OPERATOR, "belongs to no trusted publisher");

    purser.ok(&format!("publisher trust acme-again {key}"));
    purser.ok("run boards");
    purser.ok("connector policy --require-signature off");
    purser.ok("publisher distrust acme-again");
    purser.ok("run boards");
}

/// Each run verifies the stored signature, and does not rely on a stored flag.
#[test]
fn signature_replaced_in_the_database_fails_the_next_run() {
    let env = TestEnv::ready(20);
    let purser = &env.purser;
    let acme = Signer::new();
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
fn rollback_to_an_unsigned_version_is_refused() {
    let env = TestEnv::ready(20);
    let purser = &env.purser;
    let acme = Signer::new();
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
