//! `purser connection authorize`

use super::given::Given;
use super::sign_in::{Browser, SignInOptions};
use crate::cli::{Context, Failure};
use purser_engine::GrantKind;
use purser_model::ConnectionName;

const EXAMPLES: &str = "\
Where the template asks for a browser's consent, somebody signs in again; the client's own secrets stay as they are
unless they are given too. Otherwise the secrets are asked for. The old credential is kept until the new one works.

Examples:
  purser connection authorize crm
  purser connection authorize acme --secret-file new-token.txt";

/// Give a connection a new credential: sign in again, or replace its secret
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Authorize {
    /// The connection
    name: ConnectionName,
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    sign_in: SignInOptions,
}

impl Authorize {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open()?;
        let Self {
            name,
            given,
            sign_in,
        } = self;
        let template = purser
            .templates()
            .find(&purser.connections().find(&name)?.connection.template)?;
        let by_browser = template.grant() == Some(GrantKind::AuthorizationCode);
        let secrets = if by_browser && !given.has_secrets() {
            None
        } else {
            Some(given.secrets(template.fields())?)
        };
        let connected = purser
            .connections()
            .authorize(&name, given.fields()?, secrets, &Browser::from(sign_in))
            .await?;
        super::show(context, &connected)
    }
}
