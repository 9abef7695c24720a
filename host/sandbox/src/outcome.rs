//! How a call fails, whose fault it is, and what to do about it.

use crate::evidence;
use purser_model::{Blame, Blamed, Failure, HttpError, NextStep, OutcomeClass};

/// Why a call has no answer.
///
/// Where there is `evidence`, the host itself refused or lost the last request before the call failed. It is the cause then, whatever the
/// connector made of it, and trying again changes nothing until somebody acts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The connector reported a failure.
    #[error("{}{failure}", because(evidence))]
    Failed {
        /// In its words.
        failure: Failure,
        /// What the host told it last.
        evidence: Option<HttpError>,
    },
    /// The connector crashed.
    #[error(
        "{}the connector crashed: {message}{}",
        because(evidence),
        quoted(said)
    )]
    Trapped {
        /// What the engine says, with the functions it was in, innermost first, where the component names them.
        message: String,
        /// The last line that it logged as an error; a panic's message, where the SDK is used.
        said: Option<String>,
        /// What the host told it last.
        evidence: Option<HttpError>,
    },
    /// The connector needed more than it is granted.
    #[error("the connector needs more than its grant gives it: {limit} = {value}")]
    OverLimit {
        /// The limit, as a grant names it, or as the sandbox does where no grant can change it.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// The call took too long in all.
    #[error("the call was not done after {ms} ms; {}", spent.sentence())]
    WallClock {
        /// The limit, `wall-ms`.
        ms: u64,
        /// What the time went into.
        spent: Spent,
    },
    /// The connector computed too long without waiting for anything.
    #[error("the connector computed for {ms} ms without an end in sight")]
    Stuck {
        /// The limit, `cpu-ms`.
        ms: u64,
    },
    /// The answer breaks a rule of the WIT package. The text names the field.
    #[error("the connector's answer is not acceptable: {0}")]
    BadAnswer(String),
    /// The connector called an import while it described itself.
    #[error("the connector called {import} while it described itself{}", quoted(&Some(said.clone()).filter(|said| !said.is_empty())))]
    Impure {
        /// The import.
        import: &'static str,
        /// What it wanted to say or send; empty where that is not known.
        said: String,
    },
    /// An export does not have the type that the WIT package gives it.
    #[error("the connector's interface is not that of purser:connector@{offered}: {0}", offered = crate::WIT_VERSION)]
    Incompatible(String),
    /// The host could not run it.
    #[error("the call could not be run: {0}")]
    Host(String),
}

/// What the time of a call went into that took too long in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// No request was under way.
    Computing,
    /// The application keeps the connector waiting.
    Waiting,
    /// So many requests, which the application answered without delay: the connector asks for too much in one call.
    Asking(u64),
}

impl Spent {
    fn sentence(self) -> String {
        match self {
            Self::Computing => "the connector was waiting for nothing".into(),
            Self::Waiting => "it was waiting for the application".into(),
            Self::Asking(answered) => {
                format!(
                    "the application had answered {answered} requests without delay, and the connector asked on"
                )
            }
        }
    }
}

impl CallError {
    /// A stable word for the kind of failure: the WIT package's where the connector reported it, otherwise one of `trapped`, `over-limit`,
    /// `wall-clock`, `stuck`, `bad-answer`, `impure`, `incompatible`, `host`, `request-denied`, `request-invalid`, `destination-prohibited`
    /// and `credential-unavailable`.
    #[must_use]
    pub const fn class(&self) -> OutcomeClass {
        if let Some(evidence) = self.evidence() {
            return evidence::class(evidence);
        }
        match self {
            Self::Failed { failure, .. } => failure.class(),
            Self::Trapped { .. } => OutcomeClass::Trapped,
            Self::OverLimit { .. } => OutcomeClass::OverLimit,
            Self::WallClock { .. } => OutcomeClass::WallClock,
            Self::Stuck { .. } => OutcomeClass::Stuck,
            Self::BadAnswer(_) => OutcomeClass::BadAnswer,
            Self::Impure { .. } => OutcomeClass::Impure,
            Self::Incompatible(_) => OutcomeClass::Incompatible,
            Self::Host(_) => OutcomeClass::Host,
        }
    }

    /// What the host told the connector last, where that is the cause.
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
        if let Some(evidence) = self.evidence() {
            return evidence::blame(evidence);
        }
        match self {
            Self::Failed { failure, .. } => failure.blame(),
            Self::WallClock {
                spent: Spent::Waiting,
                ..
            } => Blame::Upstream,
            Self::Host(_) => Blame::Host,
            _ => Blame::Guest,
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        if let Some(evidence) = self.evidence() {
            return Some(evidence::next_step(evidence));
        }
        let step = match self {
            Self::Failed { failure, .. } => failure_step(failure),
            Self::OverLimit { limit, .. } => return Some(evidence::raise(limit)),
            Self::WallClock {
                spent: Spent::Waiting,
                ..
            } => {
                "try again when the application answers faster, or raise wall-ms in the connector's grant"
            }
            Self::WallClock {
                spent: Spent::Asking(_),
                ..
            } => {
                "report it to the connector's author; if it should ask that much in one call, raise wall-ms in its grant"
            }
            Self::Stuck { .. } => {
                "report it to the connector's author; if the work is honest, raise cpu-ms in its grant"
            }
            Self::Incompatible(_) => "rebuild the connector with the SDK of this version of Purser",
            Self::Host(_) => "see that the machine has memory left, and try again",
            Self::Trapped { .. }
            | Self::WallClock { .. }
            | Self::BadAnswer(_)
            | Self::Impure { .. } => {
                "report it to the connector's author; until it is mended, go back to an earlier version of the connector"
            }
        };
        Some(NextStep::from(step))
    }
}

const fn failure_step(failure: &Failure) -> &'static str {
    match failure {
        Failure::AuthRejected(_) => "give the connection a working credential",
        Failure::PermissionMissing(_) => {
            "give the credential the permission named, in the application"
        }
        Failure::PlanUnsupported(_) => "ask the application's vendor which plan includes it",
        Failure::ConfigInvalid(_) => "correct the profile's setting",
        Failure::ContractViolation(_) => "report it to the connector's author, with the run's log",
        Failure::Transient(_) => {
            "see that the application is up and can be reached from here, then try again"
        }
        Failure::RateLimited(_) | Failure::Pending(..) => "try again later; nothing is lost",
        Failure::CheckpointInvalid(_) => "try again: the stream is read from its beginning then",
    }
}

fn because(evidence: &Option<HttpError>) -> String {
    evidence
        .as_ref()
        .map(|evidence| format!("{evidence}; then: "))
        .unwrap_or_default()
}

fn quoted(said: &Option<String>) -> String {
    said.as_ref()
        .map(|said| format!(": {said:?}"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(evidence: Option<HttpError>) -> CallError {
        CallError::Failed {
            failure: Failure::Transient("no answer".into()),
            evidence,
        }
    }

    #[test]
    fn a_denial_goes_before_what_the_connector_made_of_it() {
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
    fn a_failure_without_evidence_speaks_for_itself() {
        let error = failed(None);
        assert_eq!(
            (error.class(), error.blame()),
            (OutcomeClass::Transient, Blame::Upstream)
        );
        assert!(
            error
                .next_step()
                .unwrap()
                .text()
                .unwrap()
                .contains("try again")
        );
    }

    #[test]
    fn a_limit_is_named_as_in_the_grant() {
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
