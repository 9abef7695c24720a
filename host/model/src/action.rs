//! Actions: the purposes of calls, which grants are given for.

use crate::StreamName;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Effect of taking a seat back in the application.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", parse_err_ty = String, parse_err_fn = unknown_mode)]
pub enum ReclaimMode {
    /// The account stays and loses the product.
    RemoveLicence,
    /// The account can no longer be signed in to.
    Suspend,
    /// The account is removed.
    Delete,
    /// The account moves to a cheaper product.
    Downgrade,
}

impl ReclaimMode {
    /// Returns the word used in grants, on the command line and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

fn unknown_mode(text: &str) -> String {
    format!("{text:?} is not a reclaim mode: use remove-licence, suspend, delete or downgrade")
}

/// Purpose of a call. Grants are given per action, so that a read can never write.
///
/// Written `check`, `read:STREAM`, `reclaim:MODE`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Action {
    /// Check of a capability.
    Check,
    /// Read of a stream.
    Read(StreamName),
    /// Reclaim of a seat.
    Reclaim(ReclaimMode),
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check => f.pad("check"),
            Self::Read(stream) => f.pad(&format!("read:{stream}")),
            Self::Reclaim(mode) => f.pad(&format!("reclaim:{}", mode.as_str())),
        }
    }
}

impl FromStr for Action {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "check" => Ok(Self::Check),
            Some(("read", stream)) => Ok(Self::Read(
                stream.parse().map_err(|error| format!("{error}"))?,
            )),
            Some(("reclaim", mode)) => Ok(Self::Reclaim(mode.parse()?)),
            _ => Err(format!(
                "{text:?} is not an action: use check, read:STREAM or reclaim:MODE"
            )),
        }
    }
}

impl TryFrom<String> for Action {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Action> for String {
    fn from(action: Action) -> Self {
        action.to_string()
    }
}
