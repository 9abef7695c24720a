//! `purser demo`

use super::{Context, Failure};
use crate::demo;
use std::path::PathBuf;

const EXAMPLES: &str = "\
The SaaS application, its connector and the company are built in. What is made is removed at the end, unless you keep it.

Examples:
  purser demo
  purser demo --keep /tmp/purser-demo";

/// See all of it at work in half a minute, with an invented application and company
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Demo {
    /// Accounts in the application
    #[arg(long, value_name = "COUNT", default_value_t = 3000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    users: u32,
    /// Keep what Purser learns in this new directory, to look around in
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

impl Demo {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        if context.is_json() {
            return Err(Failure::input(
                "the demonstration has no JSON",
                "keep its home with --keep, and ask the other commands",
            ));
        }
        tokio::select! {
            end = demo::run(self.users, self.keep) => end,
            Ok(()) = tokio::signal::ctrl_c() => Err(Failure::Interrupted {
                what: "the demonstration was interrupted".into(),
                next: "`purser demo` begins again; --users 500 makes it shorter".into(),
            }),
        }
    }
}
