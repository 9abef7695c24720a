//! The command line as a whole.

use super::Cli;
use clap::{Command, CommandFactory as _};
use std::fmt::Write as _;

/// The file that holds the help of every command. Set `UPDATE_CLI_REFERENCE` to write it anew after an intended change.
const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cli-reference.txt");

fn describe(command: &mut Command, path: &str, reference: &mut String) {
    let path = format!("{path}{}", command.get_name());
    writeln!(
        reference,
        "{}\n{path}\n\n{}",
        "=".repeat(100),
        command.render_long_help()
    )
    .unwrap();
    for child in command.get_subcommands_mut() {
        describe(child, &format!("{path} "), reference);
    }
}

#[test]
fn the_reference_is_what_the_help_says() {
    let mut command = Cli::command().term_width(100);
    command.build();
    let mut reference = String::new();
    describe(&mut command, "", &mut reference);
    let reference = reference
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
        + "\n";
    if std::env::var_os("UPDATE_CLI_REFERENCE").is_some() {
        std::fs::write(REFERENCE, &reference).unwrap();
    }
    let kept = std::fs::read_to_string(REFERENCE).unwrap_or_default();
    assert!(
        kept == reference,
        "the help changed: run this test with UPDATE_CLI_REFERENCE=1 and review the difference"
    );
}

#[test]
fn every_verb_shows_an_example() {
    fn check(command: &Command, path: &str) {
        let path = format!("{path} {}", command.get_name());
        if command.has_subcommands() {
            command
                .get_subcommands()
                .for_each(|child| check(child, &path));
        } else {
            let example = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                example.contains(&format!(" {}", path.trim())),
                "{path}: {example:?}"
            );
        }
    }
    check(&Cli::command(), "");
}

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}
