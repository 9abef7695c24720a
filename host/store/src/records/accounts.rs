//! Accounts of a source.

use super::{count, in_order, repetition};
use crate::checkpoints::OpenStream;
use crate::convert::{Json, Millis, Use, Word};
use crate::runs::source_id;
use crate::{Source, Store, StoreError};
use purser_model::{Account, RejectedRow};
use rusqlite::{CachedStatement, OptionalExtension, Row, Transaction, params};
use sha2::{Digest as _, Sha256};

type Fingerprint = [u8; 16];

impl Store {
    /// Shows every account of a source, in the order of their identifiers and from one state of the store, with the activity that the
    /// account itself came with; [`Store::each_activity`] shows what activity streams told, by product. The store is busy meanwhile:
    /// `visit` must not call it.
    ///
    /// Every account that was reported and not yet found missing is shown, also before its stream was first complete;
    /// [`Store::last_complete_at`] tells.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn each_account(&self, source: &Source, mut visit: impl FnMut(Account)) -> Result<(), StoreError> {
        self.read(|tx| {
            let sql =
                "SELECT external_id, principal_name, display_name, given_name, family_name, employee_number, kind,
                              status, created_at, emails, seats, attributes, last_activity
                       FROM account WHERE source_id = ?1 ORDER BY external_id";
            let mut statement = tx.prepare_cached(sql)?;
            let mut rows = statement.query([source_id(tx, source)?])?;
            while let Some(row) = rows.next()? {
                visit(account(row)?);
            }
            Ok(())
        })
    }

    /// All that [`Store::each_account`] shows.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn accounts(&self, source: &Source) -> Result<Vec<Account>, StoreError> {
        let mut accounts = Vec::new();
        self.each_account(source, |account| accounts.push(account))?;
        Ok(accounts)
    }
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        principal_name: row.get(1)?,
        display_name: row.get(2)?,
        given_name: row.get(3)?,
        family_name: row.get(4)?,
        employee_number: row.get(5)?,
        kind: row.get::<_, Word<_>>(6)?.0,
        status: row.get::<_, Word<_>>(7)?.0,
        created_at: row.get::<_, Option<Millis>>(8)?.map(|at| at.0),
        emails: row.get::<_, Json<_>>(9)?.0,
        seats: row.get::<_, Json<_>>(10)?.0,
        attributes: row.get::<_, Json<_>>(11)?.0,
        last_activity: row.get::<_, Use>(12)?.0,
    })
}

/// What is stored of an account, as far as it decides what is to be written.
struct Known {
    id: i64,
    fingerprint: Fingerprint,
    last_activity: Use,
    /// The generation in which this stream saw it last.
    seen_in: Option<i64>,
}

/// The statements for a page of accounts.
struct Writer<'a> {
    stream: &'a OpenStream,
    tx: &'a Transaction<'a>,
    find: CachedStatement<'a>,
    put: CachedStatement<'a>,
    see: CachedStatement<'a>,
}

/// Stores a page of accounts; gives those that the generation had seen before.
pub(super) fn store(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    rows: &[Account],
) -> Result<Vec<RejectedRow>, StoreError> {
    let mut writer = Writer::new(tx, stream)?;
    let mut repeated = Vec::new();
    for account in in_order(rows, "account", |account| &account.id)? {
        let known = writer.find(&account.id)?;
        if known.as_ref().is_some_and(|known| known.seen_in == Some(stream.generation)) {
            repeated.push(repetition(&account.id));
        } else {
            let id = writer.put(account, known)?;
            writer.see.execute(params![stream.id, id, stream.generation])?;
        }
    }
    Ok(repeated)
}

/// Removes accounts that no stream sees any more.
pub(super) fn sweep(tx: &Transaction<'_>, stream: &OpenStream) -> Result<u64, StoreError> {
    let sql = "DELETE FROM account
               WHERE id IN (SELECT account_id FROM sighting WHERE stream_id = ?1 AND generation < ?2)
                 AND NOT EXISTS (SELECT 1 FROM stream JOIN sighting ON sighting.stream_id = stream.id
                                 WHERE stream.source_id = ?3 AND stream.id <> ?1 AND sighting.account_id = account.id)";
    let removed = tx.execute(sql, params![stream.id, stream.generation, stream.source_id])?;
    let sql = "DELETE FROM sighting WHERE stream_id = ?1 AND generation < ?2";
    tx.execute(sql, params![stream.id, stream.generation])?;
    Ok(count(removed))
}

