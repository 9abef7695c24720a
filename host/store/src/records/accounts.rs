//! Accounts of a source.

use super::shared::{count, repetition, sorted_by_id};
use crate::convert::{Count, Json, Millis, Use, Word};
use crate::open_stream::OpenStream;
use crate::source::source_id;
use crate::{Source, Store, StoreError};
use purser_model::{Account, AccountRef, RejectedRow, Timestamp};
use rusqlite::{CachedStatement, OptionalExtension, Row, Transaction, params};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

type Fingerprint = [u8; 16];

/// A stored account of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAccount {
    /// The account, as its streams report it.
    pub account: Account,
    /// The instant of the first complete read that lacked it; absent while the application lists
    /// it. Such an account still counts: it is removed only when a complete read of a later run
    /// lacks it too.
    pub missing_since: Option<Timestamp>,
}

impl Store {
    /// Visits every account of a source, ordered by identifier and from one state of the store. The
    /// activity is the one that the account itself came with; [`Store::each_activity`] visits what
    /// activity streams reported, by product. The store is locked meanwhile: `visit` must not call
    /// it.
    ///
    /// Visits every account that was reported and not removed since, also before its stream was
    /// first complete, and those that are missing until a second read confirms it.
    pub fn each_account(
        &self,
        source: &Source,
        mut visit: impl FnMut(KnownAccount),
    ) -> Result<(), StoreError> {
        self.read(|tx| {
            let sql = "
                SELECT external_id, principal_name, display_name, given_name, family_name,
                       employee_number, kind, status, created_at, emails, seats, attributes,
                       last_activity, warnings, missing_since
                FROM account WHERE source_id = ?1 ORDER BY external_id";
            let mut statement = tx.prepare_cached(sql)?;
            let mut rows = statement.query([source_id(tx, source)?])?;

            while let Some(row) = rows.next()? {
                visit(KnownAccount {
                    account: account(row)?,
                    missing_since: row.get::<_, Option<Millis>>(14)?.map(|at| at.0),
                });
            }
            Ok(())
        })
    }

