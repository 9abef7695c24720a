//! Connections, and what trying them came to.

use super::{Table, number, plain};
use purser_engine::{CheckReport, Checked, Connected};
use purser_model::{Action, Connection};

/// One connection a row.
pub(crate) fn list(connections: &[Connection]) -> String {
    if connections.is_empty() {
        return "No connection yet. Next: purser connection create NAME --alias ALIAS --base-url URL --template TEMPLATE".into();
    }
    let mut table = Table::new(["NAME", "ALIAS", "STATE", "TEMPLATE", "LAST SUCCESS", "BASE URL", "ATTENTION"]);
    for connection in connections {
        table.row([
            connection.name.as_str(),
            connection.alias.as_str(),
            connection.state.as_str(),
            connection.template.name(),
            &connection.last_success_at.map(number::time).unwrap_or_default(),
            connection.base_url.as_str(),
            connection.attention.as_deref().unwrap_or_default(),
        ]);
    }
    table.to_string()
}

/// A connection after it was tried.
pub(crate) fn connected(Connected { connection, checks }: &Connected) -> String {
    let fails = checks.iter().any(|checked| matches!(checked.action, Action::Read(_)) && checked.result.is_err());
    let (name, url, state) = (&connection.name, &connection.base_url, connection.state.as_str());
    let how = if fails { "does not work now; its state is" } else { "is" };
    let mut text = format!("Connection {name} to {url} {how} {state}.");
    if checks.is_empty() {
        text += "\nNothing was tried: no connector that knows the application is granted anything yet.";
        return text;
    }
    if let Some(place) = reached(checks) {
        text += &format!("\nIt reached {place}.");
    }
    format!("{text}\n\n{}", table(checks))
}

/// Whom and what the checks reached, as far as the application tells.
fn reached(checks: &[Checked]) -> Option<String> {
    let reports = || checks.iter().filter_map(|checked| checked.result.as_ref().ok());
    let tenant = reports().find_map(|report| report.tenant.as_deref()).map(plain::line);
    let identity = reports().find_map(|report| report.identity.as_deref()).map(plain::line);
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
