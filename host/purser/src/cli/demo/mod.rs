//! `purser demo`: an invented company finds the seats that it wastes on an invented application.
//!
//! Everything else is real: the application is an HTTP server, the connector is a component in its
//! sandbox, and each step is the engine call of the command that it shows.

mod output;
mod setup;
mod steps;

use super::{Context, Failure};
use output::DemoOutput;
use setup::DemoHome;
use std::path::PathBuf;
use steps::Demonstration;

const EXAMPLES: &str = "\
The SaaS application, its connector and the company are built in. All data is deleted at the end, unless you keep it.

Examples:
  purser demo
  purser demo --keep /tmp/purser-demo";

/// See Purser at work in half a minute, with an invented application and company
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DemoArgs {
    /// Accounts in the application
    #[arg(long, value_name = "COUNT", default_value_t = 3000)]
    #[arg(value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    users: u32,
    /// Keep the data in this new directory
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

impl DemoArgs {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        if context.is_json() {
            return Err(Failure::input(
                "the demonstration has no JSON output",
                "keep its home with --keep, and use the other commands with --json",
            ));
        }

        tokio::select! {
            end = run_steps(self.users, self.keep) => end,
            Ok(()) = tokio::signal::ctrl_c() => Err(Failure::Interrupted {
                what: "the demonstration was interrupted".into(),
                next: "`purser demo` starts again; --users 500 makes it shorter".into(),
            }),
        }
    }
}

async fn run_steps(users: u32, keep: Option<PathBuf>) -> Result<(), Failure> {
    let home = DemoHome::new(keep)?;
    let mut output = DemoOutput::new();
    output.opening(users)?;

    let demonstration = Demonstration::start(&mut output, users, &home)?;
    demonstration.upload(&mut output).await?;
    demonstration.grant(&mut output)?;
    demonstration.connect(&mut output).await?;
    demonstration.publish(&mut output).await?;
    demonstration.import(&mut output)?;
    demonstration.reconcile(&mut output)?;

    output.closing(&home)
}
