//! The vault's key: 32 random bytes in base64, in a file of its own, in the environment, or as a
//! systemd credential.

use crate::error::VaultError;
use crate::key_origin::{KEY_VARIABLE, SYSTEMD_CREDENTIAL};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;
use zeroize::{Zeroize as _, Zeroizing};

/// Environment variable with the directory of a service's credentials (systemd.exec,
/// `LoadCredential=`).
const SYSTEMD_VARIABLE: &str = "CREDENTIALS_DIRECTORY";

/// Length of a key in bytes.
const LENGTH: usize = 32;

/// Bytes that are read of a key file at most: enough for any key, and harmless if the file is
/// something else.
const FILE_LIMIT: u64 = 1024;

/// Key bytes. Boxed, so that moving the key leaves no copies on the stack.
pub(crate) type Key = Box<Zeroizing<[u8; LENGTH]>>;

/// Returns the key in the environment, if the variable is set.
///
/// # Errors
/// Fails if the variable is set and is not a key. The file is not tried then: sealing with another
/// key is worse than stopping.
pub(crate) fn from_environment() -> Result<Option<Key>, VaultError> {
    let Some(value) = std::env::var_os(KEY_VARIABLE) else {
        return Ok(None);
    };
    let text = Zeroizing::new(value.to_string_lossy().into_owned());
    decode(&text, KEY_VARIABLE).map(Some)
}

/// Returns the key among the systemd credentials, if there is one.
pub(crate) fn from_systemd() -> Result<Option<Key>, VaultError> {
    let Some(folder) = std::env::var_os(SYSTEMD_VARIABLE) else {
        return Ok(None);
    };

    match from_file(&Path::new(&folder).join(SYSTEMD_CREDENTIAL)) {
        Err(VaultError::KeyMissing(_)) => Ok(None),
        found => found.map(Some),
    }
}

/// Returns an id for a key that reveals nothing of it: the first 8 bytes of a hash of 256 random
/// bits.
pub(crate) fn id(key: &Key) -> String {
    let hash = Sha256::new()
        .chain_update(b"purser vault key id")
        .chain_update(key.as_slice())
        .finalize();
    hex::encode(hash.get(..8).unwrap_or_default())
}

/// Replaces one key file by another, atomically and durably.
pub(crate) fn replace_file(next: &Path, path: &Path) -> Result<(), VaultError> {
    let replaced = fs::rename(next, path).and_then(|()| sync_directory(path));
    replaced.map_err(|error| VaultError::KeyFile {
        path: path.to_owned(),
        action: "replaced",
        error,
    })
}

/// Reads the key file, which no other user may be able to read.
pub(crate) fn from_file(path: &Path) -> Result<Key, VaultError> {
    let failed = |error: io::Error| match error.kind() {
        ErrorKind::NotFound => VaultError::KeyMissing(path.to_owned()),
        _ => VaultError::KeyFile {
            path: path.to_owned(),
            action: "read",
            error,
        },
    };

    let file = File::open(path).map_err(failed)?;
    refuse_exposed(path, &file.metadata().map_err(failed)?)?;
    let mut text = Zeroizing::new(String::with_capacity(FILE_LIMIT as usize));

    match file.take(FILE_LIMIT).read_to_string(&mut text) {
        Ok(_) => decode(&text, &path.display().to_string()),
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(VaultError::KeyMalformed {
            origin: path.display().to_string(),
        }),
        Err(error) => Err(failed(error)),
    }
}

/// Creates a new key and its file.
///
/// The file is on the disk when this returns, not only in a cache: a key lost in a power cut would
/// take every secret with it.
pub(crate) fn create_file(path: &Path) -> Result<Key, VaultError> {
    let mut key: Key = Box::new(Zeroizing::new([0; LENGTH]));
    getrandom::fill(key.as_mut_slice()).map_err(VaultError::Random)?;
    let failed = |error: io::Error| VaultError::KeyFile {
        path: path.to_owned(),
        action: "written",
        error,
    };

    let mut file = new_file(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => VaultError::KeyExists(path.to_owned()),
        _ => failed(error),
    })?;

    let text = Zeroizing::new(format!(
        "{}\n",
        *Zeroizing::new(STANDARD.encode(key.as_slice()))
    ));

    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| sync_directory(path));

    if let Err(error) = written {
        // The file is new, and half a key would only block the next attempt.
        drop(fs::remove_file(path));
        return Err(failed(error));
    }

    Ok(key)
}

fn decode(text: &str, origin: &str) -> Result<Key, VaultError> {
    let malformed = || VaultError::KeyMalformed {
        origin: origin.to_owned(),
    };

    let mut bytes = STANDARD.decode(text.trim()).map_err(|_| malformed())?;
    let key = <[u8; LENGTH]>::try_from(bytes.as_slice()).map(|key| Box::new(Zeroizing::new(key)));
    bytes.zeroize();

    key.map_err(|_| malformed())
}

fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn refuse_exposed(path: &Path, metadata: &fs::Metadata) -> Result<(), VaultError> {
    use std::os::unix::fs::PermissionsExt as _;

    match metadata.permissions().mode() & 0o777 {
        mode if mode & 0o077 != 0 => Err(VaultError::KeyExposed {
            path: path.to_owned(),
            mode,
        }),
        _ => Ok(()),
    }
}

/// Elsewhere, mode bits do not say who can read a file; the user's profile directory protects it.
#[cfg(not(unix))]
fn refuse_exposed(_: &Path, _: &fs::Metadata) -> Result<(), VaultError> {
    Ok(())
}

/// Syncs a file's directory: a new file is durable only with its directory entry. Windows cannot
/// open directories, and does not need it.
fn sync_directory(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }

    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));

    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn create_file_key_reads_back_and_is_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        let key = create_file(&path).unwrap();

        assert_eq!(***from_file(&path).as_ref().unwrap(), **key);
        assert!(key.iter().any(|byte| *byte != 0), "not random");

        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }

    #[test]
    fn create_file_existing_key_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        fs::write(&path, "precious").unwrap();
        assert!(matches!(create_file(&path), Err(VaultError::KeyExists(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    }

    #[cfg(unix)]
    #[test]
    fn from_file_key_readable_by_others_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;

        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        create_file(&path).unwrap();

        for mode in [0o640, 0o604, 0o620, 0o777] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(
                matches!(from_file(&path), Err(VaultError::KeyExposed { mode: found, .. }) if found == mode)
            );
        }
    }

    #[test]
    fn from_file_missing_or_malformed_key_is_refused_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");

        assert!(matches!(from_file(&path), Err(VaultError::KeyMissing(_))));

        let long = STANDARD.encode([7; 33]);
        for content in [
            "",
            "c2hvcnQ=",
            "not base64 at all!",
            long.as_str(),
            &"A".repeat(5000),
        ] {
            drop(fs::remove_file(&path));
            new_file(&path)
                .unwrap()
                .write_all(content.as_bytes())
                .unwrap();
            assert!(
                matches!(from_file(&path), Err(VaultError::KeyMalformed { .. })),
                "{content:?}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }

        fs::remove_file(&path).unwrap();
        new_file(&path).unwrap().write_all(&[0xff; 32]).unwrap();

        assert!(matches!(
            from_file(&path),
            Err(VaultError::KeyMalformed { .. })
        ));
    }

    #[test]
    fn from_file_directory_is_a_fault_of_the_machine() {
        let directory = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
        }

        assert!(matches!(
            from_file(directory.path()),
            Err(VaultError::KeyFile { action: "read", .. })
        ));
    }
}