    /// Returns up to `most` accounts of a source after an identifier, ordered by identifier.
    pub fn accounts_after(
        &self,
        source: &Source,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<AccountRef>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT external_id, principal_name FROM account
                       WHERE source_id = ?1 AND external_id > ?2 ORDER BY external_id LIMIT ?3";
            let mut statement = tx.prepare_cached(sql)?;
            let source = source_id(tx, source)?;
            // why: no identifier is empty, so that every one comes after the empty text
            let after = after.unwrap_or_default();

            let rows = statement.query_map(params![source, after, Count(count(most))], |row| {
                Ok(AccountRef {
                    id: row.get(0)?,
                    principal_name: row.get(1)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Returns all accounts that [`Store::each_account`] visits.
    pub fn accounts(&self, source: &Source) -> Result<Vec<Account>, StoreError> {
        let mut accounts = Vec::new();
        self.each_account(source, |known| accounts.push(known.account))?;
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
        warnings: row.get::<_, Json<_>>(13)?.0,
    })
}

/// The stored facts that decide what has to be written.
struct Known {
    id: i64,
    fingerprint: Fingerprint,
    last_activity: Use,
    /// The generation in which this stream saw the account last; absent if it never did.
    seen_in: Option<i64>,
}

/// The statements that store a page of accounts.
struct Writer<'a> {
    tx: &'a Transaction<'a>,
    stream: &'a OpenStream,
    find: CachedStatement<'a>,
    insert: CachedStatement<'a>,
    update: CachedStatement<'a>,
    update_activity: CachedStatement<'a>,
    mark_seen: CachedStatement<'a>,
}

/// Stores a page of accounts; returns those that the generation had seen before.
pub(super) fn store(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    rows: &[Account],
) -> Result<Vec<RejectedRow>, StoreError> {
    let mut writer = Writer::new(tx, stream)?;
    let mut repeated = Vec::new();
    let mut buffer = Vec::new();
    // why: new accounts come in crowds, so after one that was new the next is inserted unseen,
    // which saves the look-up
    let mut expect_new = true;

    for account in sorted_by_id(rows, "account", |account| &account.id)? {
        let content = Content::new(account, &mut buffer)?;
        let inserted = if expect_new {
            writer.insert(account, &content)?
        } else {
            None
        };

        let id = match inserted {
            Some(id) => id,
            None => match writer.find(&account.id)? {
                Some(known) if known.seen_in == Some(stream.generation) => {
                    repeated.push(repetition(&account.id));
                    continue;
                }
                Some(known) => {
                    expect_new = false;
                    writer.update(account, &content, &known)?
                }
                None => {
                    expect_new = true;
                    let inserted = writer.insert(account, &content)?;
                    inserted.ok_or_else(|| {
                        StoreError::Statement("an account was neither found nor inserted".into())
                    })?
                }
            },
        };
        writer.mark_seen(id)?;
    }
    Ok(repeated)
}

/// Deletes accounts that no stream sees any more; returns how many.
pub(super) fn delete_unseen(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    since: i64,
) -> Result<u64, StoreError> {
    let sql = "
        DELETE FROM account
        WHERE id IN (
                SELECT account_id FROM account_seen WHERE stream_id = ?1 AND generation < ?2)
          AND NOT EXISTS (
                SELECT 1 FROM stream JOIN account_seen ON account_seen.stream_id = stream.id
                WHERE stream.source_id = ?3 AND stream.id <> ?1
                  AND account_seen.account_id = account.id)";
    let removed = tx.execute(sql, params![stream.id, since, stream.source_id])?;

    let sql = "DELETE FROM account_seen WHERE stream_id = ?1 AND generation < ?2";
    tx.execute(sql, params![stream.id, since])?;
    Ok(count(removed))
}

impl<'a> Writer<'a> {
    fn new(tx: &'a Transaction<'a>, stream: &'a OpenStream) -> Result<Self, StoreError> {
        let find = "
            SELECT id, fingerprint, last_activity, account_seen.generation
            FROM account LEFT JOIN account_seen ON stream_id = ?3 AND account_id = account.id
            WHERE source_id = ?1 AND external_id = ?2";
        let mark_seen = "
            INSERT INTO account_seen (stream_id, account_id, generation, since)
            VALUES (?1, ?2, ?3, ?3)
            ON CONFLICT DO UPDATE SET generation = excluded.generation";

        Ok(Self {
            tx,
            stream,
            find: tx.prepare_cached(find)?,
            insert: tx.prepare_cached(INSERT)?,
            update: tx.prepare_cached(UPDATE)?,
            update_activity: tx
                .prepare_cached("UPDATE account SET last_activity = ?2 WHERE id = ?1")?,
            mark_seen: tx.prepare_cached(mark_seen)?,
        })
    }

    fn find(&mut self, id: &str) -> Result<Option<Known>, StoreError> {
        let values = params![self.stream.source_id, id, self.stream.id];
        let known = self.find.query_row(values, |row| {
            Ok(Known {
                id: row.get(0)?,
                fingerprint: row.get(1)?,
                last_activity: row.get(2)?,
                seen_in: row.get(3)?,
            })
        });
        Ok(known.optional()?)
    }

    /// Inserts an account and returns its row id; `None` if its identifier is taken.
    fn insert(&mut self, account: &Account, content: &Content) -> Result<Option<i64>, StoreError> {
        self.insert.raw_bind_parameter(1, self.stream.source_id)?;
        self.insert.raw_bind_parameter(2, &account.id)?;
        content.bind(&mut self.insert, account)?;

        let inserted = self.insert.raw_execute()?;
        Ok((inserted > 0).then(|| self.tx.last_insert_rowid()))
    }

    /// Writes as little as brings the stored account up to date; returns its row id.
    fn update(
        &mut self,
        account: &Account,
        content: &Content,
        known: &Known,
    ) -> Result<i64, StoreError> {
        if known.fingerprint != content.fingerprint {
            self.update.raw_bind_parameter(1, known.id)?;
            content.bind(&mut self.update, account)?;
            self.update.raw_execute()?;
        } else if Use(account.last_activity) > known.last_activity {
            self.update_activity
                .execute(params![known.id, Use(account.last_activity)])?;
        }
        Ok(known.id)
    }

    fn mark_seen(&mut self, id: i64) -> Result<(), StoreError> {
        let values = params![self.stream.id, id, self.stream.generation];
        self.mark_seen.execute(values)?;
        Ok(())
    }
}

const INSERT: &str = "
    INSERT INTO account (
        source_id, external_id, fingerprint, last_activity, principal_name, display_name,
        given_name, family_name, employee_number, kind, status, created_at, emails, seats,
        attributes, warnings)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
    ON CONFLICT (source_id, external_id) DO NOTHING";

const UPDATE: &str = "
    UPDATE account SET
        fingerprint = ?3, last_activity = max(last_activity, ?4), principal_name = ?5,
        display_name = ?6, given_name = ?7, family_name = ?8, employee_number = ?9, kind = ?10,
        status = ?11, created_at = ?12, emails = ?13, seats = ?14, attributes = ?15,
        warnings = ?16
    WHERE id = ?1";

/// The columns of an account that are computed before it is written.
struct Content {
    /// The first 128 bits of a digest of everything but the identifier and the last activity. The
    /// account is found by the former, and the latter is compared by itself. Comparing digests is
    /// several times faster than comparing rows. A connector that forged a collision would deceive
    /// its own source only.
    fingerprint: Fingerprint,
    emails: String,
    seats: String,
    attributes: String,
    warnings: String,
}

impl Content {
    /// Computes the columns. `buffer` is reused from account to account.
    fn new(account: &Account, buffer: &mut Vec<u8>) -> Result<Self, StoreError> {
        let emails = json(&account.emails)?;
        let seats = json(&account.seats)?;
        let attributes = json(&account.attributes)?;
        let warnings = json(&account.warnings)?;

        buffer.clear();
        let names = [
            &account.principal_name,
            &account.display_name,
            &account.given_name,
            &account.family_name,
            &account.employee_number,
        ];
        for name in names {
            append(buffer, name.as_deref().map(str::as_bytes));
        }

        let created_at = account
            .created_at
            .map(|at| at.as_millisecond().to_le_bytes());
        append(buffer, created_at.as_ref().map(<[u8; 8]>::as_slice));

        let words = [account.kind.as_str(), account.status.as_str()];
        for text in words.into_iter().chain([&*emails, &seats, &attributes]) {
            append(buffer, Some(text.as_bytes()));
        }
        // why: the fingerprints of accounts without warnings stay those of earlier versions
        if !account.warnings.is_empty() {
            append(buffer, Some(warnings.as_bytes()));
        }

        let (fingerprint, _) = Sha256::digest(buffer).split::<sha2::digest::consts::U16>();
        Ok(Self {
            fingerprint: fingerprint.into(),
            emails,
            seats,
            attributes,
            warnings,
        })
    }

    /// Binds the columns after the key.
    fn bind(
        &self,
        statement: &mut CachedStatement<'_>,
        account: &Account,
    ) -> Result<(), StoreError> {
        statement.raw_bind_parameter(3, self.fingerprint)?;
        statement.raw_bind_parameter(4, Use(account.last_activity))?;
        statement.raw_bind_parameter(5, &account.principal_name)?;
        statement.raw_bind_parameter(6, &account.display_name)?;
        statement.raw_bind_parameter(7, &account.given_name)?;
        statement.raw_bind_parameter(8, &account.family_name)?;
        statement.raw_bind_parameter(9, &account.employee_number)?;
        statement.raw_bind_parameter(10, account.kind.as_str())?;
        statement.raw_bind_parameter(11, account.status.as_str())?;
        statement.raw_bind_parameter(12, account.created_at.map(Millis))?;
        statement.raw_bind_parameter(13, &self.emails)?;
        statement.raw_bind_parameter(14, &self.seats)?;
        statement.raw_bind_parameter(15, &self.attributes)?;
        statement.raw_bind_parameter(16, &self.warnings)?;
        Ok(())
    }
}

fn json<T: Serialize>(list: &[T]) -> Result<String, StoreError> {
    // why: most accounts have empty lists, and the serializer is slower than this
    if list.is_empty() {
        return Ok("[]".to_owned());
    }
    serde_json::to_string(list).map_err(|error| StoreError::Statement(error.to_string()))
}

/// Appends a text with its length, so that no other division of the same bytes, and no absent text,
/// gives the same digest.
fn append(buffer: &mut Vec<u8>, text: Option<&[u8]>) {
    let length = text.map_or(u64::MAX, |text| text.len() as u64);
    buffer.extend_from_slice(&length.to_le_bytes());
    buffer.extend_from_slice(text.unwrap_or_default());
}
