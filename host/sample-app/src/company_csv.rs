//! The company's own files as CSV with a header: its directory and its contracts.

use crate::company::Company;
use crate::member_generator::Employee;
use crate::names::DEPARTMENTS;
use crate::plan::{PLANS, Plan};
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
    /// Returns the directory: one row for each employee, including leavers.
    #[must_use]
    pub fn people_csv(&self) -> String {
        // The first employee manages all others.
        let manager = self
            .employees
            .first()
            .map(|employee| employee.number.as_str())
            .unwrap_or_default();
        let rows = self
            .employees
            .iter()
            .map(|employee| employee_row(employee, manager, self.today));

        csv(PEOPLE, rows)
    }

    /// Returns the contracts: two for the first plan, one for each other, and one that has expired.
    ///
    /// `application` is the name of the application's profile.
    #[must_use]
    pub fn entitlements_csv(&self, application: &str) -> String {
        let start = self.today.saturating_sub(100.days());
        let this_year = (start, self.today.saturating_add(264.days()));
        let last_year = (
            start.saturating_sub(365.days()),
            start.saturating_sub(1.day()),
        );

        let mut rows = vec![order_row(
            "PO-3900",
            application,
            &PLANS[2],
            5_000,
            last_year,
        )];
        for (index, plan) in PLANS.iter().enumerate() {
            let owned = self.expected().plan(plan.key).map_or(0, |plan| plan.owned);
            let reference = format!("PO-47{index:02}");

            // An eighth of the first plan was ordered separately.
            let second = if index == 0 { owned / 8 } else { 0 };
            let first = owned - second;
            rows.push(order_row(&reference, application, plan, first, this_year));
            if second > 0 {
                let reference = format!("{reference}-B");
                rows.push(order_row(&reference, application, plan, second, this_year));
            }
        }

        csv(ENTITLEMENTS, rows)
    }
}

fn employee_row(employee: &Employee, manager: &str, today: Date) -> [String; 9] {
    let department = DEPARTMENTS
        .get(employee.department % DEPARTMENTS.len())
        .copied()
        .unwrap_or_default();
    let manager = if employee.number == manager {
        ""
    } else {
        manager
    };
    let has_left = employee.left_on.is_some_and(|on| on <= today);
    let status = if has_left { "left" } else { "employed" };

    [
        employee.number.clone(),
        employee.name.clone(),
        employee.email.clone(),
        employee.alias.clone().unwrap_or_default(),
        employee.user_name.clone().unwrap_or_default(),
        department.to_owned(),
        manager.to_owned(),
        status.to_owned(),
        employee
            .left_on
            .map(|on| on.to_string())
            .unwrap_or_default(),
    ]
}

fn order_row(
    reference: &str,
    application: &str,
    plan: &Plan,
    seats: u64,
    (start, end): (Date, Date),
) -> [String; 9] {
    let price = plan.price;
    let term = if price.payments_per_year == 12 {
        "monthly"
    } else {
        "yearly"
    };

    [
        reference.to_owned(),
        application.to_owned(),
        plan.key.to_owned(),
        seats.to_string(),
        format!("{}.{:02}", price.cents / 100, price.cents % 100),
        price.currency.to_owned(),
        term.to_owned(),
        start.to_string(),
        end.to_string(),
    ]
}

/// Writes CSV by RFC 4180.
///
/// No crate, because writing to memory cannot fail, and because Purser should read a file that its
/// own CSV library did not write.
fn csv<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let rows = rows
        .into_iter()
        .map(|row| csv_line(&row.each_ref().map(String::as_str)));

    std::iter::once(csv_line(&header)).chain(rows).collect()
}

fn csv_line(fields: &[&str]) -> String {
    let quoted = |field: &&str| match field.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => (*field).to_owned(),
    };

    fields.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Population;

    fn company() -> Company {
        Company::new(Population {
            seed: 7,
            members: 1_000,
            now: "2026-03-01T12:00:00Z".parse().unwrap(),
        })
    }

    fn count_lines(text: &str, wanted: impl Fn(&str) -> bool) -> usize {
        text.lines().filter(|line| wanted(line)).count()
    }

    #[test]
    fn fields_with_commas_or_quotes_are_quoted() {
        assert_eq!(
            csv_line(&["a", "b, c", "\"Ace\"", ""]),
            "a,\"b, c\",\"\"\"Ace\"\"\",\r\n"
        );

        let people = company().people_csv();
        assert!(people.contains(",\"R&D, Applied\","));
        assert!(people.contains("\"\"Ace\"\" Okafor"));
    }

    #[test]
    fn directory_has_every_employee_and_leaver() {
        let company = company();

        let people = company.people_csv();

        let header_and_people = company.expected().people + 1;
        assert_eq!(people.lines().count() as u64, header_and_people);
        assert_eq!(count_lines(&people, |line| line.contains(",left,")), 50);
        let leaves_soon = |line: &str| line.contains(",employed,2026-03-21");
        assert_eq!(count_lines(&people, leaves_soon), 10);
    }

    #[test]
    fn valid_contracts_add_up_to_the_owned_seats() {
        let company = company();

        let text = company.entitlements_csv("boards");

        for plan in &company.expected().plans {
            let seats: u64 = text
                .lines()
                .filter(|line| line.contains(plan.plan) && line.ends_with("2026-11-20"))
                .map(|line| line.split(',').nth(3).unwrap().parse::<u64>().unwrap())
                .sum();
            assert_eq!(seats, plan.owned, "{text}");
        }
    }

    #[test]
    fn contracts_have_prices_and_one_has_expired() {
        let text = company().entitlements_csv("boards");

        assert!(text.contains(",14.50,EUR,monthly,"), "{text}");
        assert!(text.contains(",96.00,USD,yearly,"), "{text}");
        let has_expired = |line: &str| line.ends_with("2025-11-20");
        assert_eq!(count_lines(&text, has_expired), 1, "{text}");
    }
}
