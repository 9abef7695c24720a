//! Running a profile: every stream of every usable connection, accounts first, each from its checkpoint.

mod accounts;
mod cancel;
mod events;
mod page;
mod sink;
mod stream;

pub use events::{RunEvent, Watch};

use self::stream::{Reading, StreamError};
use crate::cassette::{Identity, Recording};
use crate::connection::Connections;
use crate::connector::Connectors;
use crate::home::Home;
use crate::profile::Profiles;
use crate::{Error, outcome};
use jiff::{SignedDuration, Timestamp};
use purser_model::{
    Connection, ConnectionName, ConnectionState, DataStream, Description, NextStep, Outcome,
    OutcomeClass, Profile, ProfileName, RejectedRow, Run, RunId, RunState, Settings, StreamName,
};
use purser_sandbox::Connector;
use purser_store::Store;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// What is to be run.
#[derive(Debug, Clone)]
pub struct RunOrder {
    /// The profile.
    pub profile: ProfileName,
    /// Only this stream.
    pub stream: Option<StreamName>,
    /// Only this connection, even where it needs attention.
    pub connection: Option<ConnectionName>,
    /// Whether a read that has far fewer records than the last is believed.
    pub accept_shrink: bool,
    /// How many days back activity is read, of streams that can tell it from then on alone.
    pub look_back_days: u32,
    /// Whether a long wait that the application asks for is sat out. Otherwise the run is parked.
    pub sit_out: bool,
    /// Where to record what is sent and answered.
    pub record: Option<Recording>,
}

impl RunOrder {
    /// As many days as a seat may be idle by the usual rules.
    pub const LOOK_BACK_DAYS: u32 = 60;

    /// Everything that a profile reads, of every usable connection.
    #[must_use]
    pub const fn of(profile: ProfileName) -> Self {
        let look_back_days = Self::LOOK_BACK_DAYS;
        Self {
            profile,
            stream: None,
            connection: None,
            accept_shrink: false,
            look_back_days,
            sit_out: false,
            record: None,
        }
    }

    fn since(&self) -> Timestamp {
        let back = SignedDuration::from_hours(i64::from(self.look_back_days) * 24);
        Timestamp::now()
            .saturating_sub(back)
            .unwrap_or(Timestamp::MIN)
    }
}

/// A line of a run's log.
#[derive(Debug, Clone, Serialize)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// How much it matters: `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// What the connector said.
    pub text: String,
}

/// A run with all that is known of it.
#[derive(Debug, Clone, Serialize)]
pub struct RunDetail {
    /// The run.
    pub run: Run,
    /// What the connector said.
    pub log: Vec<LogLine>,
    /// Rows that could not be used.
    pub rejected: Vec<RejectedRowView>,
}

/// A row that could not be used, and the stream it came in.
#[derive(Debug, Clone, Serialize)]
pub struct RejectedRowView {
    /// The stream.
    pub stream: StreamName,
    /// The row and the reason.
    #[serde(flatten)]
    pub row: RejectedRow,
}

/// What a profile needs to run, looked up once.
struct Ready {
    profile: Profile,
    description: Description,
    grant: Arc<purser_model::Grant>,
    settings: Settings,
    connector: Connector,
    streams: Vec<DataStream>,
    recording: Option<Recording>,
}

/// Runs of profiles.
pub struct Runs {
    home: Arc<Home>,
    store: Arc<Store>,
    connectors: Arc<Connectors>,
    connections: Arc<Connections>,
    profiles: Arc<Profiles>,
}

impl Runs {
    pub(crate) const fn new(
        home: Arc<Home>,
        store: Arc<Store>,
        connectors: Arc<Connectors>,
        connections: Arc<Connections>,
        profiles: Arc<Profiles>,
    ) -> Self {
        Self {
            home,
            store,
            connectors,
            connections,
            profiles,
        }
    }

    /// Runs a profile on each of its connections in turn. A run that fails is recorded, with blame and next step, and is no error here; what it
    /// had read is kept, and the next run takes over from its checkpoint. A parked run is gone on with, when its time has come; before, nothing
    /// is sent.
    ///
    /// # Errors
    /// When it cannot be started: no such profile, no grant, no usable connection, another run under way.
    pub async fn start(&self, order: RunOrder, watch: &dyn Watch) -> Result<Vec<Run>, Error> {
        let profile = self.store.profile(&order.profile)?;
        let _lock = self.home.lock_profile(&profile.name)?;
        let connections = self.connections_to_run(&profile, order.connection.as_ref())?;
        if order.connection.is_none() {
            for connection in &self.profiles.find(&profile.name)?.needs_attention {
                watch.event(RunEvent::LeftOut { connection });
            }
        }
        let ready = self.ready(profile, &order).await?;
        let mut runs = Vec::new();
        for connection in &connections {
            let id = self
                .run_connection(&ready, connection, &order, watch)
                .await?;
            let run = self.store.run(id)?;
            if let Some(recording) = &ready.recording {
                recording.ended(&run);
            }
            runs.push(run);
        }
        Ok(runs)
    }

