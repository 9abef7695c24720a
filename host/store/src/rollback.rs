//! Going back to a version that was granted before.

use crate::connectors::{self, StoredConnector};
use crate::convert::Count;
use crate::lifecycle::{
    Moves, Serves, Stayed, Which, move_to, must_be_enabled, must_be_signed, refuse,
};
use crate::{Store, StoreError};
use purser_model::{ConnectorName, Digest};
use rusqlite::params;

impl Store {
    /// Moves the profiles of a connector back: to these bytes or, where none are named, to the latest granted version before the newest that
    /// a profile runs.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where there is no version to go back to, or no profile to move; or the store cannot be written.
    pub fn roll_back(
        &self,
        name: &ConnectorName,
        to: Option<&Digest>,
        serves: Serves<'_>,
    ) -> Result<(StoredConnector, Moves), StoreError> {
        self.write(|tx| {
            let sql = "SELECT max(c.id) FROM profile p JOIN connector c ON c.digest = p.digest WHERE p.connector = ?1";
            let newest = tx.query_row(sql, [name.as_str()], |row| row.get::<_, Option<Count>>(0))?;
            let Some(newest) = newest else {
                return refuse(format!("no profile runs connector {name}"), "`purser profile list` shows the profiles");
            };
            let target = match to {
                Some(digest) => Some(connectors::find(tx, digest)?),
                None => {
                    let condition = "name = ?1 AND id < ?2 AND granted IS NOT NULL AND digest NOT IN \
                                     (SELECT digest FROM disabled_connector) ORDER BY id DESC LIMIT 1";
                    connectors::one(tx, condition, params![name.as_str(), newest])?
                }
            };
            let next = "`purser connector list` shows the versions there are, and what they were granted";
            let Some(target) = target else {
                return refuse(
                    format!("connector {name} has no earlier version that was granted and is enabled"),
                    next,
                );
            };
            must_be_enabled(&target)?;
            must_be_signed(tx, &target)?;
            if target.grant.is_none() || target.description.name != *name {
                return refuse(format!("{} is no granted version of connector {name}", target.title()), next);
            }
            let moves = move_to(tx, &target, Which::Later, serves)?;
            match (moves.moved.as_slice(), moves.stayed.first()) {
                ([], None) => refuse(format!("no profile runs a later version than {}", target.title()), next),
                ([], Some(Stayed { profile, why })) => {
                    refuse(format!("profile {profile} does not fit {}: {why}", target.title()), next)
                }
                _ => Ok((connectors::find(tx, &target.digest)?, moves)),
            }
        })
    }
}