impl<'a> Writer<'a> {
    fn new(tx: &'a Transaction<'a>, stream: &'a OpenStream) -> Result<Self, StoreError> {
        let find = "SELECT id, fingerprint, last_activity, sighting.generation
                    FROM account LEFT JOIN sighting ON stream_id = ?3 AND account_id = account.id
                    WHERE source_id = ?1 AND external_id = ?2";
        let see = "INSERT INTO sighting (stream_id, account_id, generation, since) VALUES (?1, ?2, ?3, ?3)
                   ON CONFLICT DO UPDATE SET generation = excluded.generation";
        let (find, see) = (tx.prepare_cached(find)?, tx.prepare_cached(see)?);
        Ok(Self { stream, tx, find, put: tx.prepare_cached(PUT)?, see })
    }

    fn find(&mut self, id: &str) -> Result<Option<Known>, StoreError> {
        let known = self.find.query_row(params![self.stream.source_id, id, self.stream.id], |row| {
            Ok(Known { id: row.get(0)?, fingerprint: row.get(1)?, last_activity: row.get(2)?, seen_in: row.get(3)? })
        });
        Ok(known.optional()?)
    }

    /// Writes as little as brings the stored account to what was reported; gives its number.
    fn put(&mut self, account: &Account, known: Option<Known>) -> Result<i64, StoreError> {
        let fingerprint = fingerprint(account)?;
        match known {
            Some(known) if known.fingerprint == fingerprint => {
                if Use(account.last_activity) > known.last_activity {
                    let sql = "UPDATE account SET last_activity = ?2 WHERE id = ?1";
                    self.tx.prepare_cached(sql)?.execute(params![known.id, Use(account.last_activity)])?;
                }
                Ok(known.id)
            }
            Some(known) => {
                self.put_whole(account, &fingerprint)?;
                Ok(known.id)
            }
            None => {
                self.put_whole(account, &fingerprint)?;
                Ok(self.tx.last_insert_rowid())
            }
        }
    }

    fn put_whole(&mut self, account: &Account, fingerprint: &Fingerprint) -> Result<(), StoreError> {
        self.put.execute(params![
            self.stream.source_id,
            account.id,
            fingerprint,
            Use(account.last_activity),
            account.principal_name,
            account.display_name,
            account.given_name,
            account.family_name,
            account.employee_number,
            Word(account.kind),
            Word(account.status),
            account.created_at.map(Millis),
            Json(&account.emails),
            Json(&account.seats),
            Json(&account.attributes),
        ])?;
        Ok(())
    }
}

const PUT: &str = "
    INSERT INTO account (source_id, external_id, fingerprint, last_activity, principal_name, display_name, given_name,
                         family_name, employee_number, kind, status, created_at, emails, seats, attributes)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
    ON CONFLICT (source_id, external_id) DO UPDATE SET
        fingerprint = excluded.fingerprint, last_activity = max(account.last_activity, excluded.last_activity),
        principal_name = excluded.principal_name, display_name = excluded.display_name,
        given_name = excluded.given_name, family_name = excluded.family_name,
        employee_number = excluded.employee_number, kind = excluded.kind, status = excluded.status,
        created_at = excluded.created_at, emails = excluded.emails, seats = excluded.seats,
        attributes = excluded.attributes";

/// 128 bits of a digest of all but the identifier, by which the account was found, and the last activity, which is compared by itself. To
/// compare it is several times cheaper than to compare the row; a connector that forged a collision would fool its own source only.
fn fingerprint(account: &Account) -> Result<Fingerprint, StoreError> {
    let content = (
        (&account.principal_name, &account.display_name, &account.given_name, &account.family_name),
        (&account.employee_number, account.kind, account.status, account.created_at.map(|at| at.as_millisecond())),
        (&account.emails, &account.seats, &account.attributes),
    );
    let bytes = serde_json::to_vec(&content).map_err(|error| StoreError::Statement(error.to_string()))?;
    let (half, _) = Sha256::digest(bytes).split::<sha2::digest::consts::U16>();
    Ok(half.into())
}
