//! The vault key: rotation is complete or without effect, and a wrong key is refused.

use purser_tests::TestEnv;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn rotated_key_opens_every_secret_and_the_old_key_none() {
    let env = TestEnv::ready(30);
    let key = env.purser.home().join("vault.key");
    let old = fs::read(&key).unwrap();

    let output = env.purser.ok("vault rotate-key");
    assert!(output.contains("Sealed 1 secret"), "{output}");
    assert_ne!(fs::read(&key).unwrap(), old);

    env.purser.ok("connection test acme-main");
    fs::write(&key, &old).unwrap();
    env.purser.run("connection test acme-main").assert_refused(
        3,
        "input or configuration",
        "another key",
    );
}

#[test]
fn wrong_or_missing_key_is_refused_and_destroys_nothing() {
    let env = TestEnv::ready(30);
    let key = env.purser.home().join("vault.key");
    let kept = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();

    for words in [
        "connection test acme-main",
        "run boards",
        "vault rotate-key",
    ] {
        env.purser
            .run(words)
            .assert_refused(3, "input or configuration", "key is missing");
    }
    assert!(!key.exists(), "no new key was created");

    fs::write(&key, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
    #[cfg(unix)]
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    for words in [
        "connection test acme-main",
        "run boards",
        "vault rotate-key",
    ] {
        env.purser
            .run(words)
            .assert_refused(3, "input or configuration", "another key");
    }

    let output = env.connect("second", env.app.token());
    output.assert_refused(3, "input or configuration", "another key");

    fs::write(&key, kept).unwrap();
    env.purser.ok("connection test acme-main");
}

#[test]
fn key_from_the_environment_is_rotated_into_a_new_key_file() {
    let env = TestEnv::ready(30);
    let key = env.purser.home().join("vault.key");
    let new = env.purser.home().with_file_name("new.key");
    let outside = fs::read_to_string(&key).unwrap();

    fs::remove_file(&key).unwrap();

    let run = |words: &str, key: &str| {
        let output = env
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

    let (code, stderr) = run("vault rotate-key", &outside);
    assert!(
        code == Some(3) && stderr.contains("--new-key-file"),
        "{stderr}"
    );
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
fn rotation_killed_at_any_moment_leaves_every_secret_readable() {
    let env = TestEnv::ready(30);
    let began = Instant::now();
    env.purser.ok("vault rotate-key");

    let whole = began.elapsed().max(Duration::from_millis(20));
    for step in 1..=40 {
        let mut rotate = env
            .purser
            .command("vault rotate-key")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * step / 40);
        drop(rotate.kill());
        rotate.wait().unwrap();

        let output = env.purser.run("connection show acme-main");
        assert_eq!(output.code, 0, "{output:#?}");
    }

    env.purser.ok("connection test acme-main");
    env.purser.ok("vault rotate-key");
    env.purser.ok("connection test acme-main");
}

#[test]
fn rotation_interrupted_before_the_file_rename_is_completed() {
    let env = TestEnv::ready(30);
    let key = env.purser.home().join("vault.key");
    let next = env.purser.home().join("vault.key.next");
    let old = fs::read(&key).unwrap();

    env.purser.ok("vault rotate-key");

    // The state of a process that died after sealing with the new key and before renaming its file.
    fs::rename(&key, &next).unwrap();
    fs::write(&key, old).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    env.purser.ok("connection test acme-main");

    assert!(!next.exists());

    env.purser.ok("connection test acme-main");
}
