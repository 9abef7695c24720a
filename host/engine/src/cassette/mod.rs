//! Cassettes: recordings of runs, one readable JSON document each, on which any version of the
//! connector can be replayed offline.
//!
//! A cassette holds the calls of a run with their requests, responses and results, as the connector
//! saw them. Credentials are added after that point and scrubbed before it, so none is recorded. A
//! cassette does hold personal data of the application's users; only e-mail addresses are replaced,
//! by pseudonyms.
//!
//! | step | file |
//! |---|---|
//! | the document, and reading it | `format`, `body`, `read` |
//! | recording a call | `recorder` |
//! | replacing addresses, counting bytes | `draft`, `pseudonyms`, `symbol` |
//! | writing the file | `writer` |
//! | replaying it | `replay`, `responses` |
//! | comparing the results | `row`, `compare`, `report` |

mod body;
mod compare;
mod draft;
mod error;
mod format;
mod pseudonyms;
mod read;
mod recorder;
mod replay;
mod report;
mod responses;
mod row;
mod symbol;
mod text;
mod writer;

#[cfg(test)]
mod tests;

pub use error::CassetteError;
pub use format::{Cassette, ConnectorIdentity, MAX_CASSETTE_BYTES};
pub(crate) use recorder::CallRecorder;
pub use replay::replay;
pub use report::{Difference, DifferenceKind, ReplayReport, StreamReplay};
pub use writer::{CassetteWriter, RecordingSummary};
