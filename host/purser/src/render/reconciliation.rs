//! Reconciliations as text.

use super::{Table, number, sanitize};
use crate::words;
use purser_engine::licensing::{FindingKind, MatchSummary, Notice, Reconciliation, Totals};
use purser_model::Money;
use std::collections::BTreeMap;

/// Returns a summary: matches, findings, money and notices.
pub(crate) fn summary(all: &Reconciliation) -> String {
    let products = u64::try_from(all.positions.len()).unwrap_or(u64::MAX);
    let head = format!(
        "As of {}: {}.",
        number::time(all.as_of.now),
        number::counted(products, "product")
    );

    let parts = [
        head,
        matched(&all.matches),
        findings(&all.findings),
        money(&all.totals),
        notices(&all.notices),
        "Next: purser position, purser candidates".to_owned(),
    ];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// Returns a table of findings with the numbers of their seats.
fn findings(findings: &BTreeMap<FindingKind, u64>) -> String {
    if findings.is_empty() {
        return "There are no findings.".into();
    }

    let mut table = Table::new(["FINDING", ">SEATS", "WASTED"]);
    for (kind, seats) in findings {
        table.row([
            words::finding_kind(*kind),
            &number::count(*seats),
            if kind.is_waste() { "yes" } else { "no" },
        ]);
    }

    table.to_string()
}

/// Returns the numbers of accounts by the result of matching them to people.
pub(crate) fn matched(matches: &MatchSummary) -> String {
    let first = format!(
        "{} of {} matched to a person",
        number::count(matches.matched),
        number::counted(matches.accounts, "account")
    );
    let rules = matches
        .by_rule
        .iter()
        .map(|(rule, count)| format!("{} by {}", number::count(*count), words::match_rule(*rule)))
        .collect();

    let others = [
        (matches.unmatched, "match no person in the directory"),
        (matches.ambiguous, "match several people"),
        (matches.guests, "are guests"),
        (matches.service, "are service accounts"),
        (matches.excluded, "are excluded"),
    ];
    let others = others
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, reason)| format!("{} {reason}", number::count(count)))
        .collect();

    counts_line(&first, rules) + "\n" + &counts_line("Of the others", others)
}

/// Returns a line such as `what: one, two.`
fn counts_line(what: &str, items: Vec<String>) -> String {
    let items = if items.is_empty() {
        "none".to_owned()
    } else {
        items.join(", ")
    };
    format!("{what}: {items}.")
}

/// Returns the money, with a separate amount for each currency.
pub(crate) fn money(totals: &Totals) -> String {
    let mut lines = Vec::new();
    let mut add = |what: &str, amounts: &[Money], seats_without: u64| {
        if !amounts.is_empty() {
            let amounts: Vec<_> = amounts.iter().map(ToString::to_string).collect();
            lines.push(format!("{what}: {} a year.", amounts.join(" and ")));
        }
        if seats_without > 0 {
            let seats = number::counted(seats_without, "seat");
            lines.push(format!("{what}: {seats} more with unknown price."));
        }
    };
    add(
        "Wasted seats",
        &totals.potential_savings,
        totals.reclaimable_without_cost,
    );
    add(
        "Seats owned and held by no account",
        &totals.available_cost,
        totals.available_without_cost,
    );
    add(
        "Seats short (true-up)",
        &totals.true_up_cost,
        totals.shortfall_without_cost,
    );

    lines.join("\n")
}

/// Returns the notices, a line each.
pub(crate) fn notices<'n>(notices: impl IntoIterator<Item = &'n Notice>) -> String {
    notices
        .into_iter()
        .map(|notice| format!("Note: {}.", sanitize::line(&notice.to_string())))
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
    fn money_has_an_amount_for_each_currency() {
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
    fn money_counts_seats_without_price() {
        let totals = Totals {
            true_up_cost: amounts(&["10 EUR"]),
            shortfall_without_cost: 3,
            ..Totals::default()
        };
        let lines = "Seats short (true-up): 10.00 EUR a year.\nSeats short (true-up): 3 seats more with unknown price.";
        assert_eq!(money(&totals), lines);
        assert_eq!(money(&Totals::default()), "");
    }

    #[test]
    fn notice_with_control_characters_is_one_sanitized_line() {
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
    fn matches_count_unmatched_accounts_by_reason() {
        let matches = MatchSummary {
            accounts: 5,
            ambiguous: 3,
            unmatched: 2,
            ..MatchSummary::default()
        };
        let others = "Of the others: 2 match no person in the directory, 3 match several people.";
        assert_eq!(
            matched(&matches),
            format!("0 of 5 accounts matched to a person: none.\n{others}")
        );
        let matches = fixtures::reconciliation().matches;
        let first = "3 of 5 accounts matched to a person: 3 by employee-number.\n";
        assert_eq!(
            matched(&matches),
            format!("{first}Of the others: 2 match no person in the directory.")
        );
    }
}
