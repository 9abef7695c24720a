//! Accounts of a source.

use super::account_row::{COLUMNS, Content, Fingerprint, INSERT, UPDATE, account};
use super::reports;
use super::shared::{count, repetition, sorted_by_id};
use crate::convert::{Count, Millis, Use};
use crate::open_stream::OpenStream;
use crate::source::source_id;
use crate::{Source, Store, StoreError};
use purser_model::{Account, AccountRef, RejectedRow, Timestamp};
use rusqlite::{CachedStatement, OptionalExtension, Transaction, params};

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
            let sql = format!(
                "SELECT {COLUMNS}, missing_since FROM account
                 WHERE source_id = ?1 ORDER BY external_id"
            );
            let mut statement = tx.prepare_cached(&sql)?;
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

/// The stored facts that decide what has to be written.
struct Known {
    id: i64,
    fingerprint: Fingerprint,
    last_activity: Use,
    /// The generation in which this stream saw the account last; absent if it never did.
    seen_in: Option<i64>,
    /// True if complete reads lacked it.
    is_missing: bool,
}

/// The statements that store a page of accounts.
struct Writer<'a> {
    tx: &'a Transaction<'a>,
    stream: &'a OpenStream,
    /// True if other streams of the source may report the same accounts.
    may_share: bool,
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

    for account in sorted_by_id(rows, |account| &account.id) {
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
                    match writer.share(account, &known)? {
                        Some(shared) => {
                            let content = Content::new(&shared, &mut buffer)?;
                            writer.update(&shared, &content, &known)?
                        }
                        None => writer.update(account, &content, &known)?,
                    }
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

impl<'a> Writer<'a> {
    fn new(tx: &'a Transaction<'a>, stream: &'a OpenStream) -> Result<Self, StoreError> {
        let find = "
            SELECT id, fingerprint, last_activity, account_seen.generation, missing_since NOT NULL
            FROM account LEFT JOIN account_seen ON stream_id = ?3 AND account_id = account.id
            WHERE source_id = ?1 AND external_id = ?2";
        let mark_seen = "
            INSERT INTO account_seen (stream_id, account_id, generation, since)
            VALUES (?1, ?2, ?3, ?3)
            ON CONFLICT DO UPDATE SET generation = excluded.generation, missing_run = NULL";

        Ok(Self {
            tx,
            stream,
            may_share: reports::has_other_streams(tx, stream)?,
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
                is_missing: row.get(4)?,
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

    /// Keeps the report of an account that other streams see too. Returns the account as all of
    /// them tell it, or `None` if it is this stream's alone.
    fn share(&self, account: &Account, known: &Known) -> Result<Option<Account>, StoreError> {
        if self.may_share {
            reports::keep(self.tx, self.stream, known.id, account)
        } else {
            Ok(None)
        }
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
        if known.is_missing {
            let sql = "UPDATE account SET missing_since = NULL WHERE id = ?1";
            self.tx.prepare_cached(sql)?.execute([known.id])?;
        }
        Ok(known.id)
    }

    fn mark_seen(&mut self, id: i64) -> Result<(), StoreError> {
        let values = params![self.stream.id, id, self.stream.generation];
        self.mark_seen.execute(values)?;
        Ok(())
    }
}
