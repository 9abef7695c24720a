//! `purser connection create`

use super::given::Given;
use super::sign_in::{Browser, SignInOptions};
use crate::cli::{Context, Failure};
use purser_engine::NewConnection;
use purser_model::{AliasName, ConnectionName, TemplateName};

const EXAMPLES: &str = "\
The template says how requests are signed; `purser template show NAME` says what its fields are.
Secrets are asked for, or read with --secret-stdin or --secret-file; they are never arguments.
The connection is tried out, and kept only if it works.

Examples:
  purser connection create acme --alias hubs --base-url https://hub.example/hub/api \\
      --template api-key-header --set header=authorization --set 'prefix=token '
  pass show scim | purser connection create corp --alias scim \\
      --base-url https://id.example/scim/v2 --template bearer --secret-stdin
  purser connection create crm --alias crm --base-url https://crm.example/api \\
      --template oauth-authorization-code --set client-id=purser \\
      --set authorization-url=https://id.crm.example/authorize \\
      --set token-url=https://id.crm.example/token --set 'scopes=users.read offline_access'";

/// Connect to a SaaS application
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Create {
    /// What to call it
    name: ConnectionName,
    /// The alias it belongs to
    #[arg(long)]
    alias: AliasName,
    /// Where the application's API is
    #[arg(long, value_name = "URL")]
    base_url: String,
    /// How requests are signed; `purser template list` shows the ways
    #[arg(long)]
    template: TemplateName,
    #[command(flatten)]
    given: Given,
    /// Allow addresses of this machine and of private networks, and http on them
    #[arg(long)]
    private_network: bool,
    /// Keep the connection even if it does not work
    #[arg(long)]
    keep_failing: bool,
    #[command(flatten)]
    sign_in: SignInOptions,
}

impl Create {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open()?;
        let Self {
            name,
            alias,
            base_url,
            template,
            given,
            private_network,
            keep_failing,
            sign_in,
        } = self;
        let secrets = given.secrets(purser.templates().find(&template)?.fields())?;
        let fields = given.fields()?;
        let new = NewConnection {
            name,
            alias,
            base_url,
            template,
            fields,
            private_network,
            keep_failing,
        };
        let connected = purser
            .connections()
            .create(new, secrets, &Browser::from(sign_in))
            .await?;
        super::show(context, &connected)
    }
}
