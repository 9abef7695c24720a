//! Sealing, and the places of the key.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

use purser_vault::{
    KEY_VARIABLE, KeyOrigin, SYSTEMD_CREDENTIAL, Sealed, Secret, Vault, VaultError,
};
use std::process::Command;

const SECRET: &str = "hunter2-but-longer";

fn secret() -> Secret {
    Secret::new(SECRET.to_owned())
}

fn vault() -> (tempfile::TempDir, Vault) {
    let directory = tempfile::tempdir().unwrap();
    let vault = Vault::create(&directory.path().join("key")).unwrap();
    (directory, vault)
}

#[test]
fn sealed_secret_opens_after_a_restart() {
    let (directory, vault) = vault();
    let sealed = vault.seal("connection/acme", &secret()).unwrap();
    let reopened = Vault::open(&directory.path().join("key")).unwrap();
    let stored = Sealed::from_bytes(sealed.as_bytes().to_vec());

    assert_eq!(
        reopened
            .unseal("connection/acme", &stored)
            .unwrap()
            .expose(),
        SECRET
    );
}

#[test]
fn seal_of_one_secret_differs_every_time() {
    let (_directory, vault) = vault();
    let [first, second] = [(); 2].map(|()| vault.seal("c", &secret()).unwrap());

    assert_ne!(first, second);
    assert!(
        !first
            .as_bytes()
            .windows(6)
            .any(|window| SECRET.as_bytes().windows(6).any(|part| part == window))
    );
}

#[test]
fn unseal_with_another_context_or_key_fails() {
    let (_directory, vault) = vault();
    let (_other_directory, other) = self::vault();
    let sealed = vault.seal("connection/acme", &secret()).unwrap();

    assert!(matches!(
        vault.unseal("connection/evil", &sealed),
        Err(VaultError::UnsealFailed { .. })
    ));
    assert!(matches!(
        other.unseal("connection/acme", &sealed),
        Err(VaultError::UnsealFailed { .. })
    ));
    assert!(
        vault.unseal("connection/acme", &sealed).is_ok(),
        "and nothing was destroyed"
    );
}

#[test]
fn unseal_altered_or_shortened_bytes_fails() {
    let (_directory, vault) = vault();
    let bytes = vault.seal("c", &secret()).unwrap().as_bytes().to_vec();

    for index in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[index] ^= 1;
        assert!(
            vault.unseal("c", &Sealed::from_bytes(altered)).is_err(),
            "byte {index}"
        );
        assert!(
            vault
                .unseal("c", &Sealed::from_bytes(bytes[..index].to_vec()))
                .is_err(),
            "length {index}"
        );
    }

    let mut newer = bytes;
    newer[0] = 9;

    assert!(matches!(
        vault.unseal("c", &Sealed::from_bytes(newer)),
        Err(VaultError::UnknownFormat { .. })
    ));
}

#[test]
fn vault_errors_show_neither_secret_nor_key() {
    let (directory, vault) = vault();
    let key = std::fs::read_to_string(directory.path().join("key")).unwrap();
    let sealed = vault.seal("c", &secret()).unwrap();
    let error = vault.unseal("d", &sealed).err().unwrap();
    let shown = format!(
        "{error} {error:?} {:?}",
        purser_model::Blamed::next_step(&error)
    );

    assert!(!shown.contains(SECRET) && !shown.contains(key.trim()));
}

/// Runs one of the `child_` tests below in a process of its own, with a variable set.
fn child(test: &str, (variable, value): (&str, &str), directory: &std::path::Path) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", test])
        .env(variable, value)
        .env("VAULT_TEST_DIRECTORY", directory);

    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);

    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

fn key_in_child() -> std::path::PathBuf {
    std::path::PathBuf::from(std::env::var_os("VAULT_TEST_DIRECTORY").unwrap()).join("key")
}

#[test]
fn key_variable_goes_before_the_file() {
    let (directory, vault) = vault();
    let sealed = vault.seal("c", &secret()).unwrap();
    std::fs::write(directory.path().join("sealed"), sealed.as_bytes()).unwrap();
    let another = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    child(
        "child_does_not_open_with_another_key",
        (KEY_VARIABLE, another),
        directory.path(),
    );

    let key = std::fs::read_to_string(directory.path().join("key")).unwrap();
    std::fs::remove_file(directory.path().join("key")).unwrap();
    child(
        "child_opens_with_the_key_variable",
        (KEY_VARIABLE, &key),
        directory.path(),
    );

    child(
        "child_refuses_a_damaged_key_variable",
        (KEY_VARIABLE, "c2hvcnQ="),
        directory.path(),
    );
}

