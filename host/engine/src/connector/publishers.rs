//! Trusted publishers, and whether connectors must be signed by one.

use super::signature::{self, KeyId, PublisherKey, SignatureError, Standing};
use super::view::ConnectorView;
use crate::Error;
use jiff::Timestamp;
use purser_model::{Digest, ProfileName, PublisherName};
use purser_store::{Publisher, Store};
use serde::Serialize;
use std::sync::Arc;

/// A publisher whom the operator trusts.
#[derive(Debug, Clone, Serialize)]
pub struct PublisherView {
    /// What the operator calls it.
    pub name: PublisherName,
    /// Its public key.
    pub key: String,
    /// What its signatures call the key.
    pub key_id: Option<KeyId>,
    /// Since when it is trusted.
    pub trusted_at: Timestamp,
    /// The connectors that it signed: name, version and short digest.
    pub connectors: Vec<String>,
}

/// What is asked of connectors before they may be used.
#[derive(Debug, Clone, Serialize)]
pub struct Policy {
    /// Whether only those that a trusted publisher signed may be taken in, granted and run.
    pub require_signature: bool,
    /// The profiles that do not run for it.
    pub stopped: Vec<ProfileName>,
}

/// Publishers that the operator trusts, and the policy on signatures.
pub struct Publishers {
    store: Arc<Store>,
}

impl Publishers {
    pub(crate) const fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    fn connectors(&self) -> Result<Vec<ConnectorView>, Error> {
        let stored = self.store.connectors()?;
        Ok(stored.into_iter().map(ConnectorView::from).collect())
    }

    /// Trusts a publisher: what it signed counts as signed from now on.
    ///
    /// # Errors
    /// When the name or the key is taken.
    pub fn trust(&self, name: PublisherName, key: &PublisherKey) -> Result<PublisherView, Error> {
        let publisher = Publisher {
            name,
            key: key.as_str().to_owned(),
            trusted_at: Timestamp::now(),
        };
        self.store.add_publisher(&publisher)?;
        self.view(publisher)
    }

    /// Trusts a publisher no more. Gives it as it was, and the profiles that do not run for it.
    ///
    /// # Errors
    /// When there is no such publisher.
    pub fn distrust(&self, name: &PublisherName) -> Result<(PublisherView, Policy), Error> {
        let known = self.view(self.store.publisher(name)?)?;
        self.store.remove_publisher(name)?;
        Ok((known, self.policy()?))
    }

    /// The publishers trusted.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list(&self) -> Result<Vec<PublisherView>, Error> {
        self.store
            .publishers()?
            .into_iter()
            .map(|publisher| self.view(publisher))
            .collect()
    }

    /// What is asked of connectors.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn policy(&self) -> Result<Policy, Error> {
        let require_signature = self.store.requires_signature()?;
        let connectors = if require_signature {
            self.connectors()?
        } else {
            Vec::new()
        };
        let unsigned = connectors
            .into_iter()
            .filter(|known| known.signed_by.is_none());
        let mut stopped: Vec<_> = unsigned.flat_map(|known| known.profiles).collect();
        stopped.sort();
        Ok(Policy {
            require_signature,
            stopped,
        })
    }

    /// Says whether connectors must be signed by a trusted publisher.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn require_signature(&self, required: bool) -> Result<Policy, Error> {
        self.store.require_signature(required)?;
        self.policy()
    }

    /// What a signature is worth for these bytes, with the key that it was verified with. Refuses one that does not hold and, where the policy
    /// asks for signatures, bytes that no trusted publisher signed.
    pub(crate) fn verify(
        &self,
        bytes: &[u8],
        signature: Option<&str>,
    ) -> Result<(Standing, Option<Publisher>), Error> {
        let trusted = self.store.publishers()?;
        let (standing, publisher) = match signature {
            None => (Standing::Unsigned, None),
            Some(signature) => signature::check(bytes, signature, &trusted)?,
        };
        if self.store.requires_signature()? {
            match &standing {
                Standing::Trusted { .. } => {}
                Standing::Unsigned => {
                    return Err(SignatureError::Unsigned(Digest::of(bytes)).into());
                }
                Standing::Unknown { key } => {
                    return Err(SignatureError::Unknown {
                        digest: Digest::of(bytes),
                        key: *key,
                    }
                    .into());
                }
            }
        }
        Ok((standing, publisher.cloned()))
    }

    fn view(
        &self,
        Publisher {
            name,
            key,
            trusted_at,
        }: Publisher,
    ) -> Result<PublisherView, Error> {
        let signed = self
            .connectors()?
            .into_iter()
            .filter(|known| known.signed_by.as_ref() == Some(&name));
        let connectors = signed.map(|known| known.title()).collect();
        let key_id = key.parse::<PublisherKey>().ok().and_then(|key| key.id());
        Ok(PublisherView {
            name,
            key,
            key_id,
            trusted_at,
            connectors,
        })
    }
}
