//! `purser connector upload`

use crate::cli::{Context, Failure};
use crate::render::{connector, plain};
use purser_engine::Uploaded;
use std::path::PathBuf;

/// Take in a connector; it can do nothing until it is granted something
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser connector upload hub.wasm")]
pub(crate) struct Upload {
    /// The component's file; - for standard input
    file: PathBuf,
}

impl Upload {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let bytes = super::read_component(&self.file)?;
        let uploaded = context.open_or_create()?.upload(bytes).await?;
        context.show(&uploaded, || text(&uploaded))
    }
}

fn text(Uploaded { connector: known, already_there, previous }: &Uploaded) -> String {
    let (name, version) = (&known.description.name, &known.description.version);
    let digest = known.digest.short();
    let mut text = match (already_there, previous) {
        (true, _) => format!("{name} {version} ({digest}) was here before; nothing changed."),
        (false, None) => format!("Took in {name} {version} ({digest})."),
        (false, Some(previous)) => format!(
            "Took in {name} {version} ({digest}), after {}. A grant is for exact bytes: these have none yet.",
            plain::line(previous)
        ),
    };
    if known.grant.is_none() {
        text += &format!("\nIt asks to be allowed this:\n\n{}\n\n", connector::requests(&known.description.requests));
        text += &format!("Next: purser connector grant {name}");
    }
    text
}
