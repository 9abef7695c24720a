//! Import files as directories and spreadsheets write them: read as they are meant, or refused with
//! the name of what is wrong.

use purser_tests::Purser;
use serde_json::{Value, json};

const OPERATOR: &str = "input or configuration";

/// Imports ten employed people.
fn with_ten_people() -> Purser {
    let purser = Purser::new();
    let rows: String = (0..10)
        .map(|number| format!("E{number},Person {number},p{number}@example.com,employed,\n"))
        .collect();
    let file = purser.file(
        "ten.csv",
        format!("employee_number,name,email,status,left_on\n{rows}"),
    );
    purser.ok(&format!("people import {file} --complete"));
    purser
}

fn employment(purser: &Purser) -> Vec<Value> {
    let people = purser.json("people list");
    let people = people.as_array().unwrap().iter();
    people.map(|person| person["employment"].clone()).collect()
}

#[test]
fn complete_file_that_is_a_part_of_the_directory_is_refused() {
    let purser = with_ten_people();
    let before = purser.json("people list");
    let part = purser.file("part.csv", "employee_number,name\nE0,Person 0\n");

    let import = format!("people import {part} --complete");
    purser.run(&import).assert_refused(
        3,
        OPERATOR,
        "9 of 10 employed people have left, which is more than a fifth",
    );
    assert_eq!(purser.json("people list"), before);

    let text = purser.ok(&format!("{import} --dry-run"));
    for said in [
        "Nothing was changed.",
        "Person 9 (E9)",
        "makes leavers of more than a fifth of the 10 employed people",
    ] {
        assert!(text.contains(said), "{text}");
    }
    assert_eq!(purser.json("people list"), before);

    purser.ok(&format!("{import} --accept-shrink"));
    let left = employment(&purser)
        .iter()
        .filter(|employment| employment["state"] == "left")
        .count();
    assert_eq!(left, 9);
}

#[test]
fn dry_run_of_entitlements_changes_nothing() {
    let purser = Purser::new();
    let file = purser.file(
        "entitlements.csv",
        "reference,application,product,quantity\nPO-1,hub,seat,3\n",
    );

    let text = purser.ok(&format!("entitlement import {file} --dry-run"));

    assert!(text.contains("Nothing was changed.") && text.contains("1 added"));
    assert_eq!(purser.json("entitlement list"), json!([]));
}

#[test]
fn known_fact_that_vanishes_is_said() {
    let purser = with_ten_people();
    let leavers = purser.file(
        "leavers.csv",
        "employee_number,name,email,status\nE1,Person 1,p1@example.com,left\n",
    );
    purser.ok(&format!("people import {leavers}"));

    let file = purser.file("names.csv", "employee_number,name\nE0,Zero\nE1,One\n");
    let text = purser.ok(&format!("people import {file}"));

    for said in [
        "1 person who had left is employed again",
        "the file has no column email, which 2 people had a value of",
        "the file has no column status or left_on, so 1 people who had left are employed again",
    ] {
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn status_that_contradicts_the_day_of_leaving_is_a_question() {
    let purser = Purser::new();
    let file = purser.file(
        "people.csv",
        "employee_number,name,status,termination_date,hire_date\n\
         E1,Ada,Active,2023-04-30,\nE2,Bo,Active,9999-12-31,\nE3,Cy,,2023-04-30,2024-01-01\n",
    );

    let text = purser.ok(&format!("people import {file}"));

    assert!(
        text.contains("line 2: left_on: the status is employed, and the day of leaving 2023-04-30"),
        "{text}"
    );
    assert_eq!(
        employment(&purser),
        [
            json!({"state": "unclear", "on": "2023-04-30"}),
            json!({"state": "employed"}),
            json!({"state": "unclear", "on": "2023-04-30"}),
        ]
    );
}

#[test]
fn files_of_spreadsheets_and_mail_servers_are_read() {
    let utf16: Vec<u8> = "employee_number\tname\temail\nE1\tAda\tada@example.com\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let files: [&[u8]; 5] = [
        b"sep=;\r\nemployee_number;name;email\r\nE1;Ada;ada@example.com\r\n",
        &utf16,
        b"employee_number,name,email\rE1,Ada,ada@example.com\r",
        b"employee_number,name,email\n\"=\"\"E1\"\"\",Ada,<ada@example.com>\n",
        "employee_number,name,email\nE1\u{200b},Ada,\"Ada Test <mailto:ada@example.com>\"\n"
            .as_bytes(),
    ];

    for (index, content) in files.iter().enumerate() {
        let purser = Purser::new();
        let file = purser.file(&format!("{index}.csv"), content);
        purser.ok(&format!("people import {file}"));

        let person = &purser.json("people list")[0];
        assert_eq!(person["employee_number"], "E1", "{index}");
        assert_eq!(person["email"], "ada@example.com", "{index}");
    }
}

#[test]
fn value_that_lost_digits_or_means_two_things_is_refused() {
    let purser = Purser::new();
    let people = [
        ("1.23457E+11,Ada", "scientific notation"),
        ("#REF!,Ada", "error value of a formula"),
        ("employee_number,name", "the header again"),
    ];
    for (row, expected) in people {
        let file = purser.file("people.csv", format!("employee_number,name\n{row}\n"));
        purser
            .run(&format!("people import {file}"))
            .assert_refused(3, OPERATOR, expected);
    }

    let costs = [
        ("1.200;EUR", "is either 1.200 or 1200"),
        ("12.345;JPY", "is either 12.345 or 12345"),
        ("1.2345;EUR", "has more decimals than EUR"),
    ];
    for (cost, expected) in costs {
        let file = purser.file(
            "entitlements.csv",
            format!(
                "reference;application;product;quantity;unit_cost;currency;term\n\
                 PO-1;app;seat;2;{cost};yearly\n"
            ),
        );
        purser
            .run(&format!("entitlement import {file}"))
            .assert_refused(3, OPERATOR, expected);
    }
    assert_eq!(purser.json("entitlement list"), json!([]));
}
