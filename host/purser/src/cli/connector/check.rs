//! `purser connector check`: a replay of recorded calls.

use super::limits::{parse_limit, with_limits};
use crate::cli::{Context, Failure, compiler_process, input};
use crate::json::ReplayJson;
use crate::render::{cassette, number};
use purser_engine::{Cassette, MAX_CASSETTE_BYTES, ReplayReport, replay};
use purser_model::{Blame, Limits};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Every recorded call is made again with the recorded responses, in the sandbox and within the default limits. Nothing \
is sent, and no home directory is needed. The connector may be another version than the recorded one: the check \
compares the number of records and rejected rows, the cursor of the next page, and the kind of failure.

Examples:
  purser connector check hub.wasm --replay hub.cassette.json
  purser connector check hub.wasm --replay hub.cassette.json --limit response-bytes=33554432 --json";

/// Run a connector offline on a recording of `purser run --record`, and list the differences
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CheckConnectorArgs {
    /// Component file; - for standard input
    file: PathBuf,
    /// Cassette to replay
    #[arg(long, value_name = "CASSETTE")]
    replay: PathBuf,
    /// Set a limit, such as response-bytes or wall-ms
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_limit)]
    limit: Vec<(String, u64)>,
}

impl CheckConnectorArgs {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let limits = with_limits(&Limits::default(), &self.limit)?;
        let bytes = super::component_file::read_component(&self.file)?;
        let cassette = Cassette::read(&input::read(&self.replay, MAX_CASSETTE_BYTES)?)?;

        let replayed = replay(compiler_process::compiler()?, bytes, cassette, &limits).await?;

        context.show(&ReplayJson::from(&replayed), || {
            cassette::replayed(&replayed)
        })?;
        fail_if_different(&replayed)
    }
}

fn fail_if_different(replayed: &ReplayReport) -> Result<(), Failure> {
    if replayed.same {
        return Ok(());
    }

    let streams = replayed.streams.iter();
    let differences = streams
        .map(|stream| stream.differences.len() as u64 + stream.more_differences)
        .sum();
    Err(Failure::Refused {
        what: format!(
            "the connector's results differ from the recording: {}",
            number::counted(differences, "difference")
        ),
        blame: Blame::Guest,
        next: Some(
            "fix the connector; or, if the new results are right, record another cassette".into(),
        ),
    })
}
