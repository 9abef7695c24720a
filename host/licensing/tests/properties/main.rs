//! Properties of every reconciliation, checked on thousands of generated companies.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod company;

use company::{Company, DAY, any_company, any_record, as_of};
use proptest::prelude::*;
use purser_licensing::{Amount, Figure, Position, Reconciliation, SeatRow, Usage};
use purser_model::{LastActivity, Money};
use std::collections::{BTreeMap, BTreeSet};

fn reclaimable_seats(result: &Reconciliation) -> u64 {
    result
        .positions
        .iter()
        .map(|position| position.reclaimable)
        .sum()
}

/// Returns the seats of all positions.
fn seat_rows(result: &Reconciliation) -> Vec<&SeatRow> {
    let rows_of = |position: &Position| {
        let explanation =
            result.explain(&position.application, &position.product, Figure::Allocated);
        explanation.unwrap().seats
    };

    result.positions.iter().flat_map(rows_of).collect()
}

/// Adds up the savings of all candidates by currency.
fn savings_by_currency(result: &Reconciliation) -> Vec<Money> {
    let mut sums: BTreeMap<&str, Money> = BTreeMap::new();
    for saving in result
        .candidates
        .iter()
        .filter_map(|candidate| candidate.yearly_saving)
    {
        let sum = sums
            .entry(saving.currency.code())
            .or_insert(Money::zero(saving.currency));
        *sum = sum.plus(saving).unwrap();
    }

    sums.into_values().collect()
}

/// Returns the company with all of its input in another order.
fn reordered(company: &Company, rotation: prop::sample::Index) -> Company {
    let mut reordered = company.clone();
    reordered.accounts.reverse();
    for account in &mut reordered.accounts {
        account.seats.reverse();
    }
    reordered.activity.reverse();
    reordered.people.reverse();
    reordered.entitlements.reverse();
    if !reordered.accounts.is_empty() {
        let by = rotation.index(reordered.accounts.len());
        reordered.accounts.rotate_left(by);
    }

    reordered
}

fn is_recent(activity: LastActivity) -> bool {
    let LastActivity::At(at) = activity else {
        return false;
    };

    as_of().now.as_millisecond() - at.as_millisecond() < 60 * DAY
}

proptest! {
    #[test]
    fn positions_add_up(company in any_company()) {
        let result = company.reconcile();

        for position in &result.positions {
            let by_usage =
                position.in_use + position.inactive + position.never_used + position.unknown;
            prop_assert_eq!(position.allocated, by_usage);
            prop_assert_eq!(position.required + position.reclaimable, position.allocated);
            prop_assert_eq!(
                position.owned + position.shortfall,
                position.allocated + position.available
            );
            prop_assert!(position.over_licensed >= position.available);
            prop_assert_eq!(position.seat_cost.is_some(), position.cost_gap.is_none());
        }

        // An account that holds a product twice holds one seat.
        let held: BTreeSet<_> = company.accounts.iter()
            .flat_map(|account| account.seats.iter().map(move |seat| (&account.id, &seat.product)))
            .collect();
        prop_assert_eq!(seat_rows(&result).len(), held.len());
    }

    #[test]
    fn seat_figures_equal_the_number_of_their_rows(company in any_company()) {
        let result = company.reconcile();

        for position in &result.positions {
            for figure in [
                Figure::Allocated,
                Figure::InUse,
                Figure::Inactive,
                Figure::NeverUsed,
                Figure::Unknown,
                Figure::InGrace,
                Figure::Exempt,
                Figure::Reclaimable,
                Figure::Required,
            ] {
                let explanation = result.explain("hub", &position.product, figure).unwrap();
                let rows = explanation.seats.len().try_into().unwrap();
                prop_assert_eq!(explanation.value, Amount::Seats(rows));
            }

            let owned = result.explain("hub", &position.product, Figure::Owned).unwrap();
            let quantity: u64 = owned.entitlements.iter()
                .map(|entitlement| u64::from(entitlement.quantity))
                .sum();
            prop_assert_eq!(owned.value, Amount::Seats(quantity));
        }
    }

    #[test]
    fn reclaimable_seat_of_unknown_activity_belongs_to_a_leaver(company in any_company()) {
        let result = company.reconcile();

        let leavers: BTreeSet<_> = company.people.iter()
            .filter(|person| person.employment.has_left_by(as_of().today))
            .map(|person| person.employee_number.as_str())
            .collect();
        for row in seat_rows(&result) {
            if row.usage == Usage::Unknown && row.reclaimable {
                let holder = row.employee_number.as_deref();
                prop_assert!(holder.is_some_and(|number| leavers.contains(number)));
            }
        }
    }

    #[test]
    fn total_savings_equal_those_of_the_candidates(company in any_company()) {
        let result = company.reconcile();

        prop_assert_eq!(&result.totals.potential_savings, &savings_by_currency(&result));
        let proposed = result.candidates.iter().filter(|candidate| candidate.reclaimable).count();
        prop_assert_eq!(u64::try_from(proposed).unwrap(), reclaimable_seats(&result));
    }

    #[test]
    fn seat_cost_is_known_exactly_with_one_currency(company in any_company()) {
        let result = company.reconcile();

        for position in &result.positions {
            let currencies: BTreeSet<_> = company.entitlements.iter()
                .filter(|owned| owned.product == position.product && owned.quantity > 0)
                .filter_map(|owned| owned.unit_cost.map(|cost| cost.currency.code()))
                .collect();
            prop_assert_eq!(position.seat_cost.is_some(), currencies.len() == 1);
        }
    }

    #[test]
    fn result_does_not_depend_on_the_order_of_the_input(
        company in any_company(),
        rotation in any::<prop::sample::Index>(),
    ) {
        let one = company.reconcile();
        let other = reordered(&company, rotation).reconcile();

        prop_assert_eq!(
            serde_json::to_value(&one).unwrap(),
            serde_json::to_value(&other).unwrap()
        );
        prop_assert_eq!(seat_rows(&one), seat_rows(&other));
    }

    /// An old use of a seat of unknown activity is the exception: it shows that the seat is wasted.
    /// Such seats are taken as never used here, and without a creation, before which no use counts.
    #[test]
    fn additional_activity_does_not_add_waste(company in any_company(), new in any_record()) {
        let mut company = company;
        if !is_recent(new.last_activity) {
            for account in &mut company.accounts {
                account.last_activity = account.last_activity.latest(LastActivity::Never);
                account.created_at = None;
            }
        }

        let before = reclaimable_seats(&company.reconcile());
        company.activity.push(new);
        let after = reclaimable_seats(&company.reconcile());

        prop_assert!(after <= before);
    }
}
