//! What Purser does, one use-case a file: take in a connector, grant it, connect to an application, make a profile, run it, import what
//! the company knows and owns, reconcile. Everything that a person can do at the command line is a method of [`Purser`].

mod ahead;
mod aliases;
mod by_account;
mod cancel;
mod cassette;
mod code;
mod commit;
mod connect;
mod connections;
mod credentials;
mod error;
mod fetch;
mod find;
mod gate;
mod grants;
mod home;
pub mod import;
mod inventory;
mod keys;
mod lifecycle;
mod outcome;
mod paces;
mod profiles;
mod publishers;
mod reconcile;
mod run;
mod sign_in;
mod signature;
mod stream;
mod templates;
mod tokens;
mod upload;
mod watch;

pub use aliases::AliasView;
pub use cassette::{
    CASSETTE_BYTES, Cassette, CassetteError, Difference, Identity, Point, Recorded, Recording,
    Replayed, StreamReplayed, replay,
};
pub use connect::{Checked, Connected, NewConnection};
pub use connections::{ConnectionView, Revocation};
pub use credentials::Secrets;
pub use error::Error;
pub use grants::{DifferenceView, Granted};
pub use home::Create;
pub use inventory::{EntitlementsImported, PeopleImported};
pub use keys::KeyRotated;
pub use lifecycle::{MovedView, RolledBack, StayedView};
pub use profiles::{NewProfile, ProfileView};
pub use publishers::{Policy, PublisherView};
pub use purser_licensing as licensing;
pub use purser_licensing::{ReclamationRules, Reconciliation, Rules};
pub use purser_sandbox::{COMPLAINT, CheckReport, Compiler, compile_as_child};
pub use purser_store::Rights;
pub use purser_vault::oauth::GrantKind;
pub use purser_vault::{Secret, Template, TemplateField};
pub use reconcile::AccountView;
pub use run::{LogLine, RejectedRowView, RunDetail, RunOrder};
pub use sign_in::{NobodyThere, SignIn};
pub use signature::{KeyId, PublisherKey, SignatureError, Standing};
pub use upload::{ConnectorView, Inspected, Previous, Uploaded};
pub use watch::{RunEvent, Watch};

use home::Home;
use purser_egress::Egress;
use purser_sandbox::Sandbox;
use purser_store::Store;
use purser_vault::Vault;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Purser at work on one home directory. What is costly, or needs a key, is opened when it is first needed: listing runs asks for no key.
pub struct Purser {
    home: Home,
    store: Arc<Store>,
    vault: OnceLock<Arc<Vault>>,
    /// Read by every renewal of a token that must be stored before the process ends.
    renewals: Arc<tokio::sync::RwLock<()>>,
    compiler: Compiler,
    sandbox: OnceLock<Arc<Sandbox>>,
    loaded: code::Loaded,
    egress: OnceLock<Egress>,
    paces: paces::Paces,
}

impl Purser {
    /// Opens a home directory, making it first where that is asked for.
    ///
    /// # Errors
    /// When there is none, when the directory is somebody else's, or when its database is of a newer Purser.
    pub fn open(home: &Path, create: Create) -> Result<Self, Error> {
        let home = Home::open(home, create)?;
        let store = Arc::new(Store::open(home.database(), home.store_create())?);
        let (vault, sandbox, egress) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Ok(Self {
            home,
            store,
            vault,
            renewals: Arc::default(),
            compiler: Compiler::Here,
            sandbox,
            loaded: Default::default(),
            egress,
            paces: Default::default(),
        })
    }

    fn egress(&self) -> Result<&Egress, Error> {
        get_or_open(&self.egress, || Ok(Egress::new()?))
    }
}

/// `OnceLock::get_or_try_init`, which is not stable: a second opener at the same moment opens for nothing and uses the first one's.
fn get_or_open<T>(
    cell: &OnceLock<T>,
    open: impl FnOnce() -> Result<T, Error>,
) -> Result<&T, Error> {
    match cell.get() {
        Some(value) => Ok(value),
        None => {
            let value = open()?;
            Ok(cell.get_or_init(|| value))
        }
    }
}
