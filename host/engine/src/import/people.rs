//! CSV files of people.
//!
//! | column | holds |
//! |---|---|
//! | `employee_number` | identifier of the person; required, unique |
//! | `name` | name to show; required |
//! | `email` | main address |
//! | `aliases` | other addresses, separated by `;` |
//! | `user_name` | name typed to sign in |
//! | `department` | department |
//! | `manager` | employee number of the manager |
//! | `status` | `employed` or `active`; `left`, `terminated`, `inactive` or `leaver` |
//! | `left_on` | a date such as 2026-08-31 |
//!
//! `COLUMNS` lists the other names that each column is known by.
//!
//! A date in `left_on` counts before `status`: the person leaves on that day. Directories mark
//! people as active until then. Without a date, `status` counts; without either, the person is
//! employed.

use super::error::ImportError;
use super::fields::{parse_date, parse_text, quote};
use super::header::Column;
use super::row::Row;
use super::table::{ParsedRows, Table};
use purser_model::{Employment, Person};
use std::io::Read;

/// Columns of a file of people.
const COLUMNS: &[Column] = &[
    Column {
        name: "employee_number",
        synonyms: &[
            "employee_id",
            "employee_no",
            "personnel_number",
            "staff_number",
            "staff_id",
        ],
        required: true,
    },
    Column {
        name: "name",
        synonyms: &["display_name", "full_name"],
        required: true,
    },
    Column {
        name: "email",
        synonyms: &[
            "mail",
            "e_mail",
            "email_address",
            "work_email",
            "primary_email",
        ],
        required: false,
    },
    Column {
        name: "aliases",
        synonyms: &[
            "alias",
            "other_emails",
            "secondary_emails",
            "proxy_addresses",
        ],
        required: false,
    },
    Column {
        name: "user_name",
        synonyms: &[
            "username",
            "login",
            "upn",
            "user_principal_name",
            "samaccountname",
        ],
        required: false,
    },
    Column {
        name: "department",
        synonyms: &["dept", "org_unit"],
        required: false,
    },
    Column {
        name: "manager",
        synonyms: &["manager_id", "manager_number", "manager_employee_number"],
        required: false,
    },
    Column {
        name: "status",
        synonyms: &["employment_status", "employment"],
        required: false,
    },
    Column {
        name: "left_on",
        synonyms: &[
            "left",
            "leave_date",
            "termination_date",
            "terminated_on",
            "end_date",
            "last_day",
        ],
        required: false,
    },
];

/// Parses people.
///
/// Two with the same employee number are an error. Case does not matter, because it does not when
/// accounts are matched.
///
/// # Errors
/// The file cannot be used; the error names the invalid rows.
pub fn parse_people(reader: impl Read) -> Result<ParsedRows<Person>, ImportError> {
    let key_of = |person: &Person| person.employee_number.to_lowercase();

    Table {
        columns: COLUMNS,
        key: "employee_number",
        key_of,
        parser: parse_person,
    }
    .read(reader)
}

fn parse_person(row: &mut Row<'_>) -> Option<Person> {
    let employee_number = row.required("employee_number", parse_text);
    let name = row.required("name", parse_text);

    Some(Person {
        email: row.optional("email", parse_address),
        aliases: row.optional("aliases", parse_addresses).unwrap_or_default(),
        user_name: row.optional("user_name", parse_text),
        department: row.optional("department", parse_text),
        manager: row.optional("manager", parse_text),
        employment: parse_employment(row),
        // why: last, so that every column is checked before the row is given up
        employee_number: employee_number?,
        name: name?,
    })
}

fn parse_employment(row: &mut Row<'_>) -> Employment {
    let status = row.optional("status", parse_status);
    let left_on = row.optional("left_on", parse_date);

    match left_on {
        Some(date) => Employment::Left(Some(date)),
        None => status.unwrap_or(Employment::Employed),
    }
}

fn parse_status(text: &str) -> Result<Employment, String> {
    match text.to_lowercase().as_str() {
        "employed" | "active" => Ok(Employment::Employed),
        "left" | "terminated" | "inactive" | "leaver" => Ok(Employment::Left(None)),
        _ => Err("is not a status: use employed or left".to_owned()),
    }
}

/// Parses an e-mail address, as far as needed to notice a column of something else. Two people with
/// the address `n/a` would be matched to the same accounts.
fn parse_address(text: &str) -> Result<String, String> {
    let is_address = text
        .rsplit_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());

    if is_address && !text.contains([' ', ',', ';']) {
        Ok(text.to_owned())
    } else {
        Err("is not an e-mail address".to_owned())
    }
}

fn parse_addresses(text: &str) -> Result<Vec<String>, String> {
    text.split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            parse_address(part)
                .map_err(|problem| format!("contains {}, which {problem}", quote(part)))
        })
        .collect()
}
