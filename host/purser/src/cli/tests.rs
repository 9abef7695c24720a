//! Tests of the command line as a whole: the help of every command as a snapshot, and checks over
//! all command definitions.

use super::Cli;
use clap::{Command, CommandFactory as _};
use std::fmt::Write as _;

/// Appends the long help of a command and of all commands below it.
fn append_help(command: &mut Command, parent: &str, reference: &mut String) {
    let path = format!("{parent}{}", command.get_name());
    let rule = "=".repeat(100);
    let help = command.render_long_help();
    writeln!(reference, "{rule}\n{path}\n\n{help}").unwrap();

    for child in command.get_subcommands_mut() {
        append_help(child, &format!("{path} "), reference);
    }
}

/// The snapshot is `host/purser/cli-reference.snap`; `tests/README.md` says how to update it.
#[test]
fn help_of_all_commands_matches_the_snapshot() {
    let mut command = Cli::command().term_width(100);
    command.build();
    let mut reference = String::new();
    append_help(&mut command, "", &mut reference);

    // Editors and version control remove trailing space, which clap writes on some empty lines.
    let reference: Vec<_> = reference.lines().map(str::trim_end).collect();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../..");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("cli-reference", reference.join("\n")));
}

#[test]
fn every_command_shows_an_example() {
    fn check(command: &Command, parent: &str) {
        let path = format!("{parent} {}", command.get_name());
        if command.has_subcommands() {
            for child in command.get_subcommands() {
                check(child, &path);
            }
            return;
        }

        let example = command
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(
            example.contains(&format!(" {}", path.trim())),
            "{path}: {example:?}"
        );
    }

    check(&Cli::command(), "");
}

#[test]
fn command_definitions_pass_the_checks_of_clap() {
    Cli::command().debug_assert();
}
