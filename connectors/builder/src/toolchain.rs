//! Search for a compiler that supports WebAssembly.

use crate::error::BuildError;
use crate::target::TARGET;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Installs the target's standard library if the installed compiler has none. See the script.
const SCRIPT: &str = include_str!("../../toolchain.sh");

/// A compiler that supports [`TARGET`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    /// Path of the compiler.
    pub rustc: PathBuf,
    /// Identity of its standard library for the target. Two compilers of one version may have
    /// different ones. Cargo compares only the version, so it would mix their artifacts.
    pub(crate) standard_library: String,
}

/// Finds a compiler for [`TARGET`], and installs missing parts: through rustup, or from Debian,
/// which takes a minute once.
///
/// Progress goes to standard error. A `rust-toolchain.toml` at or above `dir` is respected.
///
/// # Errors
/// Fails if Rust is not installed, or the target cannot be installed.
pub fn toolchain(dir: &Path) -> Result<Toolchain, BuildError> {
    let installed = PathBuf::from(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    // The script has other ways than the installed compiler, so it decides if one is requested.
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

/// Returns the file name, with a hash, of the target's standard library, if there is one.
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
    fn script_names_no_registry_host() {
        // It uses the mirrors of the machine.
        assert!(!SCRIPT.contains("http://") && !SCRIPT.contains("https://"));
    }

    #[test]
    fn missing_compiler_is_reported() {
        let missing = standard_library(Path::new("/no/such/rustc"), Path::new("."));
        assert!(matches!(missing, Err(BuildError::Start { .. })));
    }
}
