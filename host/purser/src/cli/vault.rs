//! `purser vault`: the key that everything secret is sealed with.

use super::{Context, Failure};
use crate::render::number;
use std::path::PathBuf;

const ROTATE: &str = "\
Every stored secret is sealed anew, all of them or none. Backups of the database made before need the old key.

A key that is given from outside (PURSER_VAULT_KEY, or systemd's credential purser-vault-key) is not replaced
there: the new one is written to --new-key-file, and must be installed before Purser is used again.

Examples:
  purser vault rotate-key
  purser vault rotate-key --new-key-file /run/purser/new.key";

/// Look after the key that secrets are sealed with
#[derive(Debug, clap::Args)]
pub(crate) struct Vault {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make a new key, and seal every secret with it
    #[command(after_help = ROTATE)]
    RotateKey {
        /// Where to write the new key, if it is given to Purser from outside
        #[arg(long, value_name = "FILE")]
        new_key_file: Option<PathBuf>,
    },
}

impl Vault {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let Verb::RotateKey { new_key_file } = self.verb;
        let rotated = context.open()?.keys().rotate(new_key_file.as_deref())?;
        context.show(&rotated, || {
            let sealed = number::counted(rotated.secrets, "secret");
            let file = rotated.key_file.display();
            let then = if rotated.to_be_installed {
                format!("The new key is in {file}.\nNext: install it in the place of the old one, and delete the file.")
            } else {
                format!("The new key is in {file}; the old one is gone.")
            };
            format!("Sealed {sealed} with a new key. {then}")
        })
    }
}
