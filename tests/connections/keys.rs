//! The vault's key: exchanged whole or not at all, and refused where it is another's.

use purser_tests::Stage;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn everything_is_sealed_anew_and_opens() {
    let stage = Stage::ready(30);
    let key = stage.purser.home().join("vault.key");
    let old = fs::read(&key).unwrap();
    let said = stage.purser.ok("vault rotate-key");
    assert!(said.contains("Sealed 1 secret"), "{said}");
    assert_ne!(fs::read(&key).unwrap(), old);
    stage.purser.ok("connection test acme-main");
    fs::write(&key, &old).unwrap();
    stage
        .purser
        .run("connection test acme-main")
        .assert_refused(3, "input or configuration", "another key");
}

#[test]
fn a_wrong_or_missing_key_destroys_nothing() {
    let stage = Stage::ready(30);
    let key = stage.purser.home().join("vault.key");
    let kept = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    for words in [
        "connection test acme-main",
        "run boards",
        "vault rotate-key",
    ] {
        stage
            .purser
            .run(words)
            .assert_refused(3, "input or configuration", "key is missing");
    }
    assert!(!key.exists(), "none was made in its place");
    fs::write(&key, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
    #[cfg(unix)]
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    for words in [
        "connection test acme-main",
        "run boards",
        "vault rotate-key",
    ] {
        stage
            .purser
            .run(words)
            .assert_refused(3, "input or configuration", "another key");
    }
    let answer = stage.connect("second", stage.app.token());
    answer.assert_refused(3, "input or configuration", "another key");
    fs::write(&key, kept).unwrap();
    stage.purser.ok("connection test acme-main");
}

#[test]
fn a_key_from_outside_is_exchanged_for_one_that_is_installed_by_hand() {
    let stage = Stage::ready(30);
    let (key, new) = (
        stage.purser.home().join("vault.key"),
        stage.purser.home().with_file_name("new.key"),
    );
    let outside = fs::read_to_string(&key).unwrap();
    fs::remove_file(&key).unwrap();
    let run = |words: &str, key: &str| {
        let output = stage
            .purser
            .command(words)
            .env("PURSER_VAULT_KEY", key)
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    assert_eq!(run("connection test acme-main", &outside).0, Some(0));
    let (code, said) = run("vault rotate-key", &outside);
    assert!(code == Some(3) && said.contains("--new-key-file"), "{said}");
    assert_eq!(
        run(
            &format!("vault rotate-key --new-key-file {}", new.display()),
            &outside
        )
        .0,
        Some(0)
    );
    assert_eq!(run("connection test acme-main", &outside).0, Some(3));
    assert_eq!(
        run(
            "connection test acme-main",
            &fs::read_to_string(&new).unwrap()
        )
        .0,
        Some(0)
    );
}

#[test]
fn killed_while_the_key_is_exchanged_everything_still_opens() {
    let stage = Stage::ready(30);
    let began = Instant::now();
    stage.purser.ok("vault rotate-key");
    let whole = began.elapsed().max(Duration::from_millis(20));
    for step in 1..=40 {
        let mut rotate = stage
            .purser
            .command("vault rotate-key")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * step / 40);
        drop(rotate.kill());
        rotate.wait().unwrap();
        let answer = stage.purser.run("connection show acme-main");
        assert_eq!(answer.code, 0, "{answer:#?}");
    }
    stage.purser.ok("connection test acme-main");
    stage.purser.ok("vault rotate-key");
    stage.purser.ok("connection test acme-main");
}

#[test]
fn an_exchange_that_was_cut_off_before_the_file_was_moved_is_finished() {
    let stage = Stage::ready(30);
    let (key, next) = (
        stage.purser.home().join("vault.key"),
        stage.purser.home().join("vault.key.next"),
    );
    let old = fs::read(&key).unwrap();
    stage.purser.ok("vault rotate-key");
    // As it is when everything is sealed with the new key, and the process died before it moved the file.
    fs::rename(&key, &next).unwrap();
    fs::write(&key, old).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    stage.purser.ok("connection test acme-main");
    assert!(!next.exists());
    stage.purser.ok("connection test acme-main");
}
