//! Types of the documents that `--json` prints, one file for each object.
//!
//! They are converted from the types of the engine and the model, and nothing else is printed as
//! JSON. A field renamed there therefore fails to compile here, and the document keeps its keys.

mod account;
mod alias;
mod candidate;
mod connection;
mod connector;
mod description;
mod document;
mod entitlement;
mod explanation;
mod grant;
mod import;
mod money;
mod notice;
mod outcome;
mod person;
mod position;
mod profile;
mod publisher;
mod reconciliation;
mod replay;
mod run;
#[cfg(test)]
mod samples;
mod seat;
mod template;
#[cfg(test)]
mod tests;
mod vault;
mod version;

pub(crate) use account::AccountJson;
pub(crate) use alias::AliasJson;
pub(crate) use candidate::CandidateJson;
pub(crate) use connection::{ConnectionDeletedJson, ConnectionTestJson, ConnectionViewJson};
pub(crate) use connector::{ConnectorBuiltJson, ConnectorInspectedJson, ConnectorJson};
pub(crate) use document::{Document, to_text};
pub(crate) use entitlement::{EntitlementJson, EntitlementsImportedJson};
pub(crate) use explanation::ExplanationJson;
pub(crate) use person::{PeopleImportedJson, PersonJson};
pub(crate) use profile::{ProfileJson, ProfilePublishedJson, ProfileViewJson};
pub(crate) use publisher::{PolicyJson, PublisherJson};
pub(crate) use reconciliation::{PositionsJson, ReconciliationJson};
pub(crate) use replay::ReplayJson;
pub(crate) use run::{RejectedRowJson, RunDetailJson, RunJson};
pub(crate) use template::{TemplateDeletedJson, TemplateJson};
pub(crate) use vault::KeyRotatedJson;
pub(crate) use version::{GrantedJson, RolledBackJson, UploadedJson};

/// Converts each of several values to its JSON type.
pub(crate) fn list<'a, T: 'a, J: From<&'a T>>(values: impl IntoIterator<Item = &'a T>) -> Vec<J> {
    values.into_iter().map(J::from).collect()
}
