//! Reports of accounts that several streams report, kept apart so that each can change or end by
//! itself. Most accounts have one stream, and no row here.

use super::account_row::{read_account, rewrite};
use super::merge::{Report, merge};
use crate::StoreError;
use crate::convert::{Json, Word};
use crate::open_stream::OpenStream;
use purser_model::{Account, LastActivity, RunId, StreamKind};
use rusqlite::{Transaction, params};

/// Returns true if the source has other streams of accounts, so that accounts may be shared.
pub(super) fn has_other_streams(
    tx: &Transaction<'_>,
    stream: &OpenStream,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM stream WHERE source_id = ?1 AND kind = ?2 AND id <> ?3";
    let mut statement = tx.prepare_cached(sql)?;
    let values = params![stream.source_id, Word(StreamKind::Accounts), stream.id];
    Ok(statement.exists(values)?)
}

/// Keeps a stream's report of an account that other streams see too. Returns the account as all of
/// them tell it, or `None` if no other stream sees it.
pub(super) fn keep(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    row: i64,
    report: &Account,
) -> Result<Option<Account>, StoreError> {
    let others = other_viewers(tx, stream, row)?;
    let Some(other) = others.first() else {
        return Ok(None);
    };

    // why: so far one stream reported it, and the stored account is what that stream told
    if !has_reports(tx, row)? {
        put(tx, row, *other, &read_account(tx, row)?)?;
    }
    put(tx, row, stream.id, report)?;
    // why: this report shows that the stream lists it again
    let sql = "UPDATE account_seen SET missing_run = NULL WHERE stream_id = ?1 AND account_id = ?2";
    tx.prepare_cached(sql)?.execute([stream.id, row])?;

    let merged = merge_reports(tx, row)?;
    Ok(merged.map(|account| Account {
        last_activity: report.last_activity,
        ..account
    }))
}

/// Keeps an empty report of an account that a stream lists for the first time, and unreadably.
/// Otherwise a later report would be taken for that of another stream.
pub(super) fn keep_unreadable(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    row: i64,
    id: &str,
) -> Result<(), StoreError> {
    let sql = "SELECT 1 FROM account_seen WHERE stream_id = ?1 AND account_id = ?2";
    if tx.prepare_cached(sql)?.exists(params![stream.id, row])? {
        return Ok(());
    }

    let nothing = Account {
        id: id.to_owned(),
        ..Account::default()
    };
    keep(tx, stream, row, &nothing)?;
    Ok(())
}

/// Deletes the reports of streams that no longer see their accounts, and brings accounts up to date
/// whose streams lack them since this run.
pub(crate) fn settle(tx: &Transaction<'_>, run: RunId, source: i64) -> Result<(), StoreError> {
    let sql = "
        SELECT DISTINCT report.account_id
        FROM account JOIN account_report AS report ON report.account_id = account.id
        LEFT JOIN account_seen AS seen
          ON seen.stream_id = report.stream_id AND seen.account_id = report.account_id
        WHERE source_id = ?1 AND (seen.account_id IS NULL OR seen.missing_run = ?2)";
    let mut statement = tx.prepare_cached(sql)?;
    let changed = statement
        .query_map(params![source, run.0], |row| row.get::<_, i64>(0))?
        .collect::<Result<Vec<_>, _>>()?;

    for row in changed {
        let sql = "
            DELETE FROM account_report WHERE account_id = ?1 AND NOT EXISTS (
                SELECT 1 FROM account_seen AS seen
                WHERE seen.stream_id = account_report.stream_id AND seen.account_id = ?1)";
        tx.prepare_cached(sql)?.execute([row])?;

        if let Some(account) = merge_reports(tx, row)? {
            rewrite(tx, row, &account)?;
        }
        forget_last(tx, row)?;
    }
    Ok(())
}

/// Deletes the only report that an account has left: the account itself is what it tells.
fn forget_last(tx: &Transaction<'_>, row: i64) -> Result<(), StoreError> {
    let sql = "
        DELETE FROM account_report WHERE account_id = ?1 AND 1 = (
            SELECT count(*) FROM account_report WHERE account_id = ?1)";
    tx.prepare_cached(sql)?.execute([row])?;
    Ok(())
}

/// Returns the other streams that see an account, in the order of their names.
fn other_viewers(
    tx: &Transaction<'_>,
    stream: &OpenStream,
    row: i64,
) -> Result<Vec<i64>, StoreError> {
    let sql = "
        SELECT stream.id FROM stream JOIN account_seen ON stream_id = stream.id AND account_id = ?3
        WHERE source_id = ?1 AND stream.id <> ?2 ORDER BY name";
    let mut statement = tx.prepare_cached(sql)?;
    let found = statement.query_map(params![stream.source_id, stream.id, row], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn has_reports(tx: &Transaction<'_>, row: i64) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM account_report WHERE account_id = ?1";
    Ok(tx.prepare_cached(sql)?.exists([row])?)
}

/// Stores a report without its activity: that only moves forward, and the account has the latest.
fn put(tx: &Transaction<'_>, row: i64, stream: i64, report: &Account) -> Result<(), StoreError> {
    let report = Account {
        last_activity: LastActivity::Unknown,
        ..report.clone()
    };
    let sql = "
        INSERT INTO account_report (account_id, stream_id, report) VALUES (?1, ?2, ?3)
        ON CONFLICT DO UPDATE SET report = excluded.report";
    tx.prepare_cached(sql)?
        .execute(params![row, stream, Json(&report)])?;
    Ok(())
}

/// Merges the reports of an account; `None` if it has none.
fn merge_reports(tx: &Transaction<'_>, row: i64) -> Result<Option<Account>, StoreError> {
    let sql = "
        SELECT report, seen.missing_run IS NULL
        FROM account_report LEFT JOIN account_seen AS seen
          ON seen.stream_id = account_report.stream_id AND seen.account_id = ?1
        WHERE account_report.account_id = ?1";
    let mut statement = tx.prepare_cached(sql)?;
    let reports = statement
        .query_map([row], |row| {
            Ok(Report {
                account: row.get::<_, Json<Account>>(0)?.0,
                is_listed: row.get(1)?,
            })
        })?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(merge(reports))
}
