//! Tests of files of people.

use super::{TODAY, parse_valid, people_error, people_notes};
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
fn employment_follows_status_and_days_unless_they_contradict_each_other() {
    let employed = Employment::Employed;
    let left = Employment::Left(None);
    let past = date(2026, 8, 31);
    let future = date(2026, 12, 31);
    let unclear = Employment::Unclear;

    for (status, left_on, hired_on, employment) in [
        ("", "", "", employed),
        ("Employed", "", "", employed),
        ("LEFT", "", "", left),
        ("inactive", "", "", left),
        ("", "2026-08-31", "", Employment::Left(Some(past))),
        (
            "terminated",
            "2026-08-31",
            "2020-01-01",
            Employment::Left(Some(past)),
        ),
        ("active", "2026-11-28", "", Employment::Left(Some(TODAY))),
        ("active", "2026-12-31", "", Employment::Left(Some(future))),
        (
            "terminated",
            "2026-12-31",
            "",
            Employment::Left(Some(future)),
        ),
        (
            "terminated",
            "2026-08-31T00:00:00Z",
            "",
            Employment::Left(Some(past)),
        ),
        ("active", "2026-08-31", "", unclear(Some(past))),
        ("On Leave", "2026-08-31", "", unclear(Some(past))),
        ("unclear", "2026-08-31", "", unclear(Some(past))),
        ("active", "2026-08-31", "2026-10-01", employed),
        ("", "2026-08-31", "2026-10-01", unclear(Some(past))),
        ("left", "2026-08-31", "2026-10-01", unclear(Some(past))),
        ("active", "9999-12-31", "", employed),
        ("active", "1900-01-01", "", employed),
        ("active", "0000-00-00", "", employed),
        ("", "4712-12-31", "", employed),
        ("left", "2099-12-31", "", left),
    ] {
        let rows = parse_valid(&format!(
            "employee_number,name,status,left_on,hired_on\nE1,Ada,{status},{left_on},{hired_on}\n"
        ));

        assert_eq!(
            rows[0].employment, employment,
            "{status} {left_on} {hired_on}"
        );
    }
}

#[test]
fn contradiction_about_the_employment_is_noted_with_both_values() {
    let text = "employee_number,name,status,termination_date\nE1,Ada,Active,2023-04-30\n\
        E2,Bo,Active,\nE3,Cy,terminated,2027-01-31\n";

    assert_eq!(
        people_notes(text),
        [
            "line 2: left_on: the status is employed, and the day of leaving 2023-04-30: counts \
             as employed, and needs a look",
            "line 4: left_on: the status is left, and the day of leaving 2027-01-31: counts as \
             employed until that day",
        ]
    );
}

#[test]
fn wrapped_address_is_unwrapped_and_noted() {
    let text = "employee_number,name,email,proxy_addresses\n\
        E1,Ada,mailto:ada@example.com,SMTP:ada@example.com;smtp:a.test@example.com;X500:/o=x/cn=a\n\
        E2,Bo,'bo@example.com.',\nE3,Cy,cy@exam\u{ad}ple.com,\n";
    let rows = parse_valid(text);
    let emails: Vec<_> = rows
        .iter()
        .map(|row| row.email.as_deref().unwrap())
        .collect();

    assert_eq!(
        emails,
        ["ada@example.com", "bo@example.com", "cy@example.com"]
    );
    assert_eq!(rows[0].aliases, ["ada@example.com", "a.test@example.com"]);
    assert_eq!(
        people_notes(text),
        [
            "line 2: email: \"mailto:ada@example.com\" is read as \"ada@example.com\"",
            "line 3: email: \"'bo@example.com.'\" is read as \"bo@example.com\"",
            "line 4: email: \"cy@exam\\u{ad}ple.com\" is read as \"cy@example.com\"",
        ]
    );
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
    for bad in [
        "@example.com",
        "ada@",
        "ada",
        "a b@example.com",
        "a@x;b@y",
        "SIP:ada@example.com",
    ] {
        assert!(
            parse_people(
                format!("employee_number,name,email\nE1,Ada,{bad}\n").as_bytes(),
                TODAY
            )
            .is_err(),
            "{bad}"
        );
    }
}
