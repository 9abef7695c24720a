//! Tests of what all kinds of file have in common.

use super::{entitlement_error, parse_rows, parse_valid, people_error};
use crate::import::{ImportError, parse_entitlements, parse_people};
use purser_model::{Blame, Blamed as _};

#[test]
fn columns_in_any_order_are_known_by_synonyms_and_others_are_listed() {
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
fn byte_order_mark_separator_and_line_ends_do_not_matter() {
    for text in [
        "\u{feff}employee_number,name\nE1,Ada\n",
        "\u{feff}\"employee_number\",\"name\"\r\n\"E1\",\"Ada\"\r\n",
        "employee_number;name\nE1;Ada",
        "employee_number\tname\r\nE1\tAda\r\n",
        "\n\nemployee_number,name\n\n , \n,\nE1,Ada\n,\n",
    ] {
        let rows = parse_valid(text);

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
fn many_errors_are_counted_and_twenty_shown() {
    let text: String = (0..25)
        .map(|row| format!("PO-{row},hub,seat,many,,,,,\n"))
        .collect();
    let error = parse_rows(&text).unwrap_err();
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
fn repeated_key_is_an_error_with_both_lines() {
    assert_eq!(
        people_error("employee_number,name\nE1,Ada\nE2,Grace\ne1,Eve\n"),
        "the file has 1 error:\n  line 4: the same employee_number as on line 2"
    );
    let message = entitlement_error("PO,hub,a,1,,,,,\nPO,hub,b,1,,,,,\nPO,hub,a,2,,,,,\n");

    assert_eq!(
        message,
        "line 4: the same reference, application and product as on line 2"
    );
}

#[test]
fn missing_or_repeated_column_is_named() {
    assert_eq!(
        people_error("surname,email\nLovelace,ada@example.com\n"),
        "the file has no column employee_number, name; it has \"surname\", \"email\""
    );
    let twice = "employee_number,name,Mail,e-mail\nE1,Ada,a@x,b@x\n";

    assert_eq!(
        people_error(twice),
        "the columns \"Mail\" and \"e-mail\" both mean email"
    );
}

#[test]
fn file_without_records_or_of_another_kind_is_refused() {
    for (bytes, error) in [
        (&b""[..], "the file is empty"),
        (b"\xef\xbb\xbf \r\n\n", "the file is empty"),
        (
            b"employee_number,name\n",
            "the file has a header and no records",
        ),
        (
            b"employee_number,name\n,\n",
            "the file has a header and no records",
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
fn unclosed_quotation_mark_is_an_error() {
    let rest: String = (2..2000).map(|row| format!("E{row},Name\n")).collect();
    let error = people_error(&format!("employee_number,name\nE1,\"Ada\n{rest}"));

    assert!(
        error.ends_with("line 2: name: longer than 8192 bytes; is a quotation mark missing?"),
        "{error}"
    );
}

#[test]
fn endless_file_is_refused_at_the_limit() {
    let error = parse_people(std::io::repeat(b'a')).unwrap_err();

    assert!(
        matches!(error, ImportError::TooLarge { limit_mib: 128 }),
        "{error}"
    );
}

#[test]
fn failing_reader_is_an_error() {
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
fn of_thousands_of_columns_the_first_are_listed() {
    let text = (0..5_000)
        .map(|number| format!("c{number},"))
        .collect::<String>()
        + "\nx\n";
    let message = people_error(&text);

    assert!(
        message.len() < 500 && message.ends_with("\"c29\" and 4971 more"),
        "{message}"
    );
}
