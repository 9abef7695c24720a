//! Next steps as the commands that take them.

use purser_model::NextStep;

/// Renders a next step as one line: a sentence, a command, or several joined by semicolons.
pub(crate) fn command(step: &NextStep) -> String {
    match step {
        NextStep::Advice { text } => text.clone(),
        NextStep::Steps { steps } => steps.iter().map(command).collect::<Vec<_>>().join("; "),
        NextStep::BuildConnector => {
            "build the component with `purser connector build`".to_owned()
        }
        NextStep::UploadConnector => "upload one with `purser connector upload FILE`".to_owned(),
        NextStep::ListConnectors => "`purser connector list` shows the connectors".to_owned(),
        NextStep::InspectConnector { connector } => {
            format!("`purser connector inspect {connector}` shows its settings, streams and actions")
        }
        NextStep::GrantConnector { connector, allow } => grant(connector.as_deref(), allow.as_deref()),
        NextStep::RaiseLimit { connector, limit } => format!(
            "if the connector needs that much, raise the limit: `purser connector grant {} --limit {limit}=VALUE`; otherwise report it to its author",
            connector.as_deref().unwrap_or("NAME")
        ),
        NextStep::EnableConnector { connector } => {
            format!("`purser connector enable {connector}` enables it")
        }
        NextStep::RollBackConnector { connector } => format!(
            "`purser connector rollback {}` returns its profiles to the version granted before",
            connector.as_ref().map_or("NAME", |name| name.as_str())
        ),
        NextStep::UploadSigned => {
            "upload it with its publisher's signature: --signature FILE.minisig".to_owned()
        }
        NextStep::LiftSignatureRequirement => {
            "`purser connector policy --require-signature off` ends the requirement".to_owned()
        }
        NextStep::ListPublishers => {
            "`purser publisher list` shows the trusted publishers".to_owned()
        }
        NextStep::TrustPublisher => {
            "`purser publisher trust NAME KEY` trusts a publisher's key".to_owned()
        }
        NextStep::DistrustPublisher { publisher } => {
            format!("`purser publisher distrust {publisher}` first")
        }
        NextStep::ListTemplates => "`purser template list` shows the templates".to_owned(),
        NextStep::AddTemplate => "`purser template add FILE` adds one".to_owned(),
        NextStep::ShowTemplate { template } => {
            format!("`purser template show {template}` describes its fields")
        }
        NextStep::ListAliases => "`purser alias list` shows the aliases".to_owned(),
        NextStep::ListConnections => "`purser connection list` shows the connections".to_owned(),
        NextStep::CreateConnection { alias } => format!(
            "`purser connection create NAME --alias {} …` creates one",
            alias.as_ref().map_or("ALIAS", |name| name.as_str())
        ),
        NextStep::AuthorizeConnection { connection } => format!(
            "`purser connection authorize {connection}` signs in again or replaces its secret"
        ),
        NextStep::TestConnection { connection } => {
            format!("`purser connection test {connection}` checks it")
        }
        NextStep::AllowPrivateNetwork => {
            "if the application is in your own network, create the connection with --private-network"
                .to_owned()
        }
        NextStep::DeleteConnectionUnrevoked { connection } => {
            format!("`purser connection delete {connection} --no-revoke` deletes it anyway")
        }
        NextStep::ListProfiles => "`purser profile list` shows the profiles".to_owned(),
        NextStep::UnpublishProfile { profile } => {
            format!("`purser profile unpublish {profile}` takes it out of use first")
        }
        NextStep::RunProfile { profile } => format!("`purser run {profile}` runs it"),
        NextStep::ContinueRun { profile, until } => format!(
            "`purser run {profile}` continues after {until} and sends nothing before; with --wait it waits that long"
        ),
        NextStep::AcceptShrink { .. } => {
            "if that many are really gone, run the profile again with --accept-shrink; otherwise look at the credential's permissions".to_owned()
        }
        NextStep::RecordRun => "record one with `purser run PROFILE --record FILE`".to_owned(),
        NextStep::ListRuns => "`purser runs list` shows the runs and their progress".to_owned(),
        NextStep::ShowRun { run } => format!(
            "`purser runs show {run}` shows details; the records read are kept, and the next run continues from the checkpoint"
        ),
        NextStep::ChooseHome => "name another home with --home or PURSER_HOME".to_owned(),
        NextStep::ReportFault => {
            "run the command again with PURSER_LOG=debug, and report what it prints".to_owned()
        }
        // why: the enum may grow in the model before this front knows the step
        _ => "see `purser --help`".to_owned(),
    }
}

fn grant(connector: Option<&str>, allow: Option<&str>) -> String {
    let connector = connector.unwrap_or("NAME");

    match allow {
        None => format!("`purser connector grant {connector}` shows the requested access and asks"),
        Some(rule) => {
            // why: the guest had a hand in the rule, and an operator pastes it into a shell
            let quoted = format!("'{}'", rule.replace('\'', r"'\''"));
            format!("grant it: purser connector grant {connector} --allow {quoted}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grant_line_cannot_break_out_of_its_quotes() {
        let step = NextStep::GrantConnector {
            connector: None,
            allow: Some("read:users GET /a';reboot;'".into()),
        };

        assert!(command(&step).ends_with(r"--allow 'read:users GET /a'\'';reboot;'\'''"));
    }

    #[test]
    fn several_steps_are_joined_in_order() {
        let step = NextStep::advice("wait for it").and(NextStep::ListRuns);

        assert!(command(&step).starts_with("wait for it; `purser runs list`"));
    }
}
