//! `purser connector upload`: a component that Purser stores.

use crate::cli::{Context, Failure, input};
use crate::json::UploadedJson;
use crate::render::version;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
A signature next to the file, FILE.minisig, is used without being named.

Examples:
  purser connector upload hub.wasm
  purser connector upload hub.wasm --signature hub-0.2.0.minisig
  cat hub.wasm | purser connector upload -";

/// Upload a connector; it cannot send requests until it has a grant
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct UploadConnectorArgs {
    /// Component file; - for standard input
    file: PathBuf,
    /// The publisher's minisign signature of the file
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
}

/// Largest file that is read as a signature. A signature has four lines.
const MAX_SIGNATURE_BYTES: u64 = 8 << 10;

impl UploadConnectorArgs {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let bytes = super::component_file::read_component(&self.file)?;
        let signature = self.signature.or_else(|| signature_beside(&self.file));
        let signature = signature
            .map(|file| input::read_text(&file, MAX_SIGNATURE_BYTES))
            .transpose()?;

        let uploaded = context
            .open_or_create()?
            .connectors()
            .upload(bytes, signature.as_deref())
            .await?;

        context.show(&UploadedJson::from(&uploaded), || {
            version::uploaded(&uploaded)
        })
    }
}

/// Returns the signature next to a file, where `minisign -S` writes it, if there is one.
fn signature_beside(file: &Path) -> Option<PathBuf> {
    let mut name = file.as_os_str().to_owned();
    name.push(".minisig");

    Some(PathBuf::from(name)).filter(|path| path.exists())
}
