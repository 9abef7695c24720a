//! Errors of a call: how it failed, whose fault it is, and what to do about it.

use crate::host_refusal;
use crate::next_step;
use crate::wit::WIT_VERSION;
use purser_model::{Blame, Blamed, Failure, HttpError, NextStep, OutcomeClass};

/// The reason why a call has no result.
///
/// If there is `evidence`, the host itself refused or lost the last request before the call failed.
/// The refusal is the cause then, for any failure that the connector reports, and a retry does not
/// help until a person acts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The connector reported a failure.
    #[error("{}{failure}", because(evidence))]
    Failed {
        /// The failure, in the connector's words.
        failure: Failure,
        /// The last HTTP error, if the host caused it.
        evidence: Option<HttpError>,
    },
    /// The connector crashed.
    #[error(
        "{}the connector crashed: {message}{}",
        because(evidence),
        quoted(last_error_log.as_deref())
    )]
    Trapped {
        /// The engine's message, followed by the named functions, innermost first.
        message: String,
        /// The last line that it logged as an error: the message of a panic, if it uses the SDK.
        last_error_log: Option<String>,
        /// The last HTTP error, if the host caused it.
        evidence: Option<HttpError>,
    },
    /// The connector needed more than its grant allows.
    #[error("the connector needs more than its grant allows: {limit} = {value}")]
    OverLimit {
        /// The limit, named as in a grant, or as in this crate if no grant can change it.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// The call took too long.
    #[error("the call did not end within {ms} ms; {spent}")]
    WallClock {
        /// The limit `wall-ms`, in milliseconds.
        ms: u64,
        /// The cause of the delay.
        spent: TimeSpent,
    },
    /// The connector computed for too long without waiting for anything.
    #[error("the connector computed for {ms} ms without waiting for anything")]
    EpochDeadline {
        /// The limit `cpu-ms`, in milliseconds.
        ms: u64,
    },
    /// The result breaks a rule of the WIT package. The text names the field.
    #[error("the connector's result is not acceptable: {0}")]
    InvalidResult(String),
    /// The connector called an import in `describe`.
    #[error(
        "the connector called {import} while it described itself{}",
        quoted(Some(arguments.as_str()).filter(|arguments| !arguments.is_empty()))
    )]
    ImportDuringDescribe {
        /// The import.
        import: &'static str,
        /// Its arguments, as text. Empty if unknown.
        arguments: String,
    },
    /// An export does not have the type that the WIT package gives it.
    #[error(
        "the connector was built against another revision of purser:connector@{WIT_VERSION} than \
         this host offers: {0}"
    )]
    Incompatible(String),
    /// The host could not run the call.
    #[error("the call could not be run: {0}")]
    Host(String),
}

/// Cause of the delay of a call that took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeSpent {
    /// No request was in flight.
    #[error("the connector was not waiting for anything")]
    Computing,
    /// The application was slow or silent.
    #[error("it was waiting for the application")]
    Waiting,
    /// The application responded without delay to this many requests: too many for one call.
    #[error("the application responded to {0} requests without delay, and the connector sent more")]
    Requesting(u64),
}

impl CallError {
    /// Returns the class of the failure: that of the WIT package if the connector reported it,
    /// otherwise one of the host's.
    #[must_use]
    pub const fn class(&self) -> OutcomeClass {
        if let Some(refusal) = self.evidence() {
            return host_refusal::class(refusal);
        }
        match self {
            Self::Failed { failure, .. } => failure.class(),
            Self::Trapped { .. } => OutcomeClass::Trapped,
            Self::OverLimit { .. } => OutcomeClass::OverLimit,
            Self::WallClock { .. } => OutcomeClass::WallClock,
            Self::EpochDeadline { .. } => OutcomeClass::Stuck,
            Self::InvalidResult(_) => OutcomeClass::BadAnswer,
            Self::ImportDuringDescribe { .. } => OutcomeClass::Impure,
            Self::Incompatible(_) => OutcomeClass::Incompatible,
            Self::Host(_) => OutcomeClass::Host,
        }
    }

    /// Returns the last HTTP error, if the host caused it and it explains the failure.
    #[must_use]
    pub const fn evidence(&self) -> Option<&HttpError> {
        match self {
            Self::Failed { evidence, .. } | Self::Trapped { evidence, .. } => evidence.as_ref(),
            _ => None,
        }
    }
}

