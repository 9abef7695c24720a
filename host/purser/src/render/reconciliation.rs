//! What a reconciliation came to, in sentences.

use super::{Table, number, plain};
use purser_engine::licensing::{MatchSummary, Notice, Reconciliation, Totals};
use purser_model::Money;

/// All of it in short: how accounts were matched, what was found, the money, and what to know before believing it.
pub(crate) fn summary(reconciliation: &Reconciliation) -> String {
    let Reconciliation {
        as_of,
        positions,
        findings,
        matches,
        totals,
        notices: limits,
        ..
    } = reconciliation;
    let products = number::counted(
        u64::try_from(positions.len()).unwrap_or(u64::MAX),
        "product",
    );
    let mut found = Table::new(["FOUND", ">SEATS", "WASTED"]);
    for (kind, seats) in findings {
        found.row([
            kind.as_str(),
            &number::count(*seats),
            if kind.is_waste() { "yes" } else { "no" },
        ]);
    }
    let found = if findings.is_empty() {
        "Nothing was found.".into()
    } else {
        found.to_string()
    };
    let head = format!("As of {}: {products}.", number::time(as_of.now));
    let next = "Next: purser position, purser candidates".to_owned();
    let parts = [
        head,
        matched(matches),
        found,
        money(totals),
        notices(limits),
        next,
    ];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// How many accounts have a known holder.
pub(crate) fn matched(matches: &MatchSummary) -> String {
    let MatchSummary {
        accounts,
        matched,
        by_rule,
        ambiguous,
        unmatched,
        guests,
        excluded,
        service,
    } = matches;
    let rules = by_rule
        .iter()
        .map(|(rule, count)| format!("{} by {}", number::count(*count), super::word(rule)));
    let others = [
        (unmatched, "match nobody in the directory"),
        (ambiguous, "match several people"),
        (guests, "are guests"),
        (service, "are service accounts"),
        (excluded, "are excluded"),
    ];
    let others = others.into_iter().filter(|(count, _)| **count > 0);
    let others = others.map(|(count, what)| format!("{} {what}", number::count(*count)));
    let accounts = number::counted(*accounts, "account");
    let first = format!(
        "{} of {accounts} matched to a person",
        number::count(*matched)
    );
    listed(&first, rules.collect()) + "\n" + &listed("Of the others", others.collect())
}

/// `what: one, two.`
fn listed(what: &str, items: Vec<String>) -> String {
    let items = if items.is_empty() {
        "none".to_owned()
    } else {
        items.join(", ")
    };
    format!("{what}: {items}.")
}

/// The money, each currency for itself.
pub(crate) fn money(totals: &Totals) -> String {
    let mut lines = Vec::new();
    let mut tell = |what: &str, amounts: &[Money], seats_without: u64| {
        if !amounts.is_empty() {
            let amounts: Vec<_> = amounts.iter().map(ToString::to_string).collect();
            lines.push(format!("{what}: {} a year.", amounts.join(" and ")));
        }
        if seats_without > 0 {
            let seats = number::counted(seats_without, "seat");
            lines.push(format!("{what}: {seats} more, whose price is not known."));
        }
    };
    tell(
        "Wasted seats",
        &totals.potential_savings,
        totals.reclaimable_without_cost,
    );
    tell(
        "Seats short (true-up)",
        &totals.true_up_cost,
        totals.shortfall_without_cost,
    );
    lines.join("\n")
}

/// What to know before believing the figures, a line each.
pub(crate) fn notices(notices: &[Notice]) -> String {
    notices
        .iter()
        .map(|notice| format!("Note: {}.", plain::line(&notice.to_string())))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixtures;

    fn amounts(texts: &[&str]) -> Vec<Money> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn currencies_are_told_apart() {
        let totals = Totals {
            potential_savings: amounts(&["10 EUR", "2000 USD"]),
            ..Totals::default()
        };
        assert_eq!(
            money(&totals),
            "Wasted seats: 10.00 EUR and 2,000.00 USD a year."
        );
    }

    #[test]
    fn seats_without_a_price_are_not_passed_over() {
        let totals = Totals {
            true_up_cost: amounts(&["10 EUR"]),
            shortfall_without_cost: 3,
            ..Totals::default()
        };
        let lines = "Seats short (true-up): 10.00 EUR a year.\nSeats short (true-up): 3 seats more, whose price is not known.";
        assert_eq!(money(&totals), lines);
        assert_eq!(money(&Totals::default()), "");
    }

    #[test]
    fn a_notice_is_one_safe_line() {
        let notice = Notice::ApplicationNotRead {
            application: "x\ny\u{1b}".into(),
            entitlements: vec!["PO-1".into()],
        };
        assert_eq!(
            notices(&[notice]),
            "Note: x\\ny\\u{1b}: not read, so the position of PO-1 is not known."
        );
    }

    #[test]
    fn the_matches_say_who_is_left_over() {
        let matches = MatchSummary {
            accounts: 5,
            ambiguous: 3,
            unmatched: 2,
            ..MatchSummary::default()
        };
        let others = "Of the others: 2 match nobody in the directory, 3 match several people.";
        assert_eq!(
            matched(&matches),
            format!("0 of 5 accounts matched to a person: none.\n{others}")
        );
        let matches = fixtures::reconciliation().matches;
        let first = "3 of 5 accounts matched to a person: 3 by employee-number.\n";
        assert_eq!(
            matched(&matches),
            format!("{first}Of the others: 2 match nobody in the directory.")
        );
    }
}
