//! `purser connection create`

use super::secret;
use crate::cli::{Context, Failure};
use clap::ValueEnum;
use purser_engine::NewConnection;
use purser_model::{Name, Template};

const EXAMPLES: &str = "\
The secret is asked for, or read with --secret-stdin or --secret-file; it is never an argument.
The connection is tried out, and kept only if it works.

Examples:
  purser connection create acme --alias hubs --base-url https://hub.example/hub/api \\
      --template api-key-header --header authorization --prefix 'token '
  pass show scim | purser connection create corp --alias scim \\
      --base-url https://id.example/scim/v2 --template bearer --secret-stdin";

/// Connect to a SaaS application
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Create {
    /// What to call it
    name: Name,
    /// The alias it belongs to
    #[arg(long)]
    alias: Name,
    /// Where the application's API is
    #[arg(long, value_name = "URL")]
    base_url: String,
    #[command(flatten)]
    signing: Signing,
    /// Allow addresses of this machine and of private networks, and http on them
    #[arg(long)]
    private_network: bool,
    /// Keep the connection even if it does not work
    #[arg(long)]
    keep_failing: bool,
    #[command(flatten)]
    secret: secret::Source,
}

/// How requests are signed.
#[derive(Debug, clap::Args)]
struct Signing {
    /// How requests are signed
    #[arg(long, value_enum)]
    template: TemplateName,
    /// The user name
    #[arg(long, required_if_eq("template", "basic"))]
    user: Option<String>,
    /// The header that carries the key
    #[arg(long, required_if_eq("template", "api-key-header"))]
    header: Option<String>,
    /// What stands before the key in the header, with its space, such as 'token '
    #[arg(long, requires = "header")]
    prefix: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TemplateName {
    /// `Authorization: Bearer SECRET`
    Bearer,
    /// `Authorization: Basic`, with --user and the secret as password
    Basic,
    /// A header of the application's own, with --header and --prefix
    ApiKeyHeader,
}

impl Create {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open()?;
        let (template, what) = self.signing.template()?;
        let secret = self.secret.read(what)?;
        let Self { name, alias, base_url, private_network, keep_failing, .. } = self;
        let new = NewConnection { name, alias, base_url, template, private_network, keep_failing };
        let connected = purser.connect(new, secret).await?;
        super::show(context, &connected)
    }
}

impl Signing {
    /// The template, and what its secret is called. An option that the template has no use for is a misunderstanding, and refused.
    fn template(&self) -> Result<(Template, &'static str), Failure> {
        let Self { template, user, header, prefix } = self;
        match (template, user, header) {
            (TemplateName::Bearer, None, None) => Ok((Template::Bearer, "token")),
            (TemplateName::Basic, Some(user), None) => Ok((Template::Basic { user: user.clone() }, "password")),
            (TemplateName::ApiKeyHeader, None, Some(header)) => {
                let (header, prefix) = (header.to_ascii_lowercase(), prefix.clone().unwrap_or_default());
                Ok((Template::ApiKeyHeader { header, prefix }, "key"))
            }
            _ => Err(Failure::input(
                "an option does not go with the template",
                "give --user with basic only, and --header and --prefix with api-key-header only",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signing(template: TemplateName, user: Option<&str>, header: Option<&str>) -> Signing {
        Signing { template, user: user.map(Into::into), header: header.map(Into::into), prefix: None }
    }

    #[test]
    fn each_template_takes_its_own_options() {
        let template = |signing: Signing| signing.template().map(|(template, _)| template).ok();
        assert_eq!(template(signing(TemplateName::Bearer, None, None)), Some(Template::Bearer));
        let basic = Template::Basic { user: "ada".into() };
        assert_eq!(template(signing(TemplateName::Basic, Some("ada"), None)), Some(basic));
        let key = Template::ApiKeyHeader { header: "x-key".into(), prefix: String::new() };
        assert_eq!(template(signing(TemplateName::ApiKeyHeader, None, Some("X-Key"))), Some(key));
        assert_eq!(template(signing(TemplateName::Bearer, Some("ada"), None)), None);
        assert_eq!(template(signing(TemplateName::Basic, Some("ada"), Some("x-key"))), None);
    }
}
