//! Tokens, and the lease that lets one process at a time refresh one.
//!
//! A refresh takes the lease, asks the application, and in one commit stores the new token and
//! releases the lease. The mark that a refresh began is stored with the lease, before anything is
//! sent. A process that dies in between leaves the mark, so that no later process mistakes a token
//! that may have been used up for a good one.

use crate::convert::{Count, Json, Millis};
use crate::{Store, StoreError, vault};
use purser_model::{ConnectionName, Timestamp, TokenFacts};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::time::Duration;

/// The lifetime of a lease. Longer than a token request can take, so that a lease expires only if
/// its holder is dead or hangs.
pub const LEASE: Duration = Duration::from_secs(30);

/// A token to store.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// The token as the vault sealed it.
    pub sealed: &'a [u8],
    /// The instant at which the application issued it.
    pub obtained_at: Timestamp,
    /// The instant of its expiry; absent if unknown.
    pub expires_at: Option<Timestamp>,
    /// The instant until which it can be refreshed; absent if unknown.
    pub authorized_until: Option<Timestamp>,
    /// The scopes that were requested and not granted.
    pub missing_scopes: &'a [String],
}

/// A stored token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredToken {
    /// The number of the token among those of its connection, counted up from 1.
    pub generation: u64,
    /// The token as the vault sealed it.
    pub sealed: Vec<u8>,
}

/// An attempt to refresh a token.
#[derive(Debug, Clone, Copy)]
pub struct TokenRefresh<'a> {
    /// The connection.
    pub connection: &'a ConnectionName,
    /// The generation of the token to refresh.
    pub generation: u64,
    /// A name for this attempt that no other has.
    pub holder: &'a str,
    /// The id of the key that the new token will be sealed with.
    pub key_id: &'a str,
}

/// The result of asking for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// The caller has the lease until it is released or [`LEASE`] has passed.
    Taken,
    /// Another process has the lease.
    Held,
    /// The token was refreshed: it is no longer the latest.
    Refreshed,
    /// An earlier refresh began at this instant and its outcome is unknown: its response was lost,
    /// or its process died. Asking the application again may use up a token twice.
    Unsettled(Timestamp),
}

/// Reads the columns of a token from the row of its connection; `None` without a token.
pub(crate) fn facts(row: &Row<'_>) -> rusqlite::Result<Option<TokenFacts>> {
    let Some(Count(generation)) = row.get("generation")? else {
        return Ok(None);
    };
    let expires_at = row.get::<_, Option<Millis>>("expires_at")?;
    let authorized_until = row.get::<_, Option<Millis>>("authorized_until")?;

    Ok(Some(TokenFacts {
        generation,
        obtained_at: row.get::<_, Millis>("obtained_at")?.0,
        expires_at: expires_at.map(|at| at.0),
        authorized_until: authorized_until.map(|at| at.0),
        missing_scopes: row.get::<_, Json<_>>("missing_scopes")?.0,
    }))
}

/// Stores a token in place of the one before, and ends a lease and an unsettled refresh of that
/// one.
pub(crate) fn put(
    tx: &Transaction<'_>,
    connection: &ConnectionName,
    token: &NewToken<'_>,
) -> Result<(), StoreError> {
    let sql = "
        INSERT INTO token (
            connection, generation, obtained_at, expires_at, authorized_until, missing_scopes,
            sealed)
        VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (connection) DO UPDATE SET
            generation = generation + 1, obtained_at = excluded.obtained_at,
            expires_at = excluded.expires_at, authorized_until = excluded.authorized_until,
            missing_scopes = excluded.missing_scopes, sealed = excluded.sealed,
            lease_holder = NULL, lease_until = NULL, refresh_began_at = NULL";
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

/// The columns that a lease depends on.
struct LeaseState {
    generation: u64,
    lease_until: Option<Timestamp>,
    refresh_began_at: Option<Timestamp>,
}

fn lease_state(
    tx: &Transaction<'_>,
    connection: &ConnectionName,
) -> Result<LeaseState, StoreError> {
    let sql = "SELECT generation, lease_until, refresh_began_at FROM token WHERE connection = ?1";
    let found = tx.query_row(sql, [connection.as_str()], |row| {
        Ok(LeaseState {
            generation: row.get::<_, Count>(0)?.0,
            lease_until: row.get::<_, Option<Millis>>(1)?.map(|at| at.0),
            refresh_began_at: row.get::<_, Option<Millis>>(2)?.map(|at| at.0),
        })
    });

    found
        .optional()?
        .ok_or_else(|| StoreError::not_found("token of connection", connection))
}

/// Returns true if a lease is still valid. One that would last longer than any lease does was
/// written under a clock that has been set back since.
fn is_valid(until: Timestamp, now: Timestamp) -> bool {
    until > now && until <= now + LEASE
}

impl Store {
    /// Returns the latest token of a connection.
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

    /// Asks for the lease to refresh a token. If `repeatable`, asking the application again does no
    /// harm, even if an earlier refresh was carried out and its response lost.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::OtherKey`].
    pub fn lease_token(
        &self,
        refresh: TokenRefresh<'_>,
        repeatable: bool,
        now: Timestamp,
    ) -> Result<Lease, StoreError> {
        self.write(|tx| {
            vault::require_key(tx, refresh.key_id)?;

            let state = lease_state(tx, refresh.connection)?;
            if state.generation != refresh.generation {
                return Ok(Lease::Refreshed);
            }
            if state.lease_until.is_some_and(|until| is_valid(until, now)) {
                return Ok(Lease::Held);
            }
            if let Some(began_at) = state.refresh_began_at
                && !repeatable
            {
                return Ok(Lease::Unsettled(began_at));
            }

            let sql = "
                UPDATE token SET lease_holder = ?2, lease_until = ?3, refresh_began_at = ?4
                WHERE connection = ?1";
            let until = Millis(now + LEASE);
            let values = params![
                refresh.connection.as_str(),
                refresh.holder,
                until,
                Millis(now)
            ];
            tx.execute(sql, values)?;
            Ok(Lease::Taken)
        })
    }

    /// Stores a refreshed token and releases the lease. Returns false, and stores nothing, if the
    /// caller no longer has the lease: the token was replaced in the meantime.
    pub fn record_token(
        &self,
        refresh: TokenRefresh<'_>,
        token: &NewToken<'_>,
    ) -> Result<bool, StoreError> {
        self.write(|tx| {
            vault::require_key(tx, refresh.key_id)?;

            let sql = "
                SELECT 1 FROM token
                WHERE connection = ?1 AND generation = ?2 AND lease_holder = ?3";
            let values = params![
                refresh.connection.as_str(),
                Count(refresh.generation),
                refresh.holder
            ];
            if !tx.prepare(sql)?.exists(values)? {
                return Ok(false);
            }

            put(tx, refresh.connection, token)?;
            Ok(true)
        })
    }

    /// Releases the lease without a new token. If `settled`, the old token is certainly unchanged.
    pub fn release_token(
        &self,
        refresh: TokenRefresh<'_>,
        settled: bool,
    ) -> Result<(), StoreError> {
        let sql = "
            UPDATE token SET
                lease_holder = NULL, lease_until = NULL,
                refresh_began_at = CASE WHEN ?4 THEN NULL ELSE refresh_began_at END
            WHERE connection = ?1 AND generation = ?2 AND lease_holder = ?3";
        let values = params![
            refresh.connection.as_str(),
            Count(refresh.generation),
            refresh.holder,
            settled
        ];

        self.write(|tx| Ok(tx.execute(sql, values).map(drop)?))
    }
}
