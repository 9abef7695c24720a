//! Builds a connector crate into a component: finds a compiler for `wasm32-unknown-unknown`, runs
//! cargo, and wraps the core module.
//!
//! ```no_run
//! let built = purser_connector_builder::build("connectors/scim".as_ref(), "scim.wasm".as_ref())?;
//! println!("{} bytes", built.bytes);
//! # Ok::<_, purser_connector_builder::BuildError>(())
//! ```

mod cargo;
mod component;
mod error;
mod package;
mod target;
mod toolchain;

pub use component::componentize;
pub use error::BuildError;
pub use target::TARGET;
pub use toolchain::{Toolchain, toolchain};

use package::Package;
use std::fs;
use std::path::{Path, PathBuf};

/// A component that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// Path of the component.
    pub path: PathBuf,
    /// Size of the component, in bytes.
    pub bytes: usize,
    /// True if it differs from the previous file. An identical file is left alone, with its
    /// timestamp.
    pub changed: bool,
}

/// Builds the connector crate in `dir` and writes the component to `out`, completely or not at all.
///
/// The same sources and compiler give the same bytes on every machine, because no path of the
/// machine gets into the component. Messages of cargo and the compiler go to standard error.
///
/// # Errors
/// Fails if `dir` is not a connector crate, the target has no compiler, the crate does not compile,
/// or it was not built with the SDK.
pub fn build(dir: &Path, out: &Path) -> Result<Built, BuildError> {
    let package = package::inspect(dir)?;
    assemble(&toolchain(dir)?, &package, out)
}

/// Builds as [`build`] does, with a toolchain found before: for building several connectors.
///
/// # Errors
/// As for [`build`].
pub fn build_with(toolchain: &Toolchain, dir: &Path, out: &Path) -> Result<Built, BuildError> {
    assemble(toolchain, &package::inspect(dir)?, out)
}

fn assemble(toolchain: &Toolchain, package: &Package, out: &Path) -> Result<Built, BuildError> {
    let module = cargo::build(toolchain, package)?;
    let core = fs::read(&module).map_err(|source| BuildError::Read {
        path: module,
        source,
    })?;

    let component = componentize(&core)?;
    let changed = replace(out, &component).map_err(|source| BuildError::Write {
        path: out.into(),
        source,
    })?;
    Ok(Built {
        path: out.into(),
        bytes: component.len(),
        changed,
    })
}

/// Writes `bytes` to `path` atomically, unless the file has them already. Returns true if it
/// changed.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<bool> {
    if fs::read(path).is_ok_and(|previous| previous == bytes) {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    // In the same directory, so that the rename is atomic, and named after the process, so that two
    // builds do not share it.
    let partial = path.with_extension(format!("partial-{}", std::process::id()));
    let done = fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path));
    if done.is_err() {
        // Best effort: the first error is the one to report.
        drop(fs::remove_file(&partial));
    }
    done.map(|()| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replace_with_the_same_bytes_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/x.wasm");
        assert!(replace(&path, b"one").unwrap());
        assert!(!replace(&path, b"one").unwrap());
        assert!(replace(&path, b"two").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(
            fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "no other file remains"
        );
    }

    #[test]
    fn replace_that_fails_leaves_the_previous_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("taken");
        fs::create_dir_all(path.join("by a directory")).unwrap();
        assert!(replace(&path, b"one").is_err());
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            1,
            "no partial file remains"
        );
    }
}
