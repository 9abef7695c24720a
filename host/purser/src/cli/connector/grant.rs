//! `purser connector grant`: access for one exact component.

use super::limits::{parse_limit, with_limits};
use crate::cli::{Context, Failure, input, notice};
use crate::json::GrantedJson;
use crate::render::{connector, version};
use purser_engine::{ConnectorView, DifferenceView, GrantSource, Purser};
use purser_model::{Grant, GrantRule};
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Without --all, --as-before, --allow or --file, the command shows the requested access and asks you.

Examples:
  purser connector grant jupyterhub --all
  purser connector grant jupyterhub --allow 'check GET /info' --allow 'read:users GET /users'
  purser connector grant jupyterhub --limit response-bytes=33554432
  purser connector grant jupyterhub --as-before";

/// Grant a connector access, and move the profiles of earlier versions to it
///
/// The grant is for the connector's exact bytes. --allow and --limit add to the grant that they
/// have; --all, --file and --replace put another in its place. A new version inherits no access;
/// the difference to the grant of the version before is shown.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GrantConnectorArgs {
    /// Connector: its name (the latest version), NAME@VERSION, or the beginning of its digest
    connector: String,
    /// Allow all requested access
    #[arg(long, conflicts_with_all = ["allow", "file"])]
    all: bool,
    /// Allow the access that the version before was granted and this version requests
    #[arg(long, conflicts_with_all = ["all", "allow", "file", "limit"])]
    as_before: bool,
    /// Leave profiles on the earlier version that they run
    #[arg(long)]
    no_enable: bool,
    /// Allow this access too: ACTION METHOD[,METHOD] [HOST]/PATH
    #[arg(long, value_name = "LINE", conflicts_with = "file")]
    allow: Vec<GrantRule>,
    /// Allow only the access of --allow, and no more what was granted before
    #[arg(long, requires = "allow", conflicts_with_all = ["all", "as_before", "file"])]
    replace: bool,
    /// Read the grant from a TOML file with [[rules]] and [limits]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Set a limit, such as memory-bytes or wall-ms
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_limit)]
    limit: Vec<(String, u64)>,
}

/// Largest file that is read as a grant.
const MAX_GRANT_BYTES: u64 = 1 << 20;

impl GrantConnectorArgs {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let purser = context.open()?;
        let view = purser.connectors().find(&self.connector)?;
        let digest = view.digest.to_string();
        let enable = !self.no_enable;

        let granted = if self.as_before {
            purser
                .connectors()
                .grant(&digest, GrantSource::Inherit, enable)?
        } else {
            let mut grant = self.requested_grant(&purser, &view)?;
            grant.limits = with_limits(&grant.limits, &self.limit)?;
            purser
                .connectors()
                .grant(&digest, GrantSource::Explicit(&grant), enable)?
        };

        context.show(&GrantedJson::from(&granted), || version::granted(&granted))
    }

    /// Returns the grant of the command line, of the file, or of the user at the terminal.
    fn requested_grant(&self, purser: &Purser, view: &ConnectorView) -> Result<Grant, Failure> {
        if self.all {
            return Ok(Grant::as_requested(&view.description));
        }
        if let Some(file) = &self.file {
            return read_grant(file);
        }
        let before = view.grant.as_ref().filter(|_| !self.replace);
        if self.allow.is_empty() {
            // why: a limit alone is a change of the grant, and asks for no access
            if let (Some(grant), false) = (before, self.limit.is_empty()) {
                return Ok(grant.clone());
            }
            return ask(view, purser.connectors().difference_wanted(view)?.as_ref());
        }

        let mut grant = before.cloned().unwrap_or_default();
        for rule in &self.allow {
            if !grant.rules.contains(rule) {
                grant.rules.push(rule.clone());
            }
        }
        Ok(grant)
    }
}

fn read_grant(file: &Path) -> Result<Grant, Failure> {
    let text = input::read_text(file, MAX_GRANT_BYTES)?;

    toml::from_str(&text).map_err(|error| {
        Failure::input(
            format!("{} is not a grant: {error}", file.display()),
            "see `purser connector grant --help`",
        )
    })
}

/// Shows the requested access and asks the user at the terminal.
fn ask(view: &ConnectorView, difference: Option<&DifferenceView>) -> Result<Grant, Failure> {
    let name = &view.description.name;
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::input(
            "there is no terminal to ask for the grant",
            format!(
                "`purser connector inspect {name}` shows the requested access; allow it with --all, or parts of it with --allow"
            ),
        ));
    }

    notice(&format!(
        "{}\n\n{}\n",
        connector::headline(&view.description),
        connector::requests(&view.description.requests)
    ));
    if let Some(difference) = difference {
        notice(&format!("{}\n", version::grant_difference(difference)));
    }
    let question = format!("Grant {name} ({}) this access? [y/N] ", view.digest.short());
    if is_confirmed(&question)? {
        return Ok(Grant::as_requested(&view.description));
    }

    Err(Failure::input(
        "nothing was granted",
        format!("allow parts of it with `purser connector grant {name} --allow LINE`"),
    ))
}

fn is_confirmed(question: &str) -> io::Result<bool> {
    let mut terminal = io::stderr();
    terminal.write_all(question.as_bytes())?;
    terminal.flush()?;

    let mut reply = String::new();
    io::stdin().lock().read_line(&mut reply)?;
    Ok(matches!(
        reply.trim().to_ascii_lowercase().as_str(),
        "y" | "yes"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grant_file_has_rules_and_limits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grant.toml");
        let text = "[[rules]]\naction = \"read:users\"\nmethods = [\"GET\"]\npath = \"/users\"\n[limits]\npages = 5\n";
        std::fs::write(&path, text).unwrap();

        let grant = read_grant(&path).unwrap();

        assert_eq!(grant.rules, ["read:users GET /users".parse().unwrap()]);
        assert_eq!(grant.limits.pages, 5);
    }

    #[test]
    fn file_that_is_not_a_grant_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grant.toml");
        std::fs::write(&path, "rules = 5\n").unwrap();

        assert_eq!(read_grant(&path).unwrap_err().exit_code(), 3);
    }
}
