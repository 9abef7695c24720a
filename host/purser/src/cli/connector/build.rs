//! `purser connector build`: a component from a connector crate.

use crate::cli::{Context, Failure};
use crate::json::ConnectorBuiltJson;
use crate::render::number;
use std::path::{Path, PathBuf};

/// Compile a connector crate to a component
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser connector build connectors/scim --out scim.wasm")]
pub(super) struct BuildConnectorArgs {
    /// Directory of the crate
    dir: PathBuf,
    /// File for the component [default: the directory's name with .wasm, in the current directory]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl BuildConnectorArgs {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let out = match self.out {
            Some(out) => out,
            None => default_out(&self.dir)?,
        };
        let built = purser_connector_builder::build(&self.dir, &out)?;

        let document = ConnectorBuiltJson {
            path: &built.path,
            size: u64::try_from(built.bytes).unwrap_or(u64::MAX),
            changed: built.changed,
        };
        context.show(&document, || {
            let path = built.path.display();
            let size = number::size(document.size);
            format!("Built {path} ({size}).\nNext: purser connector inspect {path}")
        })
    }
}

fn default_out(dir: &Path) -> Result<PathBuf, Failure> {
    // Canonical, so that `.` has a name.
    let name = dir
        .canonicalize()
        .ok()
        .and_then(|dir| Some(PathBuf::from(dir.file_name()?)));

    let name = name.ok_or_else(|| {
        Failure::input(
            format!("{} is not a directory", dir.display()),
            "name the directory of a connector's Cargo.toml",
        )
    })?;
    Ok(PathBuf::from(format!("{}.wasm", name.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn component_is_named_after_its_directory() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("my-app");
        std::fs::create_dir(&dir).unwrap();

        assert_eq!(default_out(&dir).unwrap(), PathBuf::from("my-app.wasm"));
    }

    #[test]
    fn missing_directory_is_refused() {
        let folder = tempfile::tempdir().unwrap();

        let failure = default_out(&folder.path().join("missing")).unwrap_err();

        assert_eq!(failure.exit_code(), 3);
    }
}
