//! `purser accounts`

use super::{Context, Failure};
use crate::render::account;
use purser_model::ProfileName;

/// List the accounts that a profile's runs read
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  purser accounts hub")]
pub(crate) struct Accounts {
    /// The profile
    profile: ProfileName,
}

impl Accounts {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let accounts = context.open()?.licensing().accounts(&self.profile)?;
        context.show(&accounts, || account::list(&accounts))
    }
}
