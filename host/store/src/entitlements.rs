//! Entitlements: the rights that a company owns, each known by application, product and reference.

use crate::convert::{Text, Word};
use crate::import_mode::ImportMode;
use crate::{Store, StoreError};
use jiff::civil::Date;
use purser_model::{Currency, Entitlement, Money};
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use rust_decimal::Decimal;
use std::collections::HashSet;

/// The counts of an import of entitlements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EntitlementImport {
    /// Entitlements that were not known.
    pub added: u64,
    /// Entitlements that were known with other data.
    pub changed: u64,
    /// Entitlements that were known with the same data.
    pub unchanged: u64,
}

const SELECT: &str = "
    SELECT application, product, reference, quantity, amount, currency, term, starts_on, ends_on
    FROM entitlement";

fn entitlement(row: &Row<'_>) -> rusqlite::Result<Entitlement> {
    let day = |column| {
        row.get::<_, Option<Text<Date>>>(column)
            .map(|day| day.map(|day| day.0))
    };

    Ok(Entitlement {
        application: row.get(0)?,
        product: row.get(1)?,
        reference: row.get(2)?,
        quantity: row.get(3)?,
        unit_cost: money(row)?,
        term: row.get::<_, Word<_>>(6)?.0,
        start: day(7)?,
        end: day(8)?,
    })
}

fn money(row: &Row<'_>) -> rusqlite::Result<Option<Money>> {
    let amount = row.get::<_, Option<Text<Decimal>>>(4)?;
    let code = row.get::<_, Option<String>>(5)?;
    let (Some(Text(amount)), Some(code)) = (amount, code) else {
        return Ok(None);
    };

    let unknown = || {
        let why = format!("{code:?} is not a currency");
        rusqlite::Error::FromSqlConversionFailure(5, Type::Text, why.into())
    };
    Ok(Some(Money {
        amount,
        currency: Currency::from_code(&code).ok_or_else(unknown)?,
    }))
}

fn find(tx: &Transaction<'_>, key: [&str; 3]) -> Result<Option<Entitlement>, StoreError> {
    let sql = format!("{SELECT} WHERE application = ?1 AND product = ?2 AND reference = ?3");
    let mut statement = tx.prepare_cached(&sql)?;

    Ok(statement.query_row(key, entitlement).optional()?)
}

fn put(tx: &Transaction<'_>, new: &Entitlement) -> Result<(), StoreError> {
    let sql = "
        INSERT INTO entitlement (
            application, product, reference, quantity, amount, currency, term, starts_on, ends_on)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT DO UPDATE SET
            quantity = excluded.quantity, amount = excluded.amount, currency = excluded.currency,
            term = excluded.term, starts_on = excluded.starts_on, ends_on = excluded.ends_on";
    tx.prepare_cached(sql)?.execute(params![
        new.application,
        new.product,
        new.reference,
        new.quantity,
        new.unit_cost.map(|cost| Text(cost.amount)),
        new.unit_cost.map(|cost| cost.currency.code()),
        Word(new.term),
        new.start.map(Text),
        new.end.map(Text),
    ])?;
    Ok(())
}

fn key(entitlement: &Entitlement) -> [&str; 3] {
    [
        &entitlement.application,
        &entitlement.product,
        &entitlement.reference,
    ]
}

impl Store {
    /// Adds an entitlement.
    pub fn add_entitlement(&self, new: &Entitlement) -> Result<(), StoreError> {
        self.write(|tx| match find(tx, key(new))? {
            Some(_) => Err(StoreError::already_exists(
                "entitlement",
                key(new).join("/"),
            )),
            None => put(tx, new),
        })
    }

    /// Imports entitlements, all or none.
    ///
    /// # Errors
    /// [`StoreError::DuplicateId`] if two have the same application, product and reference.
    pub fn import_entitlements(
        &self,
        entitlements: &[Entitlement],
        mode: ImportMode,
    ) -> Result<EntitlementImport, StoreError> {
        self.write_in(mode, |tx| import(tx, entitlements))
    }

    /// Returns every entitlement, by application, product and reference.
    pub fn entitlements(&self) -> Result<Vec<Entitlement>, StoreError> {
        self.read(|tx| {
            let sql = format!("{SELECT} ORDER BY application, product, reference");
            let mut statement = tx.prepare(&sql)?;
            let rows = statement.query_map((), entitlement)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn import(
    tx: &Transaction<'_>,
    entitlements: &[Entitlement],
) -> Result<EntitlementImport, StoreError> {
    let mut keys = HashSet::new();
    let mut import = EntitlementImport::default();

    for new in entitlements {
        if !keys.insert(key(new)) {
            return Err(StoreError::DuplicateId {
                what: "entitlement",
                id: key(new).join("/"),
            });
        }

        match find(tx, key(new))? {
            Some(known) if known == *new => import.unchanged += 1,
            Some(_) => import.changed += 1,
            None => import.added += 1,
        }
        put(tx, new)?;
    }
    Ok(import)
}
