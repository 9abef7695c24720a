//! The token is in the vault, sealed, and nowhere else: not in the database or its log, not in what is printed.

use purser_sample_app::Fault;
use purser_tests::Stage;
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
fn the_token_is_nowhere_in_plain() {
    let stage = Stage::synced(120);
    stage.app.inject(Fault::TokenRevokedAfter { requests: 0 });
    let refused = stage.purser.run("run boards");
    let token = stage.app.token();
    let shown = [
        "runs list --json",
        "connection list --json",
        "profile list --json",
        "connector list --json",
    ];
    let printed =
        shown.map(|words| stage.purser.ok(words)).concat() + &refused.stdout + &refused.stderr;
    assert!(!printed.contains(token));

    let files = files(&stage.purser.home());
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
