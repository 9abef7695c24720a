//! `purser connector`: components that read SaaS applications.

mod build;
mod check;
mod component_file;
mod delete;
mod disable;
mod enable;
mod grant;
mod inspect;
mod limits;
mod list;
mod policy;
mod rollback;
mod upload;

use super::{Context, Failure};

/// Manage connectors: build, check, inspect, upload and grant them, and move between versions
#[derive(Debug, clap::Args)]
pub(crate) struct ConnectorArgs {
    #[command(subcommand)]
    command: ConnectorCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ConnectorCommand {
    Build(build::BuildConnectorArgs),
    Check(check::CheckConnectorArgs),
    Inspect(inspect::InspectConnectorArgs),
    Upload(upload::UploadConnectorArgs),
    Grant(grant::GrantConnectorArgs),
    List(list::ListConnectorsArgs),
    Rollback(rollback::RollBackConnectorArgs),
    Disable(disable::DisableConnectorArgs),
    Enable(enable::EnableConnectorArgs),
    Delete(delete::DeleteConnectorArgs),
    Policy(policy::PolicyArgs),
}

impl ConnectorArgs {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            ConnectorCommand::Build(args) => args.run(context),
            ConnectorCommand::Check(args) => args.run(context).await,
            ConnectorCommand::Inspect(args) => args.run(context).await,
            ConnectorCommand::Upload(args) => args.run(context).await,
            ConnectorCommand::Grant(args) => args.run(context),
            ConnectorCommand::List(args) => args.run(context),
            ConnectorCommand::Rollback(args) => args.run(context),
            ConnectorCommand::Disable(args) => args.run(context),
            ConnectorCommand::Enable(args) => args.run(context),
            ConnectorCommand::Delete(args) => args.run(context),
            ConnectorCommand::Policy(args) => args.run(context),
        }
    }
}
