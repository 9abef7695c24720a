//! `purser accounts`: accounts that runs read.

use super::{Context, Failure};
use crate::json::{self, AccountJson};
use crate::render::account;
use purser_model::ProfileName;

/// List the accounts that a profile's runs read
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser accounts hub")]
pub(crate) struct AccountsArgs {
    /// Profile
    profile: ProfileName,
}

impl AccountsArgs {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let accounts = context.open()?.licensing().accounts(&self.profile)?;

        let document: Vec<AccountJson<'_>> = json::list(&accounts);
        context.show(&document, || account::list(&accounts))
    }
}
