//! Tests of files of entitlements.

use super::{entitlement_error, parse_rows};
use jiff::civil::date;
use purser_model::Term;

#[test]
fn row_with_price_and_dates_is_parsed() {
    let rows = parse_rows(
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
    let unpriced = parse_rows("PO-1,hub,seat,10,,,,,\n").unwrap();

    assert_eq!(unpriced[0].unit_cost, None);
}

#[test]
fn invalid_field_is_named_with_its_line() {
    for (row, error) in [
        (
            "PO,hub,seat,ten,,,,,",
            "line 2: quantity: \"ten\" is not a whole number",
        ),
        (
            "PO,hub,seat,\"1,000\",,,,,",
            "line 2: quantity: \"1,000\" is not a whole number",
        ),
        (
            "PO,hub,seat,-5,,,,,",
            "line 2: quantity: \"-5\" is not a whole number",
        ),
        (
            "PO,hub,seat,+5,,,,,",
            "line 2: quantity: \"+5\" is not a whole number",
        ),
        (
            "PO,hub,seat,4294967296,,,,,",
            "line 2: quantity: \"4294967296\" is too large",
        ),
        ("PO,hub,seat,,,,,,", "line 2: quantity: must not be empty"),
        (" ,hub,seat,5,,,,,", "line 2: reference: must not be empty"),
        (
            "PO,JupyterHub,seat,5,,,,,",
            "line 2: application: \"JupyterHub\" is not a profile name, which has lower-case letters, digits and hyphens only",
        ),
        (
            "PO,hub,seat,5,1.200,EUR,yearly,,",
            "line 2: unit_cost: \"1.200\" is either 1.200 or 1200: write it without separators of thousands",
        ),
        (
            "PO,hub,seat,5,12.3456,EUR,yearly,,",
            "line 2: unit_cost: \"12.3456\" has more decimals than EUR, which has 2",
        ),
        (
            "PO,hub,seat,5,1200.5,JPY,yearly,,",
            "line 2: unit_cost: \"1200.5\" has more decimals than JPY, which has 0",
        ),
        (
            "PO,hub,seat,5,12.50 USD,EUR,yearly,,",
            "line 2: unit_cost: \"12.50 USD\" is not in EUR",
        ),
        (
            "PO,hub,seat,5,,,,45000,",
            "line 2: start: \"45000\" is a day as a spreadsheet counts it, probably 2023-03-15: format the column as dates such as 2026-08-31",
        ),
        (
            "PO,hub,seat,5,,,,,1900-01-01",
            "line 2: end: \"1900-01-01\" is a placeholder, not a last day",
        ),
        (
            "1.5E+10,hub,seat,5,,,,,",
            "line 2: reference: \"1.5E+10\" is in scientific notation, which lost digits: format the column as text",
        ),
        (
            "PO,hub,seat,5,1_000,EUR,yearly,,",
            "line 2: unit_cost: \"1_000\" is not an amount: write it such as 1234.50",
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
            "line 2: currency: \"EURO\" is not a currency code of ISO 4217, such as EUR",
        ),
        ("PO,hub,seat,5,10,EUR,,,", "line 2: term: must not be empty"),
        (
            "PO,hub,seat,5,10,EUR,weekly,,",
            "line 2: term: \"weekly\" is not a term: use monthly or yearly",
        ),
        (
            "PO,hub,seat,5,,,,01/08/2026,",
            "line 2: start: \"01/08/2026\" is not a date: write year, month and day, such as 2026-08-31",
        ),
        (
            "PO,hub,seat,5,,,,20260801,",
            "line 2: start: \"20260801\" is not a date: write year, month and day, such as 2026-08-31",
        ),
        (
            "PO,hub,seat,5,,,,,2026-02-30",
            "line 2: end: \"2026-02-30\" is not a date: write year, month and day, such as 2026-08-31",
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
            "line 2: product: contains a line break or another control character",
        ),
    ] {
        assert_eq!(entitlement_error(&format!("{row}\n")), error);
    }
}

#[test]
fn costs_of_a_file_decide_about_each_other() {
    let costs = |cells: [&str; 2]| {
        let rows: String = cells
            .iter()
            .enumerate()
            .map(|(id, cell)| format!("PO-{id},hub,seat,5,\"{cell}\",EUR,yearly,,\n"))
            .collect();
        let rows = parse_rows(&rows)?;
        let texts: Vec<_> = rows
            .iter()
            .map(|row| row.unit_cost.unwrap().to_string())
            .collect();
        Ok::<_, crate::import::ImportError>(texts)
    };

    for (cells, read) in [
        (["1.200", "12,50"], ["1,200.00 EUR", "12.50 EUR"]),
        (["1.200", "1.234,50"], ["1,200.00 EUR", "1,234.50 EUR"]),
        (["1.200", "12.5"], ["1.20 EUR", "12.50 EUR"]),
        (["1,200", "12.50"], ["1,200.00 EUR", "12.50 EUR"]),
        (["1'200.00", "€12.50"], ["1,200.00 EUR", "12.50 EUR"]),
    ] {
        assert_eq!(costs(cells).unwrap(), read, "{cells:?}");
    }
    // The others contradict each other, or say nothing.
    for cells in [["1.200", "900"], ["1.200", "2.400"]] {
        assert!(costs(cells).is_err(), "{cells:?}");
    }
    let mixed = "PO-1,hub,a,5,\"12,50\",EUR,yearly,,\nPO-1,hub,b,5,12.50,EUR,yearly,,\n\
        PO-1,hub,c,5,1.200,EUR,yearly,,\n";
    assert!(entitlement_error(mixed).starts_with("line 4: unit_cost: \"1.200\" is either"));
}

#[test]
fn currency_beside_the_amount_stands_for_the_column_and_must_not_contradict_it() {
    let rows = parse_rows("PO-1,hub,seat,5,CHF 1'200.00,,yearly,,9999-12-31\n").unwrap();

    assert_eq!(rows[0].unit_cost, Some("1200.00 CHF".parse().unwrap()));
    assert_eq!(rows[0].end, None);
}
