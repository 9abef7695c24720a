//! `cargo xtask`: the tasks of a developer, each one command that does its own set-up.

mod measure;
mod root;
mod run;
mod source;
mod steps;
mod style;

use anyhow::Result;
use purser_connector_builder::BuildError;
use purser_model::{Blamed, NextStep};
use run::Failed;
use std::process::ExitCode;
use steps::Step;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  demo [ARGS]     build the connectors and the binary, and run it against a sample application
  test            run every check of CI: format, style, docs, lints, and all tests with real servers
  build           build the connectors and the binary
  connectors      build the connectors into target/connectors
  setup           get what the compiler lacks to build connectors
  servers         install the real servers that tests run against
  style [RULES]   check the house style; RULES are width, opener, errors, command, name, circle, room
  measure         print the lengths of files and functions and the style of comments, per crate
  bench [ARGS]    measure Purser beside native programs doing the same jobs; --help lists them
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();

    match execute(&command, &rest) {
        Some(outcome) => outcome.map_or_else(|error| report(&error), |()| ExitCode::SUCCESS),
        None => {
            eprint!("error: there is no command {command}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// Runs a command; `None` if there is no such command.
fn execute(command: &str, args: &[String]) -> Option<Result<()>> {
    use Step::{
        Bench, Binary, Clippy, Connectors, Docs, Format, Servers, Setup, Style, Tests, Workspace,
    };
    let outcome = match command {
        "setup" => steps::run(&[Setup]),
        "connectors" => steps::run(&[Setup, Connectors]),
        "build" => steps::run(&[Setup, Connectors, Binary]),
        "servers" => steps::run(&[Servers]),
        "demo" => steps::run(&[Setup, Connectors, Binary]).and_then(|()| steps::demo(args)),
        // Quick checks first; lints and docs last, because they compile everything once more.
        "test" => steps::run(&[
            Format, Style, Setup, Connectors, Workspace, Servers, Tests, Clippy, Docs,
        ]),
        "style" => style::check(&root::root(), args),
        "measure" => measure::print(&root::root()),
        "bench" => steps::run(&[Setup, Connectors, Bench]).and_then(|()| steps::bench(args)),
        "" | "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        _ => return None,
    };
    Some(outcome)
}

/// Prints an error with its next step. Returns the exit code of the program that failed.
fn report(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    let next_step = error
        .downcast_ref::<BuildError>()
        .and_then(Blamed::next_step);
    if let Some(next) = next_step.as_ref().and_then(NextStep::text) {
        eprintln!("  next: {next}");
    }

    let code = error.downcast_ref::<Failed>().and_then(Failed::code);
    ExitCode::from(code.unwrap_or(1))
}
