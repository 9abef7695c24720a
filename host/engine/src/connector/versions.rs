//! The life of a connector's versions after the grant: rolled back, disabled, enabled, deleted.

use super::service::Connectors;
use super::version_change;
use super::version_policy::{self, IncompatibleProfile, MovedProfile, RollbackPlan};
use super::view::ConnectorView;
use crate::Error;
use crate::templates::serves;
use jiff::Timestamp;
use purser_model::{ConnectorName, Description, TemplateName};
use purser_sandbox::Connector;
use serde::Serialize;

/// What going back came to.
#[derive(Debug, Clone, Serialize)]
pub struct RolledBack {
    /// The version that the profiles run now.
    pub connector: ConnectorView,
    /// The profiles that were moved.
    pub moved: Vec<MovedProfile>,
    /// Profiles that it does not fit, and that stay with their version.
    pub stayed: Vec<IncompatibleProfile>,
}

impl Connectors {
    /// Moves the profiles of a connector back: to a version or digest or, where none is named, to the latest granted one before the newest
    /// that they run.
    ///
    /// # Errors
    /// When there is no such version, or it was not granted, or is disabled, or no profile runs a later one.
    pub fn roll_back(&self, name: &ConnectorName, to: Option<&str>) -> Result<RolledBack, Error> {
        let to = match to {
            Some(version) if version.parse::<semver::Version>().is_ok() => {
                Some(format!("{name}@{version}"))
            }
            other => other.map(str::to_owned),
        };
        let to = to
            .map(|reference| self.find(&reference))
            .transpose()?
            .map(|known| self.store.connector(&known.digest))
            .transpose()?;
        let templates = self.templates.list()?;
        let serves = |name: &TemplateName, description: &Description| {
            serves(&templates, name.as_str(), description)
        };

        let plan = version_change::decide_and_apply(&self.store, name, |facts| {
            version_policy::plan_rollback(facts, to.as_ref(), &serves)
        })?;

        let RollbackPlan { target, moves } = plan;
        Ok(RolledBack {
            connector: self.store.connector(&target.digest)?.into(),
            moved: moves.moved,
            stayed: moves.incompatible,
        })
    }

    /// Keeps a connector from running and from being compiled until it is enabled again.
    ///
    /// # Errors
    /// When there is no such connector, or published profiles run it.
    pub fn disable(&self, reference: &str) -> Result<ConnectorView, Error> {
        let digest = self.find(reference)?.digest;
        Ok(self
            .store
            .disable_connector(&digest, Timestamp::now())?
            .into())
    }

    /// Lets a connector run again, with the grant it has.
    ///
    /// # Errors
    /// When there is no such connector.
    pub fn enable(&self, reference: &str) -> Result<ConnectorView, Error> {
        let digest = self.find(reference)?.digest;
        Ok(self.store.enable_connector(&digest)?.into())
    }

    /// Forgets a connector's bytes, description and grant.
    ///
    /// # Errors
    /// When there is no such connector, or profiles run it.
    pub fn delete(&self, reference: &str) -> Result<ConnectorView, Error> {
        let digest = self.find(reference)?.digest;
        let deleted = self.store.delete_connector(&digest)?;
        self.delete_code(&digest);
        Ok(deleted.into())
    }

    /// Compiles a connector that was taken in: the one way from stored bytes to running code. Whether they may be used is looked at each time.
    pub(crate) async fn load(&self, known: &ConnectorView) -> Result<Connector, Error> {
        drop(self.usable_bytes(known)?);
        let place = self.loaded.cell(known.digest);
        // Read once more by the one who compiles: hundreds who wait for that would otherwise hold the bytes meanwhile.
        let connector =
            place.get_or_try_init(async || self.compile(self.usable_bytes(known)?).await);
        Ok(connector.await?.clone())
    }

    /// The bytes of a connector that may be used as things stand: enabled and, where the policy asks for it, signed. The signature is verified
    /// anew, with the keys that are trusted now.
    pub(crate) fn usable_bytes(&self, known: &ConnectorView) -> Result<Vec<u8>, Error> {
        known.require_enabled()?;
        let bytes = self.store.connector_bytes(&known.digest)?;
        self.publishers
            .verify(&bytes, self.store.signature(&known.digest)?.as_deref())?;
        Ok(bytes)
    }
}
