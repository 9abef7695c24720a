//! Entitlements in JSON: `purser entitlement`.

use super::Document;
use super::import::NotesJson;
use super::money::MoneyJson;
use crate::words;
use jiff::civil::Date;
use purser_engine::EntitlementsImported;
use purser_model::Entitlement;
use serde::Serialize;

/// An entitlement.
#[derive(Serialize)]
pub(crate) struct EntitlementJson<'a> {
    reference: &'a str,
    application: &'a str,
    product: &'a str,
    quantity: u32,
    unit_cost: Option<MoneyJson>,
    term: &'static str,
    start: Option<Date>,
    end: Option<Date>,
}

/// An import of entitlements.
#[derive(Serialize)]
pub(crate) struct EntitlementsImportedJson<'a> {
    dry_run: bool,
    added: u64,
    changed: u64,
    unchanged: u64,
    ignored_columns: &'a [String],
    #[serde(flatten)]
    notes: NotesJson<'a>,
}

impl Document for EntitlementJson<'_> {}
impl Document for EntitlementsImportedJson<'_> {}

impl<'a> From<&'a Entitlement> for EntitlementJson<'a> {
    fn from(entitlement: &'a Entitlement) -> Self {
        Self {
            reference: &entitlement.reference,
            application: &entitlement.application,
            product: &entitlement.product,
            quantity: entitlement.quantity,
            unit_cost: entitlement.unit_cost.map(MoneyJson::from),
            term: words::term(entitlement.term),
            start: entitlement.start,
            end: entitlement.end,
        }
    }
}

impl<'a> From<&'a EntitlementsImported> for EntitlementsImportedJson<'a> {
    fn from(imported: &'a EntitlementsImported) -> Self {
        Self {
            dry_run: imported.dry_run,
            added: imported.added,
            changed: imported.changed,
            unchanged: imported.unchanged,
            ignored_columns: &imported.ignored_columns,
            notes: (&imported.notes).into(),
        }
    }
}
