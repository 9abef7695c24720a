//! `purser vault`: the key that seals all secrets.

use super::{Context, Failure};
use crate::json::KeyRotatedJson;
use crate::render::number;
use purser_engine::KeyRotated;
use std::path::PathBuf;

const ROTATE_HELP: &str = "\
All stored secrets are sealed with the new key, or none. Older backups of the database need the old key.

Purser cannot replace a key that comes from PURSER_VAULT_KEY or from systemd's credential purser-vault-key. The new
key is then written to --new-key-file; install it before you use Purser again.

Examples:
  purser vault rotate-key
  purser vault rotate-key --new-key-file /run/purser/new.key";

/// Manage the key that secrets are sealed with
#[derive(Debug, clap::Args)]
pub(crate) struct VaultArgs {
    #[command(subcommand)]
    command: VaultCommand,
}

#[derive(Debug, clap::Subcommand)]
enum VaultCommand {
    /// Create a new key, and seal every secret with it
    #[command(after_help = ROTATE_HELP)]
    RotateKey {
        /// File for the new key, if the key is given to Purser from outside
        #[arg(long, value_name = "FILE")]
        new_key_file: Option<PathBuf>,
    },
}

impl VaultArgs {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let VaultCommand::RotateKey { new_key_file } = self.command;
        let rotated = context.open()?.keys().rotate(new_key_file.as_deref())?;

        context.show(&KeyRotatedJson::from(&rotated), || key_rotated(&rotated))
    }
}

fn key_rotated(rotated: &KeyRotated) -> String {
    let secrets = number::counted(rotated.secrets, "secret");
    let file = rotated.key_file.display();

    if rotated.to_be_installed {
        format!(
            "Sealed {secrets} with a new key. The new key is in {file}.\n\
             Next: install it in place of the old one, and delete the file."
        )
    } else {
        format!(
            "Sealed {secrets} with a new key. The new key is in {file}; the old one is deleted."
        )
    }
}
