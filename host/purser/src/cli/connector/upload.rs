//! `purser connector upload`

use crate::cli::{Context, Failure, input};
use crate::render::{connector, lifecycle};
use purser_engine::{SignatureStatus, Uploaded};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
A signature beside the file, FILE.minisig, is found by itself.

Examples:
  purser connector upload hub.wasm
  purser connector upload hub.wasm --signature hub-0.2.0.minisig
  cat hub.wasm | purser connector upload -";

/// Take in a connector; it can do nothing until it is granted something
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Upload {
    /// The component's file; - for standard input
    file: PathBuf,
    /// The publisher's minisign signature of the file
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
}

/// The largest file that is read as a signature: four lines.
const SIGNATURE_AT_MOST: u64 = 8 << 10;

impl Upload {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let bytes = super::read_component(&self.file)?;
        let signature = self.signature.or_else(|| beside(&self.file));
        let signature = signature
            .map(|file| input::read_text(&file, SIGNATURE_AT_MOST))
            .transpose()?;
        let uploaded = context
            .open_or_create()?
            .connectors()
            .upload(bytes, signature.as_deref())
            .await?;
        context.show(&uploaded, || text(&uploaded))
    }
}

/// The signature that lies beside a file, where `minisign -S` puts it.
fn beside(file: &Path) -> Option<PathBuf> {
    let mut name = file.as_os_str().to_owned();
    name.push(".minisig");
    Some(PathBuf::from(name)).filter(|path| path.exists())
}

fn text(uploaded: &Uploaded) -> String {
    let Uploaded {
        connector: known,
        signature,
        already_there,
        previous,
    } = uploaded;
    let title = known.title();
    let mut parts = match (already_there, previous) {
        (true, _) => vec![format!("{title} was here before, and keeps its grant.")],
        (false, None) => vec![format!("Took in {title}.")],
        (false, Some(previous)) => vec![
            format!(
                "Took in {title}, after {}. A grant is for exact bytes: these have none yet.",
                previous.version
            ),
            lifecycle::changes(previous),
        ],
    };
    match signature {
        SignatureStatus::Unsigned => {}
        SignatureStatus::Trusted { publisher } => {
            parts.push(format!("Signed by {publisher}, whom you trust."))
        }
        SignatureStatus::Unknown { key } => parts.push(format!(
            "Signed with key {key}, which no publisher you trust has: it counts as unsigned. \
             `purser publisher trust NAME KEY`, then upload again, if you know whose it is."
        )),
    }
    if known.grant.is_none() {
        parts.push(format!(
            "It asks to be allowed this:\n\n{}",
            connector::requests(&known.description.requests)
        ));
        parts.push(format!(
            "Next: purser connector grant {}",
            known.description.name
        ));
    }
    parts.join("\n\n")
}
