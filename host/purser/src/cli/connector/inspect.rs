//! `purser connector inspect`

use crate::cli::{Context, Failure, compiler};
use crate::render::connector;
use purser_engine::{Create, Purser};
use std::path::Path;

/// Show what a connector is, what it offers and what it asks to be allowed
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  purser connector inspect hub.wasm\n  purser connector inspect jupyterhub@0.1.0"
)]
pub(crate) struct Inspect {
    /// A component's file, or an uploaded connector by its name, NAME@VERSION or the beginning of its digest
    #[arg(value_name = "FILE|NAME")]
    what: String,
}

impl Inspect {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        if !names_a_file(&self.what) {
            let known = context.open()?.connectors().find(&self.what)?;
            return context.show(&known, || connector::view(&known));
        }
        let bytes = super::read_component(Path::new(&self.what))?;
        // To look at a file is to change nothing: the user's home is neither needed nor made.
        let nowhere = tempfile::tempdir()?;
        let inspected = Purser::open(nowhere.path(), Create::IfMissing, compiler::child()?)?
            .connectors()
            .inspect(&bytes)
            .await?;
        context.show(&inspected, || connector::inspected(&inspected))
    }
}

/// A connector's name has neither a dot nor a slash, so what has one is a path, whether the file is there or not; but the version in
/// NAME@VERSION has dots.
fn names_a_file(text: &str) -> bool {
    let name = text.split_once('@').map_or(text, |(name, _)| name);
    name.contains('.')
        || text.contains(['/', std::path::MAIN_SEPARATOR])
        || Path::new(text).is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_digests_are_no_files() {
        for file in ["hub.wasm", "./hub", "/tmp/hub", "Cargo.toml"] {
            assert!(names_a_file(file), "{file}");
        }
        for name in [
            "jupyterhub",
            "sha256:0123456789ab",
            "0123456789ab",
            "jupyterhub@0.1.0",
        ] {
            assert!(!names_a_file(name), "{name}");
        }
    }
}
