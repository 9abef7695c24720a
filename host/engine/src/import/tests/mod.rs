use super::*;
use jiff::civil::date;
use purser_model::{Blame, Blamed, Employment, Entitlement, Person, Term};

const HEAD: &str = "reference,application,product,quantity,unit_cost,currency,term,start,end\n";

fn people(text: &str) -> Vec<Person> {
    parse_people(text.as_bytes()).unwrap().rows
}

fn entitlements(rows: &str) -> Result<Vec<Entitlement>, ImportError> {
    parse_entitlements(format!("{HEAD}{rows}").as_bytes()).map(|imported| imported.rows)
}

/// What is wrong with a file of people, a line each.
fn wrong_people(text: &str) -> String {
    parse_people(text.as_bytes()).unwrap_err().to_string()
}

/// The only thing that is wrong with rows of entitlements.
fn wrong(rows: &str) -> String {
    match entitlements(rows).unwrap_err() {
        ImportError::Rows { shown, total: 1 } => shown[0].to_string(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_full_row_is_read_whole() {
    let text = "employee_number,name,email,aliases,user_name,department,manager,status,left_on\n\
        E1,\"Lovelace, Ada\",ada@example.com, a.l@example.com ; countess@example.com;,ada.l,Engines,E9,active,\n\
        E2,Zoë,,,,,,terminated,2026-08-31\n";
    let rows = people(text);
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
fn employment_follows_the_date_and_then_the_status() {
    let (employed, left) = (Employment::Employed, Employment::Left(None));
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
        let rows = people(&format!(
            "employee_number,name,status,left_on\nE1,Ada,{status},{left_on}\n"
        ));
        assert_eq!(rows[0].employment, employment, "{status} {left_on}");
    }
}

#[test]
fn columns_come_in_any_order_under_many_names_and_the_unknown_are_listed() {
    let text = "Shoe Size,Full-Name,Employee ID,E-Mail,\nxl,Ada,E1,ada@example.com,\n";
    let imported = parse_people(text.as_bytes()).unwrap();
    assert_eq!(imported.ignored_columns, ["Shoe Size"]);
    assert_eq!(imported.rows[0].email.as_deref(), Some("ada@example.com"));
    let text = "PO Number;App;SKU;Licenses\nPO-1;hub;seat;5\n";
    assert_eq!(
        parse_entitlements(text.as_bytes()).unwrap().rows[0].quantity,
        5
    );
}

#[test]
fn byte_order_mark_separators_and_line_ends_do_not_matter() {
    for text in [
        "\u{feff}employee_number,name\nE1,Ada\n",
        "\u{feff}\"employee_number\",\"name\"\r\n\"E1\",\"Ada\"\r\n",
        "employee_number;name\nE1;Ada",
        "employee_number\tname\r\nE1\tAda\r\n",
        "\n\nemployee_number,name\n\n , \n,\nE1,Ada\n,\n",
    ] {
        let rows = people(text);
        assert_eq!(
            (
                rows.len(),
                rows[0].employee_number.as_str(),
                rows[0].name.as_str()
            ),
            (1, "E1", "Ada"),
            "{text:?}"
        );
    }
}

#[test]
fn an_entitlement_is_read_with_its_price_and_days() {
    let rows = entitlements(
        "PO-1,hub,seat,10,12.50,eur,Monthly,2026-01-01,2026-12-31\nPO-2,hub,seat,0,0,JPY,annual,,\n",
    );
    let rows = rows.unwrap();
    assert_eq!(rows[0].unit_cost, Some("12.50 EUR".parse().unwrap()));
    assert_eq!((rows[0].term, rows[0].quantity), (Term::Monthly, 10));
    assert_eq!(
        (rows[0].start, rows[0].end),
        (Some(date(2026, 1, 1)), Some(date(2026, 12, 31)))
    );
    assert_eq!(
        (rows[1].unit_cost, rows[1].term),
        (Some("0 JPY".parse().unwrap()), Term::Yearly)
    );
    let unpriced = entitlements("PO-1,hub,seat,10,,,,,\n").unwrap();
    assert_eq!(unpriced[0].unit_cost, None);
}

#[test]
fn a_wrong_field_is_named_with_its_line() {
    for (row, error) in [
        (
            "PO,hub,seat,ten,,,,,",
            "line 2: quantity: \"ten\" is no whole number",
        ),
        (
            "PO,hub,seat,\"1,000\",,,,,",
            "line 2: quantity: \"1,000\" is no whole number",
        ),
        (
            "PO,hub,seat,-5,,,,,",
            "line 2: quantity: \"-5\" is no whole number",
        ),
        (
            "PO,hub,seat,+5,,,,,",
            "line 2: quantity: \"+5\" is no whole number",
        ),
        (
            "PO,hub,seat,4294967296,,,,,",
            "line 2: quantity: \"4294967296\" is too large",
        ),
        ("PO,hub,seat,,,,,,", "line 2: quantity: must not be empty"),
        (" ,hub,seat,5,,,,,", "line 2: reference: must not be empty"),
        (
            "PO,JupyterHub,seat,5,,,,,",
            "line 2: application: \"JupyterHub\" is no name of a profile: these have lower-case letters, digits and hyphens",
        ),
        (
            "PO,hub,seat,5,\"1.234,50\",EUR,yearly,,",
            "line 2: unit_cost: \"1.234,50\" is no amount: write it with a point and without grouping, such as 1234.50",
        ),
        (
            "PO,hub,seat,5,1_000,EUR,yearly,,",
            "line 2: unit_cost: \"1_000\" is no amount: write it with a point and without grouping, such as 1234.50",
        ),
        (
            "PO,hub,seat,5,-1,EUR,yearly,,",
            "line 2: unit_cost: \"-1\" is negative",
        ),
        (
            "PO,hub,seat,5,100000001,EUR,yearly,,",
            "line 2: unit_cost: \"100000001\" is too large for the price of a seat",
        ),
        (
            "PO,hub,seat,5,10,,yearly,,",
            "line 2: currency: must not be empty",
        ),
        (
            "PO,hub,seat,5,10,EURO,yearly,,",
            "line 2: currency: \"EURO\" is no currency of ISO 4217, such as EUR",
        ),
        ("PO,hub,seat,5,10,EUR,,,", "line 2: term: must not be empty"),
        (
            "PO,hub,seat,5,10,EUR,weekly,,",
            "line 2: term: \"weekly\" is no term: use monthly or yearly",
        ),
        (
            "PO,hub,seat,5,,,,01/08/2026,",
            "line 2: start: \"01/08/2026\" is no date: write year, month and day, such as 2026-08-31",
        ),
        (
            "PO,hub,seat,5,,,,20260801,",
            "line 2: start: \"20260801\" is no date: write year, month and day, such as 2026-08-31",
        ),
        (
            "PO,hub,seat,5,,,,,2026-02-30",
            "line 2: end: \"2026-02-30\" is no date: write year, month and day, such as 2026-08-31",
        ),
        (
            "PO,hub,seat,5,,,,2026-02-02,2026-02-01",
            "line 2: end: before the start",
        ),
        (
            "PO,hub,seat,5",
            "line 2: has 4 fields where the header has 9",
        ),
        (
            "PO,hub,seat,5,,,,,,extra",
            "line 2: has 10 fields where the header has 9",
        ),
        (
            "PO,hub,\"se\nat\",5,,,,,",
            "line 2: product: holds a line break or another control character",
        ),
    ] {
        assert_eq!(wrong(&format!("{row}\n")), error);
    }
}

#[test]
fn every_bad_row_is_told_on_its_own_line() {
    let text = "employee_number,name,email,left_on\r\n\r\nE1,\"A\r\nda\",,\r\n\r\n,Grace,n/a,soon\r\nE3,Zoë,z@example.com,\r\n";
    assert_eq!(
        wrong_people(text),
        "4 things are wrong in the file:\n  \
         line 3: name: holds a line break or another control character\n  \
         line 6: employee_number: must not be empty\n  \
         line 6: email: \"n/a\" is no e-mail address\n  \
         line 6: left_on: \"soon\" is no date: write year, month and day, such as 2026-08-31"
    );
}

#[test]
fn many_errors_are_counted_and_twenty_shown() {
    let text: String = (0..25)
        .map(|row| format!("PO-{row},hub,seat,many,,,,,\n"))
        .collect();
    let error = entitlements(&text).unwrap_err();
    let ImportError::Rows { shown, total } = &error else {
        panic!("{error}")
    };
    assert_eq!((shown.len(), *total), (20, 25));
    assert!(error.to_string().ends_with("\n  and 5 more"));
    assert_eq!(error.blame(), Blame::Operator);
    assert!(
        error
            .next_step()
            .unwrap()
            .text()
            .unwrap()
            .contains("nothing was imported")
    );
}

#[test]
fn the_same_key_twice_names_both_lines() {
    assert_eq!(
        wrong_people("employee_number,name\nE1,Ada\nE2,Grace\ne1,Eve\n"),
        "one thing is wrong in the file:\n  line 4: the same employee_number as on line 2"
    );
    let told = wrong("PO,hub,a,1,,,,,\nPO,hub,b,1,,,,,\nPO,hub,a,2,,,,,\n");
    assert_eq!(
        told,
        "line 4: the same reference, application and product as on line 2"
    );
}

#[test]
fn addresses_are_looked_at() {
    let told = wrong_people("employee_number,name,aliases\nE1,Ada,a@example.com;bogus\n");
    assert!(
        told.ends_with(
            "line 2: aliases: \"a@example.com;bogus\" holds \"bogus\", which is no e-mail address"
        ),
        "{told}"
    );
    for bad in ["@example.com", "ada@", "ada", "a b@example.com", "a@x;b@y"] {
        assert!(
            parse_people(format!("employee_number,name,email\nE1,Ada,{bad}\n").as_bytes()).is_err(),
            "{bad}"
        );
    }
}

#[test]
fn a_missing_column_is_named_with_those_there_are() {
    assert_eq!(
        wrong_people("surname,email\nLovelace,ada@example.com\n"),
        "the file has no column employee_number, name; it has \"surname\", \"email\""
    );
    let twice = "employee_number,name,Mail,e-mail\nE1,Ada,a@x,b@x\n";
    assert_eq!(
        wrong_people(twice),
        "the columns \"Mail\" and \"e-mail\" both give the email"
    );
}

#[test]
fn what_is_no_such_file_is_refused() {
    for (bytes, error) in [
        (&b""[..], "the file is empty"),
        (b"\xef\xbb\xbf \r\n\n", "the file is empty"),
        (
            b"employee_number,name\n",
            "the file has a header and no rows",
        ),
        (
            b"employee_number,name\n,\n",
            "the file has a header and no rows",
        ),
        (
            b"employee_number,name\nE1,Ada\nE2,Zo\xeb\n",
            "line 3 is not UTF-8",
        ),
        (b"\xff\xfee\0m\0p\0", "line 1 is not UTF-8"),
        (
            b"PK\x03\x04\x14\x00",
            "the file has no column employee_number, name; it has \"PK\\u{3}\\u{4}\\u{14}\\0\"",
        ),
    ] {
        let refused = parse_people(bytes).unwrap_err();
        assert_eq!(refused.to_string(), error);
        assert_eq!(refused.blame(), Blame::Operator);
        assert!(refused.next_step().is_some());
    }
}

#[test]
fn an_unclosed_quotation_mark_swallows_no_rows() {
    let rest: String = (2..2000).map(|row| format!("E{row},Name\n")).collect();
    let error = wrong_people(&format!("employee_number,name\nE1,\"Ada\n{rest}"));
    assert!(
        error.ends_with("line 2: name: longer than 8192 bytes; is a quotation mark missing?"),
        "{error}"
    );
}

#[test]
fn an_endless_file_is_cut_off() {
    let error = parse_people(std::io::repeat(b'a')).unwrap_err();
    assert!(
        matches!(error, ImportError::TooLarge { limit_mib: 128 }),
        "{error}"
    );
}

#[test]
fn a_reader_that_fails_is_told() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("disk on fire"))
        }
    }
    let error = parse_people(Broken).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the file could not be read: disk on fire"
    );
}

#[test]
fn of_thousands_of_columns_a_few_are_told() {
    let text = (0..5_000)
        .map(|number| format!("c{number},"))
        .collect::<String>()
        + "\nx\n";
    let told = wrong_people(&text);
    assert!(
        told.len() < 500 && told.ends_with("\"c29\" and 4971 more"),
        "{told}"
    );
}
