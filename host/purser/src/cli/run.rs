//! `purser run`: downloads what the connectors of profiles read.

use super::{Context, Failure, notice};
use crate::json::{self, RunJson};
use crate::render::progress::Progress;
use crate::render::{cassette, number, run};
use futures::StreamExt as _;
use purser_engine::{CassetteWriter, Purser, RunObserver, RunRequest};
use purser_model::{ConnectionName, NextStep, ProfileName, ProfileState, Run, StreamName};
use std::path::PathBuf;

const EXAMPLES: &str = "\
A run continues from the checkpoint of an unfinished one. If the application asks to wait for more than a minute, the \
run is parked: Purser sends nothing before that time, and the next run after it continues.

--record writes a cassette for `purser connector check --replay`. It holds the application's responses: e-mail \
addresses are replaced by pseudonyms, but names, identifiers and everything else are kept, so treat it as personal \
data. It holds no credential: it records what the connector sees, and a connector never sees a credential.

Examples:
  purser run hub
  purser run hub --stream users --connection acme
  purser run --all --at-once 8
  purser run hub --record hub.cassette.json";

/// Read the data streams of profiles
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RunArgs {
    /// Profiles
    #[arg(value_name = "PROFILE", required_unless_present = "all")]
    profiles: Vec<ProfileName>,
    /// Run every published profile
    #[arg(long, conflicts_with = "profiles")]
    all: bool,
    /// Profiles to run at the same time
    #[arg(long, value_name = "COUNT", default_value_t = 4)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    at_once: u16,
    /// Read only this stream
    #[arg(long)]
    stream: Option<StreamName>,
    /// Use only this connection, even if it needs attention
    #[arg(long)]
    connection: Option<ConnectionName>,
    /// Accept a read with far fewer records than the last one
    #[arg(long)]
    accept_shrink: bool,
    /// Days of activity to read, if the application supports it; more than the days after which a
    /// seat is inactive
    #[arg(long, value_name = "DAYS", default_value_t = RunRequest::LOOK_BACK_DAYS)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=36_500))]
    look_back: u32,
    /// Wait as long as the application asks, instead of parking the run
    #[arg(long)]
    wait: bool,
    /// Record the connector's requests and their responses in this file, which must not exist yet
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Record at most this many MiB; the run continues beyond them
    #[arg(long, value_name = "MIB", requires = "record", default_value_t = MAX_RECORD_MIB)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=MAX_RECORD_MIB))]
    record_at_most: u64,
}

/// Largest recording.
const MAX_RECORD_MIB: u64 = CassetteWriter::MAX_BYTES >> 20;

impl RunArgs {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open()?;
        let max_at_once = usize::from(self.at_once);
        let record = self.record.clone();
        let max_record_bytes = self.record_at_most << 20;

        let mut requests = self.into_requests(&purser)?;
        if let [request] = requests.as_mut_slice() {
            request.record = record
                .map(|file| CassetteWriter::create(&file, max_record_bytes))
                .transpose()?;
            return run_one(&purser, request, context).await;
        }

        let interrupted = Failure::Interrupted {
            what: "the runs were interrupted; the records read so far are kept".into(),
            next: "the same command continues from the last checkpoints".into(),
        };
        let work = run_several(&purser, requests, max_at_once);
        let (runs, unstarted) = interruptible(&purser, work, interrupted).await?;

        let document: Vec<RunJson<'_>> = json::list(&runs);
        context.show(&document, || run::list(&runs))?;

        // A run that failed says more than one that did not start.
        let is_any_failed = runs.iter().any(|run| run.outcome.is_some());
        match unstarted.into_iter().next() {
            Some(failure) if !is_any_failed => Err(failure),
            _ => fail_unless_complete(runs),
        }
    }

    /// Returns one request for each profile that is named, or for each published one with `--all`.
    fn into_requests(self, purser: &Purser) -> Result<Vec<RunRequest>, Failure> {
        let mut profiles = self.profiles;
        if self.all {
            profiles = published_profiles(purser)?;
        }
        profiles.sort();
        profiles.dedup();

        let is_for_one =
            self.stream.is_some() || self.connection.is_some() || self.record.is_some();
        if profiles.len() > 1 && is_for_one {
            return Err(Failure::input(
                "--stream, --connection and --record need exactly one profile",
                "name one profile, or leave these options out",
            ));
        }

        let request = |profile| RunRequest {
            stream: self.stream.clone(),
            connection: self.connection.clone(),
            accept_shrink: self.accept_shrink,
            look_back_days: self.look_back,
            wait_for_rate_limit: self.wait,
            ..RunRequest::new(profile)
        };
        Ok(profiles.into_iter().map(request).collect())
    }
}

fn published_profiles(purser: &Purser) -> Result<Vec<ProfileName>, Failure> {
    let known = purser
        .profiles()
        .list()?
        .into_iter()
        .map(|view| view.profile);
    let published: Vec<_> = known
        .filter(|profile| profile.state == ProfileState::Published)
        .map(|profile| profile.name)
        .collect();

    if published.is_empty() {
        return Err(Failure::input(
            "no profile is published",
            "`purser profile publish NAME` publishes one",
        ));
    }
    Ok(published)
}

