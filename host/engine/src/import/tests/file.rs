//! Tests of what all kinds of file have in common.

use super::{TODAY, entitlement_error, parse_rows, parse_valid, people_error, people_notes};
use crate::import::{ImportError, parse_entitlements, parse_people};
use purser_model::{Blame, Blamed as _};

#[test]
fn columns_in_any_order_are_known_by_synonyms_and_others_are_listed() {
    let text = "Shoe Size,Full-Name,Employee ID,E-Mail,\nxl,Ada,E1,ada@example.com,\n";
    let imported = parse_people(text.as_bytes(), TODAY).unwrap();

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
        "employee_number|name\nE1|Ada\n",
        "sep=;\r\nemployee_number;name\r\nE1;Ada\r\n",
        "\u{feff}SEP=|\nemployee_number|name\nE1|Ada\n",
        "\"sep=,\"\nemployee_number,name\nE1,Ada\n",
        "employee_number,name\rE1,Ada\r",
        "employee_number,\"name;;;\"\nE1,Ada\n",
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
            "line 3 is not UTF-8; it is probably Windows-1252",
        ),
        (
            b"employee_number,name\rE1,Ada\rE2,Zo\xeb\x81\r",
            "line 3 is not UTF-8",
        ),
        (
            b"\xff\xfee\0m\0p\0",
            "the file has no column employee_number, name; it has \"emp\"",
        ),
        (
            b"\xff\xfee\0m\0p",
            "the file is UTF-16, cut or damaged, not CSV",
        ),
        (
            b"PK\x03\x04\x14\x00",
            "the file is an Excel workbook or another ZIP archive, not CSV",
        ),
        (
            b"<!doctype html><title>Sign in</title>",
            "the file is a web page or another XML document, not CSV",
        ),
        (b"[{\"name\": 1}]", "the file is JSON, not CSV"),
    ] {
        let refused = parse_people(bytes, TODAY).unwrap_err();

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
    let error = parse_people(std::io::repeat(b'a'), TODAY).unwrap_err();

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
    let error = parse_people(Broken, TODAY).unwrap_err();

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

#[test]
fn utf16_is_read_with_and_without_its_mark() {
    let text = "employee_number\tname\r\nE1\tZo\u{eb} \u{1f600}\r\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();

    for bytes in [
        little.clone(),
        big.clone(),
        [b"\xff\xfe".as_slice(), &little].concat(),
        [b"\xfe\xff".as_slice(), &big].concat(),
    ] {
        let parsed = parse_people(bytes.as_slice(), TODAY).unwrap();

        assert_eq!(parsed.rows[0].name, "Zo\u{eb} \u{1f600}");
        let notes: Vec<_> = parsed.notes.shown.iter().map(ToString::to_string).collect();
        assert_eq!(notes, ["the file is UTF-16, and was read as such"]);
    }
}

#[test]
fn lines_are_counted_whatever_ends_them() {
    let bad = "line 3: email: \"nonsense\" is not an e-mail address";
    let sep = "line 4: email: \"nonsense\" is not an e-mail address";
    let quoted = "line 4: email: \"nonsense\" is not an e-mail address";

    for (text, error) in [
        ("H\rE1,Ada,a@x\rE2,Bo,nonsense\r", bad),
        ("H\r\nE1,Ada,a@x\rE2,Bo,nonsense\n", bad),
        ("H\nE1,Ada,a@x\r\nE2,Bo,nonsense", bad),
        ("sep=,\rH\rE1,Ada,a@x\rE2,Bo,nonsense\r", sep),
        ("H\n\"E1\",\"A\"\n\nE2,Bo,nonsense", quoted),
    ] {
        let text = text.replace('H', "employee_number,name,email");
        // The last file has a row of two fields.
        let message = people_error(&text.replace("\"A\"", "\"A\",a@x"));

        assert!(message.ends_with(error), "{text:?}: {message}");
    }
}

#[test]
fn repeated_header_is_an_error() {
    let text = "employee_number,name\nE1,Ada\nEmployee Number,NAME\nE2,Bo\n";

    assert_eq!(
        people_error(text),
        "the file has 1 error:\n  line 3: the header again; were two files joined?"
    );
}

#[test]
fn headings_of_a_cloud_directory_are_known() {
    let text = "employeeId,displayName,mail,userPrincipalName,accountEnabled,otherMails\n\
        E1,Ada,ada@example.com,ada@corp.example.com,True,\n\
        E2,Bo,bo@example.com,bo@corp.example.com,FALSCH,bo@home.example\n";
    let parsed = parse_people(text.as_bytes(), TODAY).unwrap();

    assert_eq!(parsed.ignored_columns, Vec::<String>::new());
    assert_eq!(
        parsed.rows[0].user_name.as_deref(),
        Some("ada@corp.example.com")
    );
    assert_eq!(parsed.rows[1].aliases, ["bo@home.example"]);
    assert_eq!(
        people_notes(text),
        [
            "line 3: account_enabled: the sign-in is disabled, which does not say that the person \
          left: counts as employed, and needs a look"
        ]
    );
}

#[test]
fn what_a_spreadsheet_made_of_a_value_is_read_and_noted_or_refused() {
    let text = "employee_number,name,manager\n\"=\"\"00123\"\"\",Ada,'00077\nE2\u{200b},Bo,\n";
    let rows = parse_valid(text);

    assert_eq!(rows[0].employee_number, "00123");
    assert_eq!(rows[0].manager.as_deref(), Some("00077"));
    assert_eq!(rows[1].employee_number, "E2");
    assert_eq!(
        people_notes(text),
        [
            "line 2: manager: \"'00077\" is read as \"00077\"",
            "line 3: employee_number: \"E2\\u{200b}\" is read as \"E2\"",
        ]
    );

    for (cell, problem) in [
        ("1.23457E+11", "is in scientific notation"),
        ("#REF!", "is the error value of a formula"),
        ("########", "is what a spreadsheet shows in a column"),
        ("=A1", "is a formula"),
        ("\"1,234\"", "has separators of thousands"),
        ("77.0", "was formatted as a number"),
        ("WAHR", "is not a number, but a word for none"),
        ("\u{200b}", "must not be empty"),
    ] {
        let message = people_error(&format!("employee_number,name\n{cell},Ada\n"));
        assert!(message.contains(problem), "{cell}: {message}");
    }
    let message = people_error("employee_number,name,department\nE1,Ada,#N/A\n");
    assert!(
        message.contains("line 2: department: \"#N/A\" is the error"),
        "{message}"
    );
}
