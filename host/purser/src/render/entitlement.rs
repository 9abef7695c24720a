//! Entitlements as text.

use super::import::{dry_run, ignored_columns, notes};
use super::{Table, number};
use jiff::civil::Date;
use purser_engine::EntitlementsImported;
use purser_model::{Entitlement, Term};

/// Returns the counts of an import as a sentence.
pub(crate) fn imported(imported: &EntitlementsImported) -> String {
    let [added, changed, unchanged] =
        [imported.added, imported.changed, imported.unchanged].map(number::count);

    let counts = format!("Entitlements: {added} added, {changed} changed, {unchanged} unchanged.");
    [
        dry_run(imported.dry_run),
        &counts,
        &ignored_columns(&imported.ignored_columns),
        &notes(&imported.notes),
    ]
    .concat()
}

/// Returns a table of entitlements.
pub(crate) fn list(entitlements: &[Entitlement]) -> String {
    if entitlements.is_empty() {
        return "No entitlement yet. Next: purser entitlement import FILE".into();
    }

    let mut table = Table::new([
        "REFERENCE",
        "APPLICATION",
        "PRODUCT",
        ">SEATS",
        ">UNIT COST",
        "TERM",
        "FROM",
        "UNTIL",
    ]);
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    for entitlement in entitlements {
        let unit_cost = entitlement
            .unit_cost
            .map_or_else(|| "unknown".into(), |cost| cost.to_string());
        let term = match entitlement.term {
            Term::Monthly => "month",
            Term::Yearly => "year",
        };
        table.row([
            entitlement.reference.as_str(),
            &entitlement.application,
            &entitlement.product,
            &number::count(entitlement.quantity.into()),
            &unit_cost,
            term,
            &day(entitlement.start),
            &day(entitlement.end),
        ]);
    }

    table.to_string()
}
