//! Connections, and what trying them came to.

use super::{Table, next_step, number, plain};
use purser_engine::{CheckReport, Checked, Connected, ConnectionView};
use purser_model::{Action, Connection, TokenFacts};

/// One connection a row, and below what there is to do.
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
    let told = connections.iter().flat_map(remarks);
    let remarks: Vec<_> = told
        .map(|remark| format!("\n{}", plain::line(&remark)))
        .collect();
    if remarks.is_empty() {
        table.to_string()
    } else {
        format!("{table}\n{}", remarks.concat())
    }
}

/// All of one connection.
pub(crate) fn sheet(view: &ConnectionView) -> String {
    let connection = &view.connection;
    let mut facts = Table::of_facts();
    facts.row(["Connection", connection.name.as_str()]);
    facts.row(["Alias", connection.alias.as_str()]);
    facts.row(["State", connection.state.as_str()]);
    facts.row(["Base URL", connection.base_url.as_str()]);
    facts.row([
        "Private network",
        if connection.private_network {
            "allowed"
        } else {
            "not allowed"
        },
    ]);
    facts.row(["Reaches", &reaches(connection)]);
    facts.row(["Template", connection.template.as_str()]);
    for (name, value) in &connection.fields {
        facts.row([format!("Field {name}"), value.clone()]);
    }
    facts.row(["Made", &number::time(connection.created_at)]);
    facts.row([
        "Last success",
        &connection
            .last_success_at
            .map(number::time)
            .unwrap_or_default(),
    ]);
    if let Some(token) = &connection.token {
        facts.row(["Token", &expiry(token)]);
        facts.row(["Token got", &number::time(token.obtained_at)]);
        facts.row([
            "Authorized until",
            &token
                .authorized_until
                .map_or("not told".into(), number::time),
        ]);
    }
    let remarks: Vec<_> = remarks(view)
        .map(|remark| format!("\n{}", plain::line(&remark)))
        .collect();
    if remarks.is_empty() {
        facts.to_string()
    } else {
        format!("{facts}\n{}", remarks.concat())
    }
}

/// What is wrong with a connection, and what to do.
fn remarks(ConnectionView { connection, advice }: &ConnectionView) -> impl Iterator<Item = String> {
    let name = &connection.name;
    let attention = connection
        .attention
        .iter()
        .map(move |why| format!("{name}: {why}"));
    attention.chain(
        advice
            .iter()
            .map(move |step| format!("{name}: {}", next_step::command(step))),
    )
}

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
        || "does not expire".into(),
        |at| format!("until {}", number::time(at)),
    )
}

/// A connection after it was tried.
pub(crate) fn connected(Connected { connection, checks }: &Connected) -> String {
    let fails = checks
        .iter()
        .any(|checked| matches!(checked.action, Action::Read(_)) && checked.result.is_err());
    let (name, url, state) = (
        &connection.name,
        &connection.base_url,
        connection.state.as_str(),
    );
    let how = if fails {
        "does not work now; its state is"
    } else {
        "is"
    };
    let mut text = format!("Connection {name} to {url} {how} {state}.");
    if checks.is_empty() {
        text +=
            "\nNothing was tried: no connector that knows the application is granted anything yet.";
        return text;
    }
    if let Some(place) = reached(checks) {
        text += &format!("\nIt reached {place}.");
    }
    format!("{text}\n\n{}", table(checks))
}

/// Whom and what the checks reached, as far as the application tells.
fn reached(checks: &[Checked]) -> Option<String> {
    let reports = || {
        checks
            .iter()
            .filter_map(|checked| checked.result.as_ref().ok())
    };
    let tenant = reports()
        .find_map(|report| report.tenant.as_deref())
        .map(plain::line);
    let identity = reports()
        .find_map(|report| report.identity.as_deref())
        .map(plain::line);
    match (tenant, identity) {
        (Some(tenant), Some(identity)) => Some(format!("{tenant} as {identity}")),
        (Some(tenant), None) => Some(tenant.into_owned()),
        (None, Some(identity)) => Some(format!("the application as {identity}")),
        (None, None) => None,
    }
}

fn table(checks: &[Checked]) -> Table {
    let mut table = Table::new(["CAPABILITY", "WORKS", "REMARK"]);
    for Checked { action, result } in checks {
        let (works, remark) = match result {
            Ok(CheckReport { warnings, .. }) if warnings.is_empty() => ("yes", String::new()),
            Ok(CheckReport { warnings, .. }) => ("yes, with limits", warnings.join(" ")),
            Err(outcome) => ("no", outcome.message.clone()),
        };
        table.row([action.to_string().as_str(), works, &remark]);
    }
    table
}
