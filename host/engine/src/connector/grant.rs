//! Granting: what one digest may send, and within which limits. To grant is to enable: profiles of an earlier version move along.

use super::service::Connectors;
use super::version_change;
use super::version_policy::{self, GrantPlan, GrantSource, IncompatibleProfile, MovedProfile};
use super::view::ConnectorView;
use crate::Error;
use crate::templates::serves;
use purser_model::{Description, Digest, Grant, GrantDifference, GrantRule, TemplateName};
use semver::Version;
use serde::Serialize;

/// What a grant came to.
#[derive(Debug, Clone, Serialize)]
pub struct Granted {
    /// The connector, granted.
    #[serde(flatten)]
    pub connector: ConnectorView,
    /// What is different from what was allowed before; absent for the first grant of a connector's name.
    pub difference: Option<DifferenceView>,
    /// Profiles that run it from now on.
    pub moved: Vec<MovedProfile>,
    /// Profiles that it does not fit, and that stay with their version.
    pub stayed: Vec<IncompatibleProfile>,
}

/// How a grant differs from the one before.
#[derive(Debug, Clone, Serialize)]
pub struct DifferenceView {
    /// The version that the earlier grant was for.
    pub version: Version,
    /// Its digest.
    pub digest: Digest,
    /// The difference.
    #[serde(flatten)]
    pub difference: GrantDifference,
}

impl Connectors {
    /// Gives a connector's bytes this grant in place of any earlier one. Less than the connector wants is fine, and so is more: an operator
    /// may know the application better. But a rule for an action that it does not have is a mistake, and refused. Where `enable` is set,
    /// profiles that run an earlier version run this one from now on.
    ///
    /// # Errors
    /// When there is no such connector, it is disabled, a signature is required and it has none that counts, or the grant does not fit it.
    pub fn grant(
        &self,
        reference: &str,
        source: GrantSource<'_>,
        enable: bool,
    ) -> Result<Granted, Error> {
        let connector = self.find(reference)?;
        self.usable_bytes(&connector)?;
        if let GrantSource::Explicit(grant) = source
            && let Some(GrantRule { action, .. }) = grant
                .rules
                .iter()
                .find(|rule| !connector.description.offers(&rule.action))
        {
            return Err(Error::refused(
                format!(
                    "connector {} has no action {action}",
                    connector.description.name
                ),
                format!("`purser connector inspect {reference}` shows its actions"),
            ));
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

    /// What would be different if these bytes were granted all they want; absent where no version of their name was granted anything before.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn difference_wanted(
        &self,
        connector: &ConnectorView,
    ) -> Result<Option<DifferenceView>, Error> {
        let facts = self.store.version_facts(&connector.description.name)?;
        let before = version_policy::granted_before(&facts, &connector.digest);
        let wanted = Grant::of_everything_wanted(&connector.description);

        Ok(before.map(|before| difference(&wanted, before.clone().into())))
    }
}

fn difference(now: &Grant, before: ConnectorView) -> DifferenceView {
    let ConnectorView {
        description,
        digest,
        grant,
        ..
    } = before;
    let difference = now.difference_to(&grant.unwrap_or_default());
    DifferenceView {
        version: description.version,
        digest,
        difference,
    }
}
