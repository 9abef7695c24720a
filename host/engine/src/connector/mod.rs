//! Connectors: upload, inspection, grants, versions, signatures and compiled code.

mod compile_cache;
mod grant;
mod loaded;
mod lookup;
mod outcome_subject;
mod publishers;
mod service;
mod signature;
mod upload;
mod version_change;
mod version_policy;
mod versions;
mod view;

pub use grant::{DifferenceView, Granted};
pub(crate) use outcome_subject::OutcomeSubject;
pub use publishers::{Policy, PublisherView, Publishers};
pub use service::Connectors;
pub use signature::{KeyId, PublisherKey, SignatureError, SignatureStatus};
pub use upload::{Inspected, Previous, Uploaded};
pub use version_policy::{GrantSource, IncompatibleProfile, MovedProfile};
pub use versions::RolledBack;
pub use view::ConnectorView;
