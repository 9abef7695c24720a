//! `purser connection create`: a new connection to an application.

use super::browser::{Browser, SignInOptions};
use super::field_values::FieldValues;
use crate::cli::{Context, Failure};
use purser_engine::NewConnection;
use purser_model::{AliasName, ConnectionName, TemplateName};

const EXAMPLES: &str = "\
The template says how requests are authenticated; `purser template show NAME` lists its fields.
Secrets are read from a prompt, --secret-stdin or --secret-file; they are never arguments.
The connection is tested, and kept only if it works.

Examples:
  purser connection create acme --alias hubs --base-url https://hub.example/hub/api \\
      --template api-key-header --set header=authorization --set 'prefix=token '
  pass show scim | purser connection create corp --alias scim \\
      --base-url https://id.example/scim/v2 --template bearer --secret-stdin
  purser connection create crm --alias crm --base-url https://crm.example/api \\
      --template oauth-authorization-code --set client-id=purser \\
      --set authorization-url=https://id.crm.example/authorize \\
      --set token-url=https://id.crm.example/token --set 'scopes=users.read offline_access'";

/// Create a connection to a SaaS application
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CreateConnectionArgs {
    /// Name of the new connection
    name: ConnectionName,
    /// Alias that the connection belongs to
    #[arg(long)]
    alias: AliasName,
    /// Base URL of the application's API
    #[arg(long, value_name = "URL")]
    base_url: String,
    /// Configuration template; `purser template list` lists them
    #[arg(long)]
    template: TemplateName,
    #[command(flatten)]
    values: FieldValues,
    /// Allow addresses of this machine and of private networks, also over http
    #[arg(long)]
    private_network: bool,
    /// Connector that the connection is tested with, by name, version or digest; else that of the
    /// alias
    #[arg(long)]
    connector: Option<String>,
    /// Keep the connection even if it does not work
    #[arg(long)]
    keep_failing: bool,
    #[command(flatten)]
    sign_in: SignInOptions,
}

impl CreateConnectionArgs {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open()?;
        let template = purser.templates().find(&self.template)?;
        let secrets = self.values.secrets(template.fields())?;

        let new = NewConnection {
            name: self.name,
            alias: self.alias,
            base_url: self.base_url,
            template: self.template,
            fields: self.values.fields()?,
            private_network: self.private_network,
            connector: self.connector,
            keep_failing: self.keep_failing,
        };
        let connected = purser
            .connections()
            .create(new, secrets, &Browser::from(self.sign_in))
            .await?;

        super::output::show_connected(context, &connected)
    }
}
