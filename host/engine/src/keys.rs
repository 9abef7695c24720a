//! The vault's key: opened once, held against the database, and exchanged for a new one.

use crate::Error;
use crate::home::Home;
use jiff::Timestamp;
use once_cell::sync::OnceCell;
use purser_model::ConnectionName;
use purser_store::{SecretOf, Store};
use purser_vault::{KeyOrigin, Sealed, Secret, Vault, VaultError};
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What exchanging the key came to.
#[derive(Debug, Clone, Serialize)]
pub struct KeyRotated {
    /// How many secrets were sealed anew.
    pub secrets: u64,
    /// Where the new key is.
    pub key_file: PathBuf,
    /// Whether the operator must put it where Purser looks for it: it was given from outside, and Purser cannot change it there.
    pub to_be_installed: bool,
}

/// What a stored secret is sealed for. It opens there and nowhere else, so swapping rows in the database gains nothing.
pub(crate) fn context(of: &SecretOf) -> String {
    match of {
        SecretOf::Connection(name) => format!("connection/{name}"),
        SecretOf::Token(name) => format!("connection/{name}/token"),
    }
}

/// Seals a secret of a connection under the vault's key.
pub(crate) fn seal(vault: &Vault, of: &SecretOf, secret: &Secret) -> Result<Vec<u8>, Error> {
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

    /// The vault, whose key must be the one that the database's secrets are sealed with.
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
        // An exchange that was cut off between sealing everything anew and putting the new key file in its place: that is left to do.
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

    /// Makes a new key and seals every stored secret with it, all of them or none. A key that Purser was given from outside is not replaced
    /// there: the new one is written to `new_key_file`, for the operator to install.
    ///
    /// # Errors
    /// When the key at hand is not the database's, a token is being renewed, the file is there already, or something cannot be written. The
    /// old key opens everything then.
    pub fn rotate(&self, new_key_file: Option<&Path>) -> Result<KeyRotated, Error> {
        let old = self.open_vault()?;
        let in_home = matches!(old.origin(), KeyOrigin::File(_));
        let next = match (in_home, new_key_file) {
            (true, None) => self.home.next_vault_key(),
            (false, Some(file)) => file.to_owned(),
            (true, Some(_)) => {
                return Err(Error::refused(
                    "the key is in Purser's home and is replaced there",
                    "leave out --new-key-file",
                ));
            }
            (false, None) => {
                return Err(Error::refused(
                    "the key is given from outside, and cannot be replaced there by Purser",
                    "say with --new-key-file where to write the new one, and install it afterwards",
                ));
            }
        };
        if in_home {
            // Of an exchange that was cut off before anything was sealed with it; had anything been, `open_vault` would have used it.
            match fs::remove_file(&next) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::home(&next, &error.to_string()));
                }
                _ => {}
            }
        }
        let mut new = Vault::create(&next)?;
        let reseal = |of: &SecretOf, sealed: Vec<u8>| -> Result<Vec<u8>, Error> {
            let secret = old.unseal(&context(of), &Sealed::from_bytes(sealed))?;
            Ok(new.seal(&context(of), &secret)?.as_bytes().to_vec())
        };
        let sealed = self
            .store
            .reseal((old.key_id(), new.key_id()), Timestamp::now(), reseal);
        let secrets = match sealed {
            Ok(secrets) => secrets,
            Err(error) => {
                // Made a moment ago. It goes again, if it is certain that nothing is sealed with it.
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

    /// Seals what belongs to a connection.
    pub(crate) fn seal(&self, of: &SecretOf, secret: &Secret) -> Result<Vec<u8>, Error> {
        seal(self.vault()?, of, secret)
    }

    /// Opens the secret fields of a connection's template.
    pub(crate) fn open_secrets(&self, connection: &ConnectionName) -> Result<Secret, Error> {
        let sealed = self.store.sealed_secrets(connection)?;
        if sealed.is_empty() {
            return Err(Error::refused(
                format!("the credential of connection {connection} must be given once more"),
                format!("purser connection authorize {connection}"),
            ));
        }
        let of = SecretOf::Connection(connection.clone());
        Ok(self
            .vault()?
            .unseal(&context(&of), &Sealed::from_bytes(sealed))?)
    }
}
