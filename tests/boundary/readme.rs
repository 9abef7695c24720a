//! What the README shows is what there is.

use std::fs;
use std::process::Command;

fn readme() -> String {
    fs::read_to_string(purser_tests::repository().join("README.md")).unwrap()
}

#[test]
fn the_connector_in_the_readme_is_the_one_that_is_compiled_and_tested() {
    let example = purser_tests::repository().join("connectors/sdk/examples/forty_lines.rs");
    assert!(readme().contains(&format!(
        "```rust\n{}```",
        fs::read_to_string(example).unwrap()
    )));
}

#[test]
fn every_command_of_the_readme_exists() {
    let readme = readme();
    let commands = readme
        .lines()
        .filter_map(|line| line.strip_prefix("    purser "));
    let mut seen = 0;
    for command in commands {
        let words: Vec<_> = command.split_whitespace().collect();
        let help = help(&words[..1]);
        // A verb that has verbs of its own is followed by one of them; any other, by its arguments.
        let known = help
            .as_ref()
            .is_some_and(|text| !text.contains("Commands:") || self::help(&words[..2]).is_some());
        assert!(known, "there is no `purser {command}`");
        seen += 1;
    }
    assert!(seen >= 10, "the tour is there");
}

#[test]
fn the_limits_of_the_readme_are_the_defaults() {
    let limits = serde_json::to_value(purser_model::Limits::default()).unwrap();
    let limits = limits.as_object().unwrap();
    let readme = readme();
    let rows = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .filter_map(|(name, rest)| {
            Some((
                name.to_owned(),
                rest.split_once(" | ")?.0.parse::<u64>().ok()?,
            ))
        });
    let shown: serde_json::Map<_, _> = rows.map(|(name, value)| (name, value.into())).collect();
    assert_eq!(&shown, limits);
}

/// The help on a verb, if there is such a verb.
fn help(verbs: &[&str]) -> Option<String> {
    let output = Command::new(purser_tests::binary())
        .args(verbs)
        .arg("--help")
        .output()
        .unwrap();
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).unwrap())
}
