//! Import files with errors: the error names every wrong row, and no row of the file is imported.

use purser_tests::Purser;
use serde_json::json;

#[test]
fn people_file_with_a_wrong_row_imports_nothing() {
    let purser = Purser::new();
    let good = purser.file(
        "good.csv",
        "employee_number,name,email\n1,Ada,ada@example.com\n",
    );
    purser.ok(&format!("people import {good}"));

    let before = purser.json("people list");

    let cases = [
        (
            "employee_number,name,email\n2,Bo,bo@example.com\n,Cy,cy@example.com\n",
            "line 3",
        ),
        (
            "employee_number,name,email\n2,Bo,bo@example.com\n2,Cy,cy@example.com\n",
            "line 3",
        ),
        ("employee_number,name,left_on\n2,Bo,31.12.2026\n", "left_on"),
        ("name,email\nBo,bo@example.com\n", "employee_number"),
        ("", "empty"),
        ("employee_number,name\n2,\"Bo\n", "line"),
    ];
    for (index, (content, expected)) in cases.iter().enumerate() {
        let file = purser.file(&format!("bad-{index}.csv"), content);
        purser.run(&format!("people import {file}")).assert_refused(
            3,
            "input or configuration",
            expected,
        );
        assert_eq!(purser.json("people list"), before, "case {index}");
    }

    let latin1 = purser.file("latin1.csv", b"employee_number,name\n2,Ren\xe9e\n");
    purser
        .run(&format!("people import {latin1}"))
        .assert_refused(3, "input or configuration", "UTF-8");
    purser
        .run("people import /no/such/file.csv")
        .assert_refused(3, "input or configuration", "/no/such/file.csv");
    assert_eq!(purser.json("people list"), before);
}

#[test]
fn entitlements_file_with_wrong_rows_names_them_all_and_imports_nothing() {
    let purser = Purser::new();
    let content = "reference,application,product,quantity,unit_cost,currency\n\
        PO-1,boards,seat,ten,12,EUR\n\
        PO-2,boards,seat,10,twelve,EUR\n\
        PO-3,boards,seat,10,12,XYZW\n\
        PO-4,boards,seat,-1,12,EUR\n\
        PO-5,boards,seat,10,12,EUR\n";
    let file = purser.file("entitlements.csv", content);

    let output = purser.run(&format!("entitlement import {file}"));
    output.assert_refused(3, "input or configuration", "line 2");

    for line in ["line 3", "line 4", "line 5"] {
        assert!(
            output.stderr.contains(line),
            "a wrong row is not named: {}",
            output.stderr
        );
    }

    assert_eq!(purser.json("entitlement list"), json!([]));
}
