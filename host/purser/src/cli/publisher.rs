//! `purser publisher`: publishers whose signatures are trusted.

use super::{Context, Failure, input};
use crate::json::{self, PublisherJson};
use crate::render::publisher;
use purser_engine::PublisherKey;
use purser_model::PublisherName;
use std::path::Path;

const TRUST_HELP: &str = "\
The key is a minisign public key: the line that begins with RW, or the file that holds it. Get it from the publisher,
not from the source of the connector.

Examples:
  purser publisher trust acme RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3
  purser publisher trust acme minisign.pub";

/// Largest file that is read as a public key. A key has two lines.
const MAX_KEY_BYTES: u64 = 8 << 10;

/// Manage the publishers whose signatures on connectors you trust
#[derive(Debug, clap::Args)]
pub(crate) struct PublisherArgs {
    #[command(subcommand)]
    command: PublisherCommand,
}

#[derive(Debug, clap::Subcommand)]
enum PublisherCommand {
    /// Trust the key of a publisher
    #[command(after_help = TRUST_HELP)]
    Trust {
        /// Your name for the publisher
        name: PublisherName,
        /// Public key, or the file that holds it; - for standard input
        #[arg(value_name = "KEY|FILE")]
        key: String,
    },
    /// List the trusted publishers and the connectors they signed
    #[command(after_help = "Example:\n  purser publisher list")]
    List,
    /// Stop trusting a publisher; connectors it signed count as unsigned
    #[command(after_help = "Example:\n  purser publisher distrust acme")]
    Distrust {
        /// Publisher
        name: PublisherName,
    },
}

impl PublisherArgs {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open_or_create()?;

        match self.command {
            PublisherCommand::Trust { name, key } => {
                let trusted = purser.publishers().trust(name, &read_key(&key)?)?;
                context.show(&PublisherJson::from(&trusted), || {
                    publisher::trusted(&trusted)
                })
            }
            PublisherCommand::List => {
                let publishers = purser.publishers().list()?;

                let document: Vec<PublisherJson<'_>> = json::list(&publishers);
                context.show(&document, || publisher::list(&publishers))
            }
            PublisherCommand::Distrust { name } => {
                let (former, policy) = purser.publishers().distrust(&name)?;
                context.show(&PublisherJson::from(&former), || {
                    publisher::distrusted(&former, &policy)
                })
            }
        }
    }
}

/// Parses a key from the command line, or from the file that is named there.
fn read_key(text: &str) -> Result<PublisherKey, Failure> {
    if let Ok(key) = text.parse() {
        return Ok(key);
    }

    let file = input::read_text(Path::new(text), MAX_KEY_BYTES)?;
    Ok(file.parse().map_err(purser_engine::Error::from)?)
}
