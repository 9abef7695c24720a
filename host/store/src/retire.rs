//! The end of a connector's version: disabled, and enabled again, or deleted. Nothing is taken from under a profile.

use crate::connectors::{self, StoredConnector};
use crate::convert::{Millis, Text};
use crate::{Store, StoreError, profiles};
use purser_model::{Digest, Timestamp};
use rusqlite::{Transaction, params};

impl Store {
    /// Keeps a connector from running until it is enabled again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::InUse`] while published profiles run it; or the store cannot be written.
    pub fn disable_connector(
        &self,
        digest: &Digest,
        at: Timestamp,
    ) -> Result<StoredConnector, StoreError> {
        self.write(|tx| {
            let known = connectors::find(tx, digest)?;
            must_not_be_used(tx, &known, "digest = ?1 AND state = 'published' ORDER BY name")?;
            let sql = "INSERT INTO disabled_connector (digest, since) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            tx.execute(sql, params![Text(digest), Millis(at)])?;
            connectors::find(tx, digest)
        })
    }

    /// Lets a connector run again, with the grant it has.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be written.
    pub fn enable_connector(&self, digest: &Digest) -> Result<StoredConnector, StoreError> {
        self.write(|tx| {
            tx.execute(
                "DELETE FROM disabled_connector WHERE digest = ?1",
                [Text(digest)],
            )?;
            connectors::find(tx, digest)
        })
    }

    /// Forgets a connector: its bytes, its description and its grant.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::InUse`] while profiles run it, drafts too; or the store cannot be written.
    pub fn delete_connector(&self, digest: &Digest) -> Result<StoredConnector, StoreError> {
        self.write(|tx| {
            let known = connectors::find(tx, digest)?;
            must_not_be_used(tx, &known, "digest = ?1 ORDER BY name")?;
            tx.execute("DELETE FROM connector WHERE digest = ?1", [Text(digest)])?;
            Ok(known)
        })
    }
}

fn must_not_be_used(
    tx: &Transaction<'_>,
    known: &StoredConnector,
    users: &str,
) -> Result<(), StoreError> {
    let users = profiles::all(tx, users, [Text(known.digest)])?;
    let names: Vec<_> = users.iter().map(|profile| profile.name.as_str()).collect();
    let by = match names.as_slice() {
        [] => return Ok(()),
        [one] => format!("profile {one}"),
        several => format!("profiles {}", several.join(", ")),
    };
    Err(StoreError::InUse {
        what: "connector",
        name: known.title(),
        by,
    })
}
