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
}

/// Finds a compiler for [`TARGET`], and gets what it lacks: through rustup, or else from Debian, which takes a minute once. Progress goes to
/// standard error. A `rust-toolchain.toml` at or above `dir` is respected.
///
/// # Errors
/// When Rust is not installed, or no way of getting the target worked.
pub fn toolchain(dir: &Path) -> Result<Toolchain, BuildError> {
    let rustc = PathBuf::from(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    // The script knows ways other than the installed compiler, so it decides when one is asked for.
    if std::env::var_os("PURSER_WASM_WAY").is_none() && has_target(&rustc, dir)? {
        return Ok(Toolchain { rustc });
    }
    run_script(dir)
}

fn has_target(rustc: &Path, dir: &Path) -> Result<bool, BuildError> {
    let output = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(dir)
        .output()
        .map_err(|source| BuildError::Start { program: rustc.display().to_string(), source })?;
    let libdir = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let mut entries = std::fs::read_dir(libdir).into_iter().flatten().flatten();
    Ok(entries.any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
}

fn run_script(dir: &Path) -> Result<Toolchain, BuildError> {
    let cannot_write = |source| BuildError::Write { path: std::env::temp_dir(), source };
    let mut script = tempfile::NamedTempFile::new().map_err(cannot_write)?;
    script.write_all(SCRIPT.as_bytes()).map_err(cannot_write)?;
    let output = Command::new("bash")
        .arg(script.path())
        .current_dir(dir)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| BuildError::Start { program: "bash".into(), source })?;
    let rustc = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !output.status.success() || rustc.is_empty() {
        return Err(BuildError::NoTarget);
    }
    Ok(Toolchain { rustc: rustc.into() })
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
        let missing = has_target(Path::new("/no/such/rustc"), Path::new("."));
        assert!(matches!(missing, Err(BuildError::Start { .. })));
    }
}
