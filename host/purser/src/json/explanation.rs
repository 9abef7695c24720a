//! Explanations of a figure in JSON: `purser position --why`.

use super::entitlement::EntitlementJson;
use super::money::MoneyJson;
use super::seat::SeatRowJson;
use super::{Document, list};
use crate::words;
use purser_engine::licensing::{Amount, Explanation};
use serde::Serialize;

/// A figure with the rows it was computed from.
#[derive(Serialize)]
pub(crate) struct ExplanationJson<'a> {
    application: &'a str,
    product: &'a str,
    figure: &'static str,
    value: AmountJson,
    formula: &'a str,
    seats: Vec<SeatRowJson<'a>>,
    entitlements: Vec<EntitlementJson<'a>>,
}

/// The value of a figure; null if its price is unknown.
#[derive(Serialize)]
#[serde(untagged)]
enum AmountJson {
    Seats(u64),
    Money(Option<MoneyJson>),
}

impl Document for ExplanationJson<'_> {}

impl<'a> From<&'a Explanation<'a>> for ExplanationJson<'a> {
    fn from(explanation: &'a Explanation<'a>) -> Self {
        Self {
            application: explanation.application,
            product: explanation.product,
            figure: words::figure(explanation.figure),
            value: match explanation.value {
                Amount::Seats(seats) => AmountJson::Seats(seats),
                Amount::Money(money) => AmountJson::Money(money.map(MoneyJson::from)),
            },
            formula: explanation.formula,
            seats: list(explanation.seats.iter().copied()),
            entitlements: list(explanation.entitlements.iter().copied()),
        }
    }
}
