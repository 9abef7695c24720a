//! People from CSV.
//!
//! | column | also called | holds |
//! |---|---|---|
//! | `employee_number` | `employee_id`, `employee_no`, `personnel_number`, `staff_number`, `staff_id` | what identifies the person; required, unique |
//! | `name` | `display_name`, `full_name` | required |
//! | `email` | `mail`, `e_mail`, `email_address`, `work_email`, `primary_email` | the main address |
//! | `aliases` | `alias`, `other_emails`, `secondary_emails`, `proxy_addresses` | other addresses, separated by `;` |
//! | `user_name` | `username`, `login`, `upn`, `user_principal_name`, `samaccountname` | what is typed to sign in |
//! | `department` | `dept`, `org_unit` | |
//! | `manager` | `manager_id`, `manager_number`, `manager_employee_number` | the manager's employee number |
//! | `status` | `employment_status`, `employment` | `employed` or `active`; `left`, `terminated`, `inactive` or `leaver` |
//! | `left_on` | `left`, `leave_date`, `termination_date`, `terminated_on`, `end_date`, `last_day` | a date such as 2026-08-31 |
//!
//! A date in `left_on` makes a leaver of the person from that day on, whatever `status` says, because a directory marks people as active
//! until the day they go. Without one, `status` decides; without either, the person is employed.

use super::error::ImportError;
use super::table::{Column, Imported, Row, Table, quoted, text};
use jiff::civil::Date;
use purser_model::{Employment, Person};
use std::io::Read;

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

/// Reads people. Two with the same employee number, compared without regard to case because that is how accounts are matched, are an
/// error.
///
/// # Errors
/// When the file cannot be used; the error names every row that is wrong.
pub fn parse_people(reader: impl Read) -> Result<Imported<Person>, ImportError> {
    let key_of = |person: &Person| person.employee_number.to_lowercase();
    Table {
        columns: COLUMNS,
        key: "employee_number",
        key_of,
        parse: person,
    }
    .read(reader)
}

fn person(row: &mut Row<'_>) -> Option<Person> {
    let employee_number = row.required("employee_number", text);
    let name = row.required("name", text);
    Some(Person {
        email: row.optional("email", address),
        aliases: row.optional("aliases", addresses).unwrap_or_default(),
        user_name: row.optional("user_name", text),
        department: row.optional("department", text),
        manager: row.optional("manager", text),
        employment: employment(row),
        employee_number: employee_number?,
        name: name?,
    })
}

fn employment(row: &mut Row<'_>) -> Employment {
    let status = row.optional("status", status);
    let left_on = row.optional("left_on", date);
    left_on.map_or(status.unwrap_or(Employment::Employed), |on| {
        Employment::Left(Some(on))
    })
}

fn status(text: &str) -> Result<Employment, String> {
    match text.to_lowercase().as_str() {
        "employed" | "active" => Ok(Employment::Employed),
        "left" | "terminated" | "inactive" | "leaver" => Ok(Employment::Left(None)),
        _ => Err("is no status: use employed or left".to_owned()),
    }
}

/// An address is looked at just enough to notice a column that holds something else: `n/a` for two people would make them one mailbox.
fn address(text: &str) -> Result<String, String> {
    let parts = text.rsplit_once('@');
    let good = parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if good && !text.contains([' ', ',', ';']) {
        Ok(text.to_owned())
    } else {
        Err("is no e-mail address".to_owned())
    }
}

fn addresses(text: &str) -> Result<Vec<String>, String> {
    let listed = text
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    listed
        .map(|part| {
            address(part).map_err(|problem| format!("holds {}, which {problem}", quoted(part)))
        })
        .collect()
}

/// Reads a date in the one form that means the same everywhere.
pub(super) fn date(text: &str) -> Result<Date, String> {
    let shaped = text.len() == "2026-08-31".len() && text.contains('-');
    let parsed = text.parse().ok().filter(|_| shaped);
    parsed.ok_or_else(|| "is no date: write year, month and day, such as 2026-08-31".to_owned())
}
