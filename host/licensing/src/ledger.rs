//! What stands behind the position of one product: its seats and its entitlements. Figures are counted from here and nowhere else, so
//! they cannot disagree with the rows that are shown for them.

use crate::{Assessment, Match, SeatCost, Spared, Subscription, Usage};
use purser_model::{Entitlement, LastActivity, Product};
use serde::{Deserialize, Serialize};

/// One seat, as kept to show what a figure is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatRow {
    /// The connection through which it was read, where the application has several.
    pub connection: Option<String>,
    /// The id of the account that holds it.
    pub account: String,
    /// What is typed to sign in with the account.
    pub principal_name: Option<String>,
    /// Whose the account is, if it was matched.
    pub employee_number: Option<String>,
    /// When the seat was last used.
    pub last_activity: LastActivity,
    /// How that is judged.
    pub usage: Usage,
    /// Whether it is wasted and may be taken back.
    pub reclaimable: bool,
    /// Why it is left alone, if it is.
    pub spared: Option<Spared>,
}

impl SeatRow {
    pub(crate) fn new(seat: &Subscription<'_>, assessment: &Assessment) -> Self {
        let employee_number = match seat.holder {
            Match::Person { person, .. } => Some(person.employee_number.clone()),
            _ => None,
        };
        Self {
            connection: seat.connection.map(str::to_owned),
            account: seat.account.id.clone(),
            principal_name: seat.account.principal_name.clone(),
            employee_number,
            last_activity: seat.last_activity,
            usage: assessment.usage,
            reclaimable: assessment.is_reclaimable(),
            spared: assessment.spared.clone(),
        }
    }
}

/// The seats of one product of one application, and the entitlements to it that are active.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    /// What the application says of the product, if it does.
    pub(crate) listed: Option<Product>,
    pub(crate) entitlements: Vec<Entitlement>,
    pub(crate) cost: SeatCost,
    pub(crate) seats: Vec<SeatRow>,
}

impl Ledger {
    /// Notes what the application says of the product. Of an application with several connections the counts are added up, as long as
    /// every one of them tells.
    pub(crate) fn list(&mut self, product: &Product) {
        let Some(known) = &mut self.listed else {
            self.listed = Some(product.clone());
            return;
        };
        let add = |one: Option<u32>, other: Option<u32>| Some(one?.saturating_add(other?));
        known.purchased = add(known.purchased, product.purchased);
        known.assigned = add(known.assigned, product.assigned);
        // The smallest name, so that the order of the connections makes no difference.
        if product.name < known.name {
            known.name.clone_from(&product.name);
        }
    }
}
