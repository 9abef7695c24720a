//! Disabling, enabling and deleting a connector's version.

use crate::connectors::{self, StoredConnector};
use crate::convert::{Millis, Text};
use crate::{Store, StoreError, profiles};
use purser_model::{Digest, Timestamp};
use rusqlite::{Transaction, params};

impl Store {
    /// Disables a connector: it does not run until it is enabled again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::InUse`] while published profiles run it.
    pub fn disable_connector(
        &self,
        digest: &Digest,
        at: Timestamp,
    ) -> Result<StoredConnector, StoreError> {
        self.write(|tx| {
            let known = connectors::find(tx, digest)?;
            let users = "digest = ?1 AND state = 'published' ORDER BY name";
            require_unused(tx, &known, users)?;

            let sql = "INSERT INTO disabled_connector (digest, since) VALUES (?1, ?2)
                       ON CONFLICT DO NOTHING";
            tx.execute(sql, params![Text(digest), Millis(at)])?;
            connectors::find(tx, digest)
        })
    }

    /// Enables a connector again, with the grant it has.
    pub fn enable_connector(&self, digest: &Digest) -> Result<StoredConnector, StoreError> {
        self.write(|tx| {
            let sql = "DELETE FROM disabled_connector WHERE digest = ?1";
            tx.execute(sql, [Text(digest)])?;
            connectors::find(tx, digest)
        })
    }

    /// Deletes a connector: its bytes, its description and its grant.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::InUse`] while profiles run it, drafts included.
    pub fn delete_connector(&self, digest: &Digest) -> Result<StoredConnector, StoreError> {
        self.write(|tx| {
            let known = connectors::find(tx, digest)?;
            require_unused(tx, &known, "digest = ?1 ORDER BY name")?;

            tx.execute("DELETE FROM connector WHERE digest = ?1", [Text(digest)])?;
            Ok(known)
        })
    }
}

/// Refuses while profiles that meet a condition run the connector.
fn require_unused(
    tx: &Transaction<'_>,
    known: &StoredConnector,
    condition: &str,
) -> Result<(), StoreError> {
    let users = profiles::find_where(tx, condition, [Text(known.digest)])?;
    let names: Vec<_> = users.iter().map(|profile| profile.name.as_str()).collect();

    let by = match names.as_slice() {
        [] => return Ok(()),
        [only] => format!("profile {only}"),
        several => format!("profiles {}", several.join(", ")),
    };
    Err(StoreError::InUse {
        what: "connector",
        name: known.title(),
        by,
    })
}