    async fn ready(&self, profile: Profile, order: &RunOrder) -> Result<Ready, Error> {
        let known = self.connectors.find(&profile.digest.to_string())?;
        let description = known.description.clone();
        let Some(grant) = known.grant.clone() else {
            return Err(Error::refused(
                format!(
                    "connector {} was not granted anything, so it can do nothing",
                    description.name
                ),
                format!(
                    "`purser connector grant {}` shows what it wants and asks",
                    description.name
                ),
            ));
        };
        let settings = description.complete(&profile.settings).map_err(|what| {
            Error::refused(
                what,
                format!(
                    "`purser connector inspect {}` shows its settings",
                    description.name
                ),
            )
        })?;
        let streams: Vec<_> = description
            .streams_in_order()
            .into_iter()
            .filter(|stream| {
                order
                    .stream
                    .as_ref()
                    .is_none_or(|only| stream.name == *only)
            })
            .cloned()
            .collect();
        if streams.is_empty() {
            let names: Vec<_> = description
                .streams
                .iter()
                .map(|stream| stream.name.as_str())
                .collect();
            return Err(Error::refused(
                "the connector has no such stream",
                format!("use one of: {}", names.join(", ")),
            ));
        }
        let connector = self.connectors.load(&known).await?;
        let recording = order.record.clone();
        if let Some(recording) = &recording {
            let (name, version) = (description.name.clone(), description.version.clone());
            recording.of(
                Identity {
                    name,
                    version,
                    digest: profile.digest,
                },
                &grant.limits,
                &profile.settings,
            );
        }
        Ok(Ready {
            profile,
            description,
            grant: Arc::new(grant),
            settings,
            connector,
            streams,
            recording,
        })
    }

    fn connections_to_run(
        &self,
        profile: &Profile,
        named: Option<&ConnectionName>,
    ) -> Result<Vec<Connection>, Error> {
        let Some(name) = named else {
            return self.profiles.connections_to_use(profile);
        };
        let connection = self.store.connection(name)?;
        if connection.alias != profile.alias {
            return Err(Error::refused(
                format!(
                    "connection {name} is not of alias {}, which profile {} reads",
                    profile.alias, profile.name
                ),
                "`purser connection list` shows the connections of each alias",
            ));
        }
        Ok(vec![connection])
    }

