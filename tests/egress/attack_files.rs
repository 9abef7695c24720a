//! Runs the files of `attacks/`, folder by folder. `PURSER_HOSTILE=NAME` selects the attacks with
//! `NAME` in their file name, and `PURSER_HOSTILE_SHOW=1` prints the result of each.

use crate::attack::run_attack;
use crate::attack_format::Attack;
use crate::egress_env::{ConnectionKind, EgressEnv};
use crate::encodings::found_in;
use std::fs;
use std::path::Path;

/// Runs the attacks of a folder. Attacks with the same kind of connection share an environment.
fn run_all(folder: &str) {
    let only = std::env::var("PURSER_HOSTILE").unwrap_or_default();
    let folder = purser_tests::repository()
        .join("tests/egress/attacks")
        .join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();

    let mut envs: Vec<(ConnectionKind, EgressEnv)> = Vec::new();

    let mut wrong: Vec<String> = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if !name.contains(&only) {
            continue;
        }

        println!("{name}");
        let text = String::from_utf8(fs::read(&file).unwrap()).unwrap();
        let attack = Attack::parse(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
        let index = envs
            .iter()
            .position(|(kind, _)| *kind == attack.kind)
            .unwrap_or_else(|| {
                envs.push((attack.kind.clone(), EgressEnv::open(&attack.kind)));
                envs.len() - 1
            });

        wrong.extend(
            run_attack(&mut envs[index].1, &attack)
                .err()
                .map(|why| format!("{name}: {why}")),
        );
    }

    if only.is_empty() && folder.ends_with("echoes") {
        // Cassettes record what the connector received: echoes with the credential redacted.
        let recorded = envs
            .iter()
            .any(|(_, env)| folder_contains(&env.purser.home().join("cassettes"), "[credential]"));
        assert!(recorded, "no cassette contains a redacted echo");
    }

    for (kind, env) in &envs {
        wrong.extend(
            credential_in_files(&env.purser.home()).map(|what| format!("{kind:?}: {what}")),
        );
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns true if a file of the folder contains the text.
fn folder_contains(folder: &Path, text: &str) -> bool {
    let mut paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    paths.any(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).contains(text))
}

/// Returns a file below the folder that holds the credential, if there is one.
fn credential_in_files(folder: &Path) -> Option<String> {
    let mut paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());

    paths.find_map(|path| match path.is_dir() {
        true => credential_in_files(&path),
        false => Some(format!(
            "{} holds the credential: {}",
            path.display(),
            found_in(&fs::read(&path).unwrap())?
        )),
    })
}

#[test]
fn redirect_attacks_end_as_their_files_expect() {
    run_all("redirects");
}

#[test]
fn response_attacks_end_as_their_files_expect() {
    run_all("responses");
}

#[test]
fn echo_attacks_end_as_their_files_expect() {
    run_all("echoes");
}

#[test]
fn request_attacks_end_as_their_files_expect() {
    run_all("requests");
}

#[test]
fn environment_attacks_end_as_their_files_expect() {
    run_all("environment");
}
