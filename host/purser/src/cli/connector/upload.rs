//! `purser connector upload`

use crate::cli::{Context, Failure};
use crate::render::{connector, lifecycle};
use purser_engine::Uploaded;
use std::path::PathBuf;

/// Take in a connector; it can do nothing until it is granted something
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  purser connector upload hub.wasm\n  cat hub.wasm | purser connector upload -")]
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
    let title = lifecycle::title(known);
    let mut parts = match (already_there, previous) {
        (true, _) => vec![format!("{title} was here before; nothing changed.")],
        (false, None) => vec![format!("Took in {title}.")],
        (false, Some(previous)) => vec![
            format!("Took in {title}, after {}. A grant is for exact bytes: these have none yet.", previous.version),
            lifecycle::changes(previous),
        ],
    };
    if known.grant.is_none() {
        parts.push(format!("It asks to be allowed this:\n\n{}", connector::requests(&known.description.requests)));
        parts.push(format!("Next: purser connector grant {}", known.description.name));
    }
    parts.join("\n\n")
}
