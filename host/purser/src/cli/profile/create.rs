//! `purser profile create`

use crate::cli::{Context, Failure};
use crate::render::profile;
use purser_engine::NewProfile;
use purser_model::{AliasName, ProfileName};

/// Make an integration profile, as a draft
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  purser profile create hub --connector jupyterhub --alias hubs --set page-size=100"
)]
pub(super) struct Create {
    /// What to call it; entitlements name the application by it
    name: ProfileName,
    /// The connector, by its name or the beginning of its digest
    #[arg(long)]
    connector: String,
    /// The alias that holds its connections
    #[arg(long)]
    alias: AliasName,
    /// What tables show [default: the application's name]
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Give a setting of the connector a value
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
}

impl Create {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let Self {
            name,
            connector,
            alias,
            display_name,
            settings,
        } = self;
        let made = context.open()?.profiles().create(NewProfile {
            name,
            display_name,
            connector,
            alias,
            settings,
        })?;
        context.show(&made, || {
            format!(
                "{}\n\nNext: purser profile publish {}",
                profile::sheet(&made),
                made.name
            )
        })
    }
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("use NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_hold_an_equals_sign() {
        assert_eq!(setting("filter=a=b"), Ok(("filter".into(), "a=b".into())));
        assert_eq!(setting("filter="), Ok(("filter".into(), String::new())));
        assert!(setting("filter").is_err());
    }
}
