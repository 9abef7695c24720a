//! What can be wrong with a cassette.

use super::{FORMAT, MOST_CALLS};
use purser_model::{Blame, Blamed, ConnectorName, NextStep};
use std::path::PathBuf;

/// Why a cassette is not written, or not replayed.
#[derive(Debug, thiserror::Error)]
pub enum CassetteError {
    /// Nothing is overwritten.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// It cannot be written.
    #[error("{} cannot be written: {what}", file.display())]
    Unwritable {
        /// Where it was to be.
        file: PathBuf,
        /// Why not.
        what: String,
    },
    /// It is something else.
    #[error("this is no cassette: {0}")]
    NoCassette(String),
    /// It is of another version.
    #[error("this cassette has the format {0:?}; this version of Purser reads {FORMAT:?}")]
    OtherFormat(String),
    /// It is a cassette, and something in it is wrong.
    #[error("the cassette is damaged: {0}")]
    Damaged(String),
    /// There is too much of it.
    #[error("the cassette has {0} calls; it can have {MOST_CALLS}")]
    TooManyCalls(usize),
    /// It is of another application.
    #[error("the cassette was recorded with connector {recorded}, and this is {given}")]
    OtherConnector {
        /// Whose it is.
        recorded: ConnectorName,
        /// What it was to be replayed with.
        given: ConnectorName,
    },
    /// The connector does not take the settings any more.
    #[error("the connector does not take the settings of the cassette: {0}")]
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
        let step = match self {
            Self::Exists(_) => "name another file, or move this one away; nothing is overwritten",
            Self::Unwritable { .. } => {
                "check the directory, that you may write there, and the free space"
            }
            Self::NoCassette(_) => "give a file that `purser run PROFILE --record FILE` wrote",
            Self::OtherFormat(_) => {
                "use the version of Purser that wrote it, or record another cassette"
            }
            Self::Damaged(_) => {
                "correct it where it was changed by hand, or record another cassette"
            }
            Self::TooManyCalls(_) => "leave calls out of it, or record fewer with --stream",
            Self::OtherConnector { .. } => {
                "give a cassette of this connector, or another version of that one"
            }
            Self::Settings(_) => {
                "give the setting a default, so that profiles made for earlier versions go on working"
            }
        };
        Some(NextStep::from(step))
    }
}
