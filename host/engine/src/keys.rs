//! Vault's key: opened once, checked against the database, and rotated.

use crate::Error;
use crate::home::Home;
use jiff::Timestamp;
use once_cell::sync::OnceCell;
use purser_model::{ConnectionName, NextStep};
use purser_store::{SecretOwner, Store};
use purser_vault::{KeyOrigin, Sealed, Secret, Vault, VaultError};
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Result of a key rotation.
#[derive(Debug, Clone, Serialize)]
pub struct KeyRotated {
    /// Number of secrets that were sealed again.
    pub secrets: u64,
    /// Path of the new key.
    pub key_file: PathBuf,
    /// If set, the operator must install it: the old key came from outside, where Purser cannot
    /// replace it.
    pub to_be_installed: bool,
}

/// Returns the context that a stored secret is bound to. It opens in no other context, so swapping
/// rows of the database gains nothing.
pub(crate) fn context(of: &SecretOwner) -> String {
    match of {
        SecretOwner::Connection(name) => format!("connection/{name}"),
        SecretOwner::Token(name) => format!("connection/{name}/token"),
    }
}

/// Seals a secret of a connection under the vault's key.
pub(crate) fn seal(vault: &Vault, of: &SecretOwner, secret: &Secret) -> Result<Vec<u8>, Error> {
    Ok(vault.seal(&context(of), secret)?.as_bytes().to_vec())
}

/// The vault's key, opened when it is first needed: commands that read no secret need no key.
pub struct Keys {
    home: Arc<Home>,
    store: Arc<Store>,
    vault: OnceCell<Arc<Vault>>,
}

impl Keys {
    pub(crate) const fn new(home: Arc<Home>, store: Arc<Store>) -> Self {
        Self {
            home,
            store,
            vault: OnceCell::new(),
        }
    }

    /// Returns the vault, whose key must be the one that the database's secrets are sealed with.
    pub(crate) fn vault(&self) -> Result<&Arc<Vault>, Error> {
        self.vault
            .get_or_try_init(|| Ok(Arc::new(self.open_vault()?)))
    }

    fn open_vault(&self) -> Result<Vault, Error> {
        let wanted = self.store.vault_key_id()?;
        let fits = |vault: &Vault| {
            wanted
                .as_deref()
                .is_none_or(|wanted| wanted == vault.key_id())
        };
        let refused = match Vault::open(&self.home.vault_key()) {
            Ok(vault) if fits(&vault) => return Ok(vault),
            Ok(_) => VaultError::OtherKey,
            Err(error) => error,
        };

        // why: a rotation was interrupted after re-encryption, and only the key file is left to
        // move
        let next = self.home.next_vault_key();
        if wanted.is_some()
            && let Ok(mut vault) = Vault::open_file(&next)
            && fits(&vault)
        {
            vault.move_key_to(&self.home.vault_key())?;
            return Ok(vault);
        }
        Err(refused.into())
    }

    /// Creates a new key and seals every stored secret with it, all of them or none. A key that
    /// came from outside is not replaced there: the new one is written to `new_key_file`, for the
    /// operator to install.
    ///
    /// # Errors
    /// The key is not the database's, a token is being refreshed, the file exists, or something
    /// cannot be written. The old key still opens everything then.
    pub fn rotate(&self, new_key_file: Option<&Path>) -> Result<KeyRotated, Error> {
        let old = self.open_vault()?;
        let in_home = matches!(old.origin(), KeyOrigin::File(_));
        let next = match (in_home, new_key_file) {
            (true, None) => self.home.next_vault_key(),
            (false, Some(file)) => file.to_owned(),
            (true, Some(_)) => {
                return Err(Error::refused(
                    "the key is in the home directory and is replaced there",
                    "leave out --new-key-file",
                ));
            }
            (false, None) => {
                return Err(Error::refused(
                    "the key comes from outside, where Purser cannot replace it",
                    "name a file for the new key with --new-key-file, and install it afterwards",
                ));
            }
        };
        if in_home {
            // why: left by a rotation that was interrupted before anything was sealed with it;
            // otherwise `open_vault` would have used it
            match fs::remove_file(&next) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::home(&next, &error.to_string()));
                }
                _ => {}
            }
        }
        let mut new = Vault::create(&next)?;
        let reseal = |of: &SecretOwner, sealed: Vec<u8>| -> Result<Vec<u8>, Error> {
            let secret = old.unseal(&context(of), &Sealed::from_bytes(sealed))?;
            Ok(new.seal(&context(of), &secret)?.as_bytes().to_vec())
        };
        let sealed = self
            .store
            .reseal((old.key_id(), new.key_id()), Timestamp::now(), reseal);
        let secrets = match sealed {
            Ok(secrets) => secrets,
            Err(error) => {
                // why: the new key file may go only if certainly nothing is sealed with it
                if self.store.vault_key_id()?.as_deref() != Some(new.key_id()) {
                    drop(fs::remove_file(&next));
                }
                return Err(error);
            }
        };
        if in_home {
            new.move_key_to(&self.home.vault_key())?;
        }
        let key_file = if in_home { self.home.vault_key() } else { next };
        Ok(KeyRotated {
            secrets,
            key_file,
            to_be_installed: !in_home,
        })
    }

    /// Seals a secret of a connection.
    pub(crate) fn seal(&self, of: &SecretOwner, secret: &Secret) -> Result<Vec<u8>, Error> {
        seal(self.vault()?, of, secret)
    }

    /// Opens the secret fields of a connection.
    pub(crate) fn open_secrets(&self, connection: &ConnectionName) -> Result<Secret, Error> {
        let sealed = self.store.sealed_secrets(connection)?;
        if sealed.is_empty() {
            return Err(Error::refused(
                format!("the credential of connection {connection} must be entered again"),
                NextStep::AuthorizeConnection {
                    connection: connection.clone(),
                },
            ));
        }
        let of = SecretOwner::Connection(connection.clone());
        Ok(self
            .vault()?
            .unseal(&context(&of), &Sealed::from_bytes(sealed))?)
    }
}
