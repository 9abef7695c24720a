//! Entitlements from CSV.
//!
//! | column | also called | holds |
//! |---|---|---|
//! | `reference` | `contract`, `order`, `order_number`, `po`, `po_number`, `purchase_order`, `invoice` | where it is written; required, and unique for a product of an application |
//! | `application` | `app`, `profile`, `software` | the name of the integration profile; required |
//! | `product` | `product_id`, `sku`, `plan` | the product's identifier in the application; required |
//! | `quantity` | `qty`, `seats`, `licences`, `licenses` | seats owned, a whole number; required |
//! | `unit_cost` | `unit_price`, `price`, `cost`, `cost_per_seat` | the price of one seat for one term, such as 12.50 |
//! | `currency` | `currency_code` | of ISO 4217, such as EUR; required with a cost |
//! | `term` | `billing`, `billing_period`, `period` | `monthly` or `yearly`; required with a cost |
//! | `start` | `start_date`, `valid_from` | the first day, such as 2026-01-01; empty: always was |
//! | `end` | `end_date`, `valid_to`, `valid_until`, `expires` | the last day; empty: does not end |
//!
//! A cost that is left out is not known, which is not the same as free: write 0 for free.

use super::error::ImportError;
use super::people::date;
use super::table::{Column, Imported, Row, Table, text};
use purser_model::{Currency, Entitlement, Money, ProfileName, Term};
use rust_decimal::Decimal;
use std::io::Read;

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

/// The highest price of a seat that is believed: a hundred million. Anything above is a slip of the keyboard.
const MAX_UNIT_COST: Decimal = Decimal::from_parts(100_000_000, 0, 0, false, 0);

/// Reads entitlements. Two with the same reference are an error, unless they are to different products.
///
/// # Errors
/// When the file cannot be used; the error names every row that is wrong.
pub fn parse_entitlements(reader: impl Read) -> Result<Imported<Entitlement>, ImportError> {
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
        parse: entitlement,
    }
    .read(reader)
}

fn entitlement(row: &mut Row<'_>) -> Option<Entitlement> {
    let reference = row.required("reference", text);
    let application = row.required("application", application);
    let product = row.required("product", text);
    let quantity = row.required("quantity", whole_number);
    let (unit_cost, term) = price(row);
    let (start, end) = (row.optional("start", date), row.optional("end", date));
    if start.zip(end).is_some_and(|(start, end)| end < start) {
        row.wrong(Some("end"), "before the start".to_owned());
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

/// The price and what it buys. With a cost neither is guessed: a wrong term would make it twelve times too high or too low.
fn price(row: &mut Row<'_>) -> (Option<Money>, Term) {
    let Some(amount) = row.optional("unit_cost", amount) else {
        row.optional("currency", currency);
        return (None, row.optional("term", term).unwrap_or(Term::Yearly));
    };
    let currency = row.required("currency", currency);
    let term = row.required("term", term);
    (
        currency.map(|currency| Money { amount, currency }),
        term.unwrap_or(Term::Yearly),
    )
}

/// An entitlement to an application that can never be the name of a profile would silently be compared with nothing.
fn application(text: &str) -> Result<String, String> {
    let name: Result<ProfileName, _> = text.parse();
    name.map(String::from).map_err(|_| {
        "is no name of a profile: these have lower-case letters, digits and hyphens".to_owned()
    })
}

fn whole_number(text: &str) -> Result<u32, String> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number.ok_or_else(|| {
        if digits {
            "is too large"
        } else {
            "is no whole number"
        }
        .to_owned()
    })
}

fn amount(text: &str) -> Result<Decimal, String> {
    // `Decimal` also reads digits grouped by underscores, which no price list means.
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let amount: Option<Decimal> = text.parse().ok().filter(|_| plain);
    match amount {
        None => Err(
            "is no amount: write it with a point and without grouping, such as 1234.50".to_owned(),
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

fn currency(text: &str) -> Result<Currency, String> {
    let currency = Currency::from_code(&text.to_ascii_uppercase());
    currency.ok_or_else(|| "is no currency of ISO 4217, such as EUR".to_owned())
}

fn term(text: &str) -> Result<Term, String> {
    match text.to_lowercase().as_str() {
        "monthly" | "month" => Ok(Term::Monthly),
        "yearly" | "year" | "annual" | "annually" => Ok(Term::Yearly),
        _ => Err("is no term: use monthly or yearly".to_owned()),
    }
}
