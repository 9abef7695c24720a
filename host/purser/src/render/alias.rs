//! Aliases as text.

use super::Table;
use purser_engine::AliasView;
use purser_model::ConnectionName;

/// Returns a table of aliases.
pub(crate) fn list(aliases: &[AliasView]) -> String {
    if aliases.is_empty() {
        return "No alias yet. Next: purser alias create NAME --connector CONNECTOR".into();
    }

    let mut table = Table::new(["NAME", "APPLICATION", "CONNECTIONS", "RETRIES"]);
    for alias in aliases {
        let connections: Vec<_> = alias
            .connections
            .iter()
            .map(ConnectionName::as_str)
            .collect();
        let retries = format!(
            "{} attempts within {} s",
            alias.retry.attempts, alias.retry.within_seconds
        );
        table.row([
            alias.name.as_str(),
            &alias.application,
            &connections.join(" "),
            &retries,
        ]);
    }

    table.to_string()
}
