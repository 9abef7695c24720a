//! `purser connector check`

use super::grant::{limit, with_limits};
use crate::cli::{Context, Failure, compiler, input};
use crate::render::{cassette, number};
use purser_engine::{Cassette, MAX_CASSETTE_BYTES, ReplayReport, replay};
use purser_model::{Blame, Limits};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Every call of the cassette is made again with the answers that were recorded, in the sandbox and within the default \
limits. Nothing is sent, and no home directory is needed. The connector may be another version than the recorded one: \
what is compared is the number of records and rejected rows, where the next page begins, and the kind of failure.

Examples:
  purser connector check hub.wasm --replay hub.cassette.json
  purser connector check hub.wasm --replay hub.cassette.json --limit response-bytes=33554432 --json";

/// Run a connector offline on what was recorded with `purser run --record`, and say what comes out otherwise
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
    /// The component's file; - for standard input
    file: PathBuf,
    /// The cassette to run it on
    #[arg(long, value_name = "CASSETTE")]
    replay: PathBuf,
    /// Set a limit, such as response-bytes or wall-ms
    #[arg(long, value_name = "NAME=VALUE", value_parser = limit)]
    limit: Vec<(String, u64)>,
}

impl Check {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let limits = with_limits(&Limits::default(), &self.limit)?;
        let bytes = super::read_component(&self.file)?;
        let recorded = Cassette::read(&input::read(&self.replay, MAX_CASSETTE_BYTES)?)?;
        let replayed = replay(compiler::child()?, bytes, recorded, &limits).await?;
        context.show(&replayed, || cassette::replayed(&replayed))?;
        verdict(&replayed)
    }
}

/// Whether everything came out as recorded.
fn verdict(replayed: &ReplayReport) -> Result<(), Failure> {
    if replayed.same {
        return Ok(());
    }
    let streams = &replayed.streams;
    let differences = streams
        .iter()
        .map(|stream| stream.differences.len() as u64 + stream.more_differences)
        .sum();
    Err(Failure::Refused {
        what: format!(
            "the connector did not do as recorded: {}",
            number::counted(differences, "difference")
        ),
        blame: Blame::Guest,
        next: Some(
            "mend the connector; or, if this is as it should be, record another cassette".into(),
        ),
    })
}
