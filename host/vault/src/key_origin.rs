//! Places where the vault's key can be kept.

use std::path::PathBuf;

/// Environment variable that holds the key in base64, for containers and secret managers. If set,
/// it goes before the key file.
pub const KEY_VARIABLE: &str = "PURSER_VAULT_KEY";

/// Name of the systemd credential that holds the key, as in
/// `LoadCredentialEncrypted=purser-vault-key:…`. If present, it goes before the key file.
pub const SYSTEMD_CREDENTIAL: &str = "purser-vault-key";

/// Place where a key was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyOrigin {
    /// A file of its own.
    File(PathBuf),
    /// The variable [`KEY_VARIABLE`].
    Environment,
    /// The credentials that systemd passed to the service.
    Systemd,
}