/// Runs one profile, which may be recorded.
async fn run_one(purser: &Purser, request: &RunRequest, context: &Context) -> Result<(), Failure> {
    let runs = run_until_interrupted(purser, request.clone(), &Progress::to_stderr()).await;

    // An interrupted run's recording is written too.
    let recorded = request
        .record
        .clone()
        .map_or(Ok(None), CassetteWriter::finish);
    if let Ok(Some(recorded)) = &recorded {
        notice(&cassette::recorded(recorded));
    }

    let runs = runs?;
    let document: Vec<RunJson<'_>> = json::list(&runs);
    context.show(&document, || run::all_details(&runs))?;

    recorded?;
    fail_unless_complete(runs)
}

/// Runs a profile until it ends or the user presses ctrl-c.
pub(super) async fn run_until_interrupted(
    purser: &Purser,
    request: RunRequest,
    observer: &dyn RunObserver,
) -> Result<Vec<Run>, Failure> {
    let profile = request.profile.clone();
    let interrupted = Failure::Interrupted {
        what: format!(
            "the run of profile {profile} was interrupted; the records read so far are kept"
        ),
        next: format!("`purser run {profile}` continues from the last checkpoint"),
    };

    Ok(interruptible(purser, purser.runs().start(request, observer), interrupted).await??)
}

/// Does work on runs until it ends or the user presses ctrl-c.
///
/// Dropping a run is enough to stop it cleanly: a page is committed with its cursor or not at all.
async fn interruptible<T>(
    purser: &Purser,
    work: impl Future<Output = T>,
    interrupted: Failure,
) -> Result<T, Failure> {
    tokio::select! {
        done = work => Ok(done),
        Ok(()) = tokio::signal::ctrl_c() => {
            purser.connections().flush_pending_refreshes().await;
            Err(interrupted)
        }
    }
}

/// Runs several profiles, at most `max_at_once` at the same time.
///
/// Returns the runs, and the failures of profiles that did not start. Such a failure is reported at
/// once and does not stop the other profiles.
async fn run_several(
    purser: &Purser,
    requests: Vec<RunRequest>,
    max_at_once: usize,
) -> (Vec<Run>, Vec<Failure>) {
    let start = async |request: RunRequest| {
        let profile = request.profile.clone();
        let progress = Progress::lines_of(&profile);
        let ended = purser
            .runs()
            .start(request, &progress)
            .await
            .map_err(Failure::from);

        ended.inspect_err(|failure| notice(&format!("{profile}: not run: {failure}")))
    };
    let results: Vec<_> = futures::stream::iter(requests)
        .map(start)
        .buffer_unordered(max_at_once)
        .collect()
        .await;

    let mut runs = Vec::new();
    let mut unstarted = Vec::new();
    for result in results {
        match result {
            Ok(ended) => runs.extend(ended),
            Err(failure) => unstarted.push(failure),
        }
    }
    runs.sort_by_key(|run| run.id);

    (runs, unstarted)
}

/// Fails with the outcome of the first run that is not complete, or because rows of complete runs
/// could not be used.
pub(super) fn fail_unless_complete(runs: Vec<Run>) -> Result<(), Failure> {
    let lossy = rows_lost(&runs);
    let mut failed = runs
        .into_iter()
        .filter_map(|run| Some((run.id, run.outcome?)));
    let Some((id, mut outcome)) = failed.next() else {
        return lossy.map_or(Ok(()), Err);
    };

    let others = failed.count();
    if others > 0 {
        outcome.message += &format!(" (and {others} more failed)");
    }
    outcome
        .next_step
        .get_or_insert(NextStep::ShowRun { run: id });

    Err(outcome.into())
}

/// Returns the failure for rows that complete runs could not use; `None` if there are none.
fn rows_lost(runs: &[Run]) -> Option<Failure> {
    let lost: u64 = runs.iter().map(Run::lost).sum();
    let first = runs.iter().find(|run| run.lost() > 0)?;

    Some(Failure::RowsLost {
        what: format!(
            "{} could not be used, so figures that rest on them are incomplete",
            number::counted(lost, "row")
        ),
        next: format!(
            "`purser runs show {}` shows the rows and the reasons",
            first.id
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixtures;

    #[test]
    fn complete_run_succeeds() {
        assert!(fail_unless_complete(vec![fixtures::run(None)]).is_ok());
    }

    #[test]
    fn complete_run_that_lost_rows_has_an_exit_code_of_its_own() {
        let mut run = fixtures::run(None);
        run.streams[0].counts.rejected = 4;
        run.streams[0].counts.repeated = 1;

        let failure = fail_unless_complete(vec![fixtures::run(None), run]).unwrap_err();

        assert_eq!(failure.exit_code(), 6);
        assert!(failure.report().contains("3 rows could not be used"));
    }

    #[test]
    fn rows_that_only_came_twice_are_not_lost() {
        let mut run = fixtures::run(None);
        run.streams[0].counts.rejected = 2;
        run.streams[0].counts.repeated = 2;

        assert!(fail_unless_complete(vec![run]).is_ok());
    }

    #[test]
    fn first_failed_run_of_several_is_reported_with_the_number_of_others() {
        let runs = vec![
            fixtures::run(None),
            fixtures::run(Some("it broke")),
            fixtures::run(Some("x")),
        ];

        let failure = fail_unless_complete(runs).unwrap_err();

        assert_eq!(failure.exit_code(), 5);
        let report = failure.report();
        assert!(
            report.starts_with("error: it broke (and 1 more failed)\n"),
            "{report}"
        );
        assert!(report.contains("purser runs show 7"), "{report}");
    }
}
