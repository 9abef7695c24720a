//! Use cases of Purser, one service a room: connectors, connections, profiles, runs, imports and
//! reconciliation. [`Purser`] opens a home directory and wires the services together.
//!
//! Rooms use only the rooms above them in this list:
//!
//! | room | holds |
//! |---|---|
//! | `home`, `keys`, `templates`, `outcome`, `error` | the home directory, the vault's key, templates, errors |
//! | `call` | outbound side of one connector call |
//! | `connector` | upload, grants, versions, signatures, compiled code |
//! | `connection` | credentials, token refresh, checks |
//! | `profile` | integration profiles |
//! | `cassette` | recording and replay of runs |
//! | `run` | runs, from the request to the committed row |
//! | `import`, `reconcile` | people, entitlements, positions |

mod call;
mod cassette;
mod connection;
mod connector;
mod error;
mod home;
pub mod import;
mod keys;
mod outcome;
mod profile;
mod reconcile;
mod run;
mod templates;

pub use cassette::{
    Cassette, CassetteError, CassetteWriter, ConnectorIdentity, Difference, DifferenceKind,
    MAX_CASSETTE_BYTES, RecordingSummary, ReplayReport, StreamReplay, replay,
};
pub use connection::{
    AliasView, Aliases, Checked, Connected, ConnectionView, Connections, NewConnection,
    NonInteractive, Revocation, Secrets, SignIn,
};
pub use connector::{
    ConnectorView, Connectors, DifferenceView, GrantSource, Granted, IncompatibleProfile,
    Inspected, KeyId, MovedProfile, Policy, Previous, PublisherKey, PublisherView, Publishers,
    RolledBack, SignatureError, SignatureStatus, Uploaded,
};
pub use error::Error;
pub use home::Create;
pub use import::{Entitlements, EntitlementsImported, People, PeopleImportOptions, PeopleImported};
pub use keys::{KeyRotated, Keys};
pub use profile::{NewProfile, ProfileView, Profiles};
pub use purser_licensing as licensing;
pub use purser_licensing::{ReclamationRules, Reconciliation, Rules};
pub use purser_sandbox::{CheckReport, Compiler, EXIT_INVALID_COMPONENT, compile_as_child};
pub use purser_vault::oauth::GrantType;
pub use purser_vault::{FieldKind, Secret, Template, TemplateField};
pub use reconcile::{AccountView, Licensing};
pub use run::{LogLine, RejectedRowView, RunDetail, RunEvent, RunObserver, RunRequest, Runs};
pub use templates::Templates;

use home::Home;
use purser_store::Store;
use std::path::Path;
use std::sync::Arc;

/// Services over one home directory.
///
/// Costly parts, and those that need a key, are opened when first needed: listing runs needs no
/// key.
pub struct Purser {
    keys: Arc<Keys>,
    publishers: Arc<Publishers>,
    templates: Arc<Templates>,
    connectors: Arc<Connectors>,
    aliases: Aliases,
    connections: Arc<Connections>,
    profiles: Arc<Profiles>,
    runs: Runs,
    people: People,
    entitlements: Entitlements,
    licensing: Licensing,
}

impl Purser {
    /// Opens a home directory, creating it first if `create` says so. Connectors are compiled with
    /// `compiler`.
    ///
    /// # Errors
    /// The directory is missing, belongs to something else, or has a database of a newer Purser.
    pub fn open(home: &Path, create: Create, compiler: Compiler) -> Result<Self, Error> {
        let home = Arc::new(Home::open(home, create)?);
        let store = Arc::new(Store::open(home.database(), home.store_create())?);

        let keys = Arc::new(Keys::new(Arc::clone(&home), Arc::clone(&store)));
        let publishers = Arc::new(Publishers::new(Arc::clone(&store)));
        let templates = Arc::new(Templates::new(Arc::clone(&store)));
        let connectors = Arc::new(Connectors::new(
            Arc::clone(&home),
            Arc::clone(&store),
            Arc::clone(&keys),
            Arc::clone(&publishers),
            Arc::clone(&templates),
            compiler,
        ));
        let connections = Arc::new(Connections::new(
            Arc::clone(&store),
            Arc::clone(&keys),
            Arc::clone(&templates),
            Arc::clone(&connectors),
        ));
        let profiles = Arc::new(Profiles::new(
            Arc::clone(&home),
            Arc::clone(&store),
            Arc::clone(&connectors),
        ));
        let runs = Runs::new(
            home,
            Arc::clone(&store),
            Arc::clone(&connectors),
            Arc::clone(&connections),
            Arc::clone(&profiles),
        );

        Ok(Self {
            aliases: Aliases::new(Arc::clone(&store), Arc::clone(&connectors)),
            people: People::new(Arc::clone(&store)),
            entitlements: Entitlements::new(Arc::clone(&store)),
            licensing: Licensing::new(store),
            keys,
            publishers,
            templates,
            connectors,
            connections,
            profiles,
            runs,
        })
    }

    /// Returns the vault's key.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Returns the trusted publishers and the policy on signatures.
    #[must_use]
    pub fn publishers(&self) -> &Publishers {
        &self.publishers
    }

    /// Returns the configuration templates.
    #[must_use]
    pub fn templates(&self) -> &Templates {
        &self.templates
    }

    /// Returns the connectors.
    #[must_use]
    pub fn connectors(&self) -> &Connectors {
        &self.connectors
    }

    /// Returns the connection aliases.
    #[must_use]
    pub const fn aliases(&self) -> &Aliases {
        &self.aliases
    }

    /// Returns the connections.
    #[must_use]
    pub fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Returns the integration profiles.
    #[must_use]
    pub fn profiles(&self) -> &Profiles {
        &self.profiles
    }

    /// Returns the runs.
    #[must_use]
    pub const fn runs(&self) -> &Runs {
        &self.runs
    }

    /// Returns the people of the company's directory.
    #[must_use]
    pub const fn people(&self) -> &People {
        &self.people
    }

    /// Returns the entitlements.
    #[must_use]
    pub const fn entitlements(&self) -> &Entitlements {
        &self.entitlements
    }

    /// Returns reconciliation and the accounts that were read.
    #[must_use]
    pub const fn licensing(&self) -> &Licensing {
        &self.licensing
    }
}
