//! `purser run`

use super::{Context, Failure, remark};
use crate::render;
use crate::render::cassette;
use futures::StreamExt as _;
use purser_engine::{CassetteWriter, Purser, RunObserver, RunRequest};
use purser_model::{ConnectionName, NextStep, ProfileName, ProfileState, StreamName};
use std::path::PathBuf;

pub(crate) use crate::render::progress::Progress;

const EXAMPLES: &str = "\
A run takes over from the checkpoint of an earlier one that did not end. Where the application wants to be left alone for longer than a \
minute, the run is parked: nothing is sent before that time, and the next run after it goes on from there.

What --record writes is for `purser connector check --replay`. It holds what the application answered: e-mail addresses \
are replaced by pseudonyms, but names, identifiers and all the rest are there, so treat it as personal data. The \
connection's credential is not there: what is recorded is what the connector sees, which never sees a credential.

Examples:
  purser run hub
  purser run hub --stream users --connection acme
  purser run --all --at-once 8
  purser run hub --record hub.cassette.json";

/// Download what the connectors of profiles read
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Run {
    /// The profiles
    #[arg(value_name = "PROFILE", required_unless_present = "all")]
    profiles: Vec<ProfileName>,
    /// Every profile that is published
    #[arg(long, conflicts_with = "profiles")]
    all: bool,
    /// How many of the profiles are read at once
    #[arg(long, value_name = "COUNT", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=1000))]
    at_once: u16,
    /// Read only this stream
    #[arg(long)]
    stream: Option<StreamName>,
    /// Use only this connection, even if it needs attention
    #[arg(long)]
    connection: Option<ConnectionName>,
    /// Believe a download that has far fewer records than the last one
    #[arg(long)]
    accept_shrink: bool,
    /// Read activity of so many days back, where the application can tell it so; longer than seats may be idle
    #[arg(long, value_name = "DAYS", default_value_t = RunRequest::LOOK_BACK_DAYS)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=36_500))]
    look_back: u32,
    /// Wait as long as the application asks, instead of parking the run
    #[arg(long)]
    wait: bool,
    /// Write what the connector asks for and is answered to this file, which must be a new one
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Record so many MiB of it at most; the run goes on
    #[arg(long, value_name = "MIB", requires = "record", default_value_t = MOST_MIB)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=MOST_MIB))]
    record_at_most: u64,
}

/// As much as is ever recorded.
const MOST_MIB: u64 = CassetteWriter::MAX_BYTES >> 20;

impl Run {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open()?;
        let at_once = usize::from(self.at_once);
        let recorded_at = self
            .record
            .clone()
            .map(|file| (file, self.record_at_most << 20));
        let mut orders = self.orders(&purser)?;
        if let [order] = orders.as_mut_slice() {
            order.record = recorded_at
                .map(|(file, most)| CassetteWriter::create(&file, most))
                .transpose()?;
            return alone(&purser, order, context).await;
        }
        let interrupted = Failure::Interrupted {
            what: "the runs were interrupted; what they had read is kept".into(),
            next: "the same command goes on from the last checkpoints".into(),
        };
        let (runs, unstarted) =
            interruptible(&purser, several(&purser, orders, at_once), interrupted).await?;
        context.show(&runs, || render::run::list(&runs))?;
        let failed = runs.iter().filter(|run| run.outcome.is_some()).count();
        match unstarted.into_iter().next() {
            Some(failure) if failed == 0 => Err(failure),
            _ => verdict(runs),
        }
    }

    /// A run each of what is named.
    fn orders(self, purser: &Purser) -> Result<Vec<RunRequest>, Failure> {
        let Self {
            mut profiles,
            all,
            stream,
            connection,
            accept_shrink,
            look_back,
            wait,
            record,
            ..
        } = self;
        if all {
            let known = purser
                .profiles()
                .list()?
                .into_iter()
                .map(|known| known.profile);
            profiles.extend(
                known
                    .filter(|known| known.state == ProfileState::Published)
                    .map(|known| known.name),
            );
            if profiles.is_empty() {
                return Err(Failure::input(
                    "no profile is published",
                    "`purser profile publish NAME` publishes one",
                ));
            }
        }
        profiles.sort();
        profiles.dedup();
        if profiles.len() > 1 && (stream.is_some() || connection.is_some() || record.is_some()) {
            return Err(Failure::input(
                "--stream, --connection and --record are of one profile, and several are to be run",
                "name one profile, or leave them out",
            ));
        }
        let order = |profile| RunRequest {
            stream: stream.clone(),
            connection: connection.clone(),
            accept_shrink,
            look_back_days: look_back,
            wait_for_rate_limit: wait,
            ..RunRequest::new(profile)
        };
        Ok(profiles.into_iter().map(order).collect())
    }
}

