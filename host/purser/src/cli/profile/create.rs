//! `purser profile create`: a new profile, as a draft.

use crate::cli::{Context, Failure};
use crate::json::ProfileJson;
use crate::render::profile;
use purser_engine::NewProfile;
use purser_model::{AliasName, ProfileName};

/// Create an integration profile, as a draft
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  purser profile create hub --connector jupyterhub --alias hubs --set page-size=100"
)]
pub(super) struct CreateProfileArgs {
    /// Name of the new profile; entitlements refer to the application by it
    name: ProfileName,
    /// Connector, by its name or the beginning of its digest
    #[arg(long)]
    connector: String,
    /// Alias that holds the connections
    #[arg(long)]
    alias: AliasName,
    /// Name in tables [default: the application's name]
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Set a setting of the connector
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,
}

impl CreateProfileArgs {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let created = context.open()?.profiles().create(NewProfile {
            name: self.name,
            display_name: self.display_name,
            connector: self.connector,
            alias: self.alias,
            settings: self.settings,
        })?;

        context.show(&ProfileJson::from(&created), || {
            let details = profile::details(&created);
            format!("{details}\n\nNext: purser profile publish {}", created.name)
        })
    }
}

fn parse_setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("use NAME=VALUE")?;

    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_value_may_hold_equals_signs_or_be_empty() {
        assert_eq!(
            parse_setting("filter=a=b"),
            Ok(("filter".into(), "a=b".into()))
        );
        assert_eq!(
            parse_setting("filter="),
            Ok(("filter".into(), String::new()))
        );
    }

    #[test]
    fn setting_without_value_is_refused() {
        assert!(parse_setting("filter").is_err());
    }
}
