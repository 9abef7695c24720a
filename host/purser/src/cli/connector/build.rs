//! `purser connector build`

use crate::cli::{Context, Failure};
use crate::render::number;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Compile a connector crate to a component
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser connector build connectors/scim --out scim.wasm")]
pub(super) struct Build {
    /// The directory of the crate
    dir: PathBuf,
    /// Where the component is put [default: the directory's name with .wasm, in the current directory]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What `build` prints as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    path: &'a Path,
    size: u64,
    changed: bool,
}

impl Build {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let out = match self.out {
            Some(out) => out,
            None => default_out(&self.dir)?,
        };
        let built = purser_connector_builder::build(&self.dir, &out)?;
        let size = u64::try_from(built.bytes).unwrap_or(u64::MAX);
        let shown = Shown {
            path: &built.path,
            size,
            changed: built.changed,
        };
        context.show(&shown, || {
            let path = built.path.display();
            format!(
                "Built {path} ({}).\nNext: purser connector inspect {path}",
                number::size(size)
            )
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
            format!("{} is no directory", dir.display()),
            "name the directory of a connector's Cargo.toml",
        )
    })?;
    Ok(PathBuf::from(format!("{}.wasm", name.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_component_is_named_after_its_directory() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("my-app");
        std::fs::create_dir(&dir).unwrap();
        assert_eq!(default_out(&dir).unwrap(), PathBuf::from("my-app.wasm"));
        assert_eq!(
            default_out(&dir.join("missing")).unwrap_err().exit_code(),
            3
        );
    }
}
