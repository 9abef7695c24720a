//! Plan of a run: everything that it needs, looked up once.

use super::request::RunRequest;
use super::service::Runs;
use crate::Error;
use crate::cassette::{CassetteWriter, ConnectorIdentity};
use crate::connector::OutcomeSubject;
use purser_model::{
    Connection, ConnectionName, DataStream, Description, Digest, Grant, NextStep, Profile,
    Settings, StreamKind, StreamName,
};
use purser_sandbox::Connector;
use std::sync::Arc;

/// Everything that the runs of one profile need.
pub(super) struct RunPlan {
    pub(super) profile: Profile,
    pub(super) description: Description,
    pub(super) subject: OutcomeSubject,
    pub(super) grant: Arc<Grant>,
    pub(super) settings: Settings,
    pub(super) connector: Connector,
    pub(super) streams: Vec<DataStream>,
    /// Every stream of accounts of the connector, requested or not.
    pub(super) account_streams: Vec<StreamName>,
    pub(super) recording: Option<CassetteWriter>,
}

impl RunPlan {
    /// Returns the fingerprint of everything that a checkpoint depends on: bytes, settings and
    /// connection. A connection that was deleted and created again may be another tenant.
    pub(super) fn checkpoint_fingerprint(&self, connection: &Connection) -> String {
        let settings = serde_json::to_vec(&self.settings).unwrap_or_default();

        format!(
            "{} settings {} connection {}@{} {}",
            self.profile.digest,
            Digest::of(&settings).short(),
            connection.name,
            connection.created_at.as_millisecond(),
            connection.base_url
        )
    }
}

impl Runs {
    /// Looks up the connector, its grant and its streams, and completes the settings.
    pub(super) async fn plan(
        &self,
        profile: Profile,
        request: &RunRequest,
    ) -> Result<RunPlan, Error> {
        let known = self.connectors.find(&profile.digest.to_string())?;
        let description = known.description.clone();
        let connector_name = description.name.to_string();
        let Some(grant) = known.grant.clone() else {
            return Err(Error::refused(
                format!("connector {connector_name} has no grant, so it cannot run"),
                NextStep::GrantConnector {
                    connector: Some(known.reference()),
                    allow: None,
                },
            ));
        };

        let settings = description.complete(&profile.settings).map_err(|what| {
            Error::refused(
                what,
                NextStep::InspectConnector {
                    connector: connector_name,
                },
            )
        })?;
        let streams = streams(&description, request)?;
        let connector = self.connectors.load(&known).await?;

        if let Some(recording) = &request.record {
            let identity = ConnectorIdentity {
                name: description.name.clone(),
                version: description.version.clone(),
                digest: profile.digest,
            };
            recording.identify(identity, &grant.limits, &profile.settings);
        }

        Ok(RunPlan {
            profile,
            subject: OutcomeSubject::from(&known),
            grant: Arc::new(grant),
            settings,
            connector,
            account_streams: description
                .streams
                .iter()
                .filter(|stream| stream.kind == StreamKind::Accounts)
                .map(|stream| stream.name.clone())
                .collect(),
            description,
            streams,
            recording: request.record.clone(),
        })
    }

    /// Returns the connections to read: the one named, or every usable one of the profile.
    pub(super) fn connections_to_run(
        &self,
        profile: &Profile,
        named: Option<&ConnectionName>,
    ) -> Result<Vec<Connection>, Error> {
        let Some(name) = named else {
            return self.profiles.connections_to_use(profile);
        };

        let connection = self.store.connection(name)?;
        if connection.alias != profile.alias {
            return Err(Error::refused(
                format!(
                    "connection {name} does not belong to alias {}, which profile {} reads",
                    profile.alias, profile.name
                ),
                NextStep::ListConnections,
            ));
        }
        Ok(vec![connection])
    }
}

/// Selects the requested streams, in the order in which they are read.
fn streams(description: &Description, request: &RunRequest) -> Result<Vec<DataStream>, Error> {
    let only = request.stream.as_ref();
    let selected: Vec<_> = description
        .streams_in_order()
        .into_iter()
        .filter(|stream| only.is_none_or(|only| stream.name == *only))
        .cloned()
        .collect();

    if selected.is_empty() {
        let names: Vec<_> = description
            .streams
            .iter()
            .map(|stream| stream.name.as_str())
            .collect();
        return Err(Error::refused(
            "the connector has no such stream",
            format!("use one of: {}", names.join(", ")),
        ));
    }
    Ok(selected)
}
