//! Tokens, and the lease that lets one process at a time renew one.
//!
//! A renewal is: take the lease, ask the application, store what it gave and give the lease back, in one commit. The mark that a renewal
//! began is stored with the lease, before anything is sent. A process that dies between leaves the mark, and so nobody later mistakes a
//! token that may have been used up for one that was not.

use crate::convert::{Count, Json, Millis};
use crate::{Store, StoreError, vault};
use purser_model::{ConnectionName, Timestamp, TokenFacts};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::time::Duration;

/// How long a lease lasts. Longer than a token request can take, so that it ends only when its holder is dead or stuck.
pub const LEASE: Duration = Duration::from_secs(30);

/// A token to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// As the vault sealed it.
    pub sealed: &'a [u8],
    /// When the application gave it out.
    pub obtained_at: Timestamp,
    /// When it expires, where that is known.
    pub expires_at: Option<Timestamp>,
    /// Until when it can be renewed, where that is known.
    pub authorized_until: Option<Timestamp>,
    /// Scopes that were asked for and not granted.
    pub missing_scopes: &'a [String],
}

/// A token as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredToken {
    /// Which of the connection's tokens, counted from 1.
    pub generation: u64,
    /// As the vault sealed it.
    pub sealed: Vec<u8>,
}

/// Who wants to renew which token.
#[derive(Debug, Clone, Copy)]
pub struct Renewal<'a> {
    /// The connection.
    pub connection: &'a ConnectionName,
    /// The token that is to be renewed.
    pub generation: u64,
    /// A name for this attempt that no other has.
    pub holder: &'a str,
    /// Which key the new token will be sealed with.
    pub key_id: &'a str,
}

/// What asking for a lease came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// It is the asker's, until it is given back or [`LEASE`] has passed.
    Taken,
    /// Somebody else is renewing the token.
    Held,
    /// The token is not the latest any more.
    Renewed,
    /// A renewal began then, and nobody knows what became of it: its answer was lost, or its process died. Asking again may use up a
    /// token twice.
    Unsettled(Timestamp),
}

/// The part of a row that tells about a token.
pub(crate) fn facts(row: &Row<'_>) -> rusqlite::Result<Option<TokenFacts>> {
    let Some(Count(generation)) = row.get("generation")? else {
        return Ok(None);
    };
    Ok(Some(TokenFacts {
        generation,
        obtained_at: row.get::<_, Millis>("obtained_at")?.0,
        expires_at: row.get::<_, Option<Millis>>("expires_at")?.map(|at| at.0),
        authorized_until: row
            .get::<_, Option<Millis>>("authorized_until")?
            .map(|at| at.0),
        missing_scopes: row.get::<_, Json<_>>("missing_scopes")?.0,
    }))
}

/// Stores a token in the place of the one before, and ends any lease and any doubt about that one.
pub(crate) fn put(
    tx: &Transaction<'_>,
    connection: &ConnectionName,
    token: &NewToken<'_>,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO token (connection, generation, obtained_at, expires_at, authorized_until, missing_scopes, sealed)
               VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (connection) DO UPDATE SET
                 generation = generation + 1, obtained_at = excluded.obtained_at, expires_at = excluded.expires_at,
                 authorized_until = excluded.authorized_until, missing_scopes = excluded.missing_scopes,
                 sealed = excluded.sealed, lease_holder = NULL, lease_until = NULL, renewal_began = NULL";
    tx.execute(
        sql,
        params![
            connection.as_str(),
            Millis(token.obtained_at),
            token.expires_at.map(Millis),
            token.authorized_until.map(Millis),
            Json(token.missing_scopes),
            token.sealed,
        ],
    )?;
    Ok(())
}

/// What a lease depends on.
struct Standing {
    generation: u64,
    lease_until: Option<Timestamp>,
    renewal_began: Option<Timestamp>,
}

