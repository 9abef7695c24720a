//! The cache of compiled machine code: reused, and never trusted if another process could have
//! written it.

use purser_tests::TestEnv;
use std::fs;
use std::path::PathBuf;

/// Returns the only cache file of a home.
fn cache_file(env: &TestEnv) -> PathBuf {
    let mut files = fs::read_dir(env.purser.home().join("code"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let file = files.next().unwrap();
    assert_eq!(files.next(), None);
    file
}

#[test]
fn cache_file_name_starts_with_the_whole_digest() {
    let env = TestEnv::ready(10);
    let connectors = env.purser.json("connector list");
    let digest = connectors[0]["digest"].as_str().unwrap().replace(':', "-");
    let name = cache_file(&env)
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();

    assert_eq!(digest.len(), "sha256-".len() + 64);
    assert!(
        name.starts_with(&format!("{digest}-")),
        "{name} does not start with {digest}"
    );
}

#[test]
fn compiled_code_is_reused() {
    let env = TestEnv::ready(10);
    let file = cache_file(&env);
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    env.purser.ok("connection test acme-main");

    assert_eq!(
        fs::metadata(cache_file(&env)).unwrap().modified().unwrap(),
        written
    );
}

#[test]
fn changed_or_foreign_cache_file_is_recompiled() {
    let env = TestEnv::ready(10);
    let file = cache_file(&env);
    let good = fs::read(&file).unwrap();
    let foreign = fs::read(cache_file(&TestEnv::ready(10))).unwrap();

    assert_eq!(
        file.file_name(),
        cache_file(&TestEnv::ready(10)).file_name(),
        "the connector and the engine are equal"
    );

    let changed = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let cases = [
        changed(0),
        changed(60),
        changed(good.len() - 1),
        good[..good.len() / 2].to_vec(),
        Vec::new(),
        foreign,
    ];

    for (case, bytes) in cases.iter().enumerate() {
        fs::write(&file, bytes).unwrap();
        env.purser.ok("connection test acme-main");
        assert_ne!(&fs::read(&file).unwrap(), bytes, "case {case} was trusted");
        assert_eq!(fs::read(&file).unwrap().len(), good.len());
    }
}

#[cfg(unix)]
#[test]
fn symlinked_cache_file_is_replaced_and_not_followed() {
    let env = TestEnv::ready(10);
    let file = cache_file(&env);
    let elsewhere = env.purser.home().with_file_name("elsewhere");
    fs::rename(&file, &elsewhere).unwrap();

    let good = fs::read(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
    env.purser.ok("connection test acme-main");

    assert!(fs::symlink_metadata(&file).unwrap().is_file());
    assert_eq!(
        fs::read(&elsewhere).unwrap(),
        good,
        "the target of the link is unchanged"
    );
}

#[test]
fn compile_process_without_a_component_fails_and_writes_nothing() {
    let env = TestEnv::ready(10);

    // The exit code blames the connector.
    let mut command = env.purser.command("__compile");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(output.stdout.len(), 0);
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("does not compile")
    );
}
