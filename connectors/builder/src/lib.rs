//! Turns a connector crate into a component: finds a compiler for `wasm32-unknown-unknown`, runs
//! cargo, wraps the core module that comes out.
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
mod toolchain;

pub use component::componentize;
pub use error::BuildError;
pub use toolchain::{Toolchain, toolchain};

use package::Package;
use std::fs;
use std::path::{Path, PathBuf};

/// The target that connectors are compiled for: WebAssembly with no system interface at all.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// A component that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: usize,
    /// Whether it differs from what was there before. A file that would not change is left alone,
    /// its time stamp included.
    pub changed: bool,
}

/// Builds the connector crate in `dir` and puts the component at `out`, whole or not at all.
///
/// The same sources and compiler give the same bytes on every machine: no path of the machine gets
/// into the component. Cargo's and the compiler's messages go to standard error as they come.
///
/// # Errors
/// When `dir` is no connector crate, no compiler for the target can be had, the crate does not
/// compile, or it was not made with the SDK.
pub fn build(dir: &Path, out: &Path) -> Result<Built, BuildError> {
    let package = package::inspect(dir)?;
    assemble(&toolchain(dir)?, &package, out)
}

/// As [`build`], with a toolchain found before: for building several connectors.
///
/// # Errors
/// As [`build`].
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

/// Puts `bytes` at `path` in one step, unless they are there already.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<bool> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    // In the same directory, so that the renaming is atomic, and named after the process, so that
    // two builds do not share it.
    let partial = path.with_extension(format!("partial-{}", std::process::id()));
    let done = fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path));
    if done.is_err() {
        drop(fs::remove_file(&partial)); // best effort: the error to report is the first one
    }
    done.map(|()| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_would_not_change_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/x.wasm");
        assert!(replace(&path, b"one").unwrap());
        assert!(!replace(&path, b"one").unwrap());
        assert!(replace(&path, b"two").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(
            fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "nothing else is left behind"
        );
    }

    #[test]
    fn a_failed_write_leaves_what_was_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("taken");
        fs::create_dir_all(path.join("by a directory")).unwrap();
        assert!(replace(&path, b"one").is_err());
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            1,
            "no partial file is left behind"
        );
    }
}
