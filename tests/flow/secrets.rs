//! The token is sealed in the vault: it is in no other file and in no output.

use purser_sample_app::Fault;
use purser_tests::TestEnv;
use std::fs;
use std::path::Path;

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());

    entries
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![(path.display().to_string(), fs::read(&path).unwrap())],
        })
        .collect()
}

#[test]
fn token_appears_in_no_output_and_no_file() {
    let env = TestEnv::synced(120);
    env.app.inject(Fault::TokenRevokedAfter { requests: 0 });
    let refused = env.purser.run("run boards");
    let token = env.app.token();
    let shown = [
        "runs list --json",
        "connection list --json",
        "profile list --json",
        "connector list --json",
    ];

    let printed =
        shown.map(|words| env.purser.ok(words)).concat() + &refused.stdout + &refused.stderr;
    assert!(!printed.contains(token));

    let files = files(&env.purser.home());
    assert!(
        files
            .iter()
            .any(|(name, content)| name.ends_with("purser.db") && !content.is_empty())
    );

    for (name, content) in files {
        assert!(
            !content
                .windows(token.len())
                .any(|window| window == token.as_bytes()),
            "{name} holds the token"
        );
    }
}
