//! Accounts of a source.

use super::{count, in_order, repetition};
use crate::checkpoints::OpenStream;
use crate::convert::{Count, Json, Millis, Use, Word};
use crate::runs::source_id;
use crate::{Source, Store, StoreError};
use purser_model::{Account, AccountRef, RejectedRow};
use rusqlite::{CachedStatement, OptionalExtension, Row, Transaction, params};
use serde::Serialize;
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
    pub fn each_account(
        &self,
        source: &Source,
        mut visit: impl FnMut(Account),
    ) -> Result<(), StoreError> {
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

    /// Up to so many accounts of a source behind an identifier, in the order of their identifiers.
    ///
    /// # Errors
    /// When the store cannot be read.
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
            // No identifier is empty, so that every one lies behind the empty text.
            let values = params![
                source_id(tx, source)?,
                after.unwrap_or_default(),
                Count(count(most))
            ];
            let rows = statement.query_map(values, |row| {
                Ok(AccountRef {
                    id: row.get(0)?,
                    principal_name: row.get(1)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
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
    tx: &'a Transaction<'a>,
    stream: &'a OpenStream,
    find: CachedStatement<'a>,
    insert: CachedStatement<'a>,
    update: CachedStatement<'a>,
    use_later: CachedStatement<'a>,
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
    // New accounts come in crowds: where the one before was new, this one is inserted unseen, which saves looking for it.
    let (mut crowd, mut text) = (true, Vec::new());
    for account in in_order(rows, "account", |account| &account.id)? {
        let content = Content::of(account, &mut text)?;
        let new = if crowd {
            writer.insert(account, &content)?
        } else {
            None
        };
        let id = match new {
            Some(id) => id,
            None => match writer.find(&account.id)? {
                Some(Known { seen_in, .. }) if seen_in == Some(stream.generation) => {
                    repeated.push(repetition(&account.id));
                    continue;
                }
                Some(known) => {
                    crowd = false;
                    writer.bring_up(account, &content, &known)?
                }
                None => {
                    crowd = true;
                    let inserted = writer.insert(account, &content)?;
                    inserted.ok_or_else(|| {
                        StoreError::Statement("an account is there and is not".into())
                    })?
                }
            },
        };
        writer
            .see
            .execute(params![stream.id, id, stream.generation])?;
    }
    Ok(repeated)
}

/// Removes accounts that no stream sees any more.
pub(super) fn sweep(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    since: i64,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM account
               WHERE id IN (SELECT account_id FROM sighting WHERE stream_id = ?1 AND generation < ?2)
                 AND NOT EXISTS (SELECT 1 FROM stream JOIN sighting ON sighting.stream_id = stream.id
                                 WHERE stream.source_id = ?3 AND stream.id <> ?1 AND sighting.account_id = account.id)";
    let removed = tx.execute(sql, params![stream.id, since, stream.source_id])?;
    let sql = "DELETE FROM sighting WHERE stream_id = ?1 AND generation < ?2";
    tx.execute(sql, params![stream.id, since])?;
    Ok(count(removed))
}

impl<'a> Writer<'a> {
    fn new(tx: &'a Transaction<'a>, stream: &'a OpenStream) -> Result<Self, StoreError> {
        let find = "SELECT id, fingerprint, last_activity, sighting.generation
                    FROM account LEFT JOIN sighting ON stream_id = ?3 AND account_id = account.id
                    WHERE source_id = ?1 AND external_id = ?2";
        let see = "INSERT INTO sighting (stream_id, account_id, generation, since) VALUES (?1, ?2, ?3, ?3)
                   ON CONFLICT DO UPDATE SET generation = excluded.generation";
        Ok(Self {
            tx,
            stream,
            find: tx.prepare_cached(find)?,
            insert: tx.prepare_cached(INSERT)?,
            update: tx.prepare_cached(UPDATE)?,
            use_later: tx.prepare_cached("UPDATE account SET last_activity = ?2 WHERE id = ?1")?,
            see: tx.prepare_cached(see)?,
        })
    }

    fn find(&mut self, id: &str) -> Result<Option<Known>, StoreError> {
        let known =
            self.find
                .query_row(params![self.stream.source_id, id, self.stream.id], |row| {
                    Ok(Known {
                        id: row.get(0)?,
                        fingerprint: row.get(1)?,
                        last_activity: row.get(2)?,
                        seen_in: row.get(3)?,
                    })
                });
        Ok(known.optional()?)
    }

    /// Inserts an account, and gives its number; nothing where there is one with its identifier.
    fn insert(&mut self, account: &Account, content: &Content) -> Result<Option<i64>, StoreError> {
        self.insert.raw_bind_parameter(1, self.stream.source_id)?;
        self.insert.raw_bind_parameter(2, &account.id)?;
        content.bind(&mut self.insert, account)?;
        let inserted = self.insert.raw_execute()?;
        Ok((inserted > 0).then(|| self.tx.last_insert_rowid()))
    }

    /// Writes as little as brings the stored account to what was reported; gives its number.
    fn bring_up(
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
            self.use_later
                .execute(params![known.id, Use(account.last_activity)])?;
        }
        Ok(known.id)
    }
}

const INSERT: &str = "
    INSERT INTO account (source_id, external_id, fingerprint, last_activity, principal_name, display_name, given_name,
                         family_name, employee_number, kind, status, created_at, emails, seats, attributes)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
    ON CONFLICT (source_id, external_id) DO NOTHING";

const UPDATE: &str = "
    UPDATE account SET
        fingerprint = ?3, last_activity = max(last_activity, ?4), principal_name = ?5, display_name = ?6, given_name = ?7,
        family_name = ?8, employee_number = ?9, kind = ?10, status = ?11, created_at = ?12, emails = ?13, seats = ?14,
        attributes = ?15
    WHERE id = ?1";

/// What of an account has to be made before it can be written.
struct Content {
    /// 128 bits of a digest of all but the identifier, by which the account was found, and the last activity, which is compared by itself. To
    /// compare it is several times cheaper than to compare the row; a connector that forged a collision would fool its own source only.
    fingerprint: Fingerprint,
    emails: String,
    seats: String,
    attributes: String,
}

impl Content {
    /// `text` is room to write in.
    fn of(account: &Account, text: &mut Vec<u8>) -> Result<Self, StoreError> {
        let (emails, seats, attributes) = (
            json(&account.emails)?,
            json(&account.seats)?,
            json(&account.attributes)?,
        );
        text.clear();
        let names = [
            &account.principal_name,
            &account.display_name,
            &account.given_name,
            &account.family_name,
        ];
        for name in names.into_iter().chain([&account.employee_number]) {
            append(text, name.as_deref().map(str::as_bytes));
        }
        append(
            text,
            account
                .created_at
                .map(|at| at.as_millisecond().to_le_bytes())
                .as_ref()
                .map(<[u8; 8]>::as_slice),
        );
        for part in [
            account.kind.as_str(),
            account.status.as_str(),
            &emails,
            &seats,
            &attributes,
        ] {
            append(text, Some(part.as_bytes()));
        }
        let (half, _) = Sha256::digest(text).split::<sha2::digest::consts::U16>();
        Ok(Self {
            fingerprint: half.into(),
            emails,
            seats,
            attributes,
        })
    }

    /// Binds the columns behind the key.
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
        Ok(())
    }
}

fn json<T: Serialize>(list: &[T]) -> Result<String, StoreError> {
    if list.is_empty() {
        return Ok("[]".to_owned());
    }
    serde_json::to_string(list).map_err(|error| StoreError::Statement(error.to_string()))
}

/// Adds a part to a text, told apart from any other division of the same bytes, and from none.
fn append(text: &mut Vec<u8>, part: Option<&[u8]>) {
    let length = part.map_or(u64::MAX, |part| part.len() as u64);
    text.extend_from_slice(&length.to_le_bytes());
    text.extend_from_slice(part.unwrap_or_default());
}
