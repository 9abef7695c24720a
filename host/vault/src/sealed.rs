//! Sealing of secrets for storage.
//!
//! XChaCha20-Poly1305, because its 192-bit nonces can be drawn at random without counting. A sealed
//! secret is `version (1 byte) · nonce (24 bytes) · ciphertext and tag`. Another cipher or the
//! number of a key would get another version byte.

use crate::Secret;
use crate::error::VaultError;
use crate::key::{self, Key};
use crate::key_origin::KeyOrigin;
use crate::opaque::assert_opaque;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::path::Path;
use zeroize::{Zeroize as _, Zeroizing};

/// Version byte of the layout above.
const VERSION: u8 = 1;

/// Length of a nonce in bytes.
const NONCE_LENGTH: usize = 24;

/// Sealed secret, safe to store. Without the vault's key it reveals the secret's length and nothing
/// else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Returns the bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Wraps stored bytes. They are checked when they are unsealed.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

/// Seals and unseals secrets. Holds the key, and so has no `Debug`.
pub struct Vault {
    key: Key,
    key_id: String,
    origin: KeyOrigin,
}

assert_opaque!(Vault);

impl Vault {
    /// Creates a new key at `key_file`, readable by its owner alone, and returns once it is safely
    /// on disk.
    ///
    /// # Errors
    /// Fails if there is a file already (it is left unchanged), or the new one cannot be written.
    pub fn create(key_file: &Path) -> Result<Self, VaultError> {
        Ok(Self::new(
            key::create_file(key_file)?,
            KeyOrigin::File(key_file.to_owned()),
        ))
    }

    /// Opens the vault with the key in [`KEY_VARIABLE`](crate::KEY_VARIABLE), else with the systemd
    /// credential, else with the key in `key_file`.
    ///
    /// # Errors
    /// Fails if there is no key, it is damaged, or other users can read its file.
    pub fn open(key_file: &Path) -> Result<Self, VaultError> {
        if let Some(vault) = Self::open_external()? {
            return Ok(vault);
        }
        Self::open_file(key_file)
    }

    /// Opens the vault with a key from the environment or systemd; `None` if there is none.
    ///
    /// # Errors
    /// Fails if there is one and it is damaged.
    pub fn open_external() -> Result<Option<Self>, VaultError> {
        if let Some(key) = key::from_environment()? {
            return Ok(Some(Self::new(key, KeyOrigin::Environment)));
        }
        Ok(key::from_systemd()?.map(|key| Self::new(key, KeyOrigin::Systemd)))
    }

    /// Opens the vault with the key in this file and no other.
    ///
    /// # Errors
    /// Fails if there is none, it is damaged, or other users can read it.
    pub fn open_file(key_file: &Path) -> Result<Self, VaultError> {
        Ok(Self::new(
            key::from_file(key_file)?,
            KeyOrigin::File(key_file.to_owned()),
        ))
    }

    fn new(key: Key, origin: KeyOrigin) -> Self {
        Self {
            key_id: key::id(&key),
            key,
            origin,
        }
    }

    /// Moves this vault's key file to `path`, atomically and durably, over a file that is there.
    /// Does nothing if the key is not in a file.
    ///
    /// # Errors
    /// Fails if the file cannot be moved. Both are unchanged then.
    pub fn move_key_to(&mut self, path: &Path) -> Result<(), VaultError> {
        if let KeyOrigin::File(from) = &self.origin {
            key::replace_file(from, path)?;
            self.origin = KeyOrigin::File(path.to_owned());
        }
        Ok(())
    }

    /// Returns an id for the key, which reveals nothing of it.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Returns the place where the key was found.
    #[must_use]
    pub const fn origin(&self) -> &KeyOrigin {
        &self.origin
    }

    /// Seals a secret.
    ///
    /// `context` names its owner, such as `connection/acme`. It is not stored, and the same one is
    /// needed to unseal: a sealed secret copied to another owner does not open there.
    ///
    /// # Errors
    /// Fails if the operating system returns no random numbers.
    pub fn seal(&self, context: &str, secret: &Secret) -> Result<Sealed, VaultError> {
        let mut nonce = [0; NONCE_LENGTH];
        getrandom::fill(&mut nonce).map_err(VaultError::Random)?;
        let aad = associated_data(context);
        let payload = Payload {
            msg: secret.expose().as_bytes(),
            aad: &aad,
        };

        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);

        // Encryption only fails for texts of more than 256 GiB.
        let sealed = sealed.map_err(|_| VaultError::UnknownFormat {
            context: context.to_owned(),
        })?;

        Ok(Sealed(
            [&[VERSION], nonce.as_slice(), sealed.as_slice()].concat(),
        ))
    }

    /// Opens a sealed secret.
    ///
    /// # Errors
    /// Fails if it was sealed with another key or for another context, or was altered. These cases
    /// cannot be distinguished.
    pub fn unseal(&self, context: &str, sealed: &Sealed) -> Result<Secret, VaultError> {
        let failed = || VaultError::UnsealFailed {
            context: context.to_owned(),
        };

        let (version, rest) = sealed.0.split_first().ok_or_else(failed)?;
        if *version != VERSION {
            return Err(VaultError::UnknownFormat {
                context: context.to_owned(),
            });
        }

        let (nonce, ciphertext) = rest
            .split_first_chunk::<NONCE_LENGTH>()
            .ok_or_else(failed)?;

        let aad = associated_data(context);
        let payload = Payload {
            msg: ciphertext,
            aad: &aad,
        };

        let opened = self
            .cipher()
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| failed())?;

        let text = String::from_utf8(opened).map_err(|error| {
            error.into_bytes().zeroize();
            failed()
        })?;

        Ok(Secret::new(text))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&**self.key).into())
    }
}

/// Returns the associated data of a seal: its layout and its context, so that neither can be
/// exchanged.
fn associated_data(context: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(
        [
            b"purser sealed secret ",
            [VERSION].as_slice(),
            context.as_bytes(),
        ]
        .concat(),
    )
}
