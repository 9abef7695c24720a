//! Compliance positions and the rows of their figures as text.

use super::{Table, account, number, sanitize};
use crate::words;
use purser_engine::licensing::{Amount, CostGap, Explanation, NotReclaimable, Position, SeatRow};
use purser_model::{Entitlement, Money};

/// Column heads of the table.
const HEADS: [&str; 11] = [
    "APPLICATION",
    "PRODUCT",
    "STATUS",
    ">OWNED",
    ">HELD",
    ">IN USE",
    ">UNKNOWN",
    ">WASTED",
    ">SHORT",
    ">TRUE-UP",
    ">SAVINGS",
];

/// Returns a table of positions. `is_new` if nothing was published and nothing is owned, so that no
/// notice tells why there is none.
pub(crate) fn table(positions: &[&Position], is_new: bool) -> String {
    if positions.is_empty() && is_new {
        return "No position yet: it needs a published profile that has run. Next: purser profile list".into();
    }
    if positions.is_empty() {
        return "No position: no seat is held or owned, as far as it was read.".into();
    }

    let mut table = Table::new(HEADS);
    for position in positions {
        let Position {
            owned,
            allocated,
            in_use,
            unknown,
            reclaimable,
            shortfall,
            ..
        } = **position;
        let words = [
            position.application.clone(),
            position.product.clone(),
            position.status.as_str().to_owned(),
        ];
        let counts = [owned, allocated, in_use, unknown, reclaimable, shortfall].map(number::count);
        let gap = position.cost_gap;
        let costs = [
            cost(position.true_up_cost, shortfall, gap),
            cost(position.potential_savings, reclaimable, gap),
        ];
        table.row(words.into_iter().chain(counts).chain(costs));
    }

    table.to_string()
}

/// Returns the cost of seats, or `-` if there are none.
fn cost(money: Option<Money>, seats: u64, gap: Option<CostGap>) -> String {
    match (money, gap) {
        _ if seats == 0 => "-".into(),
        (Some(money), _) => money.to_string(),
        (None, Some(CostGap::MixedCurrencies)) => "mixed currencies".into(),
        (None, Some(CostGap::NoEntitlement | CostGap::NotStated) | None) => "unknown price".into(),
    }
}

/// Returns a figure with its formula and its rows.
pub(crate) fn explanation(explained: &Explanation<'_>) -> String {
    let value = match explained.value {
        Amount::Seats(seats) => number::count(seats),
        Amount::Money(Some(money)) => format!("{money} a year"),
        Amount::Money(None) => "unknown".into(),
    };
    let application = sanitize::line(explained.application);
    let product = sanitize::line(explained.product);

    let mut parts = vec![format!(
        "{application} {product}: {} = {value}: {}.",
        explained.figure, explained.formula
    )];
    if !explained.entitlements.is_empty() {
        parts.push(format!(
            "Entitlements\n{}",
            entitlements(&explained.entitlements)
        ));
    }
    if !explained.seats.is_empty() {
        let count = u64::try_from(explained.seats.len()).unwrap_or(u64::MAX);
        parts.push(format!(
            "{}\n{}",
            number::counted(count, "seat"),
            seats(&explained.seats)
        ));
    }

    parts.join("\n\n")
}

fn entitlements(rows: &[&Entitlement]) -> Table {
    let mut table = Table::new(["REFERENCE", ">SEATS", ">UNIT COST", "UNTIL"]);
    for row in rows {
        let price = row
            .unit_cost
            .map_or_else(|| "unknown".into(), |cost| cost.to_string());
        let until = row.end.map(|day| day.to_string()).unwrap_or_default();
        table.row([
            &row.reference,
            &number::count(row.quantity.into()),
            &price,
            &until,
        ]);
    }

    table
}

fn seats(rows: &[&SeatRow]) -> Table {
    let mut table = Table::new(["ACCOUNT", "LOGIN", "EMPLOYEE", "LAST USED", "USE", "WASTED"]);
    for row in rows {
        let last = account::last_used(row.last_activity);
        let wasted = match (&row.not_reclaimable, row.reclaimable) {
            (Some(NotReclaimable::Grace), _) => "no, in its grace period".into(),
            (Some(NotReclaimable::Exempt { pattern }), _) => format!("no, exempt by {pattern}"),
            (None, true) => "yes".into(),
            (None, false) => "no".to_owned(),
        };
        let [login, employee] = [&row.principal_name, &row.employee_number]
            .map(|text| text.as_deref().unwrap_or_default());
        let account = super::with_connection(&row.account, row.connection.as_deref());
        table.row([
            account.as_str(),
            login,
            employee,
            &last,
            words::usage(row.usage),
            &wasted,
        ]);
    }

    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixtures;
    use purser_engine::licensing::Figure;

    #[test]
    fn table_has_a_row_for_each_product_and_shows_unknown_prices() {
        let all = fixtures::reconciliation();
        let table = table(&all.positions.iter().collect::<Vec<_>>(), false);
        let rows: Vec<Vec<_>> = table
            .lines()
            .map(|line| {
                line.split("  ")
                    .filter(|cell| !cell.is_empty())
                    .map(str::trim)
                    .collect()
            })
            .collect();
        let free = [
            "boards",
            "free",
            "unlicensed",
            "0",
            "1",
            "0",
            "0",
            "1",
            "1",
            "unknown price",
            "unknown price",
        ];
        let pro = [
            "boards",
            "pro",
            "not-compliant",
            "3",
            "4",
            "2",
            "1",
            "2",
            "1",
            "120.00 EUR",
            "240.00 EUR",
        ];
        assert_eq!(rows[1..], [free.to_vec(), pro.to_vec()], "{table}");
    }

    #[test]
    fn explanation_has_formula_and_rows() {
        let all = fixtures::reconciliation();
        let text = explanation(&all.explain("boards", "pro", Figure::Reclaimable).unwrap());
        assert!(
            text.starts_with("boards pro: reclaimable = 2: the seats inactive"),
            "{text}"
        );
        assert!(
            text.contains("2 seats\n") && text.lines().count() == 6,
            "{text}"
        );
        let cost = explanation(&all.explain("boards", "pro", Figure::TrueUpCost).unwrap());
        assert!(
            cost.contains("= 120.00 EUR a year: shortfall times")
                && cost.contains("PO-1           3  10.00 EUR  2026-12-31"),
            "{cost}"
        );
        assert!(!cost.contains('\u{1b}'), "{cost}");
    }
}
