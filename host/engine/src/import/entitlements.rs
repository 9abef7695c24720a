//! CSV files of entitlements.
//!
//! | column | holds |
//! |---|---|
//! | `reference` | document of the purchase; required, unique for a product of an application |
//! | `application` | name of the integration profile; required |
//! | `product` | identifier of the product in the application; required |
//! | `quantity` | seats owned, a whole number; required |
//! | `unit_cost` | price of one seat for one term, such as 12.50 |
//! | `currency` | ISO 4217 code, such as EUR; required with a cost |
//! | `term` | `monthly` or `yearly`; required with a cost |
//! | `start` | first day, such as 2026-01-01; empty: always valid before `end` |
//! | `end` | last day; empty: does not end |
//!
//! `COLUMNS` lists the other names that each column is known by.
//!
//! An empty cost is unknown. Write 0 for free.

use super::error::ImportError;
use super::fields::{parse_date, parse_text};
use super::header::Column;
use super::row::Row;
use super::table::{ParsedRows, Table};
use purser_model::{Currency, Entitlement, Money, ProfileName, Term};
use rust_decimal::Decimal;
use std::io::Read;

/// Columns of a file of entitlements.
const COLUMNS: &[Column] = &[
    Column {
        name: "reference",
        synonyms: &[
            "contract",
            "order",
            "order_number",
            "po",
            "po_number",
            "purchase_order",
            "invoice",
        ],
        required: true,
    },
    Column {
        name: "application",
        synonyms: &["app", "profile", "software"],
        required: true,
    },
    Column {
        name: "product",
        synonyms: &["product_id", "sku", "plan"],
        required: true,
    },
    Column {
        name: "quantity",
        synonyms: &["qty", "seats", "licences", "licenses"],
        required: true,
    },
    Column {
        name: "unit_cost",
        synonyms: &["unit_price", "price", "cost", "cost_per_seat"],
        required: false,
    },
    Column {
        name: "currency",
        synonyms: &["currency_code"],
        required: false,
    },
    Column {
        name: "term",
        synonyms: &["billing", "billing_period", "period"],
        required: false,
    },
    Column {
        name: "start",
        synonyms: &["start_date", "valid_from"],
        required: false,
    },
    Column {
        name: "end",
        synonyms: &["end_date", "valid_to", "valid_until", "expires"],
        required: false,
    },
];

/// Highest accepted price of a seat: a hundred million. Anything above is a typing error.
const MAX_UNIT_COST: Decimal = Decimal::from_parts(100_000_000, 0, 0, false, 0);

/// Parses entitlements. Two with the same reference are an error, unless their products differ.
///
/// # Errors
/// The file cannot be used; the error names the invalid rows.
pub fn parse_entitlements(reader: impl Read) -> Result<ParsedRows<Entitlement>, ImportError> {
    let key_of = |entitlement: &Entitlement| {
        (
            entitlement.reference.clone(),
            entitlement.application.clone(),
            entitlement.product.clone(),
        )
    };

    Table {
        columns: COLUMNS,
        key: "reference, application and product",
        key_of,
        parser: parse_entitlement,
    }
    .read(reader)
}

fn parse_entitlement(row: &mut Row<'_>) -> Option<Entitlement> {
    let reference = row.required("reference", parse_text);
    let application = row.required("application", parse_application);
    let product = row.required("product", parse_text);
    let quantity = row.required("quantity", parse_quantity);
    let (unit_cost, term) = parse_price(row);

    let start = row.optional("start", parse_date);
    let end = row.optional("end", parse_date);
    if start.zip(end).is_some_and(|(start, end)| end < start) {
        row.report(Some("end"), "before the start".to_owned());
    }

    Some(Entitlement {
        reference: reference?,
        application: application?,
        product: product?,
        quantity: quantity?,
        unit_cost,
        term,
        start,
        end,
    })
}

/// Parses the price and its term.
fn parse_price(row: &mut Row<'_>) -> (Option<Money>, Term) {
    let Some(amount) = row.optional("unit_cost", parse_amount) else {
        row.optional("currency", parse_currency);
        let term = row.optional("term", parse_term).unwrap_or(Term::Yearly);
        return (None, term);
    };

    // why: both are required with a cost, because a guessed term can be wrong by a factor of twelve
    let currency = row.required("currency", parse_currency);
    let term = row.required("term", parse_term);
    let unit_cost = currency.map(|currency| Money { amount, currency });
    (unit_cost, term.unwrap_or(Term::Yearly))
}

/// Parses the name of an application. One that cannot be the name of a profile would silently match
/// no account.
fn parse_application(text: &str) -> Result<String, String> {
    let name: Result<ProfileName, _> = text.parse();

    name.map(String::from).map_err(|_| {
        "is not a profile name, which has lower-case letters, digits and hyphens only".to_owned()
    })
}

fn parse_quantity(text: &str) -> Result<u32, String> {
    // why: the parser also accepts a plus sign
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("is not a whole number".to_owned());
    }

    text.parse().map_err(|_| "is too large".to_owned())
}

fn parse_amount(text: &str) -> Result<Decimal, String> {
    // why: the parser also accepts digits grouped by underscores, which no price list means
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let amount: Option<Decimal> = text.parse().ok().filter(|_| is_plain);

    match amount {
        None => Err(
            "is not an amount: write it with a point and without grouping, such as 1234.50"
                .to_owned(),
        ),
        Some(amount) if amount.is_sign_negative() && !amount.is_zero() => {
            Err("is negative".to_owned())
        }
        Some(amount) if amount > MAX_UNIT_COST => {
            Err("is too large for the price of a seat".to_owned())
        }
        Some(amount) => Ok(amount),
    }
}

fn parse_currency(text: &str) -> Result<Currency, String> {
    Currency::from_code(&text.to_ascii_uppercase())
        .ok_or_else(|| "is not a currency code of ISO 4217, such as EUR".to_owned())
}

fn parse_term(text: &str) -> Result<Term, String> {
    match text.to_lowercase().as_str() {
        "monthly" | "month" => Ok(Term::Monthly),
        "yearly" | "year" | "annual" | "annually" => Ok(Term::Yearly),
        _ => Err("is not a term: use monthly or yearly".to_owned()),
    }
}
