//! `purser entitlement`: rights that the company owns.

use super::{Context, Failure, input};
use crate::json::{self, EntitlementJson, EntitlementsImportedJson};
use crate::render::entitlement;
use clap::ValueEnum;
use jiff::civil::Date;
use purser_engine::EntitlementsImported;
use purser_model::{Currency, Entitlement, Money, ProfileName, Term, parse_amount};
use std::path::PathBuf;

const IMPORT_HELP: &str = "\
The first line names the columns: reference, application, product and quantity, and optionally unit_cost,
currency, term, start and end. Either all rows are imported or none, and every wrong row is listed. A cost such
as 1.200 is read as the other costs of the file show, and refused if they do not show which mark it is.

Example:
  purser entitlement import entitlements.csv";

const ADD_HELP: &str = "\
Example:
  purser entitlement add --reference PO-4711 --application hub --product seat --quantity 200 \\
      --unit-cost '96 EUR' --term yearly --start 2026-01-01 --end 2026-12-31";

/// Record the rights that the company owns
#[derive(Debug, clap::Args)]
pub(crate) struct EntitlementArgs {
    #[command(subcommand)]
    command: EntitlementCommand,
}

#[derive(Debug, clap::Subcommand)]
enum EntitlementCommand {
    #[command(after_help = ADD_HELP)]
    Add(AddEntitlementArgs),
    /// Import entitlements from a CSV file
    #[command(after_help = IMPORT_HELP)]
    Import {
        /// CSV file; - for standard input
        file: PathBuf,
        /// Change nothing; show what would change
        #[arg(long)]
        dry_run: bool,
    },
    /// List the entitlements
    #[command(after_help = "Example:\n  purser entitlement list")]
    List,
}

/// Add an entitlement, or change the one with the same reference and product
#[derive(Debug, clap::Args)]
struct AddEntitlementArgs {
    /// Number of the contract, order or invoice
    #[arg(long)]
    reference: String,
    /// Profile of the application
    #[arg(long, value_name = "PROFILE")]
    application: ProfileName,
    /// Product, by the application's identifier
    #[arg(long)]
    product: String,
    /// Number of seats
    #[arg(long, value_name = "SEATS")]
    quantity: u32,
    /// Price of one seat for one term, such as '12.50 EUR'; leave it out if it is unknown
    #[arg(long, value_name = "MONEY", value_parser = parse_unit_cost)]
    unit_cost: Option<Money>,
    /// Term that the unit cost covers
    #[arg(long, value_enum, default_value = "yearly")]
    term: TermArg,
    /// First day of the entitlement
    #[arg(long, value_name = "DATE")]
    start: Option<Date>,
    /// Last day of the entitlement
    #[arg(long, value_name = "DATE")]
    end: Option<Date>,
}

/// Parses a price such as `12.50 EUR`. Refuses `1.200 EUR`, which is either 1.2 or 1200.
fn parse_unit_cost(text: &str) -> Result<Money, String> {
    let code: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    let currency = Currency::from_code(&code.to_ascii_uppercase())
        .ok_or("use a number and an ISO 4217 currency, such as '12.50 EUR'")?;

    let amount = parse_amount(text, currency, None).map_err(|error| error.to_string())?;
    Ok(Money { amount, currency })
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TermArg {
    /// A month of one seat
    Monthly,
    /// A year of one seat
    Yearly,
}

impl EntitlementArgs {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            EntitlementCommand::Add(add) => {
                let imported = context
                    .open_or_create()?
                    .entitlements()
                    .add(add.try_into()?)?;
                show_imported(context, &imported)
            }
            EntitlementCommand::Import { file, dry_run } => {
                let source = input::open(&file)?;
                let imported = context
                    .open_or_create()?
                    .entitlements()
                    .import(source, dry_run)?;
                show_imported(context, &imported)
            }
            EntitlementCommand::List => {
                let entitlements = context.open()?.entitlements().list()?;

                let document: Vec<EntitlementJson<'_>> = json::list(&entitlements);
                context.show(&document, || entitlement::list(&entitlements))
            }
        }
    }
}

fn show_imported(context: &Context, imported: &EntitlementsImported) -> Result<(), Failure> {
    context.show(&EntitlementsImportedJson::from(imported), || {
        entitlement::imported(imported)
    })
}

impl TryFrom<AddEntitlementArgs> for Entitlement {
    type Error = Failure;

    fn try_from(add: AddEntitlementArgs) -> Result<Self, Failure> {
        if add.reference.trim().is_empty() || add.product.trim().is_empty() {
            return Err(Failure::input(
                "an entitlement needs a reference and a product",
                "give both; nothing was added",
            ));
        }
        if add
            .start
            .zip(add.end)
            .is_some_and(|(start, end)| end < start)
        {
            return Err(Failure::input(
                "the last day is before the first",
                "correct --start or --end; nothing was added",
            ));
        }

        Ok(Self {
            reference: add.reference,
            application: add.application.to_string(),
            product: add.product,
            quantity: add.quantity,
            unit_cost: add.unit_cost,
            term: match add.term {
                TermArg::Monthly => Term::Monthly,
                TermArg::Yearly => Term::Yearly,
            },
            start: add.start,
            end: add.end,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(reference: &str, start: &str, end: &str) -> AddEntitlementArgs {
        AddEntitlementArgs {
            reference: reference.into(),
            application: "hub".parse().unwrap(),
            product: "seat".into(),
            quantity: 5,
            unit_cost: Some("12 EUR".parse().unwrap()),
            term: TermArg::Monthly,
            start: Some(start.parse().unwrap()),
            end: Some(end.parse().unwrap()),
        }
    }

    fn exit_code(add: AddEntitlementArgs) -> Option<u8> {
        let failure = Entitlement::try_from(add).err()?;
        Some(failure.exit_code())
    }

    #[test]
    fn unit_cost_that_is_ambiguous_or_too_fine_is_refused() {
        assert_eq!(
            parse_unit_cost("12.50 EUR"),
            Ok("12.50 EUR".parse().unwrap())
        );
        assert_eq!(parse_unit_cost("96 eur"), Ok("96 EUR".parse().unwrap()));

        for bad in [
            "1.200 EUR",
            "1.2345 EUR",
            "12.5 JPY",
            "12.50",
            "-1 EUR",
            "12 XYZ",
        ] {
            assert!(parse_unit_cost(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn entitlement_of_one_day_is_accepted() {
        assert_eq!(exit_code(add("PO-1", "2026-01-01", "2026-01-01")), None);
    }

    #[test]
    fn entitlement_without_reference_or_with_reversed_days_is_refused() {
        assert_eq!(exit_code(add(" ", "2026-01-01", "2026-12-31")), Some(3));
        assert_eq!(exit_code(add("PO-1", "2026-01-02", "2026-01-01")), Some(3));
    }
}
