//! `purser publisher`: whose signatures count.

use super::{Context, Failure, input};
use crate::render::{Table, number};
use purser_engine::{PublisherKey, PublisherView};
use purser_model::{ProfileName, PublisherName};
use std::path::Path;

const TRUST: &str = "\
The key is a minisign public key: the line that begins with RW, or the file it is in. Get it from the publisher, not from where the
connector came from.

Examples:
  purser publisher trust acme RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3
  purser publisher trust acme minisign.pub";

/// Say whose signatures on connectors count
#[derive(Debug, clap::Args)]
pub(crate) struct Publisher {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Trust a publisher: what it signed counts as signed
    #[command(after_help = TRUST)]
    Trust {
        /// What you call the publisher
        name: PublisherName,
        /// Its public key, or the file it is in; - for standard input
        #[arg(value_name = "KEY|FILE")]
        key: String,
    },
    /// List the publishers you trust, and what they signed
    #[command(after_help = "Example:\n  purser publisher list")]
    List,
    /// Trust a publisher no more: what it signed counts as unsigned
    #[command(after_help = "Example:\n  purser publisher distrust acme")]
    Distrust {
        /// The publisher
        name: PublisherName,
    },
}

/// The largest file that is read as a public key: two lines.
const AT_MOST: u64 = 8 << 10;

impl Publisher {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open_or_create()?;
        match self.verb {
            Verb::Trust { name, key } => {
                let trusted = purser.publishers().trust(name, &read(&key)?)?;
                context.show(&trusted, || format!("{}\n\n{}", trust(&trusted), TRUSTED))
            }
            Verb::List => {
                let publishers = purser.publishers().list()?;
                context.show(&publishers, || list(&publishers))
            }
            Verb::Distrust { name } => {
                let (former, policy) = purser.publishers().distrust(&name)?;
                context.show(&former, || {
                    let mut text = format!("Publisher {name} is not trusted any more.");
                    if !former.connectors.is_empty() {
                        text += &format!(" Unsigned now: {}.", former.connectors.join(", "));
                    }
                    if !policy.blocked_profiles.is_empty() {
                        let names: Vec<_> = policy
                            .blocked_profiles
                            .iter()
                            .map(ProfileName::as_str)
                            .collect();
                        text += &format!(
                            "\nThese profiles do not run any more: {}.",
                            names.join(", ")
                        );
                    }
                    text
                })
            }
        }
    }
}

const TRUSTED: &str =
    "Connectors that it signed before are to be uploaded again, with their signature.";

/// A key on the command line, or in a file.
fn read(text: &str) -> Result<PublisherKey, Failure> {
    match text.parse() {
        Ok(key) => Ok(key),
        Err(_) => Ok(input::read_text(Path::new(text), AT_MOST)?
            .parse()
            .map_err(purser_engine::Error::from)?),
    }
}

fn trust(PublisherView { name, key_id, .. }: &PublisherView) -> String {
    let key = key_id.map(|id| format!(" (key {id})")).unwrap_or_default();
    format!("Publisher {name}{key} is trusted: connectors it signs count as signed.")
}

fn list(publishers: &[PublisherView]) -> String {
    if publishers.is_empty() {
        return "No publisher is trusted. Next: purser publisher trust NAME KEY".into();
    }
    let mut table = Table::new(["NAME", "KEY", "SINCE", "SIGNED"]);
    for PublisherView {
        name,
        key_id,
        trusted_at,
        connectors,
        ..
    } in publishers
    {
        let key = key_id.map(|id| id.to_string()).unwrap_or_default();
        table.row([
            name.as_str(),
            &key,
            &number::time(*trusted_at),
            &connectors.join(", "),
        ]);
    }
    table.to_string()
}