fn standing(tx: &Transaction<'_>, connection: &ConnectionName) -> Result<Standing, StoreError> {
    let sql = "SELECT generation, lease_until, renewal_began FROM token WHERE connection = ?1";
    let found = tx.query_row(sql, [connection.as_str()], |row| {
        Ok(Standing {
            generation: row.get::<_, Count>(0)?.0,
            lease_until: row.get::<_, Option<Millis>>(1)?.map(|at| at.0),
            renewal_began: row.get::<_, Option<Millis>>(2)?.map(|at| at.0),
        })
    });
    found
        .optional()?
        .ok_or_else(|| StoreError::not_found("token of connection", connection))
}

/// Whether a lease still holds. One that would last longer than any lease does was written under a clock that was set back since.
fn holds(until: Timestamp, now: Timestamp) -> bool {
    until > now && until <= now + LEASE
}

impl Store {
    /// The latest token of a connection.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the store cannot be read.
    pub fn token(&self, connection: &ConnectionName) -> Result<StoredToken, StoreError> {
        self.read(|tx| {
            let sql = "SELECT generation, sealed FROM token WHERE connection = ?1";
            let found = tx.query_row(sql, [connection.as_str()], |row| {
                Ok(StoredToken {
                    generation: row.get::<_, Count>(0)?.0,
                    sealed: row.get(1)?,
                })
            });
            found
                .optional()?
                .ok_or_else(|| StoreError::not_found("token of connection", connection))
        })
    }

    /// Asks for the right to renew a token. `repeatable` says that asking the application again does no harm, even if an earlier renewal
    /// was carried out and its answer lost.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::OtherKey`], or the store cannot be written.
    pub fn lease_token(
        &self,
        renewal: Renewal<'_>,
        repeatable: bool,
        now: Timestamp,
    ) -> Result<Lease, StoreError> {
        self.write(|tx| {
            vault::sealed_with(tx, renewal.key_id)?;
            let standing = standing(tx, renewal.connection)?;
            if standing.generation != renewal.generation {
                return Ok(Lease::Renewed);
            }
            if standing.lease_until.is_some_and(|until| holds(until, now)) {
                return Ok(Lease::Held);
            }
            if let Some(began) = standing.renewal_began
                && !repeatable
            {
                return Ok(Lease::Unsettled(began));
            }
            let sql = "UPDATE token SET lease_holder = ?2, lease_until = ?3, renewal_began = ?4 WHERE connection = ?1";
            tx.execute(sql, params![renewal.connection.as_str(), renewal.holder, Millis(now + LEASE), Millis(now)])?;
            Ok(Lease::Taken)
        })
    }

    /// Stores a renewed token and gives the lease back. False if the lease was no longer the holder's and nothing was stored: the token was
    /// replaced in the meantime.
    ///
    /// # Errors
    /// [`StoreError::OtherKey`], or the store cannot be written.
    pub fn record_token(
        &self,
        renewal: Renewal<'_>,
        token: &NewToken<'_>,
    ) -> Result<bool, StoreError> {
        self.write(|tx| {
            vault::sealed_with(tx, renewal.key_id)?;
            let sql = "SELECT 1 FROM token WHERE connection = ?1 AND generation = ?2 AND lease_holder = ?3";
            let row = params![renewal.connection.as_str(), Count(renewal.generation), renewal.holder];
            if !tx.prepare(sql)?.exists(row)? {
                return Ok(false);
            }
            put(tx, renewal.connection, token)?;
            Ok(true)
        })
    }

    /// Gives the lease back without a new token. `settled` says that the old one is certainly as it was.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn release_token(&self, renewal: Renewal<'_>, settled: bool) -> Result<(), StoreError> {
        let sql = "UPDATE token SET lease_holder = NULL, lease_until = NULL,
                                    renewal_began = CASE WHEN ?4 THEN NULL ELSE renewal_began END
                   WHERE connection = ?1 AND generation = ?2 AND lease_holder = ?3";
        let row = params![
            renewal.connection.as_str(),
            Count(renewal.generation),
            renewal.holder,
            settled
        ];
        self.write(|tx| Ok(tx.execute(sql, row).map(drop)?))
    }
}