    async fn run_connection(
        &self,
        ready: &Ready,
        connection: &Connection,
        order: &RunOrder,
        watch: &dyn Watch,
    ) -> Result<RunId, Error> {
        let place = purser_store::Source {
            profile: ready.profile.name.clone(),
            connection: connection.name.clone(),
        };
        let parked = self.store.parked_run(&place)?;
        if let Some((run, until)) = parked
            .as_ref()
            .and_then(|run| Some((run, run.parked_until?)))
        {
            let wait =
                Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default();
            if !wait.is_zero() && !order.sit_out {
                return Ok(run.id);
            }
            watch.event(RunEvent::Parked {
                connection: &connection.name,
                wait,
            });
            // It stays parked meanwhile: whoever ends this process must not send anything before its time, either.
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.told_to_cancel(run.id) => {
                    self.finish_cancelled(run.id)?;
                    return Ok(run.id);
                }
            }
        }
        // Whatever may refuse without having sent anything comes before there is a run to record.
        let signer = self.connections.credential(connection)?;
        let channel = self
            .connections
            .client(connection, &signer, &ready.description)?;
        let id = match parked.filter(|_| order.stream.is_none()) {
            Some(run) => {
                self.store.take_up_run(run.id)?;
                run.id
            }
            None => self.store.begin_run(&place, Timestamp::now())?,
        };
        let mut ending = Ending {
            runs: self,
            id,
            told: false,
        };
        let reading = Reading {
            store: &self.store,
            run: id,
            source: &place,
            connector: &ready.connector,
            grant: &ready.grant,
            settings: &ready.settings,
            channel: &channel,
            connection,
            stamp: stamp(ready, connection),
            since: order.since(),
            accept_shrink: order.accept_shrink,
            sit_out: order.sit_out,
            recording: ready.recording.as_ref(),
            watch,
        };
        let end = tokio::select! {
            end = reading.read_all(&ready.streams) => end,
            () = self.told_to_cancel(id) => Err(StreamError::Cancelled),
        };
        let (state, outcome) = match end {
            Ok(()) => (RunState::Complete, None),
            Err(StreamError::Parked(until, outcome)) => {
                ending.told = true;
                self.store.park_run(
                    id,
                    until,
                    &parked_outcome(outcome, &ready.profile.name, until),
                )?;
                return Ok(id);
            }
            Err(StreamError::Cancelled) => (RunState::Cancelled, Some(cancel::outcome())),
            Err(StreamError::Host(error)) => (
                RunState::Failed,
                Some(outcome::of(OutcomeClass::Host, &error)),
            ),
            Err(StreamError::Failed(mut outcome)) => {
                if outcome.class == OutcomeClass::AuthRejected {
                    outcome.next_step = Some(NextStep::AuthorizeConnection {
                        connection: connection.name.clone(),
                    });
                }
                (RunState::Failed, Some(signer.trouble().unwrap_or(outcome)))
            }
        };
        if state != RunState::Cancelled {
            self.record_health(connection, outcome.as_ref())?;
        }
        ending.tell(state, outcome.as_ref())?;
        Ok(id)
    }

    fn record_health(
        &self,
        connection: &Connection,
        failed: Option<&Outcome>,
    ) -> Result<(), Error> {
        let now = Timestamp::now();
        match failed {
            None => self.store.record_connection_state(
                &connection.name,
                ConnectionState::Active,
                now,
                None,
            )?,
            Some(outcome) if outcome.class == OutcomeClass::AuthRejected => {
                let attention = Some(outcome.message.as_str());
                self.store.record_connection_state(
                    &connection.name,
                    ConnectionState::NeedsAttention,
                    now,
                    attention,
                )?;
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// The latest runs, newest first. A run whose process is gone is marked as interrupted first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list(&self, profile: Option<&ProfileName>, limit: u32) -> Result<Vec<Run>, Error> {
        let runs = self.store.runs(profile, limit)?;
        if !runs.iter().any(|run| run.state == RunState::Running) {
            return Ok(runs);
        }
        self.bury(&runs)?;
        Ok(self.store.runs(profile, limit)?)
    }

    /// One run, with its log and its rejected rows.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn show(&self, id: RunId) -> Result<RunDetail, Error> {
        let log = self
            .store
            .run_log(id)?
            .into_iter()
            .map(|line| LogLine {
                at: line.at,
                level: line.level,
                text: line.text,
            })
            .collect();
        let rejected = self
            .store
            .rejected_rows(id)?
            .into_iter()
            .map(|kept| RejectedRowView {
                stream: kept.stream,
                row: kept.row,
            })
            .collect();
        self.bury(&[self.store.run(id)?])?;
        Ok(RunDetail {
            run: self.store.run(id)?,
            log,
            rejected,
        })
    }
}

fn parked_outcome(outcome: Outcome, profile: &ProfileName, until: Timestamp) -> Outcome {
    // To the second, and not before it.
    let until = until
        .round(
            jiff::TimestampRound::new()
                .smallest(jiff::Unit::Second)
                .mode(jiff::RoundMode::Ceil),
        )
        .unwrap_or(until);
    Outcome {
        message: format!("{}; the run is parked", outcome.message),
        next_step: Some(NextStep::ContinueRun {
            profile: profile.clone(),
            until,
        }),
        ..outcome
    }
}

/// A checkpoint is good for the same bytes, settings and connection only. A connection deleted and made again under its old name is another
/// one: it may be another tenant.
fn stamp(ready: &Ready, connection: &Connection) -> String {
    let settings = serde_json::to_vec(&ready.settings).unwrap_or_default();
    let identity = format!(
        "{}@{} {}",
        connection.name,
        connection.created_at.as_millisecond(),
        connection.base_url
    );
    format!(
        "{} settings {} connection {identity}",
        ready.profile.digest,
        purser_model::Digest::of(&settings).short()
    )
}

/// Sees to it that a run which is dropped half-way, as by an interrupt, is not left looking as if it were going on.
struct Ending<'a> {
    runs: &'a Runs,
    id: RunId,
    told: bool,
}

impl Ending<'_> {
    fn tell(&mut self, state: RunState, outcome: Option<&Outcome>) -> Result<(), Error> {
        self.told = true;
        Ok(self
            .runs
            .store
            .finish_run(self.id, state, outcome, Timestamp::now())?)
    }
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if !self.told {
            let outcome = outcome::told(
                OutcomeClass::Interrupted,
                purser_model::Blame::Operator,
                "the run was interrupted; what it had read is kept".into(),
                "run the profile again: it takes over from the checkpoint",
            );
            // There is nobody left to tell; the next run of the profile marks this one in any case.
            drop(self.tell(RunState::Failed, Some(&outcome)));
        }
    }
}
