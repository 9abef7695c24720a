//! Domain types of Purser: records of a SaaS application, connectors and grants, people and
//! entitlements, runs and failures.
//!
//! No I/O, no async, no clock: every other crate uses these types, and this one needs none of them.

mod account;
mod action;
mod address;
mod amount;
mod blame;
mod connection;
mod description;
mod diff;
mod digest;
mod entitlement;
mod grant;
mod grant_intersection;
mod host;
mod http;
mod ids;
mod implements;
mod money;
mod names;
mod next_step;
mod outcome_class;
mod path_pattern;
mod person;
pub mod plausibility;
mod profile;
mod read_state;
mod records;
mod request_stats;
mod run;
pub mod safe_text;
mod setting;

pub use account::{Account, AccountKind, AccountStatus, Email, LastActivity, Seat};
pub use action::{Action, ReclaimMode};
pub use address::{AddressError, fold_identity, guest_address, parse_address, strip_invisible};
pub use amount::{AmountError, DecimalMark, parse_amount};
pub use blame::{Blame, Blamed};
pub use connection::{Connection, ConnectionState, RetryPolicy, TokenFacts};
pub use description::{
    DataStream, Description, DescriptionError, RateHint, RateLimitResponse, ReclaimOffer,
    RequestedAccess, StreamKind,
};
pub use diff::{ChangeKind, FieldChange, GrantDiff};
pub use digest::{Digest, DigestError};
pub use entitlement::{Entitlement, Term};
pub use grant::{Grant, GrantRule, Limits};
pub use host::{Host, HostError};
pub use http::{Compression, Download, Header, HttpError, Method, Request, Response};
pub use ids::RunId;
pub use money::{Currency, Money, MoneyError};
pub use names::{
    AliasName, ConnectionName, ConnectorName, FieldName, NameError, ProfileName, PublisherName,
    SettingName, StreamName, TemplateName,
};
pub use next_step::NextStep;
pub use outcome_class::OutcomeClass;
pub use path_pattern::{PathPattern, PathPatternError};
pub use person::{Employment, Person};
pub use profile::{Profile, ProfileState};
pub use read_state::ReadState;
pub use records::{AccountRef, Activity, Cursor, CursorError, Page, Product, Records, RejectedRow};
pub use request_stats::RequestStats;
pub use run::{Counts, Failure, Outcome, Run, RunState, StreamRun};
pub use setting::{SettingField, SettingType, SettingValue, Settings};

/// Instant. Stored and compared in whole milliseconds; anything finer is cut.
pub type Timestamp = jiff::Timestamp;