impl Blamed for CallError {
    fn blame(&self) -> Blame {
        if let Some(refusal) = self.evidence() {
            return host_refusal::blame(refusal);
        }
        match self {
            Self::Failed { failure, .. } => failure.blame(),
            Self::WallClock {
                spent: TimeSpent::Waiting,
                ..
            } => Blame::Upstream,
            Self::Host(_) => Blame::Host,
            _ => Blame::Guest,
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        if let Some(refusal) = self.evidence() {
            return Some(host_refusal::next_step(refusal));
        }
        Some(match self {
            Self::Failed { failure, .. } => failure_step(failure).into(),
            Self::OverLimit { limit, .. } => host_refusal::raise_limit(limit),
            Self::WallClock {
                spent: TimeSpent::Waiting,
                ..
            } => "retry when the application responds faster, or raise wall-ms in the connector's \
                  grant"
                .into(),
            Self::WallClock {
                spent: TimeSpent::Requesting(_),
                ..
            } => "report it to the connector's author; if it should send that many requests in \
                  one call, raise wall-ms in its grant"
                .into(),
            Self::EpochDeadline { .. } => "report it to the connector's author; if it needs that \
                                           much time, raise cpu-ms in its grant"
                .into(),
            Self::Incompatible(_) => next_step::rebuild(),
            Self::Host(_) => "check that the machine has free memory, and retry".into(),
            Self::Trapped { .. }
            | Self::WallClock { .. }
            | Self::InvalidResult(_)
            | Self::ImportDuringDescribe { .. } => next_step::report_and_roll_back(),
        })
    }
}

const fn failure_step(failure: &Failure) -> &'static str {
    match failure {
        Failure::AuthRejected(_) => "give the connection a working credential",
        Failure::PermissionMissing(_) => {
            "give the credential the missing permission, in the application"
        }
        Failure::PlanUnsupported(_) => "ask the application's vendor which plan includes it",
        Failure::ConfigInvalid(_) => {
            "correct what the message names: the connection's base URL, or a setting of the profile"
        }
        Failure::ContractViolation(_) => "report it to the connector's author, with the run's log",
        Failure::Transient(_) => {
            "check that the application is up and can be reached from here, then retry"
        }
        Failure::RateLimited(_) | Failure::Pending(..) => "retry later; nothing is lost",
        Failure::CheckpointInvalid(_) => "retry: the stream is then read from its beginning",
    }
}

fn because(evidence: &Option<HttpError>) -> String {
    evidence
        .as_ref()
        .map(|refusal| format!("{refusal}; then: "))
        .unwrap_or_default()
}

fn quoted(text: Option<&str>) -> String {
    text.map(|text| format!(": {text:?}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(evidence: Option<HttpError>) -> CallError {
        CallError::Failed {
            failure: Failure::Transient("no response".into()),
            evidence,
        }
    }

    #[test]
    fn failure_after_a_denial_is_classed_as_denied() {
        let error = failed(Some(HttpError::Denied("read:users GET /users".into())));
        assert_eq!(
            (error.class(), error.blame()),
            (OutcomeClass::RequestDenied, Blame::Operator)
        );
        let step = error.next_step().unwrap();
        assert_eq!(
            step,
            NextStep::GrantConnector {
                connector: None,
                allow: Some("read:users GET /users".into()),
            }
        );
        assert!(
            error
                .to_string()
                .starts_with("the grant does not allow the request"),
            "{error}"
        );
    }

    #[test]
    fn failure_without_evidence_keeps_its_own_class() {
        let error = failed(None);
        assert_eq!(
            (error.class(), error.blame()),
            (OutcomeClass::Transient, Blame::Upstream)
        );
        assert!(error.next_step().unwrap().text().unwrap().contains("retry"));
    }

    #[test]
    fn failure_after_a_used_up_limit_asks_to_raise_it() {
        let error = failed(Some(crate::budget::exhausted("requests", 3)));
        assert_eq!(
            (error.class(), error.blame()),
            (OutcomeClass::OverLimit, Blame::Guest)
        );
        assert!(
            error.next_step()
                == Some(NextStep::RaiseLimit {
                    connector: None,
                    limit: "requests".into()
                })
        );
    }
}
