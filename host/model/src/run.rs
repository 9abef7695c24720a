//! Runs: one execution of a profile, its counts and its outcome.

use crate::{
    Blame, ConnectionName, Cursor, NextStep, OutcomeClass, ProfileName, RunId, StreamKind,
    StreamName, Timestamp,
};
use serde::{Deserialize, Serialize};

/// Failure that a connector's call returned. One case for each of the WIT package's `failure`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The call may succeed when it is repeated.
    #[error("the application failed for the moment: {0}")]
    Transient(String),
    /// The application limits the rate of requests, until an instant if it states one.
    #[error("the application limits the rate of requests{}", .0.map(|at| format!(" until {at}")).unwrap_or_default())]
    RateLimited(Option<Timestamp>),
    /// The application refused the credential.
    #[error("the application refused the credential: {0}")]
    AuthRejected(String),
    /// The credential lacks a permission.
    #[error("the credential lacks a permission: {0}")]
    PermissionMissing(String),
    /// The customer's plan does not include the interface.
    #[error("the customer's plan does not include this: {0}")]
    PlanUnsupported(String),
    /// A setting is wrong.
    #[error("the configuration is wrong: {0}")]
    ConfigInvalid(String),
    /// The application broke its own contract.
    #[error("the application broke its own contract: {0}")]
    ContractViolation(String),
    /// The application no longer accepts the cursor.
    #[error("the application no longer accepts the checkpoint: {0}")]
    CheckpointInvalid(String),
    /// The response is being prepared; call again with the cursor after these milliseconds.
    #[error("the application is still preparing the response")]
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

    /// Returns the party at fault.
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

/// State of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum RunState {
    /// A process works on it, or did until it died. The next run of the profile then continues from
    /// the checkpoint.
    Running,
    /// Waits until `parked_until`, as the application asked, without a process. The next run of the
    /// profile after that instant continues it.
    Parked,
    /// Every stream was read completely.
    Complete,
    /// Failed with the cause in `outcome`. The records read are kept.
    Failed,
    /// Ended by a person. The records read are kept.
    Cancelled,
}

impl RunState {
    /// Returns true if it has not ended.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::Parked)
    }

    /// Returns the word used in tables and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Reason why a run is not complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Kind of failure.
    pub class: OutcomeClass,
    /// Party at fault.
    pub blame: Blame,
    /// Description for people.
    pub message: String,
    /// Step for the reader; absent if there is none.
    pub next_step: Option<NextStep>,
}

/// Counts of a stream's read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Pages committed.
    pub pages: u64,
    /// Records committed.
    pub records: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// HTTP requests sent, retries included.
    pub requests: u64,
    /// Retries.
    pub retries: u64,
    /// Milliseconds waited, as the application asked or before a retry.
    pub waited_ms: u64,
    /// Records removed because complete reads no longer had them.
    pub removed: u64,
    /// Rows that an earlier page of the read had; among the rejected. Nothing is lost with them.
    pub repeated: u64,
    /// Accounts with fields that could not be read.
    pub with_warnings: u64,
    /// Accounts that the read was the first to lack. They are removed if the next complete read
    /// lacks them too.
    pub missing: u64,
}

impl Counts {
    /// Returns the number of rows that are lost: rejected, and not seen in an earlier page.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.rejected.saturating_sub(self.repeated)
    }
}

/// Stream of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamRun {
    /// Name of the stream.
    pub stream: StreamName,
    /// Kind of its records.
    pub kind: StreamKind,
    /// True if it was read completely.
    pub complete: bool,
    /// True if it continued from the checkpoint of an earlier run.
    pub resumed: bool,
    /// Counts.
    pub counts: Counts,
}

/// Execution of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Number, counted from 1.
    pub id: RunId,
    /// Profile that it executes.
    pub profile: ProfileName,
    /// Connection that it used.
    pub connection: ConnectionName,
    /// Current state.
    pub state: RunState,
    /// Instant of the start.
    pub started_at: Timestamp,
    /// Instant of the end; absent while it is open.
    pub ended_at: Option<Timestamp>,
    /// Earliest instant of the next request; absent unless it is parked.
    pub parked_until: Option<Timestamp>,
    /// Reason why it is not complete; absent while running and if complete.
    pub outcome: Option<Outcome>,
    /// Streams in the order in which they were read.
    pub streams: Vec<StreamRun>,
}

impl Run {
    /// Returns the number of rows that are lost in all streams.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.streams.iter().map(|stream| stream.counts.lost()).sum()
    }
}
