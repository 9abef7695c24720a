//! The commands, one file each: arguments, one call of the engine, and the output.

mod accounts;
mod alias;
mod candidates;
pub(crate) mod compiler_process;
mod connection;
mod connector;
mod context;
mod demo;
mod entitlement;
mod failure;
mod input;
mod people;
mod position;
mod product_filter;
mod profile;
mod publisher;
mod reconcile;
mod rules;
mod run;
mod runs;
mod template;
mod terminal;
mod vault;

pub(crate) use context::Context;
pub(crate) use failure::Failure;
pub(crate) use terminal::{notice, print};

use clap::Parser;

/// Show the SaaS seats that the company owns, who holds and uses them, and which are wasted
///
/// Connectors read the accounts of SaaS applications. They are WebAssembly components: they run in
/// a sandbox, reach only what you grant them, and never see a credential. `purser demo` shows
/// everything in half a minute.
#[derive(Debug, Parser)]
#[command(
    name = "purser",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
#[command(after_help = failure::EXIT_CODES, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    context: Context,
    #[command(subcommand)]
    command: Command,
}

/// The commands, in the order in which a new user needs them.
#[derive(Debug, clap::Subcommand)]
enum Command {
    Demo(demo::DemoArgs),
    Connector(connector::ConnectorArgs),
    Publisher(publisher::PublisherArgs),
    Template(template::TemplateArgs),
    Alias(alias::AliasArgs),
    Connection(connection::ConnectionArgs),
    Profile(profile::ProfileArgs),
    Run(run::RunArgs),
    Runs(runs::RunsArgs),
    Accounts(accounts::AccountsArgs),
    People(people::PeopleArgs),
    Entitlement(entitlement::EntitlementArgs),
    Reconcile(reconcile::ReconcileArgs),
    Position(position::PositionArgs),
    Candidates(candidates::CandidatesArgs),
    Vault(vault::VaultArgs),
}

/// Parses the command line and runs the command. A wrong command line ends the process with code 2.
pub(crate) async fn run() -> Result<(), Failure> {
    let Cli { context, command } = Cli::parse();

    match command {
        Command::Demo(args) => args.run(&context).await,
        Command::Connector(args) => args.run(&context).await,
        Command::Publisher(args) => args.run(&context),
        Command::Template(args) => args.run(&context),
        Command::Alias(args) => args.run(&context),
        Command::Connection(args) => args.run(&context).await,
        Command::Profile(args) => args.run(&context).await,
        Command::Run(args) => args.run(&context).await,
        Command::Runs(args) => args.run(&context).await,
        Command::Accounts(args) => args.run(&context),
        Command::People(args) => args.run(&context),
        Command::Entitlement(args) => args.run(&context),
        Command::Reconcile(args) => args.run(&context),
        Command::Position(args) => args.run(&context),
        Command::Candidates(args) => args.run(&context),
        Command::Vault(args) => args.run(&context),
    }
}

#[cfg(test)]
mod tests;
