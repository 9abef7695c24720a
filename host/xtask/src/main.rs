//! `cargo xtask`: what a developer does with the checkout, each as one command that does its own set-up.

mod run;
mod steps;

use purser_connector_builder::BuildError;
use purser_model::Blamed;
use run::Failed;
use std::process::ExitCode;
use steps::Step;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  demo [ARGS]   build everything and run Purser against a sample application
  test          do what CI does: format, clippy, build, and every test, against real servers too
  build         build the connectors and the host
  connectors    build the connectors into target/connectors
  setup         get what the compiler lacks to build connectors
  servers       install the real servers that tests run against
  bench [ARGS]  measure Purser beside native programs doing the same jobs; --help lists them
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match command.as_str() {
        "setup" => steps::run(&[Step::Setup]),
        "connectors" => steps::run(&[Step::Setup, Step::Connectors]),
        "build" => steps::run(&[Step::Setup, Step::Connectors, Step::Host]),
        "servers" => steps::run(&[Step::Servers]),
        "demo" => steps::run(&[Step::Setup, Step::Connectors, Step::Host])
            .and_then(|()| steps::demo(&rest)),
        "test" => {
            use Step::{Clippy, Connectors, Format, Host, Servers, Setup, Tests};
            steps::run(&[Format, Setup, Connectors, Host, Servers, Tests, Clippy])
        }
        "bench" => steps::run(&[Step::Setup, Step::Connectors, Step::Bench])
            .and_then(|()| steps::bench(&rest)),
        "" | "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => {
            eprint!("error: there is no command {other}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    outcome.map_or_else(|error| report(&error), |()| ExitCode::SUCCESS)
}

/// Says what failed, and passes on the exit code of the program that did.
fn report(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    if let Some(next) = error
        .downcast_ref::<BuildError>()
        .and_then(Blamed::next_step)
        && let Some(next) = next.text()
    {
        eprintln!("  next: {next}");
    }
    let code = error.downcast_ref::<Failed>().and_then(Failed::code);
    ExitCode::from(code.unwrap_or(1))
}
