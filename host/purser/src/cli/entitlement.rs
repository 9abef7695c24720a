//! `purser entitlement`: the rights that the company owns.

use super::{Context, Failure, input};
use crate::render::{Table, number};
use clap::ValueEnum;
use jiff::civil::Date;
use purser_engine::EntitlementsImported;
use purser_model::{Money, ProfileName, Term};
use std::path::PathBuf;

/// Record the rights that the company owns
#[derive(Debug, clap::Args)]
pub(crate) struct Entitlement {
    #[command(subcommand)]
    verb: Verb,
}

const FORMAT: &str = "\
The first line names the columns: reference, application, product and quantity, and any of unit_cost,
currency, term, start and end. All rows are imported or none, and every wrong one is named.

Example:
  purser entitlement import entitlements.csv";

const ADD: &str = "\
Example:
  purser entitlement add --reference PO-4711 --application hub --product seat --quantity 200 \\
      --unit-cost '96 EUR' --term yearly --start 2026-01-01 --end 2026-12-31";

#[derive(Debug, clap::Subcommand)]
enum Verb {
    #[command(after_help = ADD)]
    Add(Add),
    /// Import entitlements from a CSV file
    #[command(after_help = FORMAT)]
    Import {
        /// The file; - for standard input
        file: PathBuf,
    },
    /// List the entitlements known
    #[command(after_help = "Example:\n  purser entitlement list")]
    List,
}

/// Add one entitlement, or change it where its reference is known for the product
#[derive(Debug, clap::Args)]
struct Add {
    /// The contract, order or invoice
    #[arg(long)]
    reference: String,
    /// The profile of the application it is for
    #[arg(long, value_name = "PROFILE")]
    application: ProfileName,
    /// The product, as the application calls it
    #[arg(long)]
    product: String,
    /// Seats
    #[arg(long, value_name = "SEATS")]
    quantity: u32,
    /// What one seat costs for one term, such as '12.50 EUR'; leave it out where it is not known
    #[arg(long, value_name = "MONEY")]
    unit_cost: Option<Money>,
    /// What the unit cost buys
    #[arg(long, value_enum, default_value = "yearly")]
    term: TermName,
    /// The first day it is valid
    #[arg(long, value_name = "DATE")]
    start: Option<Date>,
    /// The last day it is valid
    #[arg(long, value_name = "DATE")]
    end: Option<Date>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TermName {
    /// A month of one seat
    Monthly,
    /// A year of one seat
    Yearly,
}

impl Entitlement {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.verb {
            Verb::Add(add) => {
                let imported = context
                    .open_or_create()?
                    .entitlements()
                    .add(add.try_into()?)?;
                context.show(&imported, || text(&imported))
            }
            Verb::Import { file } => {
                let source = input::open(&file)?;
                let imported = context.open_or_create()?.entitlements().import(source)?;
                context.show(&imported, || text(&imported))
            }
            Verb::List => {
                let entitlements = context.open()?.entitlements().list()?;
                context.show(&entitlements, || list(&entitlements))
            }
        }
    }
}

impl TryFrom<Add> for purser_model::Entitlement {
    type Error = Failure;

    fn try_from(add: Add) -> Result<Self, Failure> {
        let Add {
            reference,
            application,
            product,
            quantity,
            unit_cost,
            term,
            start,
            end,
        } = add;
        if reference.trim().is_empty() || product.trim().is_empty() {
            return Err(Failure::input(
                "an entitlement needs a reference and a product",
                "give both; nothing was added",
            ));
        }
        if start.zip(end).is_some_and(|(start, end)| end < start) {
            return Err(Failure::input(
                "the last day is before the first",
                "correct --start or --end; nothing was added",
            ));
        }
        let term = match term {
            TermName::Monthly => Term::Monthly,
            TermName::Yearly => Term::Yearly,
        };
        let application = application.to_string();
        Ok(Self {
            reference,
            application,
            product,
            quantity,
            unit_cost,
            term,
            start,
            end,
        })
    }
}

fn text(imported: &EntitlementsImported) -> String {
    let [added, changed, unchanged] =
        [imported.added, imported.changed, imported.unchanged].map(number::count);
    format!("Entitlements: {added} added, {changed} changed, {unchanged} unchanged.")
}

fn list(entitlements: &[purser_model::Entitlement]) -> String {
    if entitlements.is_empty() {
        return "No entitlement yet. Next: purser entitlement import FILE".into();
    }
    let mut table = Table::new([
        "REFERENCE",
        "APPLICATION",
        "PRODUCT",
        ">SEATS",
        ">UNIT COST",
        "FOR",
        "FROM",
        "UNTIL",
    ]);
    for entitlement in entitlements {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        table.row([
            entitlement.reference.as_str(),
            &entitlement.application,
            &entitlement.product,
            &number::count(entitlement.quantity.into()),
            &entitlement
                .unit_cost
                .map_or_else(|| "not known".into(), |cost| cost.to_string()),
            match entitlement.term {
                Term::Monthly => "a month",
                Term::Yearly => "a year",
            },
            &day(entitlement.start),
            &day(entitlement.end),
        ]);
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(reference: &str, start: &str, end: &str) -> Add {
        Add {
            reference: reference.into(),
            application: "hub".parse().unwrap(),
            product: "seat".into(),
            quantity: 5,
            unit_cost: Some("12 EUR".parse().unwrap()),
            term: TermName::Monthly,
            start: Some(start.parse().unwrap()),
            end: Some(end.parse().unwrap()),
        }
    }

    #[test]
    fn an_entitlement_that_makes_no_sense_is_refused() {
        assert!(
            purser_model::Entitlement::try_from(add("PO-1", "2026-01-01", "2026-01-01")).is_ok()
        );
        for bad in [
            add(" ", "2026-01-01", "2026-12-31"),
            add("PO-1", "2026-01-02", "2026-01-01"),
        ] {
            assert_eq!(
                purser_model::Entitlement::try_from(bad)
                    .err()
                    .map(|failure| failure.exit_code()),
                Some(3)
            );
        }
    }
}
