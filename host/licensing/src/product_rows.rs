//! The rows of one product: its seats and its active entitlements.
//!
//! Figures are counted from these rows only, so they cannot disagree with the rows shown for them.

use crate::cost::SeatCost;
use crate::seat_row::SeatRow;
use purser_model::{Entitlement, MoneyError, Product};
use std::collections::BTreeMap;

/// Rows by product identifier.
pub(crate) type RowsByProduct = BTreeMap<String, ProductRows>;

/// The seats of one product of one application, and its active entitlements.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProductRows {
    /// The product as the application lists it; absent if it does not.
    pub(crate) listed: Option<Product>,
    /// The active entitlements, by reference.
    pub(crate) entitlements: Vec<Entitlement>,
    /// The yearly cost of one seat.
    pub(crate) cost: SeatCost,
    /// The seats, in the order of reading until [`ProductRows::sort`].
    pub(crate) seats: Vec<SeatRow>,
}

impl ProductRows {
    /// Records the product as one connection lists it.
    ///
    /// Counts of several connections are added up; a count that one of them omits is unknown.
    pub(crate) fn add_listing(&mut self, product: &Product) {
        let Some(listed) = &mut self.listed else {
            self.listed = Some(product.clone());
            return;
        };

        let add = |one: Option<u32>, other: Option<u32>| Some(one?.saturating_add(other?));
        listed.purchased = add(listed.purchased, product.purchased);
        listed.assigned = add(listed.assigned, product.assigned);

        // The smallest name, so that the order of the connections makes no difference.
        if product.name < listed.name {
            listed.name.clone_from(&product.name);
        }
    }

    /// Returns the number of seats of the active entitlements.
    pub(crate) fn owned(&self) -> u64 {
        self.entitlements
            .iter()
            .map(|entitlement| u64::from(entitlement.quantity))
            .sum()
    }

    /// Computes the cost of a seat from the entitlements, which it sorts by reference.
    pub(crate) fn update_cost(&mut self) -> Result<(), MoneyError> {
        self.entitlements
            .sort_by(|a, b| a.reference.cmp(&b.reference));
        self.cost = SeatCost::average(&self.entitlements)?;

        Ok(())
    }

    /// Sorts the seats by connection and account.
    pub(crate) fn sort(&mut self) {
        self.seats
            .sort_by(|a, b| (&a.connection, &a.account).cmp(&(&b.connection, &b.account)));
    }
}
