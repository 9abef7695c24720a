//! `purser connector`: the components that know SaaS applications.

mod build;
mod check;
mod delete;
mod disable;
mod enable;
mod grant;
mod inspect;
mod list;
mod policy;
mod rollback;
mod upload;

use super::{Context, Failure, input};
use std::path::Path;

/// Build, check, inspect, upload, grant, move back and disable connectors
#[derive(Debug, clap::Args)]
pub(crate) struct Connector {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Build(build::Build),
    Check(check::Check),
    Inspect(inspect::Inspect),
    Upload(upload::Upload),
    Grant(grant::Grant),
    List(list::List),
    Rollback(rollback::Rollback),
    Disable(disable::Disable),
    Enable(enable::Enable),
    Delete(delete::Delete),
    Policy(policy::Policy),
}

impl Connector {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.verb {
            Verb::Build(verb) => verb.run(context),
            Verb::Check(verb) => verb.run(context).await,
            Verb::Inspect(verb) => verb.run(context).await,
            Verb::Upload(verb) => verb.run(context).await,
            Verb::Grant(verb) => verb.run(context),
            Verb::List(verb) => verb.run(context),
            Verb::Rollback(verb) => verb.run(context),
            Verb::Disable(verb) => verb.run(context),
            Verb::Enable(verb) => verb.run(context),
            Verb::Delete(verb) => verb.run(context),
            Verb::Policy(verb) => verb.run(context),
        }
    }
}

/// The largest file that is read as a connector. Connectors written in Rust have a few hundred KiB, those that carry an interpreter tens of
/// MiB.
const AT_MOST: u64 = 128 << 20;

fn read_component(path: &Path) -> Result<Vec<u8>, Failure> {
    input::read(path, AT_MOST)
}
