//! Advice to a person after a failure, as data: the command line renders it as commands, an API or
//! a page as links.

use crate::{AliasName, ConnectionName, ConnectorName, ProfileName, PublisherName, TemplateName};
use crate::{RunId, Timestamp};
use serde::{Deserialize, Serialize};

/// Step for the person who reads an error.
///
/// A name that is absent was not known where the error arose; the reader fills it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NextStep {
    /// A plain sentence that names no command.
    Advice {
        /// The sentence: imperative, lower-case start, no full stop.
        text: String,
    },
    /// Several steps: alternatives, or one after the other.
    Steps {
        /// The steps, most useful first.
        steps: Vec<NextStep>,
    },
    /// Build a component from a crate.
    BuildConnector,
    /// Upload a connector.
    UploadConnector,
    /// See the versions of connectors, their grants and signers.
    ListConnectors,
    /// See the settings, streams and requested access of a connector.
    InspectConnector {
        /// The connector, by name, version or digest.
        connector: String,
    },
    /// Grant a connector access.
    GrantConnector {
        /// The connector, by name, version or digest.
        connector: Option<String>,
        /// The grant line to allow; absent when the operator chooses from the request.
        allow: Option<String>,
    },
    /// Raise a limit in a connector's grant, if the need is justified.
    RaiseLimit {
        /// The connector, by name, version or digest.
        connector: Option<String>,
        /// The limit's name in the grant.
        limit: String,
    },
    /// Name the connector that a connection is checked with.
    ChooseConnector,
    /// Enable a disabled connector.
    EnableConnector {
        /// The connector, by name, version or digest.
        connector: String,
    },
    /// Return the profiles of a connector to the version granted before.
    RollBackConnector {
        /// The connector.
        connector: Option<ConnectorName>,
    },
    /// Upload the connector together with its publisher's signature.
    UploadSigned,
    /// Stop requiring signatures.
    LiftSignatureRequirement,
    /// See the trusted publishers.
    ListPublishers,
    /// Trust a publisher's key.
    TrustPublisher,
    /// Stop trusting a publisher.
    DistrustPublisher {
        /// The publisher.
        publisher: PublisherName,
    },
    /// See the configuration templates.
    ListTemplates,
    /// Add a configuration template from a file.
    AddTemplate,
    /// See the fields of a configuration template.
    ShowTemplate {
        /// The template.
        template: TemplateName,
    },
    /// See the connection aliases.
    ListAliases,
    /// See the connections and their state.
    ListConnections,
    /// Create a connection.
    CreateConnection {
        /// The alias to create it for.
        alias: Option<AliasName>,
    },
    /// Sign in again, or replace the secret of a connection.
    AuthorizeConnection {
        /// The connection.
        connection: ConnectionName,
    },
    /// Check the base URL of a connection.
    CheckBaseUrl,
    /// Check a connection.
    TestConnection {
        /// The connection.
        connection: ConnectionName,
    },
    /// Allow a connection to reach private addresses.
    AllowPrivateNetwork,
    /// Delete a connection without revoking its token.
    DeleteConnectionUnrevoked {
        /// The connection.
        connection: ConnectionName,
    },
    /// See the integration profiles.
    ListProfiles,
    /// Take a profile out of use.
    UnpublishProfile {
        /// The profile.
        profile: ProfileName,
    },
    /// Continue a parked run at or after an instant, or wait for it.
    ContinueRun {
        /// The profile.
        profile: ProfileName,
        /// The earliest instant at which anything is sent.
        until: Timestamp,
    },
    /// Run a profile again, accepting that records are gone.
    AcceptShrink {
        /// The profile; absent where only the stream is known.
        profile: Option<ProfileName>,
    },
    /// Import a complete list of people again, accepting that many of them have left.
    AcceptRosterShrink,
    /// Record a run to a cassette.
    RecordRun,
    /// See the runs and their progress.
    ListRuns,
    /// See one run with its log.
    ShowRun {
        /// The run.
        run: RunId,
    },
    /// Name another home directory.
    ChooseHome,
    /// Repeat the command with debug logging and report the output: Purser is at fault.
    ReportFault,
}

impl NextStep {
    /// Wraps a plain sentence.
    #[must_use]
    pub fn advice(text: impl Into<String>) -> Self {
        Self::Advice { text: text.into() }
    }

    /// Returns the sentence, if the step is a plain one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Advice { text } => Some(text),
            _ => None,
        }
    }

    /// Names the connector in every step that leaves it open. `reference` finds its exact version.
    #[must_use]
    pub fn for_connector(self, name: &ConnectorName, reference: &str) -> Self {
        let named = |connector: Option<String>| connector.or_else(|| Some(reference.to_owned()));
        match self {
            Self::GrantConnector { connector, allow } => Self::GrantConnector {
                connector: named(connector),
                allow,
            },
            Self::RaiseLimit { connector, limit } => Self::RaiseLimit {
                connector: named(connector),
                limit,
            },
            Self::RollBackConnector { connector } => Self::RollBackConnector {
                connector: connector.or_else(|| Some(name.clone())),
            },
            Self::Steps { steps } => Self::Steps {
                steps: steps
                    .into_iter()
                    .map(|step| step.for_connector(name, reference))
                    .collect(),
            },
            other => other,
        }
    }

    /// Adds another step after this one.
    #[must_use]
    pub fn and(self, other: impl Into<Self>) -> Self {
        let mut steps = match self {
            Self::Steps { steps } => steps,
            step => vec![step],
        };

        steps.push(other.into());
        Self::Steps { steps }
    }
}

impl From<String> for NextStep {
    fn from(text: String) -> Self {
        Self::Advice { text }
    }
}

impl From<&str> for NextStep {
    fn from(text: &str) -> Self {
        Self::advice(text)
    }
}
