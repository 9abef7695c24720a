//! Runs: one execution of a profile, what came of it and whose fault it was.

use crate::{
    Blame, ConnectionName, Cursor, NextStep, OutcomeClass, ProfileName, RunId, StreamKind,
    StreamName, Timestamp,
};
use serde::{Deserialize, Serialize};

/// Why a connector's call did not succeed, in the connector's words. One case for each of the WIT package's `failure`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It may succeed when tried again.
    #[error("the application failed for the moment: {0}")]
    Transient(String),
    /// The application asked to be left alone until an instant.
    #[error("the application limits the rate of requests{}", .0.map(|at| format!(" until {at}")).unwrap_or_default())]
    RateLimited(Option<Timestamp>),
    /// The credential was refused.
    #[error("the application refused the credential: {0}")]
    AuthRejected(String),
    /// The credential may not do this.
    #[error("the credential lacks a permission: {0}")]
    PermissionMissing(String),
    /// The plan does not include the interface.
    #[error("the customer's plan does not include this: {0}")]
    PlanUnsupported(String),
    /// A setting is wrong.
    #[error("a setting of the profile is wrong: {0}")]
    ConfigInvalid(String),
    /// The application broke its own contract.
    #[error("the application answered what it should not: {0}")]
    ContractViolation(String),
    /// The cursor is no longer accepted.
    #[error("the application no longer accepts the checkpoint: {0}")]
    CheckpointInvalid(String),
    /// The answer is being prepared; ask again with the cursor after the milliseconds.
    #[error("the application is still preparing the answer")]
    Pending(Cursor, u64),
}

impl Failure {
    /// Returns the class of the case; its spelling is the case's name in the WIT package.
    #[must_use]
    pub const fn class(&self) -> OutcomeClass {
        match self {
            Self::Transient(_) => OutcomeClass::Transient,
            Self::RateLimited(_) => OutcomeClass::RateLimited,
            Self::AuthRejected(_) => OutcomeClass::AuthRejected,
            Self::PermissionMissing(_) => OutcomeClass::PermissionMissing,
            Self::PlanUnsupported(_) => OutcomeClass::PlanUnsupported,
            Self::ConfigInvalid(_) => OutcomeClass::ConfigInvalid,
            Self::ContractViolation(_) => OutcomeClass::ContractViolation,
            Self::CheckpointInvalid(_) => OutcomeClass::CheckpointInvalid,
            Self::Pending(..) => OutcomeClass::Pending,
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub const fn blame(&self) -> Blame {
        match self {
            Self::AuthRejected(_)
            | Self::PermissionMissing(_)
            | Self::PlanUnsupported(_)
            | Self::ConfigInvalid(_) => Blame::Operator,
            Self::Transient(_)
            | Self::RateLimited(_)
            | Self::ContractViolation(_)
            | Self::CheckpointInvalid(_)
            | Self::Pending(..) => Blame::Upstream,
        }
    }
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// A process is working on it, or was when it died: the next run of the profile takes over from the checkpoint.
    Running,
    /// It waits for the instant in `parked_until`, on the application's word, and no process works on it meanwhile. The next run of the profile after
    /// that goes on with it.
    Parked,
    /// Every stream was read to its end.
    Complete,
    /// It stopped; `outcome` says why. What it had read is kept.
    Failed,
    /// A person ended it. What it had read is kept.
    Cancelled,
}

impl RunState {
    /// Whether it has not ended.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::Parked)
    }

    /// The word used in tables and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Parked => "parked",
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Why a run is not complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Kind of failure.
    pub class: OutcomeClass,
    /// Whose fault.
    pub blame: Blame,
    /// What happened.
    pub message: String,
    /// What to do.
    pub next_step: Option<NextStep>,
}

/// What a stream's read came to, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Pages committed.
    pub pages: u64,
    /// Records committed.
    pub records: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// HTTP requests sent, repeated attempts included.
    pub requests: u64,
    /// Attempts that were repeated.
    pub retries: u64,
    /// Milliseconds waited because the application asked for it, or before an attempt was repeated.
    pub waited_ms: u64,
    /// Records removed because a complete read no longer had them.
    pub removed: u64,
}

/// One stream of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamRun {
    /// The stream's name.
    pub stream: StreamName,
    /// What it yields.
    pub kind: StreamKind,
    /// Whether it was read to its end.
    pub complete: bool,
    /// Whether it took over from the checkpoint of an earlier run.
    pub resumed: bool,
    /// Numbers.
    pub counts: Counts,
}

/// One execution of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its number, counted up from 1.
    pub id: RunId,
    /// The profile.
    pub profile: ProfileName,
    /// The connection used.
    pub connection: ConnectionName,
    /// Where it stands.
    pub state: RunState,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Until when the application is left alone, where the run is parked.
    pub parked_until: Option<Timestamp>,
    /// Why it is not complete: failed, parked or cancelled.
    pub outcome: Option<Outcome>,
    /// Its streams, in the order in which they were read.
    pub streams: Vec<StreamRun>,
}
