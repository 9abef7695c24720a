//! Connections that reach the same tenant: what they read is counted twice.

use super::service::Connections;
use crate::Error;
use purser_model::{Connection, ConnectionName, NextStep};
use std::collections::BTreeMap;

/// All connections, to find those that reach the same tenant.
pub(super) struct KnownConnections {
    /// Connections with the application that their alias is for.
    connections: Vec<(Connection, String)>,
}

impl Connections {
    /// Returns all connections with their applications.
    pub(super) fn known_connections(&self) -> Result<KnownConnections, Error> {
        let applications: BTreeMap<_, _> = self
            .store
            .aliases()?
            .into_iter()
            .map(|alias| (alias.name, alias.application))
            .collect();
        let connections = self.store.connections()?.into_iter().map(|connection| {
            let application = applications.get(&connection.alias);
            let application = application.cloned().unwrap_or_default();
            (connection, application)
        });

        Ok(KnownConnections {
            connections: connections.collect(),
        })
    }
}

impl KnownConnections {
    /// Returns the connections alone.
    pub(super) fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.connections.iter().map(|(connection, _)| connection)
    }

    /// Returns the advice about the other connections that reach the tenant of this one.
    pub(super) fn advice(&self, connection: &Connection) -> Option<NextStep> {
        let (_, application) = self
            .connections
            .iter()
            .find(|(known, _)| known.name == connection.name)?;
        let twins: Vec<&ConnectionName> = self
            .connections
            .iter()
            .filter(|(other, other_application)| {
                other.name != connection.name
                    && other_application == application
                    && reaches_same_tenant(connection, other)
            })
            .map(|(other, _)| &other.name)
            .collect();
        if twins.is_empty() {
            return None;
        }

        let names: Vec<_> = twins.iter().map(|name| name.as_str()).collect();
        let text = format!(
            "it seems to reach the same tenant as {}, so that seats are counted more than once; \
             keep one of them",
            names.join(", ")
        );
        Some(NextStep::advice(text))
    }
}

/// True if two connections to one application seem to reach the same tenant.
fn reaches_same_tenant(one: &Connection, other: &Connection) -> bool {
    match (&one.tenant, &other.tenant) {
        // why: many applications serve all tenants at one base URL, so the name decides if known
        (Some(tenant), Some(other_tenant)) => tenant == other_tenant,
        _ => one.base_url == other.base_url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use purser_model::ConnectionState;

    fn connection(name: &str, base_url: &str, tenant: Option<&str>) -> (Connection, String) {
        let connection = Connection {
            name: name.parse().unwrap(),
            alias: "hubs".parse().unwrap(),
            base_url: base_url.parse().unwrap(),
            template: "bearer".parse().unwrap(),
            fields: [].into(),
            private_network: false,
            state: ConnectionState::Active,
            created_at: Timestamp::UNIX_EPOCH,
            last_success_at: None,
            attention: None,
            identity: None,
            tenant: tenant.map(str::to_owned),
            token: None,
        };
        (connection, "Hub".to_owned())
    }

    fn is_advised(one: (Connection, String), other: (Connection, String)) -> bool {
        let known = KnownConnections {
            connections: vec![one, other],
        };
        let advice = known.advice(&known.connections[0].0);
        advice.is_some_and(|advice| advice.text().unwrap().contains("tenant as b,"))
    }

    #[test]
    fn same_tenant_or_same_url_without_a_tenant_is_advised() {
        let url = "https://hub.example";
        let a = |tenant| connection("a", url, tenant);

        assert!(is_advised(a(None), connection("b", url, None)));
        assert!(is_advised(a(Some("Acme")), connection("b", url, None)));
        assert!(is_advised(
            a(Some("Acme")),
            connection("b", "https://eu.hub.example", Some("Acme"))
        ));
    }

    #[test]
    fn another_tenant_url_or_application_is_not_advised() {
        let url = "https://hub.example";
        let a = |tenant| connection("a", url, tenant);

        assert!(!is_advised(
            a(Some("Acme")),
            connection("b", url, Some("Bolt"))
        ));
        assert!(!is_advised(
            a(None),
            connection("b", "https://eu.hub.example", None)
        ));
        let (other, _) = connection("b", url, Some("Acme"));
        assert!(!is_advised(a(Some("Acme")), (other, "Crm".to_owned())));
    }
}
