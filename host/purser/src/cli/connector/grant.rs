//! `purser connector grant`

use crate::cli::{Context, Failure, input, remark};
use crate::render::connector;
use purser_engine::ConnectorView;
use purser_model::{GrantRule, Limits};
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Without --all, --allow or --file, the requests that the connector wants are shown and you are asked.

Examples:
  purser connector grant jupyterhub --all
  purser connector grant jupyterhub --allow 'check GET /info' --allow 'read:users GET /users'
  purser connector grant jupyterhub --all --limit response-bytes=33554432";

/// Allow a connector's bytes to send requests; replaces what they were granted before
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Grant {
    /// The connector, by its name or the beginning of its digest
    connector: String,
    /// Allow everything the connector asks for
    #[arg(long, conflicts_with_all = ["allow", "file"])]
    all: bool,
    /// Allow this: ACTION METHOD[,METHOD] [HOST]/PATH
    #[arg(long, value_name = "LINE", conflicts_with = "file")]
    allow: Vec<GrantRule>,
    /// Take the grant from a TOML file with [[rules]] and [limits]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Set a limit, such as memory-bytes or wall-ms
    #[arg(long, value_name = "NAME=VALUE", value_parser = limit)]
    limit: Vec<(String, u64)>,
}

/// The largest file that is read as a grant.
const AT_MOST: u64 = 1 << 20;

impl Grant {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open()?;
        let known = purser.connector(&self.connector)?;
        let mut grant = if self.all {
            purser_model::Grant::of_everything_wanted(&known.description)
        } else if let Some(file) = &self.file {
            let text = input::read_text(file, AT_MOST)?;
            toml::from_str(&text).map_err(|error| {
                Failure::input(
                    format!("{} is no grant: {error}", file.display()),
                    "see `purser connector grant --help`",
                )
            })?
        } else if self.allow.is_empty() {
            asked(&known)?
        } else {
            purser_model::Grant { rules: self.allow, limits: Limits::default() }
        };
        grant.limits = with_limits(&grant.limits, &self.limit)?;
        let granted = purser.grant(&known.digest.to_string(), grant)?;
        context.show(&granted, || text(&granted))
    }
}

/// Shows what is wanted and asks the person at the terminal.
fn asked(known: &ConnectorView) -> Result<purser_model::Grant, Failure> {
    let name = &known.description.name;
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::input(
            "there is no terminal to ask for the grant",
            format!(
                "`purser connector inspect {name}` shows what it wants; allow it with --all, or parts of it with --allow"
            ),
        ));
    }
    remark(&format!(
        "{}\n\n{}\n",
        connector::headline(&known.description),
        connector::requests(&known.description.requests)
    ));
    let mut terminal = io::stderr();
    write!(terminal, "Allow all of this to {name} ({})? [y/N] ", known.digest.short())?;
    terminal.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(purser_model::Grant::of_everything_wanted(&known.description)),
        _ => Err(Failure::input(
            "nothing was granted",
            format!("allow parts of it with `purser connector grant {name} --allow LINE`"),
        )),
    }
}

fn text(granted: &ConnectorView) -> String {
    let rules = granted.grant.iter().flat_map(|grant| &grant.rules);
    let lines: Vec<_> = rules.map(|rule| format!("  {rule}")).collect();
    let mut text = format!("{} ({}) may send:\n{}", granted.description.name, granted.digest.short(), lines.join("\n"));
    if !granted.missing.is_empty() {
        text += &format!("\n\nIt wants this too, and will be refused:\n\n{}", connector::requests(&granted.missing));
    }
    text
}

fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("use NAME=VALUE")?;
    let value = value.parse().map_err(|_| format!("{value:?} is no whole number"))?;
    Ok((name.to_owned(), value))
}

/// Goes through the limits' serialised form, so that their names are the same here, in a grant's file and in JSON.
fn with_limits(limits: &Limits, changes: &[(String, u64)]) -> Result<Limits, Failure> {
    let mut value = serde_json::to_value(limits)?;
    for (name, number) in changes {
        if let Some(fields) = value.as_object_mut() {
            fields.insert(name.clone(), (*number).into());
        }
    }
    serde_json::from_value(value)
        .map_err(|error| Failure::input(format!("no such limit: {error}"), "use a name from the list"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_set_by_name() {
        let set = with_limits(&Limits::default(), &[limit("page-rows=7").unwrap()]).unwrap();
        assert_eq!(set, Limits { page_rows: 7, ..Limits::default() });
    }

    #[test]
    fn an_unknown_limit_lists_those_there_are() {
        let error = with_limits(&Limits::default(), &[("pagerows".into(), 7)]).unwrap_err();
        assert!(error.to_string().contains("pagerows") && error.to_string().contains("page-rows"), "{error}");
        assert!(limit("page-rows").is_err() && limit("page-rows=many").is_err());
    }

    #[test]
    fn a_grant_reads_from_toml() {
        let text = "[[rules]]\naction = \"read:users\"\nmethods = [\"GET\"]\npath = \"/users\"\n[limits]\npages = 5\n";
        let grant: purser_model::Grant = toml::from_str(text).unwrap();
        assert_eq!(grant.rules, ["read:users GET /users".parse().unwrap()]);
        assert_eq!(grant.limits.pages, 5);
    }
}
