//! CSV files of entitlements.
//!
//! | column | holds |
//! |---|---|
//! | `reference` | document of the purchase; required, unique for a product of an application |
//! | `application` | name of the integration profile; required |
//! | `product` | identifier of the product in the application; required |
//! | `quantity` | seats owned, a whole number; required |
//! | `unit_cost` | price of one seat for one term, such as 12.50; `1,234.50` and `1.234,50`, too |
//! | `currency` | ISO 4217 code, such as EUR; required with a cost that does not name it |
//! | `term` | `monthly` or `yearly`; required with a cost |
//! | `start` | first day, such as 2026-01-01; empty: always valid before `end` |
//! | `end` | last day; empty: does not end |
//!
//! `COLUMNS` lists the other names that each column is known by.
//!
//! An empty cost is unknown. Write 0 for free. A cost such as `1.200` is either 1.2 or 1200: it is
//! read as the other costs of the file show, and refused if they do not.

use super::error::ImportError;
use super::fields::{parse_date, parse_text, quote};
use super::header::Column;
use super::row::Row;
use super::spreadsheet::parse_identifier;
use super::table::{ParsedRows, Table};
use jiff::civil::Date;
use purser_model::plausibility::is_placeholder_day;
use purser_model::{Currency, Entitlement, Money, ProfileName, Term, parse_amount};
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
        amounts: Some("unit_cost"),
        parser: parse_entitlement,
    }
    .read(reader)
}

fn parse_entitlement(row: &mut Row<'_>) -> Option<Entitlement> {
    let reference = row.required_text("reference", parse_identifier);
    let application = row.required("application", parse_application);
    let product = row.required_text("product", parse_identifier);
    let quantity = row.required("quantity", parse_quantity);
    let (unit_cost, term) = parse_price(row);

    let start = row.optional("start", parse_start).flatten();
    let end = row.optional("end", parse_end).flatten();
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
    let Some(amount) = row.optional("unit_cost", parse_text) else {
        row.optional("currency", parse_currency);
        let term = row.optional("term", parse_term).unwrap_or(Term::Yearly);
        return (None, term);
    };

    // why: both are required with a cost, because a guessed term can be wrong by a factor of twelve
    let currency = match currency_in(&amount) {
        Some(named) => Some(row.optional("currency", parse_currency).unwrap_or(named)),
        None => row.required("currency", parse_currency),
    };
    let term = row.required("term", parse_term);
    let unit_cost = currency.and_then(|currency| parse_cost(row, &amount, currency));
    (unit_cost, term.unwrap_or(Term::Yearly))
}

/// Returns the currency whose code stands before or after an amount, as in `12.50 EUR`.
fn currency_in(amount: &str) -> Option<Currency> {
    let code: String = amount.chars().filter(char::is_ascii_alphabetic).collect();

    Currency::from_code(&code.to_ascii_uppercase())
}

fn parse_cost(row: &mut Row<'_>, text: &str, currency: Currency) -> Option<Money> {
    let problem = match parse_amount(text, currency, row.decimal_mark) {
        Ok(amount) if amount > MAX_UNIT_COST => "is too large for the price of a seat".to_owned(),
        Ok(amount) => return Some(Money { amount, currency }),
        Err(error) => error.to_string(),
    };

    row.report(Some("unit_cost"), format!("{} {problem}", quote(text)));
    None
}

/// Parses the first day; `None` if it stands for "always".
fn parse_start(text: &str) -> Result<Option<Date>, String> {
    let day = parse_date(text)?;
    match is_placeholder_day(day) {
        true if day.year() > 2000 => Err("is a placeholder, not a first day".to_owned()),
        is_placeholder => Ok((!is_placeholder).then_some(day)),
    }
}

/// Parses the last day; `None` if it stands for "never".
fn parse_end(text: &str) -> Result<Option<Date>, String> {
    let day = parse_date(text)?;
    match is_placeholder_day(day) {
        true if day.year() < 2000 => Err("is a placeholder, not a last day".to_owned()),
        is_placeholder => Ok((!is_placeholder).then_some(day)),
    }
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
