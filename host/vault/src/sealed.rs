//! Sealing: how a secret is stored.
//!
//! XChaCha20-Poly1305, because its 192-bit nonces can be drawn at random without counting. A sealed secret is
//! `version (1 byte) · nonce (24 bytes) · ciphertext and tag`; the version byte is where another cipher or a key's number would join.

use crate::key::{self, Key, KeyOrigin};
use crate::{Secret, VaultError};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::path::Path;
use zeroize::{Zeroize as _, Zeroizing};

/// The layout described above.
const VERSION: u8 = 1;

/// Bytes of a nonce.
const NONCE: usize = 24;

/// A sealed secret, fit to be stored. To anyone without the vault's key it tells the secret's length and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// What to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Takes what was stored. It is checked when it is unsealed.
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

static_assertions::assert_not_impl_any!(Vault: std::fmt::Debug, std::fmt::Display, Clone, serde::Serialize);

impl Vault {
    /// Makes a new key at `key_file`, readable by its owner alone, and returns once it is safely on disk.
    ///
    /// # Errors
    /// When there is a file already (it is left as it is), or the new one cannot be written.
    pub fn create(key_file: &Path) -> Result<Self, VaultError> {
        Ok(Self::with(
            key::create_file(key_file)?,
            KeyOrigin::File(key_file.to_owned()),
        ))
    }

    /// Opens with the key in [`KEY_VARIABLE`](crate::KEY_VARIABLE), with the one that systemd hands over, or else with that in `key_file`.
    ///
    /// # Errors
    /// When there is no key, it is damaged, or others can read its file.
    pub fn open(key_file: &Path) -> Result<Self, VaultError> {
        if let Some(vault) = Self::from_outside()? {
            return Ok(vault);
        }
        Self::open_file(key_file)
    }

    /// Opens with a key that is not in the home directory, if there is one.
    ///
    /// # Errors
    /// When there is one and it is damaged. It is not passed over.
    pub fn from_outside() -> Result<Option<Self>, VaultError> {
        if let Some(key) = key::from_environment()? {
            return Ok(Some(Self::with(key, KeyOrigin::Environment)));
        }
        Ok(key::from_systemd()?.map(|key| Self::with(key, KeyOrigin::Systemd)))
    }

    /// Opens with the key in this file and no other.
    ///
    /// # Errors
    /// When there is none, it is damaged, or others can read it.
    pub fn open_file(key_file: &Path) -> Result<Self, VaultError> {
        Ok(Self::with(
            key::from_file(key_file)?,
            KeyOrigin::File(key_file.to_owned()),
        ))
    }

    fn with(key: Key, origin: KeyOrigin) -> Self {
        Self {
            key_id: key::id(&key),
            key,
            origin,
        }
    }

    /// Puts this vault's key file in the place of another, at once and for good.
    ///
    /// Does nothing where the key is in no file.
    ///
    /// # Errors
    /// When the file cannot be moved. Both are as they were then.
    pub fn move_key_to(&mut self, path: &Path) -> Result<(), VaultError> {
        if let KeyOrigin::File(from) = &self.origin {
            key::replace_file(from, path)?;
            self.origin = KeyOrigin::File(path.to_owned());
        }
        Ok(())
    }

    /// A name for the key, that tells nothing of it.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Where the key was found.
    #[must_use]
    pub const fn origin(&self) -> &KeyOrigin {
        &self.origin
    }

    /// Seals a secret. `context` says what it belongs to, such as `connection/acme`; it is not stored, and the same one is needed to
    /// unseal, so a sealed secret copied to another place does not open there.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub fn seal(&self, context: &str, secret: &Secret) -> Result<Sealed, VaultError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(VaultError::Random)?;
        let aad = associated(context);
        let payload = Payload {
            msg: secret.expose().as_bytes(),
            aad: &aad,
        };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        // Encryption only fails for texts of more than 256 GiB.
        let sealed = sealed.map_err(|_| VaultError::Format {
            context: context.to_owned(),
        })?;
        Ok(Sealed(
            [&[VERSION], nonce.as_slice(), sealed.as_slice()].concat(),
        ))
    }

    /// Opens a sealed secret.
    ///
    /// # Errors
    /// When it was sealed with another key or for another context, or was altered. Which of them cannot be told apart.
    pub fn unseal(&self, context: &str, sealed: &Sealed) -> Result<Secret, VaultError> {
        let foreign = || VaultError::Foreign {
            context: context.to_owned(),
        };
        let (version, rest) = sealed.0.split_first().ok_or_else(foreign)?;
        if *version != VERSION {
            return Err(VaultError::Format {
                context: context.to_owned(),
            });
        }
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or_else(foreign)?;
        let aad = associated(context);
        let payload = Payload {
            msg: ciphertext,
            aad: &aad,
        };
        let opened = self
            .cipher()
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| foreign())?;
        let text = String::from_utf8(opened).map_err(|error| {
            error.into_bytes().zeroize();
            foreign()
        })?;
        Ok(Secret::new(text))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&**self.key).into())
    }
}

/// What a seal is bound to: its layout as well as its context, so that neither can be exchanged.
fn associated(context: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(
        [
            b"purser sealed secret ",
            [VERSION].as_slice(),
            context.as_bytes(),
        ]
        .concat(),
    )
}
