//! Writers of CSV files, to check that accepted rows round-trip.

use purser_model::{Employment, Entitlement, Person, Term};

pub(crate) fn people_file(people: &[Person]) -> Vec<u8> {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record([
        "employee_number",
        "name",
        "email",
        "aliases",
        "user_name",
        "department",
        "manager",
        "status",
        "left_on",
    ])
    .unwrap();

    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    for person in people {
        let (status, left_on) = match person.employment {
            Employment::Employed => ("employed", String::new()),
            Employment::Left(on) => ("left", on.map(|day| day.to_string()).unwrap_or_default()),
            Employment::Unclear(on) => {
                ("unclear", on.map(|day| day.to_string()).unwrap_or_default())
            }
        };
        let number = person.employee_number.clone();
        let name = person.name.clone();
        let [email, user, department, manager] = [
            &person.email,
            &person.user_name,
            &person.department,
            &person.manager,
        ]
        .map(text);

        file.write_record([
            number,
            name,
            email,
            person.aliases.join(";"),
            user,
            department,
            manager,
            status.into(),
            left_on,
        ])
        .unwrap();
    }

    file.into_inner().unwrap()
}

pub(crate) fn entitlements_file(rows: &[Entitlement]) -> Vec<u8> {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record([
        "reference",
        "application",
        "product",
        "quantity",
        "unit_cost",
        "currency",
        "term",
        "start",
        "end",
    ])
    .unwrap();

    for row in rows {
        let cost = row
            .unit_cost
            .as_ref()
            .map(|cost| (cost.amount.to_string(), cost.currency.code().to_owned()));
        let (amount, currency) = cost.unwrap_or_default();
        let term = if row.term == Term::Monthly {
            "monthly"
        } else {
            "yearly"
        };

        let day =
            |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let fields = [
            row.reference.clone(),
            row.application.clone(),
            row.product.clone(),
            row.quantity.to_string(),
            amount,
            currency,
        ];

        file.write_record(fields.into_iter().chain([
            term.to_owned(),
            day(row.start),
            day(row.end),
        ]))
        .unwrap();
    }

    file.into_inner().unwrap()
}
