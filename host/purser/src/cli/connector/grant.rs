//! `purser connector grant`

use crate::cli::{Context, Failure, input, remark};
use crate::render::{connector, lifecycle};
use purser_engine::{ConnectorView, DifferenceView, Granted, Purser, Rights};
use purser_model::{GrantRule, Limits};
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Without --all, --as-before, --allow or --file, the requests that the connector wants are shown and you are asked.

Examples:
  purser connector grant jupyterhub --all
  purser connector grant jupyterhub --allow 'check GET /info' --allow 'read:users GET /users'
  purser connector grant jupyterhub --all --limit response-bytes=33554432
  purser connector grant jupyterhub --as-before";

/// Allow a connector's bytes to send requests, and move the profiles of earlier versions to them
///
/// Replaces what these bytes were granted before. A new version inherits nothing; the difference to what was granted before is shown.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Grant {
    /// The connector: its name (the latest version), NAME@VERSION, or the beginning of its digest
    connector: String,
    /// Allow everything the connector asks for
    #[arg(long, conflicts_with_all = ["allow", "file"])]
    all: bool,
    /// Allow what the version before was allowed, as far as this one wants it: never more than either
    #[arg(long, conflicts_with_all = ["all", "allow", "file", "limit"])]
    as_before: bool,
    /// Leave the profiles that run an earlier version with it
    #[arg(long)]
    no_enable: bool,
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
        let known = purser.connectors().find(&self.connector)?;
        let digest = known.digest.to_string();
        let granted = if self.as_before {
            purser
                .connectors()
                .grant(&digest, Rights::AsBefore, !self.no_enable)?
        } else {
            let mut grant = self.rules(&purser, &known)?;
            grant.limits = with_limits(&grant.limits, &self.limit)?;
            purser
                .connectors()
                .grant(&digest, Rights::These(&grant), !self.no_enable)?
        };
        context.show(&granted, || text(&granted))
    }

    /// What the command line, a file or the person at the terminal says is allowed.
    fn rules(
        &self,
        purser: &Purser,
        known: &ConnectorView,
    ) -> Result<purser_model::Grant, Failure> {
        if self.all {
            return Ok(purser_model::Grant::of_everything_wanted(
                &known.description,
            ));
        }
        if let Some(file) = &self.file {
            let text = input::read_text(file, AT_MOST)?;
            return toml::from_str(&text).map_err(|error| {
                Failure::input(
                    format!("{} is no grant: {error}", file.display()),
                    "see `purser connector grant --help`",
                )
            });
        }
        if self.allow.is_empty() {
            return asked(
                known,
                purser.connectors().difference_wanted(known)?.as_ref(),
            );
        }
        Ok(purser_model::Grant {
            rules: self.allow.clone(),
            limits: Limits::default(),
        })
    }
}

/// Shows what is wanted and asks the person at the terminal.
fn asked(
    known: &ConnectorView,
    difference: Option<&DifferenceView>,
) -> Result<purser_model::Grant, Failure> {
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
    if let Some(difference) = difference {
        remark(&format!("{}\n", lifecycle::difference(difference)));
    }
    let mut terminal = io::stderr();
    write!(
        terminal,
        "Allow all of this to {name} ({})? [y/N] ",
        known.digest.short()
    )?;
    terminal.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(purser_model::Grant::of_everything_wanted(
            &known.description,
        )),
        _ => Err(Failure::input(
            "nothing was granted",
            format!("allow parts of it with `purser connector grant {name} --allow LINE`"),
        )),
    }
}

fn text(granted: &Granted) -> String {
    let known = &granted.connector;
    let rules: Vec<_> = known
        .grant
        .iter()
        .flat_map(|grant| &grant.rules)
        .map(|rule| format!("  {rule}"))
        .collect();
    let mut parts = match rules.as_slice() {
        [] => vec![format!("{} may send nothing.", known.title())],
        rules => vec![format!("{} may send:\n{}", known.title(), rules.join("\n"))],
    };
    parts.extend(granted.difference.as_ref().map(lifecycle::difference));
    if !known.missing.is_empty() {
        parts.push(format!(
            "It wants this too, and will be refused:\n\n{}",
            connector::requests(&known.missing)
        ));
    }
    let moves = lifecycle::moves(known, &granted.moved, &granted.stayed);
    parts.extend((!moves.is_empty()).then_some(moves));
    parts.join("\n\n")
}

/// Reads `NAME=VALUE`.
pub(super) fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("use NAME=VALUE")?;
    let value = value
        .parse()
        .map_err(|_| format!("{value:?} is no whole number"))?;
    Ok((name.to_owned(), value))
}

/// Goes through the limits' serialised form, so that their names are the same here, in a grant's file and in JSON.
pub(super) fn with_limits(limits: &Limits, changes: &[(String, u64)]) -> Result<Limits, Failure> {
    let mut value = serde_json::to_value(limits)?;
    for (name, number) in changes {
        if let Some(fields) = value.as_object_mut() {
            fields.insert(name.clone(), (*number).into());
        }
    }
    serde_json::from_value(value).map_err(|error| {
        Failure::input(
            format!("no such limit: {error}"),
            "use a name from the list",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_set_by_name() {
        let set = with_limits(&Limits::default(), &[limit("page-rows=7").unwrap()]).unwrap();
        assert_eq!(
            set,
            Limits {
                page_rows: 7,
                ..Limits::default()
            }
        );
    }

    #[test]
    fn an_unknown_limit_lists_those_there_are() {
        let error = with_limits(&Limits::default(), &[("pagerows".into(), 7)]).unwrap_err();
        assert!(
            error.to_string().contains("pagerows") && error.to_string().contains("page-rows"),
            "{error}"
        );
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
