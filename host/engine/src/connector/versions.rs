//! Versions of a connector after the grant: rollback, disable, enable, delete, load.

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

/// Result of a rollback.
#[derive(Debug, Clone, Serialize)]
pub struct RolledBack {
    /// Version that the profiles run from now on.
    pub connector: ConnectorView,
    /// Profiles that were moved.
    pub moved: Vec<MovedProfile>,
    /// Profiles that it does not fit. They stay with their version.
    pub stayed: Vec<IncompatibleProfile>,
}

impl Connectors {
    /// Moves the profiles of a connector back: to the version or digest `to`, or without one to the
    /// latest granted version before the newest that they run.
    ///
    /// # Errors
    /// There is no such version, it has no grant or is disabled, or no profile runs a later one.
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

    /// Disables a connector: it neither runs nor is compiled until it is enabled.
    ///
    /// # Errors
    /// The connector does not exist, or a published profile runs it.
    pub fn disable(&self, reference: &str) -> Result<ConnectorView, Error> {
        let digest = self.find(reference)?.digest;
        Ok(self
            .store
            .disable_connector(&digest, Timestamp::now())?
            .into())
    }

    /// Enables a connector, with the grant it has.
    pub fn enable(&self, reference: &str) -> Result<ConnectorView, Error> {
        let digest = self.find(reference)?.digest;
        Ok(self.store.enable_connector(&digest)?.into())
    }

    /// Deletes a connector: bytes, description, grant and machine code.
    ///
    /// # Errors
    /// The connector does not exist, or a profile runs it.
    pub fn delete(&self, reference: &str) -> Result<ConnectorView, Error> {
        let digest = self.find(reference)?.digest;
        let deleted = self.store.delete_connector(&digest)?;
        self.delete_code(&digest);
        Ok(deleted.into())
    }

    /// Loads a stored connector. The only path from stored bytes to code; checks on every call that
    /// the connector may be used.
    pub(crate) async fn load(&self, known: &ConnectorView) -> Result<Connector, Error> {
        drop(self.usable_bytes(known)?);

        let cell = self.loaded.cell(known.digest);
        // why: the bytes are read again by the one caller that compiles, so that hundreds that wait
        // for it do not hold them
        let connector =
            cell.get_or_try_init(async || self.compile(self.usable_bytes(known)?).await);
        Ok(connector.await?.clone())
    }

    /// Returns the bytes of a connector that may be used now: enabled and, if the policy requires
    /// it, signed. The signature is verified again, with the publishers that are trusted now.
    pub(crate) fn usable_bytes(&self, known: &ConnectorView) -> Result<Vec<u8>, Error> {
        known.require_enabled()?;

        let bytes = self.store.connector_bytes(&known.digest)?;
        let signature = self.store.signature(&known.digest)?;
        self.publishers.verify(&bytes, signature.as_deref())?;
        Ok(bytes)
    }
}
