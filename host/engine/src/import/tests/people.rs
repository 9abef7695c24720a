//! Tests of files of people.

use super::{parse_valid, people_error};
use crate::import::parse_people;
use jiff::civil::date;
use purser_model::{Employment, Person};

#[test]
fn row_with_all_columns_is_parsed() {
    let text = "employee_number,name,email,aliases,user_name,department,manager,status,left_on\n\
        E1,\"Lovelace, Ada\",ada@example.com, a.l@example.com ; countess@example.com;,ada.l,Engines,E9,active,\n\
        E2,Zoë,,,,,,terminated,2026-08-31\n";
    let rows = parse_valid(text);

    assert_eq!(
        rows[0],
        Person {
            employee_number: "E1".into(),
            name: "Lovelace, Ada".into(),
            email: Some("ada@example.com".into()),
            aliases: vec!["a.l@example.com".into(), "countess@example.com".into()],
            user_name: Some("ada.l".into()),
            department: Some("Engines".into()),
            manager: Some("E9".into()),
            employment: Employment::Employed,
        }
    );
    assert_eq!(
        rows[1].employment,
        Employment::Left(Some(date(2026, 8, 31)))
    );
    assert_eq!((rows[1].name.as_str(), &rows[1].email), ("Zoë", &None));
}

#[test]
fn employment_follows_the_date_before_the_status() {
    let employed = Employment::Employed;
    let left = Employment::Left(None);
    let on = Employment::Left(Some(date(2026, 8, 31)));

    for (status, left_on, employment) in [
        ("", "", employed),
        ("Employed", "", employed),
        ("LEFT", "", left),
        ("inactive", "", left),
        ("", "2026-08-31", on),
        ("active", "2026-08-31", on),
        ("terminated", "2026-08-31", on),
    ] {
        let rows = parse_valid(&format!(
            "employee_number,name,status,left_on\nE1,Ada,{status},{left_on}\n"
        ));

        assert_eq!(rows[0].employment, employment, "{status} {left_on}");
    }
}

#[test]
fn every_error_is_listed_with_its_line() {
    let text = "employee_number,name,email,left_on\r\n\r\nE1,\"A\r\nda\",,\r\n\r\n,Grace,n/a,soon\r\nE3,Zoë,z@example.com,\r\n";

    assert_eq!(
        people_error(text),
        "the file has 4 errors:\n  \
         line 3: name: contains a line break or another control character\n  \
         line 6: employee_number: must not be empty\n  \
         line 6: email: \"n/a\" is not an e-mail address\n  \
         line 6: left_on: \"soon\" is not a date: write year, month and day, such as 2026-08-31"
    );
}

#[test]
fn invalid_address_is_an_error() {
    let message = people_error("employee_number,name,aliases\nE1,Ada,a@example.com;bogus\n");

    assert!(
        message.ends_with(
            "line 2: aliases: \"a@example.com;bogus\" contains \"bogus\", which is not an e-mail address"
        ),
        "{message}"
    );
    for bad in ["@example.com", "ada@", "ada", "a b@example.com", "a@x;b@y"] {
        assert!(
            parse_people(format!("employee_number,name,email\nE1,Ada,{bad}\n").as_bytes()).is_err(),
            "{bad}"
        );
    }
}
