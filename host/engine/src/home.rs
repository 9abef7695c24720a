//! Home directory: the database, the vault's key and the locks, owned by one user.

use crate::Error;
use purser_model::ProfileName;
use purser_vault::Vault;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Handling of a missing home directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Create {
    /// Create it.
    IfMissing,
    /// Fail: there is nothing to show.
    Never,
}

const DATABASE: &str = "purser.db";
const VAULT_KEY: &str = "vault.key";
const NEXT_VAULT_KEY: &str = "vault.key.next";
const LOCKS: &str = "locks";
const CODE: &str = "code";

/// Directory that is known to be a Purser home.
pub(crate) struct Home {
    root: PathBuf,
    create: Create,
}

impl Home {
    pub(crate) fn open(root: &Path, create: Create) -> Result<Self, Error> {
        let home = Self {
            root: root.to_owned(),
            create,
        };
        let failed = |what: &str| Error::home(root, what);

        match fs::read_dir(root) {
            Ok(entries) => home.adopt(entries)?,
            Err(error)
                if error.kind() == io::ErrorKind::NotFound && create == Create::IfMissing =>
            {
                home.make().map_err(|error| failed(&error.to_string()))?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::MissingHome(root.to_owned()));
            }
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(Error::ForeignHome(root.to_owned()));
            }
            Err(error) => return Err(failed(&error.to_string())),
        }

        home.ensure_key()?;
        Ok(home)
    }

    /// Uses an existing directory, if it is a home or empty.
    fn adopt(&self, entries: fs::ReadDir) -> Result<(), Error> {
        let names: Vec<_> = entries
            .filter_map(|entry| Some(entry.ok()?.file_name().into_string().unwrap_or_default()))
            .collect();
        if names.iter().any(|name| name == DATABASE) {
            return Ok(());
        }

        // why: an interrupted first start may have left any of these without a database
        let own = [VAULT_KEY, NEXT_VAULT_KEY, LOCKS, CODE];
        if names.iter().any(|name| !own.contains(&name.as_str())) {
            return Err(Error::ForeignHome(self.root.clone()));
        }
        if self.create == Create::Never {
            return Err(Error::MissingHome(self.root.clone()));
        }
        self.make()
            .map_err(|error| Error::home(&self.root, &error.to_string()))
    }

    fn make(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        // why: the records say who works for the company and what they use
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(self.root.join(LOCKS))
    }

    /// Creates the vault's key together with the home, and never again: a database whose key is
    /// lost must be refused, not given a new one.
    fn ensure_key(&self) -> Result<(), Error> {
        if !self.database().exists()
            && !self.vault_key().exists()
            && Vault::open_external()?.is_none()
        {
            Vault::create(&self.vault_key())?;
        }
        Ok(())
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.root.join(DATABASE)
    }

    pub(crate) fn vault_key(&self) -> PathBuf {
        self.root.join(VAULT_KEY)
    }

    /// Returns the path of a new key while every secret is being sealed with it.
    pub(crate) fn next_vault_key(&self) -> PathBuf {
        self.root.join(NEXT_VAULT_KEY)
    }

    /// Returns the path of cached machine code.
    pub(crate) fn code(&self, name: &str) -> PathBuf {
        self.root.join(CODE).join(name)
    }

    pub(crate) fn store_create(&self) -> purser_store::Create {
        match self.create {
            Create::IfMissing => purser_store::Create::IfMissing,
            Create::Never => purser_store::Create::Never,
        }
    }

    /// Locks a profile, so that its runs do not overlap, across processes. The operating system
    /// releases the lock when the process ends, however it ends, so no stale lock remains.
    pub(crate) fn lock_profile(&self, profile: &ProfileName) -> Result<ProfileLock, Error> {
        let folder = self.root.join(LOCKS);
        let failed = |error: io::Error| {
            Error::home(
                &self.root,
                &format!("the lock of profile {profile}: {error}"),
            )
        };
        fs::create_dir_all(&folder).map_err(failed)?;
        let file = File::create(folder.join(format!("profile-{profile}"))).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(ProfileLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::AlreadyRunning(profile.clone())),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// Proof that no other run of a profile is in progress. Released on drop.
pub(crate) struct ProfileLock {
    _file: File,
}
