//! Errors of writing, reading and replaying a cassette.

use super::format::{FORMAT, MAX_CALLS};
use purser_model::{Blame, Blamed, ConnectorName, NextStep};
use std::path::PathBuf;

/// Reason why a cassette was not written, read or replayed.
#[derive(Debug, thiserror::Error)]
pub enum CassetteError {
    /// The file to write exists. Nothing is overwritten.
    #[error("{} already exists", .0.display())]
    Exists(PathBuf),
    /// The file cannot be written.
    #[error("{} cannot be written: {reason}", file.display())]
    Unwritable {
        /// Path of the cassette.
        file: PathBuf,
        /// Error of the operating system or of the encoding.
        reason: String,
    },
    /// The bytes are something else.
    #[error("this is not a cassette: {0}")]
    NotACassette(String),
    /// The cassette has a format of another version.
    #[error("this cassette has the format {0:?}; this version of Purser reads {FORMAT:?}")]
    OtherFormat(String),
    /// The cassette has the current format and an invalid part.
    #[error("the cassette is damaged: {0}")]
    Damaged(String),
    /// The cassette has too many calls.
    #[error("the cassette has {0} calls; it can have {MAX_CALLS}")]
    TooManyCalls(usize),
    /// The cassette was recorded with another connector.
    #[error("the cassette was recorded with connector {recorded}, and this is {given}")]
    OtherConnector {
        /// Connector that was recorded.
        recorded: ConnectorName,
        /// Connector to replay with.
        given: ConnectorName,
    },
    /// The connector no longer accepts the recorded settings.
    #[error("the connector does not accept the settings of the cassette: {0}")]
    Settings(String),
}

impl Blamed for CassetteError {
    fn blame(&self) -> Blame {
        match self {
            Self::Settings(_) => Blame::Guest,
            _ => Blame::Operator,
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        Some(match self {
            Self::Exists(_) => "name another file, or move this one; nothing is overwritten".into(),
            Self::Unwritable { .. } => {
                "check that the directory exists, that you may write there, and the free space"
                    .into()
            }
            Self::NotACassette(_) => {
                NextStep::advice("give a file that a recorded run wrote").and(NextStep::RecordRun)
            }
            Self::OtherFormat(_) => {
                NextStep::advice("use the version of Purser that wrote it").and(NextStep::RecordRun)
            }
            Self::Damaged(_) => {
                NextStep::advice("undo the changes that were made by hand").and(NextStep::RecordRun)
            }
            Self::TooManyCalls(_) => {
                "delete calls from it, or record the streams one at a time".into()
            }
            Self::OtherConnector { recorded, .. } => NextStep::advice(format!(
                "give a cassette of this connector, or a version of connector {recorded}"
            )),
            Self::Settings(_) => {
                "give the setting a default, so that profiles of earlier versions keep working"
                    .into()
            }
        })
    }
}
