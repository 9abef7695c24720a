//! Grants: access of one digest, and its limits. A grant also moves the profiles of earlier
//! versions.

use super::service::Connectors;
use super::version_change;
use super::version_policy::{self, GrantPlan, GrantSource, IncompatibleProfile, MovedProfile};
use super::view::ConnectorView;
use crate::Error;
use crate::templates::serves;
use purser_model::{Description, Digest, Grant, GrantDiff, GrantRule, NextStep, TemplateName};
use semver::Version;
use serde::Serialize;

/// Result of a grant.
#[derive(Debug, Clone, Serialize)]
pub struct Granted {
    /// The connector with its grant.
    #[serde(flatten)]
    pub connector: ConnectorView,
    /// Difference to the grant before; absent for the first grant of a connector's name.
    pub difference: Option<DifferenceView>,
    /// Profiles that run it from their next run on.
    pub moved: Vec<MovedProfile>,
    /// Profiles that it does not fit. They stay with their version.
    pub stayed: Vec<IncompatibleProfile>,
}

/// Difference of a grant to the one before.
#[derive(Debug, Clone, Serialize)]
pub struct DifferenceView {
    /// Version that the earlier grant was for.
    pub version: Version,
    /// Digest of that version.
    pub digest: Digest,
    /// The difference.
    #[serde(flatten)]
    pub difference: GrantDiff,
}

impl Connectors {
    /// Grants a connector access, in place of any earlier grant. With `enable`, profiles of earlier
    /// versions run this one from their next run on.
    ///
    /// The grant may be narrower than the requested access, or wider: an operator may know the
    /// application better. A rule for an action that the connector lacks is a mistake and refused.
    ///
    /// # Errors
    /// The connector does not exist, is disabled, lacks a required signature, or does not have an
    /// action of the grant.
    pub fn grant(
        &self,
        reference: &str,
        source: GrantSource<'_>,
        enable: bool,
    ) -> Result<Granted, Error> {
        let connector = self.find(reference)?;
        self.usable_bytes(&connector)?;
        if let GrantSource::Explicit(grant) = source {
            require_known_actions(&connector, reference, grant)?;
        }

        let templates = self.templates.list()?;
        let serves = |name: &TemplateName, description: &Description| {
            serves(&templates, name.as_str(), description)
        };
        let digest = &connector.digest;
        let name = &connector.description.name;
        let plan = version_change::decide_and_apply(&self.store, name, |facts| {
            version_policy::plan_grant(facts, digest, source, enable, &serves)
        })?;

        let GrantPlan {
            grant,
            before,
            moves,
        } = plan;
        Ok(Granted {
            difference: before.map(|before| difference(&grant, before.into())),
            moved: moves.moved,
            stayed: moves.incompatible,
            connector: self.find(&digest.to_string())?,
        })
    }

    /// Returns the difference that granting all requested access would make; `None` if no version
    /// of the name has a grant.
    pub fn difference_wanted(
        &self,
        connector: &ConnectorView,
    ) -> Result<Option<DifferenceView>, Error> {
        let facts = self.store.version_facts(&connector.description.name)?;
        let before = version_policy::granted_before(&facts, &connector.digest);
        let wanted = Grant::as_requested(&connector.description);

        Ok(before.map(|before| difference(&wanted, before.clone().into())))
    }
}

/// Fails if the grant has a rule for an action that the connector does not have.
fn require_known_actions(
    connector: &ConnectorView,
    reference: &str,
    grant: &Grant,
) -> Result<(), Error> {
    let description = &connector.description;
    let unknown = grant
        .rules
        .iter()
        .find(|rule| !description.offers(&rule.action));

    match unknown {
        None => Ok(()),
        Some(GrantRule { action, .. }) => Err(Error::refused(
            format!("connector {} has no action {action}", description.name),
            NextStep::InspectConnector {
                connector: reference.to_owned(),
            },
        )),
    }
}

fn difference(now: &Grant, before: ConnectorView) -> DifferenceView {
    let ConnectorView {
        description,
        digest,
        grant,
        ..
    } = before;

    DifferenceView {
        version: description.version,
        digest,
        difference: now.changes_since(&grant.unwrap_or_default()),
    }
}
