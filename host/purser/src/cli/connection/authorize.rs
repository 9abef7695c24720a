//! `purser connection authorize`: a new credential for a connection.

use super::browser::{Browser, SignInOptions};
use super::field_values::FieldValues;
use crate::cli::{Context, Failure};
use purser_engine::GrantType;
use purser_model::ConnectionName;

const EXAMPLES: &str = "\
If the template needs a user's consent in a browser, a user signs in again; the client's own secrets stay unless you
give them too. Otherwise the command asks for the secrets. The old credential is kept until the new one works.

Examples:
  purser connection authorize crm
  purser connection authorize acme --secret-file new-token.txt";

/// Replace the credential of a connection: sign in again, or give a new secret
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct AuthorizeConnectionArgs {
    /// Connection
    name: ConnectionName,
    #[command(flatten)]
    values: FieldValues,
    /// Connector that the connection is tested with, by name, version or digest; else that of the
    /// profile or alias
    #[arg(long)]
    connector: Option<String>,
    #[command(flatten)]
    sign_in: SignInOptions,
}

impl AuthorizeConnectionArgs {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Self {
            name,
            values,
            connector,
            sign_in,
        } = self;
        let purser = context.open()?;
        let template = purser
            .templates()
            .find(&purser.connections().find(&name)?.connection.template)?;

        // Consent in a browser replaces the token; the client's secrets change only if given.
        let needs_browser = template.grant() == Some(GrantType::AuthorizationCode);
        let secrets = if needs_browser && !values.has_secrets() {
            None
        } else {
            Some(values.secrets(template.fields())?)
        };

        let connected = purser
            .connections()
            .authorize(
                &name,
                values.fields()?,
                secrets,
                connector.as_deref(),
                &Browser::from(sign_in),
            )
            .await?;
        super::output::show_connected(context, &connected)
    }
}
