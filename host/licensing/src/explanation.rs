//! A figure with the rows it was computed from: "why this number".

use crate::figure::Figure;
use crate::position::{Amount, Position};
use crate::product_rows::ProductRows;
use crate::seat_row::SeatRow;
use purser_model::Entitlement;
use serde::Serialize;

/// A figure with the rows it was computed from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation<'a> {
    /// The application, by the name of its profile.
    pub application: &'a str,
    /// The product's identifier in the application.
    pub product: &'a str,
    /// The figure.
    pub figure: Figure,
    /// The value of the figure.
    pub value: Amount,
    /// The computation of the figure from its rows, as a clause.
    pub formula: &'static str,
    /// The seats counted, by connection and account id. Empty if the figure counts no seats.
    pub seats: Vec<&'a SeatRow>,
    /// The entitlements counted, by reference. Empty if the figure counts no entitlements.
    pub entitlements: Vec<&'a Entitlement>,
}

impl<'a> Explanation<'a> {
    /// Explains a figure of a position by the rows of its product.
    pub(crate) fn new(position: &'a Position, figure: Figure, rows: &'a ProductRows) -> Self {
        let seats = rows.seats.iter().filter(|row| figure.counts(row)).collect();
        let entitlements = if figure.uses_entitlements() {
            rows.entitlements.iter().collect()
        } else {
            Vec::new()
        };

        Self {
            application: &position.application,
            product: &position.product,
            figure,
            value: position.figure(figure),
            formula: figure.formula(),
            seats,
            entitlements,
        }
    }
}
