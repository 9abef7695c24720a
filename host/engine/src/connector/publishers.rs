//! Trusted publishers, and the policy on signatures.

use super::signature::{self, KeyId, PublisherKey, SignatureError, SignatureStatus};
use super::view::ConnectorView;
use crate::Error;
use jiff::Timestamp;
use purser_model::{Digest, ProfileName, PublisherName};
use purser_store::{Publisher, Store};
use serde::Serialize;
use std::sync::Arc;

/// Trusted publisher.
#[derive(Debug, Clone, Serialize)]
pub struct PublisherView {
    /// Name that the operator gave it.
    pub name: PublisherName,
    /// Public key, as minisign writes it.
    pub key: String,
    /// Id of the key, as minisign prints it; absent if the key is malformed.
    pub key_id: Option<KeyId>,
    /// Time since which it is trusted.
    pub trusted_at: Timestamp,
    /// Connectors that it signed: name, version and short digest.
    pub connectors: Vec<String>,
}

/// Policy on signatures.
#[derive(Debug, Clone, Serialize)]
pub struct Policy {
    /// If set, only connectors that a trusted publisher signed may be uploaded, granted and run.
    pub require_signature: bool,
    /// Profiles that the policy keeps from running.
    #[serde(rename = "stopped")]
    pub blocked_profiles: Vec<ProfileName>,
}

/// Publishers that the operator trusts, and the policy on signatures.
pub struct Publishers {
    store: Arc<Store>,
}

impl Publishers {
    pub(crate) const fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// Trusts a publisher: connectors that it signed count as signed from now on.
    ///
    /// # Errors
    /// The name or the key is taken.
    pub fn trust(&self, name: PublisherName, key: &PublisherKey) -> Result<PublisherView, Error> {
        let publisher = Publisher {
            name,
            key: key.as_str().to_owned(),
            trusted_at: Timestamp::now(),
        };

        self.store.add_publisher(&publisher)?;
        self.view(publisher)
    }

    /// Stops trusting a publisher. Returns it, and the policy with the profiles that are blocked
    /// now.
    pub fn distrust(&self, name: &PublisherName) -> Result<(PublisherView, Policy), Error> {
        let former = self.view(self.store.publisher(name)?)?;
        self.store.remove_publisher(name)?;

        Ok((former, self.policy()?))
    }

    /// Returns the trusted publishers.
    pub fn list(&self) -> Result<Vec<PublisherView>, Error> {
        let publishers = self.store.publishers()?.into_iter();
        publishers.map(|publisher| self.view(publisher)).collect()
    }

    /// Returns the policy on signatures.
    pub fn policy(&self) -> Result<Policy, Error> {
        let require_signature = self.store.requires_signature()?;
        let mut blocked_profiles = Vec::new();
        if require_signature {
            let unsigned = self.connectors()?.into_iter();
            let unsigned = unsigned.filter(|known| known.signed_by.is_none());
            blocked_profiles.extend(unsigned.flat_map(|known| known.profiles));
            blocked_profiles.sort();
        }

        Ok(Policy {
            require_signature,
            blocked_profiles,
        })
    }

    /// Sets if connectors must be signed by a trusted publisher.
    pub fn require_signature(&self, required: bool) -> Result<Policy, Error> {
        self.store.require_signature(required)?;
        self.policy()
    }

    /// Verifies a signature of these bytes, with the publishers that are trusted now. Returns its
    /// status and the publisher whose key verified it.
    ///
    /// # Errors
    /// The signature is invalid, or one of a trusted publisher is required and missing.
    pub(super) fn verify(
        &self,
        bytes: &[u8],
        signature: Option<&str>,
    ) -> Result<(SignatureStatus, Option<Publisher>), Error> {
        let trusted = self.store.publishers()?;
        let (status, publisher) = match signature {
            None => (SignatureStatus::Unsigned, None),
            Some(signature) => signature::verify(bytes, signature, &trusted)?,
        };

        if self.store.requires_signature()? {
            require_trusted(bytes, &status)?;
        }
        Ok((status, publisher.cloned()))
    }

    fn connectors(&self) -> Result<Vec<ConnectorView>, Error> {
        let stored = self.store.connectors()?.into_iter();
        Ok(stored.map(ConnectorView::from).collect())
    }

    fn view(&self, publisher: Publisher) -> Result<PublisherView, Error> {
        let connectors = self.connectors()?.into_iter();
        let signed = connectors.filter(|known| known.signed_by.as_ref() == Some(&publisher.name));
        let connectors = signed.map(|known| known.title()).collect();
        let key: Option<PublisherKey> = publisher.key.parse().ok();

        Ok(PublisherView {
            name: publisher.name,
            key_id: key.and_then(|key| key.id()),
            key: publisher.key,
            trusted_at: publisher.trusted_at,
            connectors,
        })
    }
}

fn require_trusted(bytes: &[u8], status: &SignatureStatus) -> Result<(), SignatureError> {
    match status {
        SignatureStatus::Trusted { .. } => Ok(()),
        SignatureStatus::Unsigned => Err(SignatureError::Unsigned(Digest::of(bytes))),
        SignatureStatus::Unknown { key } => Err(SignatureError::Unknown {
            digest: Digest::of(bytes),
            key: *key,
        }),
    }
}
