//! Closed set of the ways in which a run or a call can end other than completely.

use serde::{Deserialize, Serialize};

/// Kind of failure of a run or a call.
///
/// The spelling in kebab-case is stable: it stands in the database, in JSON, in cassettes and in
/// tables. Programs may branch on it; the message beside it is for people only.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::AsRefStr,
    strum::Display,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum OutcomeClass {
    /// A failure that may pass: a 5xx response, a broken connection.
    Transient,
    /// The application limits the rate of requests.
    RateLimited,
    /// The application refused the credential.
    AuthRejected,
    /// The credential lacks a permission.
    PermissionMissing,
    /// The customer's plan does not include the interface.
    PlanUnsupported,
    /// A setting of the profile is wrong.
    ConfigInvalid,
    /// The application broke its own contract.
    ContractViolation,
    /// The application no longer accepts the cursor.
    CheckpointInvalid,
    /// The application is still preparing the response.
    Pending,
    /// The connector crashed.
    Trapped,
    /// The connector reached a limit of its grant.
    OverLimit,
    /// A call took longer than `wall-ms`.
    WallClock,
    /// The connector computed for longer than `cpu-ms` without waiting for anything.
    Stuck,
    /// A response of the connector breaks a rule of the WIT package.
    BadAnswer,
    /// The connector called an import while it described itself.
    Impure,
    /// An export does not have the type that the WIT package gives it.
    Incompatible,
    /// The grant does not allow a request.
    RequestDenied,
    /// A request of the connector is malformed.
    RequestInvalid,
    /// The address of a request may not be reached by the connection.
    DestinationProhibited,
    /// No usable credential could be obtained for a request.
    CredentialUnavailable,
    /// A stream has more pages than the grant allows.
    Pages,
    /// Paging makes no progress: a repeated cursor, or pages without a new record.
    PaginationStall,
    /// A read ended, but evidence shows that it does not have every row: fewer rows than the
    /// application says there are, pages that repeat each other, or too many unusable rows.
    Incomplete,
    /// A complete read lacks more records than may be removed without confirmation.
    ShrinkGuard,
    /// Two records of one page have the same id. Only in records of earlier versions: such a row is
    /// rejected today.
    DuplicateId,
    /// The authorization server refused to refresh the token.
    TokenRefused,
    /// The token endpoint failed or could not be reached.
    TokenEndpointFailed,
    /// Another process is refreshing the token and did not finish in time.
    TokenBusy,
    /// The outcome of an earlier refresh is unknown.
    TokenUnsettled,
    /// A refreshed token could not be stored, so it was not used.
    TokenNotStored,
    /// The token response does not contain a usable token.
    TokenUnusable,
    /// A person cancelled the run.
    Cancelled,
    /// The process that worked on the run is gone.
    Interrupted,
    /// A later run took the place of this one.
    Superseded,
    /// Purser itself or its machine failed.
    Host,
}

impl OutcomeClass {
    /// Returns the stable spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator as _;

    #[test]
    fn every_class_has_one_spelling_for_text_and_for_json() {
        for class in OutcomeClass::iter() {
            let json = serde_json::to_value(class).unwrap();
            assert_eq!(json, class.as_str());
            assert_eq!(class.as_str().parse(), Ok(class));
        }
    }
}