/// Runs one profile, which may be recorded.
async fn alone(purser: &Purser, order: &RunRequest, context: &Context) -> Result<(), Failure> {
    let runs = until_interrupted(purser, order.clone(), &Progress::to_stderr()).await;
    // What was recorded of a run that was interrupted is written, too.
    let recorded = order
        .record
        .clone()
        .map_or(Ok(None), CassetteWriter::finish);
    if let Ok(Some(recorded)) = &recorded {
        remark(&cassette::recorded(recorded));
    }
    let runs = runs?;
    context.show(&runs, || text(&runs))?;
    recorded?;
    verdict(runs)
}

/// Runs a profile until it ends or the user presses ctrl-c.
pub(super) async fn until_interrupted(
    purser: &Purser,
    order: RunRequest,
    watch: &dyn RunObserver,
) -> Result<Vec<purser_model::Run>, Failure> {
    let profile = order.profile.clone();
    let what = format!("the run of profile {profile} was interrupted; what it had read is kept");
    let next = format!("`purser run {profile}` goes on from the last checkpoint");
    Ok(interruptible(
        purser,
        purser.runs().start(order, watch),
        Failure::Interrupted { what, next },
    )
    .await??)
}

/// Work on runs that ends when the user presses ctrl-c. Dropping a run is enough to stop it cleanly: a page is committed with its cursor or
/// not at all.
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

/// Runs several profiles, so many at once. One that does not start keeps no other from it, and is told of at once.
async fn several(
    purser: &Purser,
    orders: Vec<RunRequest>,
    at_once: usize,
) -> (Vec<purser_model::Run>, Vec<Failure>) {
    let run = async |order: RunRequest| {
        let profile = order.profile.clone();
        let ended = purser
            .runs()
            .start(order, &Progress::lines_of(&profile))
            .await
            .map_err(Failure::from);
        ended.inspect_err(|failure| remark(&format!("{profile}: not run: {failure}")))
    };
    let ends: Vec<_> = futures::stream::iter(orders)
        .map(run)
        .buffer_unordered(at_once)
        .collect()
        .await;
    let (mut runs, mut unstarted) = (Vec::new(), Vec::new());
    for end in ends {
        match end {
            Ok(ended) => runs.extend(ended),
            Err(failure) => unstarted.push(failure),
        }
    }
    runs.sort_by_key(|run| run.id);
    (runs, unstarted)
}

/// The runs, one after the other.
pub(super) fn text(runs: &[purser_model::Run]) -> String {
    runs.iter()
        .map(render::run::sheet)
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// Whether the command did what it was asked to: every run must be complete. The first failure speaks for all.
pub(super) fn verdict(runs: Vec<purser_model::Run>) -> Result<(), Failure> {
    let mut failed = runs
        .into_iter()
        .filter_map(|run| Some((run.id, run.outcome?)));
    let Some((id, mut outcome)) = failed.next() else {
        return Ok(());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixtures;

    #[test]
    fn one_failed_run_of_several_fails_the_command() {
        assert!(verdict(vec![fixtures::run(None)]).is_ok());
        let failure = verdict(vec![
            fixtures::run(None),
            fixtures::run(Some("it broke")),
            fixtures::run(Some("x")),
        ])
        .unwrap_err();
        assert_eq!(failure.exit_code(), 5);
        let report = failure.report();
        assert!(
            report.starts_with("error: it broke (and 1 more failed)\n")
                && report.contains("purser runs show 7"),
            "{report}"
        );
    }
}
