//! Next steps as the commands that take them.

use purser_model::NextStep;
use std::borrow::Cow;

/// Renders a next step as one line: a sentence, a command, or several joined by semicolons.
pub(crate) fn command(step: &NextStep) -> String {
    match step {
        NextStep::Advice { text } => text.clone(),
        NextStep::Steps { steps } => steps.iter().map(command).collect::<Vec<_>>().join("; "),
        NextStep::ChooseHome => "name another home with --home or PURSER_HOME".to_owned(),
        NextStep::ReportFault => {
            "run the command again with PURSER_LOG=debug, and report what it prints".to_owned()
        }
        step => connector_step(step)
            .or_else(|| connection_step(step))
            .or_else(|| run_step(step))
            // The enum may grow in the model before this file knows the new step.
            .unwrap_or_else(|| "see `purser --help`".to_owned()),
    }
}

/// Renders the steps about connectors and publishers.
fn connector_step(step: &NextStep) -> Option<String> {
    let text = match step {
        NextStep::BuildConnector => "build the component with `purser connector build`".into(),
        NextStep::UploadConnector => "upload one with `purser connector upload FILE`".into(),
        NextStep::ListConnectors => "`purser connector list` shows the connectors".into(),
        NextStep::InspectConnector { connector } => format!(
            "`purser connector inspect {connector}` shows its settings, streams and actions"
        ),
        NextStep::GrantConnector { connector, allow } => {
            grant(connector.as_deref(), allow.as_deref())
        }
        NextStep::RaiseLimit { connector, limit } => format!(
            "if the connector needs that much, raise the limit: `purser connector grant {} --limit {limit}=VALUE`; otherwise report it to its author",
            connector.as_deref().unwrap_or("NAME")
        ),
        NextStep::ChooseConnector => "name one of them with --connector".into(),
        NextStep::EnableConnector { connector } => {
            format!("`purser connector enable {connector}` enables it")
        }
        NextStep::RollBackConnector { connector } => format!(
            "`purser connector rollback {}` returns its profiles to the version granted before",
            connector.as_ref().map_or("NAME", |name| name.as_str())
        ),
        NextStep::UploadSigned => {
            "upload it with its publisher's signature: --signature FILE.minisig".into()
        }
        NextStep::LiftSignatureRequirement => {
            "`purser connector policy --require-signature off` ends the requirement".into()
        }
        NextStep::ListPublishers => "`purser publisher list` shows the trusted publishers".into(),
        NextStep::TrustPublisher => {
            "`purser publisher trust NAME KEY` trusts a publisher's key".into()
        }
        NextStep::DistrustPublisher { publisher } => {
            format!("`purser publisher distrust {publisher}` first")
        }
        _ => return None,
    };

    Some(text)
}

/// Renders the steps about templates, aliases and connections.
fn connection_step(step: &NextStep) -> Option<String> {
    let text = match step {
        NextStep::ListTemplates => "`purser template list` shows the templates".into(),
        NextStep::AddTemplate => "`purser template add FILE` adds one".into(),
        NextStep::ShowTemplate { template } => {
            format!("`purser template show {template}` describes its fields")
        }
        NextStep::ListAliases => "`purser alias list` shows the aliases".into(),
        NextStep::ListConnections => "`purser connection list` shows the connections".into(),
        NextStep::CreateConnection { alias } => format!(
            "`purser connection create NAME --alias {} …` creates one",
            alias.as_ref().map_or("ALIAS", |name| name.as_str())
        ),
        NextStep::AuthorizeConnection { connection } => format!(
            "`purser connection authorize {connection}` signs in again or replaces its secret"
        ),
        NextStep::CheckBaseUrl => {
            "check --base-url: it ends where the paths of the application's API begin".into()
        }
        NextStep::TestConnection { connection } => {
            format!("`purser connection test {connection}` checks it")
        }
        NextStep::AllowPrivateNetwork => {
            "if the application is in your own network, create the connection with --private-network".into()
        }
        NextStep::DeleteConnectionUnrevoked { connection } => {
            format!("`purser connection delete {connection} --no-revoke` deletes it anyway")
        }
        _ => return None,
    };

    Some(text)
}

/// Renders the steps about profiles and runs.
fn run_step(step: &NextStep) -> Option<String> {
    let text = match step {
        NextStep::ListProfiles => "`purser profile list` shows the profiles".into(),
        NextStep::UnpublishProfile { profile } => {
            format!("`purser profile unpublish {profile}` takes it out of use first")
        }
        NextStep::ContinueRun { profile, until } => format!(
            "`purser run {profile}` continues after {until} and sends nothing before; with --wait it waits that long"
        ),
        NextStep::AcceptShrink { .. } => {
            "if that many are really gone, run the profile again with --accept-shrink; otherwise look at the credential's permissions".into()
        }
        NextStep::AcceptRosterShrink => {
            "--dry-run lists them; if they have really left, import again with --accept-shrink; if the file is a part of the directory, import it without --complete; nothing was imported".into()
        }
        NextStep::RecordRun => "record one with `purser run PROFILE --record FILE`".into(),
        NextStep::ListRuns => "`purser runs list` shows the runs and their progress".into(),
        NextStep::ShowRun { run } => format!(
            "`purser runs show {run}` shows details; the records read are kept, and the next run continues from the checkpoint"
        ),
        _ => return None,
    };

    Some(text)
}

fn grant(connector: Option<&str>, allow: Option<&str>) -> String {
    let connector = connector.unwrap_or("NAME");

    match allow {
        None => format!("`purser connector grant {connector}` shows the requested access and asks"),
        Some(rule) => {
            // The connector chose parts of the rule, and an operator pastes it into a shell.
            let quoted = shell_quoted(rule);
            format!("grant it: purser connector grant {connector} --allow {quoted}")
        }
    }
}

/// Quotes text as one word of a shell command. NUL, which no shell word can hold, is removed.
fn shell_quoted(text: &str) -> String {
    let text = text.replace('\0', "");

    shlex::try_quote(&text).map_or_else(|_| String::new(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant_step(rule: &str) -> String {
        command(&NextStep::GrantConnector {
            connector: None,
            allow: Some(rule.into()),
        })
    }

    #[test]
    fn grant_rule_is_quoted() {
        let step = grant_step("read:users GET /a");

        assert!(step.ends_with(" --allow 'read:users GET /a'"), "{step}");
    }

    #[test]
    fn grant_rule_with_quotes_stays_one_shell_word() {
        let rule = "read:users GET /a';reboot;'";

        let step = grant_step(rule);

        let command = step.strip_prefix("grant it: ").unwrap();
        let words = shlex::split(command).unwrap();
        assert_eq!(words.last().map(String::as_str), Some(rule));
        assert_eq!(words.len(), 6, "{words:?}");
    }

    #[test]
    fn connector_of_a_step_is_filled_in_however_deep_it_stands() {
        let step = NextStep::advice("wait").and(NextStep::Steps {
            steps: vec![NextStep::RaiseLimit {
                connector: None,
                limit: "pages".into(),
            }],
        });

        let text = command(&step.for_connector(&"scim".parse().unwrap(), "ab12cd34"));

        assert!(
            text.contains("`purser connector grant ab12cd34 --limit pages=VALUE`"),
            "{text}"
        );
    }

    #[test]
    fn several_steps_are_joined_in_order() {
        let step = NextStep::advice("wait for it").and(NextStep::ListRuns);

        assert!(command(&step).starts_with("wait for it; `purser runs list`"));
    }
}
