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
//! | `status` | `employed`, `active` or `on leave`; `left`, `terminated`, `inactive` or `leaver` |
//! | `left_on` | a date such as 2026-08-31 |
//! | `hired_on` | a date; compared with `left_on` only |
//! | `account_enabled` | true or false: whether the person can sign in to the directory |
//!
//! `COLUMNS` lists the other names that each column is known by; `employment` tells what the last
//! four mean together.

use super::addresses::{parse_addresses, parse_email};
use super::employment::parse_employment;
use super::error::ImportError;
use super::fields::parse_text;
use super::header::Column;
use super::row::Row;
use super::spreadsheet::{parse_identifier, parse_number};
use super::table::{ParsedRows, Table};
use jiff::civil::Date;
use purser_model::{Person, fold_identity};
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
            "worker_id",
            "person_number",
            "personalnummer",
        ],
        required: true,
    },
    Column {
        name: "name",
        synonyms: &["display_name", "full_name", "employee_name"],
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
            "other_mails",
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
        synonyms: &[
            "employment_status",
            "employment_state",
            "employment",
            "employee_status",
            "worker_status",
        ],
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
            "leaving_date",
            "date_of_leaving",
            "exit_date",
            "last_working_day",
            "employee_leave_date_time",
        ],
        required: false,
    },
    Column {
        name: "hired_on",
        synonyms: &[
            "hire_date",
            "hired",
            "start_date",
            "joined_on",
            "join_date",
            "employee_hire_date",
        ],
        required: false,
    },
    Column {
        name: "account_enabled",
        synonyms: &["enabled"],
        required: false,
    },
];

/// Parses people, as of a day: a day of leaving before it contradicts the status `employed`.
///
/// Two with the same employee number are an error. Two spellings that accounts are matched alike
/// are the same number.
///
/// # Errors
/// The file cannot be used; the error names the invalid rows.
pub fn parse_people(reader: impl Read, today: Date) -> Result<ParsedRows<Person>, ImportError> {
    let key_of = |person: &Person| fold_identity(&person.employee_number).into_owned();

    Table {
        columns: COLUMNS,
        key: "employee_number",
        key_of,
        amounts: None,
        parser: |row: &mut Row<'_>| parse_person(row, today),
    }
    .read(reader)
}

fn parse_person(row: &mut Row<'_>, today: Date) -> Option<Person> {
    let employee_number = row.required_text("employee_number", parse_number);
    let name = row.required("name", parse_text);

    Some(Person {
        email: row.optional_text("email", parse_email),
        aliases: row.optional("aliases", parse_addresses).unwrap_or_default(),
        user_name: row.optional_text("user_name", parse_identifier),
        department: row.optional("department", parse_text),
        manager: row.optional_text("manager", parse_identifier),
        employment: parse_employment(row, today),
        // why: last, so that every column is checked before the row is given up
        employee_number: employee_number?,
        name: name?,
    })
}
