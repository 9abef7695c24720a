//! Connections and their checks as text.

use super::{Table, next_step, number, sanitize};
use purser_engine::{CheckReport, Checked, Connected, ConnectionView, Revocation};
use purser_model::{Action, Connection, ConnectionName, OutcomeClass, TokenFacts};

/// Returns a table of connections, followed by what to do about them.
pub(crate) fn list(connections: &[ConnectionView]) -> String {
    if connections.is_empty() {
        return "No connection yet. Next: purser connection create NAME --alias ALIAS --base-url URL --template TEMPLATE".into();
    }
    let mut table = Table::new([
        "NAME",
        "ALIAS",
        "STATE",
        "REACHES",
        "TEMPLATE",
        "LAST SUCCESS",
        "TOKEN",
    ]);
    for ConnectionView { connection, .. } in connections {
        table.row([
            connection.name.as_str(),
            connection.alias.as_str(),
            connection.state.as_str(),
            &reaches(connection),
            connection.template.as_str(),
            &connection
                .last_success_at
                .map(number::time)
                .unwrap_or_default(),
            &connection.token.as_ref().map(expiry).unwrap_or_default(),
        ]);
    }

    with_notices(&table, connections.iter().flat_map(notices))
}

/// Returns all details of one connection.
pub(crate) fn details(view: &ConnectionView) -> String {
    let connection = &view.connection;
    let mut fields = Table::of_fields();
    fields.row(["Connection", connection.name.as_str()]);
    fields.row(["Alias", connection.alias.as_str()]);
    fields.row(["State", connection.state.as_str()]);
    fields.row(["Base URL", connection.base_url.as_str()]);
    fields.row([
        "Private network",
        if connection.private_network {
            "allowed"
        } else {
            "not allowed"
        },
    ]);
    fields.row(["Reaches", &reaches(connection)]);
    fields.row(["Template", connection.template.as_str()]);
    for (name, value) in &connection.fields {
        fields.row([format!("Field {name}"), value.clone()]);
    }
    fields.row(["Created", &number::time(connection.created_at)]);
    fields.row([
        "Last success",
        &connection
            .last_success_at
            .map(number::time)
            .unwrap_or_default(),
    ]);
    if let Some(token) = &connection.token {
        fields.row(["Token", &expiry(token)]);
        fields.row(["Token obtained", &number::time(token.obtained_at)]);
        fields.row([
            "Authorized until",
            &token
                .authorized_until
                .map_or("unknown".into(), number::time),
        ]);
    }

    with_notices(&fields, notices(view))
}

/// Returns the table, followed by notices of one line each.
fn with_notices(table: &Table, notices: impl Iterator<Item = String>) -> String {
    let lines: Vec<_> = notices
        .map(|notice| format!("\n{}", sanitize::line(&notice)))
        .collect();

    if lines.is_empty() {
        table.to_string()
    } else {
        format!("{table}\n{}", lines.concat())
    }
}

/// Returns the problems of a connection, and what to do about them.
fn notices(ConnectionView { connection, advice }: &ConnectionView) -> impl Iterator<Item = String> {
    let name = &connection.name;

    let attention = connection
        .attention
        .iter()
        .map(move |problem| format!("{name}: {problem}"));

    attention.chain(
        advice
            .iter()
            .map(move |step| format!("{name}: {}", next_step::command(step))),
    )
}

/// Returns the tenant and the user that the connection reaches, or else its URL.
fn reaches(connection: &Connection) -> String {
    let parts: Vec<_> = [&connection.tenant, &connection.identity]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if parts.is_empty() {
        connection.base_url.to_string()
    } else {
        parts.join(" as ")
    }
}

fn expiry(token: &TokenFacts) -> String {
    token.expires_at.map_or_else(
        || "expiry unknown".into(),
        |at| format!("until {}", number::time(at)),
    )
}

/// Returns the result of testing a connection.
pub(crate) fn connected(
    Connected {
        connection,
        checks,
        advice,
    }: &Connected,
) -> String {
    let failure = checks.iter().find_map(|checked| match checked.action {
        Action::Read(_) => checked.result.as_ref().err(),
        _ => None,
    });
    let (name, url, state) = (
        &connection.name,
        &connection.base_url,
        connection.state.as_str(),
    );
    let how = match failure.map(|outcome| outcome.class) {
        None => "is",
        Some(OutcomeClass::Transient) => {
            "could not be tested, because the application cannot be reached or is out of order; \
             its state stays"
        }
        Some(OutcomeClass::RequestDenied) => {
            "could not be tested, because the grant of the connector lacks a request; its state \
             stays"
        }
        Some(_) => "does not work; its state is",
    };

    let mut text = format!("Connection {name} to {url} {how} {state}.");
    for step in advice {
        text += &format!("\nNote: {}.", sanitize::line(&next_step::command(step)));
    }
    if checks.is_empty() {
        text +=
            "\nNothing was tested: the connector of the alias has no grant yet, or is disabled.";
        return text;
    }

    if let Some(place) = reached(checks) {
        text += &format!("\nIt reached {place}.");
    }

    format!("{text}\n\n{}", table(checks))
}

/// Returns the tenant and the user that the checks reached, if the application reports them.
fn reached(checks: &[Checked]) -> Option<String> {
    let reports = || {
        checks
            .iter()
            .filter_map(|checked| checked.result.as_ref().ok())
    };
    let tenant = reports()
        .find_map(|report| report.tenant.as_deref())
        .map(sanitize::line);
    let identity = reports()
        .find_map(|report| report.identity.as_deref())
        .map(sanitize::line);

    match (tenant, identity) {
        (Some(tenant), Some(identity)) => Some(format!("{tenant} as {identity}")),
        (Some(tenant), None) => Some(tenant.into_owned()),
        (None, Some(identity)) => Some(format!("the application as {identity}")),
        (None, None) => None,
    }
}

fn table(checks: &[Checked]) -> Table {
    let mut table = Table::new(["CAPABILITY", "WORKS", "NOTE"]);
    for Checked { action, result } in checks {
        let (works, note) = match result {
            Ok(CheckReport { warnings, .. }) if warnings.is_empty() => ("yes", String::new()),
            Ok(CheckReport { warnings, .. }) => ("yes, with limits", warnings.join(" ")),
            Err(outcome) => ("no", outcome.message.clone()),
        };
        table.row([action.to_string().as_str(), works, &note]);
    }

    table
}

/// Returns the result of deleting a connection.
pub(crate) fn deleted(name: &ConnectionName, revocation: Revocation) -> String {
    let token = match revocation {
        Revocation::Revoked => "Its token was revoked.",
        Revocation::NotOffered | Revocation::LeftOut => {
            "Its token was not revoked: the application may accept it until it expires."
        }
        Revocation::NoToken => {
            "Its credential still works in the application; revoke it there if nothing else needs it."
        }
    };

    format!("Deleted connection {name} and the records read through it. {token}")
}
