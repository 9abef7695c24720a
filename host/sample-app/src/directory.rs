//! What the company has in its own files: who works there, and what it bought. As CSV, with a header.

use crate::company::{Company, PLANS, Plan};
use crate::names::DEPARTMENTS;
use jiff::{ToSpan, civil::Date};

/// The columns of the directory.
const PEOPLE: [&str; 9] = [
    "employee_number",
    "name",
    "email",
    "aliases",
    "user_name",
    "department",
    "manager",
    "status",
    "left_on",
];

/// The columns of the contracts.
const ENTITLEMENTS: [&str; 9] = [
    "reference",
    "application",
    "product",
    "quantity",
    "unit_cost",
    "currency",
    "term",
    "start",
    "end",
];

impl Company {
    /// The directory: one row an employee, those who left among them.
    #[must_use]
    pub fn people_csv(&self) -> String {
        let manager = self
            .employees
            .first()
            .map(|employee| employee.number.clone())
            .unwrap_or_default();
        let rows = self.employees.iter().map(|employee| {
            let department = DEPARTMENTS
                .get(employee.department % DEPARTMENTS.len())
                .copied()
                .unwrap_or_default();
            let has_left = employee.left_on.is_some_and(|on| on <= self.today);
            [
                employee.number.clone(),
                employee.name.clone(),
                employee.email.clone(),
                employee.alias.clone().unwrap_or_default(),
                employee.user_name.clone().unwrap_or_default(),
                department.to_owned(),
                if employee.number == manager {
                    String::new()
                } else {
                    manager.clone()
                },
                if has_left { "left" } else { "employed" }.to_owned(),
                employee
                    .left_on
                    .map(|on| on.to_string())
                    .unwrap_or_default(),
            ]
        });
        csv(PEOPLE, rows)
    }

    /// The contracts: two for the first plan, one for each other, and one that ran out. `application` is how Purser's user calls the
    /// application.
    #[must_use]
    pub fn entitlements_csv(&self, application: &str) -> String {
        let start = self.today.saturating_sub(100.days());
        let this_year = (start, self.today.saturating_add(264.days()));
        let last_year = (
            start.saturating_sub(365.days()),
            start.saturating_sub(1.day()),
        );
        let mut rows = vec![order("PO-3900", application, &PLANS[2], 5_000, last_year)];
        for (index, plan) in PLANS.iter().enumerate() {
            let owned = self.truth().plan(plan.key).map_or(0, |truth| truth.owned);
            let second = if index == 0 { owned / 8 } else { 0 };
            rows.push(order(
                &format!("PO-47{index:02}"),
                application,
                plan,
                owned - second,
                this_year,
            ));
            if second > 0 {
                rows.push(order(
                    &format!("PO-47{index:02}-B"),
                    application,
                    plan,
                    second,
                    this_year,
                ));
            }
        }
        csv(ENTITLEMENTS, rows)
    }
}

/// One order of a plan.
fn order(
    reference: &str,
    application: &str,
    plan: &Plan,
    seats: u64,
    valid: (Date, Date),
) -> [String; 9] {
    let price = plan.price;
    [
        reference.to_owned(),
        application.to_owned(),
        plan.key.to_owned(),
        seats.to_string(),
        format!("{}.{:02}", price.cents / 100, price.cents % 100),
        price.currency.to_owned(),
        if price.payments_per_year == 12 {
            "monthly"
        } else {
            "yearly"
        }
        .to_owned(),
        valid.0.to_string(),
        valid.1.to_string(),
    ]
}

/// RFC 4180. Written by hand because writing to memory cannot fail, and because Purser should read what somebody else's code wrote.
fn csv<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let rows = rows
        .into_iter()
        .map(|row| line(&row.each_ref().map(String::as_str)));
    std::iter::once(line(&header)).chain(rows).collect()
}

fn line(fields: &[&str]) -> String {
    let quoted = |field: &&str| match field.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => (*field).to_owned(),
    };
    fields.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::company::Population;

    fn company() -> Company {
        Company::new(Population {
            seed: 7,
            members: 1_000,
            now: "2026-03-01T12:00:00Z".parse().unwrap(),
        })
    }

    #[test]
    fn what_holds_commas_and_quotes_is_quoted() {
        assert_eq!(
            line(&["a", "b, c", "\"Ace\"", ""]),
            "a,\"b, c\",\"\"\"Ace\"\"\",\r\n"
        );
        let people = company().people_csv();
        assert!(people.contains(",\"R&D, Applied\","));
        assert!(people.contains("\"\"Ace\"\" Okafor"));
    }

    #[test]
    fn the_directory_has_every_employee_and_who_has_left() {
        let company = company();
        let people = company.people_csv();
        assert_eq!(people.lines().count() as u64, company.truth().people + 1);
        assert_eq!(
            people
                .lines()
                .filter(|line| line.contains(",left,"))
                .count(),
            50
        );
        assert_eq!(
            people
                .lines()
                .filter(|line| line.contains(",employed,2026-03-21"))
                .count(),
            10,
            "leaving soon"
        );
    }

    #[test]
    fn the_contracts_that_are_valid_add_up_to_what_is_owned() {
        let company = company();
        let text = company.entitlements_csv("boards");
        for plan in &company.truth().plans {
            let valid = text
                .lines()
                .filter(|line| line.contains(plan.plan) && line.ends_with("2026-11-20"));
            let seats: u64 = valid
                .map(|line| line.split(',').nth(3).unwrap().parse::<u64>().unwrap())
                .sum();
            assert_eq!(seats, plan.owned, "{text}");
        }
        assert_eq!(
            text.lines()
                .filter(|line| line.ends_with("2025-11-20"))
                .count(),
            1,
            "one ran out: {text}"
        );
        assert!(text.contains(",14.50,EUR,monthly,") && text.contains(",96.00,USD,yearly,"));
    }
}
