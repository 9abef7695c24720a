//! Checks that the README shows existing commands, compiled code and true defaults.

use std::fs;
use std::process::Command;

fn readme() -> String {
    fs::read_to_string(purser_tests::repository().join("README.md")).unwrap()
}

#[test]
fn readme_connector_equals_the_compiled_example() {
    let example = purser_tests::repository().join("connectors/sdk/examples/forty_lines.rs");
    assert!(readme().contains(&format!(
        "```rust\n{}```",
        fs::read_to_string(example).unwrap()
    )));
}

#[test]
fn readme_commands_exist() {
    let readme = readme();
    let commands = readme
        .lines()
        .filter_map(|line| line.strip_prefix("    purser "));

    let mut seen = 0;
    for command in commands {
        let words: Vec<_> = command.split_whitespace().collect();
        let help = help(&words[..1]);

        // A command group is followed by one of its commands; any other command by its arguments.
        let known = help
            .as_ref()
            .is_some_and(|text| !text.contains("Commands:") || self::help(&words[..2]).is_some());
        assert!(known, "there is no `purser {command}`");

        seen += 1;
    }

    assert!(seen >= 10, "the README has a tour");
}

#[test]
fn readme_limits_equal_the_defaults() {
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

/// Returns the help of a command, or `None` if there is no such command.
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
