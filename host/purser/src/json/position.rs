//! Compliance positions in JSON: `purser position`.

use super::money::MoneyJson;
use crate::words;
use purser_engine::licensing::Position;
use serde::Serialize;

/// The position of one product.
#[derive(Serialize)]
pub(super) struct PositionJson<'a> {
    application: &'a str,
    product: &'a str,
    product_name: Option<&'a str>,
    status: &'static str,
    owned: u64,
    allocated: u64,
    in_use: u64,
    inactive: u64,
    never_used: u64,
    unknown: u64,
    in_grace: u64,
    exempt: u64,
    reclaimable: u64,
    required: u64,
    available: u64,
    over_licensed: u64,
    shortfall: u64,
    seat_cost: Option<MoneyJson>,
    cost_gap: Option<&'static str>,
    true_up_cost: Option<MoneyJson>,
    potential_savings: Option<MoneyJson>,
    available_cost: Option<MoneyJson>,
    reported_purchased: Option<u32>,
    reported_assigned: Option<u32>,
}

impl<'a> From<&'a Position> for PositionJson<'a> {
    fn from(position: &'a Position) -> Self {
        Self {
            application: &position.application,
            product: &position.product,
            product_name: position.product_name.as_deref(),
            status: words::compliance_status(position.status),
            owned: position.owned,
            allocated: position.allocated,
            in_use: position.in_use,
            inactive: position.inactive,
            never_used: position.never_used,
            unknown: position.unknown,
            in_grace: position.in_grace,
            exempt: position.exempt,
            reclaimable: position.reclaimable,
            required: position.required,
            available: position.available,
            over_licensed: position.over_licensed,
            shortfall: position.shortfall,
            seat_cost: position.seat_cost.map(MoneyJson::from),
            cost_gap: position.cost_gap.map(words::cost_gap),
            true_up_cost: position.true_up_cost.map(MoneyJson::from),
            potential_savings: position.potential_savings.map(MoneyJson::from),
            available_cost: position.available_cost.map(MoneyJson::from),
            reported_purchased: position.reported_purchased,
            reported_assigned: position.reported_assigned,
        }
    }
}
