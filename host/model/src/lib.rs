//! The words of Purser as types: what is read from a SaaS application, what a connector says of itself and is granted, what people own and
//! who they are, and how a failure is told. No I/O, no async, no clock: every other crate speaks these types, and none of them is needed here.

mod account;
mod blame;
mod connection;
mod description;
mod difference;
mod digest;
mod entitlement;
mod grant;
mod http;
mod ids;
mod implements;
mod money;
mod names;
mod next_step;
mod outcome_class;
mod overlap;
mod person;
mod profile;
mod records;
mod request_stats;
mod run;
pub mod safe_text;

pub use account::{Account, AccountKind, AccountStatus, Email, LastActivity, Seat};
pub use blame::{Blame, Blamed};
pub use connection::{Connection, ConnectionState, RetryPolicy, TokenFacts};
pub use description::{
    Action, DataStream, Description, DescriptionError, RateHint, RateLimitResponse, ReclaimMode,
    ReclaimOffer, RequestedAccess, SettingField, SettingType, SettingValue, Settings, StreamKind,
};
pub use difference::{Change, GrantDifference, Part};
pub use digest::{Digest, DigestError};
pub use entitlement::{Entitlement, Term};
pub use grant::{Grant, GrantRule, Host, HostError, Limits, PathPattern, PathPatternError};
pub use http::{Compression, Download, Header, HttpError, Method, Request, Response};
pub use ids::RunId;
pub use money::{Currency, Money, MoneyError};
pub use names::{
    AliasName, ConnectionName, ConnectorName, FieldName, NameError, ProfileName, PublisherName,
    SettingName, StreamName, TemplateName,
};
pub use next_step::NextStep;
pub use outcome_class::OutcomeClass;
pub use person::{Employment, Person};
pub use profile::{Profile, ProfileState};
pub use records::{AccountRef, Activity, Cursor, CursorError, Page, Product, Records, RejectedRow};
pub use request_stats::RequestStats;
pub use run::{Counts, Failure, Outcome, Run, RunState, StreamRun};

/// An instant. Stored and compared in whole milliseconds; what comes more finely is cut.
pub type Timestamp = jiff::Timestamp;
