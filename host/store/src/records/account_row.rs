//! The row of an account: reading and writing of its columns.

use crate::StoreError;
use crate::convert::{Json, Millis, Use, Word};
use purser_model::Account;
use rusqlite::{CachedStatement, Row, Transaction};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The first 128 bits of a digest of an account's columns.
pub(super) type Fingerprint = [u8; 16];

/// Returns a stored account by its row.
pub(super) fn read_account(tx: &Transaction<'_>, row: i64) -> Result<Account, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM account WHERE id = ?1");
    Ok(tx.prepare_cached(&sql)?.query_row([row], account)?)
}

/// Stores what is known of an account now.
pub(super) fn rewrite(tx: &Transaction<'_>, row: i64, account: &Account) -> Result<(), StoreError> {
    let mut buffer = Vec::new();
    let content = Content::new(account, &mut buffer)?;

    let mut update = tx.prepare_cached(UPDATE)?;
    update.raw_bind_parameter(1, row)?;
    content.bind(&mut update, account)?;
    update.raw_execute()?;
    Ok(())
}

pub(super) const COLUMNS: &str = "
    external_id, principal_name, display_name, given_name, family_name, employee_number, kind,
    status, created_at, emails, seats, attributes, last_activity, warnings";

pub(super) fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
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

pub(super) const INSERT: &str = "
    INSERT INTO account (
        source_id, external_id, fingerprint, last_activity, principal_name, display_name,
        given_name, family_name, employee_number, kind, status, created_at, emails, seats,
        attributes, warnings)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
    ON CONFLICT (source_id, external_id) DO NOTHING";

pub(super) const UPDATE: &str = "
    UPDATE account SET
        fingerprint = ?3, last_activity = max(last_activity, ?4), principal_name = ?5,
        display_name = ?6, given_name = ?7, family_name = ?8, employee_number = ?9, kind = ?10,
        status = ?11, created_at = ?12, emails = ?13, seats = ?14, attributes = ?15,
        warnings = ?16
    WHERE id = ?1";

/// The columns of an account that are computed before it is written.
pub(super) struct Content {
    /// The first 128 bits of a digest of everything but the identifier and the last activity. The
    /// account is found by the former, and the latter is compared by itself. Comparing digests is
    /// several times faster than comparing rows. A connector that forged a collision would deceive
    /// its own source only.
    pub(super) fingerprint: Fingerprint,
    emails: String,
    seats: String,
    attributes: String,
    warnings: String,
}

impl Content {
    /// Computes the columns. `buffer` is reused from account to account.
    pub(super) fn new(account: &Account, buffer: &mut Vec<u8>) -> Result<Self, StoreError> {
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
    pub(super) fn bind(
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
