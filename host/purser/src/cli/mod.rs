//! The command line: one file a verb. Each says what it takes, calls one use-case of the engine, and shows what came of it.

mod accounts;
mod alias;
mod candidates;
pub(crate) mod compiler;
mod connection;
mod connector;
mod context;
mod demo;
mod entitlement;
mod failure;
mod input;
mod people;
mod position;
mod profile;
mod publisher;
mod reconcile;
mod rules;
mod run;
mod runs;
mod template;
mod vault;

pub(crate) use context::{Context, print, remark};
pub(crate) use failure::Failure;

use clap::Parser;

/// Find out who holds a seat of which SaaS product, who uses it, what is owned, and what is wasted
///
/// Connectors read the accounts of SaaS applications. They are WebAssembly components: they run in a sandbox, reach only what you grant
/// them, and never see a credential. `purser demo` shows all of it in half a minute.
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
    verb: Verb,
}

/// The verbs, in the order in which one meets them.
#[derive(Debug, clap::Subcommand)]
enum Verb {
    Demo(demo::Demo),
    Connector(connector::Connector),
    Publisher(publisher::Publisher),
    Template(template::Template),
    Alias(alias::Alias),
    Connection(connection::Connection),
    Profile(profile::Profile),
    Run(run::Run),
    Runs(runs::Runs),
    Accounts(accounts::Accounts),
    People(people::People),
    Entitlement(entitlement::Entitlement),
    Reconcile(reconcile::Reconcile),
    Position(position::Position),
    Candidates(candidates::Candidates),
    Vault(vault::Vault),
}

/// Reads the command line and does what it says. A wrong command line ends the process with code 2 here.
pub(crate) async fn run() -> Result<(), Failure> {
    let Cli { context, verb } = Cli::parse();
    match verb {
        Verb::Demo(verb) => verb.run(&context).await,
        Verb::Connector(verb) => verb.run(&context).await,
        Verb::Publisher(verb) => verb.run(&context),
        Verb::Template(verb) => verb.run(&context),
        Verb::Alias(verb) => verb.run(&context),
        Verb::Connection(verb) => verb.run(&context).await,
        Verb::Profile(verb) => verb.run(&context).await,
        Verb::Run(verb) => verb.run(&context).await,
        Verb::Runs(verb) => verb.run(&context).await,
        Verb::Accounts(verb) => verb.run(&context),
        Verb::People(verb) => verb.run(&context),
        Verb::Entitlement(verb) => verb.run(&context),
        Verb::Reconcile(verb) => verb.run(&context),
        Verb::Position(verb) => verb.run(&context),
        Verb::Candidates(verb) => verb.run(&context),
        Verb::Vault(verb) => verb.run(&context),
    }
}

#[cfg(test)]
mod tests;
