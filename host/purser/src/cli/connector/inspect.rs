//! `purser connector inspect`: the description of a component.

use crate::cli::{Context, Failure, compiler_process};
use crate::json::{ConnectorInspectedJson, ConnectorJson};
use crate::render::connector;
use purser_engine::{Create, Purser};
use std::path::Path;

/// Show the streams, settings and requested access of a connector
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  purser connector inspect hub.wasm\n  purser connector inspect jupyterhub@0.1.0"
)]
pub(crate) struct InspectConnectorArgs {
    /// Component file, or an uploaded connector by its name, NAME@VERSION or the beginning of its
    /// digest
    #[arg(value_name = "FILE|NAME")]
    target: String,
}

impl InspectConnectorArgs {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        if !names_a_file(&self.target) {
            let view = context.open()?.connectors().find(&self.target)?;
            return context.show(&ConnectorJson::from(&view), || connector::details(&view));
        }

        let bytes = super::component_file::read_component(Path::new(&self.target))?;
        // Inspecting a file changes nothing: the user's home is neither needed nor created.
        let scratch = tempfile::tempdir()?;
        let inspected = Purser::open(
            scratch.path(),
            Create::IfMissing,
            compiler_process::compiler()?,
        )?
        .connectors()
        .inspect(&bytes)
        .await?;

        context.show(&ConnectorInspectedJson::from(&inspected), || {
            connector::inspected(&inspected)
        })
    }
}

/// Returns true if the text is a path rather than a connector.
///
/// A connector's name has no dot and no slash, but the version in NAME@VERSION has dots.
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
    fn path_is_a_file() {
        for file in ["hub.wasm", "./hub", "/tmp/hub", "Cargo.toml"] {
            assert!(names_a_file(file), "{file}");
        }
    }

    #[test]
    fn name_version_and_digest_are_not_files() {
        let names = [
            "jupyterhub",
            "sha256:0123456789ab",
            "0123456789ab",
            "jupyterhub@0.1.0",
        ];
        for name in names {
            assert!(!names_a_file(name), "{name}");
        }
    }
}