#[test]
fn systemd_key_goes_before_the_file() {
    let (directory, vault) = vault();
    let sealed = vault.seal("c", &secret()).unwrap();
    std::fs::write(directory.path().join("sealed"), sealed.as_bytes()).unwrap();
    let (credentials, empty) = (
        directory.path().join("credentials"),
        directory.path().join("empty"),
    );

    std::fs::create_dir(&empty).unwrap();
    child(
        "child_opens_with_the_file",
        ("CREDENTIALS_DIRECTORY", empty.to_str().unwrap()),
        directory.path(),
    );

    std::fs::create_dir(&credentials).unwrap();
    std::fs::rename(
        directory.path().join("key"),
        credentials.join(SYSTEMD_CREDENTIAL),
    )
    .unwrap();

    child(
        "child_opens_with_systemds_key",
        ("CREDENTIALS_DIRECTORY", credentials.to_str().unwrap()),
        directory.path(),
    );
}

#[test]
#[ignore = "run by systemd_key_goes_before_the_file"]
fn child_opens_with_the_file() {
    assert_eq!(
        Vault::open(&key_in_child()).unwrap().origin(),
        &KeyOrigin::File(key_in_child())
    );
}

#[test]
#[ignore = "run by systemd_key_goes_before_the_file"]
fn child_opens_with_systemds_key() {
    let sealed =
        Sealed::from_bytes(std::fs::read(key_in_child().with_file_name("sealed")).unwrap());
    let vault = Vault::open(&key_in_child()).unwrap();
    assert_eq!(
        (vault.unseal("c", &sealed).unwrap().expose(), vault.origin()),
        (SECRET, &KeyOrigin::Systemd)
    );
}

#[test]
fn key_id_differs_by_key_and_reveals_nothing() {
    let (directory, vault) = vault();
    let (_other_directory, other) = self::vault();

    assert_ne!(vault.key_id(), other.key_id());

    let reopened = Vault::open_file(&directory.path().join("key")).unwrap();

    assert_eq!(
        (vault.key_id(), vault.key_id().len()),
        (reopened.key_id(), 16)
    );
}

#[test]
fn move_key_to_replaces_another_key_file() {
    let (directory, vault) = vault();
    let (old, next) = (
        directory.path().join("key"),
        directory.path().join("key.next"),
    );

    let mut new = Vault::create(&next).unwrap();
    new.move_key_to(&old).unwrap();

    assert!(!next.exists());

    let reopened = Vault::open_file(&old).unwrap();

    assert!(reopened.key_id() == new.key_id() && reopened.key_id() != vault.key_id());
}

#[test]
#[ignore = "run by key_variable_goes_before_the_file"]
fn child_does_not_open_with_another_key() {
    let vault = Vault::open(&key_in_child()).unwrap();
    let sealed =
        Sealed::from_bytes(std::fs::read(key_in_child().with_file_name("sealed")).unwrap());
    assert!(matches!(
        vault.unseal("c", &sealed),
        Err(VaultError::UnsealFailed { .. })
    ));
}

#[test]
#[ignore = "run by key_variable_goes_before_the_file"]
fn child_opens_with_the_key_variable() {
    let sealed =
        Sealed::from_bytes(std::fs::read(key_in_child().with_file_name("sealed")).unwrap());
    let vault = Vault::open(&key_in_child()).unwrap();
    assert_eq!(
        (vault.unseal("c", &sealed).unwrap().expose(), vault.origin()),
        (SECRET, &KeyOrigin::Environment)
    );
}

#[test]
#[ignore = "run by key_variable_goes_before_the_file"]
fn child_refuses_a_damaged_key_variable() {
    assert!(matches!(
        Vault::open(&key_in_child()),
        Err(VaultError::KeyMalformed { .. })
    ));
    assert!(matches!(
        Vault::open_external(),
        Err(VaultError::KeyMalformed { .. })
    ));
}
