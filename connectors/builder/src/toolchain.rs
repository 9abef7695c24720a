//! Finds a compiler for WebAssembly.

use crate::{BuildError, TARGET};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Gets the target's standard library where the installed compiler has none. See the script.
const SCRIPT: &str = include_str!("../../toolchain.sh");

/// A compiler that builds for [`TARGET`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    /// The compiler's program.
    pub rustc: PathBuf,
    /// What identifies its standard library for the target. Two compilers of one version may have
    /// different ones, and cargo, which looks at the version only, would mix what was built with
    /// either.
    pub(crate) standard_library: String,
}

/// Finds a compiler for [`TARGET`], and gets what it lacks: through rustup, or else from Debian,
/// which takes a minute once. Progress goes to standard error. A `rust-toolchain.toml` at or above
/// `dir` is respected.
///
/// # Errors
/// When Rust is not installed, or no way of getting the target worked.
pub fn toolchain(dir: &Path) -> Result<Toolchain, BuildError> {
    let installed = PathBuf::from(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    // The script knows ways other than the installed compiler, so it decides when one is asked for.
    if std::env::var_os("PURSER_WASM_WAY").is_none()
        && let Some(standard_library) = standard_library(&installed, dir)?
    {
        return Ok(Toolchain {
            rustc: installed,
            standard_library,
        });
    }
    let rustc = run_script(dir)?;
    let standard_library = standard_library(&rustc, dir)?.ok_or(BuildError::NoTarget)?;
    Ok(Toolchain {
        rustc,
        standard_library,
    })
}

/// The name, which holds a hash, of the file with the compiler's standard library for the target,
/// if there is one.
fn standard_library(rustc: &Path, dir: &Path) -> Result<Option<String>, BuildError> {
    let output = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(dir)
        .output()
        .map_err(|source| BuildError::Start {
            program: rustc.display().to_string(),
            source,
        })?;
    let libdir = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let files = std::fs::read_dir(libdir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| PathBuf::from(entry.file_name()));
    let names = files.filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned()));
    Ok(names.filter(|name| name.starts_with("libstd-")).min())
}

fn run_script(dir: &Path) -> Result<PathBuf, BuildError> {
    let cannot_write = |source| BuildError::Write {
        path: std::env::temp_dir(),
        source,
    };
    let mut script = tempfile::NamedTempFile::new().map_err(cannot_write)?;
    script.write_all(SCRIPT.as_bytes()).map_err(cannot_write)?;
    let output = Command::new("bash")
        .arg(script.path())
        .current_dir(dir)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| BuildError::Start {
            program: "bash".into(),
            source,
        })?;
    let rustc = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && !rustc.is_empty() {
        Ok(rustc.into())
    } else {
        Err(BuildError::NoTarget)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_names_no_registry_host() {
        // It uses the mirrors that the machine has.
        assert!(!SCRIPT.contains("http://") && !SCRIPT.contains("https://"));
    }

    #[test]
    fn a_compiler_that_is_not_there_is_said_so() {
        let missing = standard_library(Path::new("/no/such/rustc"), Path::new("."));
        assert!(matches!(missing, Err(BuildError::Start { .. })));
    }
}
