//! Granting: what one digest may send, and within which limits. To grant is to enable: profiles of an earlier version move along.

use super::service::Connectors;
use super::versions::{MovedView, StayedView};
use super::view::ConnectorView;
use crate::Error;
use crate::templates::serves;
use jiff::Timestamp;
use purser_model::{Description, Digest, Grant, GrantDifference, GrantRule};
use purser_store::Rights;
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
    pub moved: Vec<MovedView>,
    /// Profiles that it does not fit, and that stay with their version.
    pub stayed: Vec<StayedView>,
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
        rights: Rights<'_>,
        enable: bool,
    ) -> Result<Granted, Error> {
        let connector = self.find(reference)?;
        self.usable_bytes(&connector)?;
        if let Rights::These(grant) = rights
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
        let serves = |name: &str, description: &Description| serves(&templates, name, description);
        let granted = self.store.grant_connector(
            &connector.digest,
            rights,
            enable,
            &serves,
            Timestamp::now(),
        )?;
        let now = granted.connector.grant.clone().unwrap_or_default();
        Ok(Granted {
            difference: granted.before.map(|before| difference(&now, before.into())),
            moved: granted
                .moves
                .moved
                .into_iter()
                .map(MovedView::from)
                .collect(),
            stayed: granted
                .moves
                .stayed
                .into_iter()
                .map(StayedView::from)
                .collect(),
            connector: self.find(&connector.digest.to_string())?,
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
        let before = self.store.allowed_before(&connector.digest)?;
        let wanted = Grant::of_everything_wanted(&connector.description);
        Ok(before.map(|before| difference(&wanted, before.into())))
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
