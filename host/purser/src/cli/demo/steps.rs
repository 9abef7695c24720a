//! The steps of the demonstration, in order. Each is one call of the engine.

use super::output::DemoOutput;
use super::setup::{self, DemoHome};
use crate::cli::Failure;
use crate::render::progress::Progress;
use crate::render::{candidate, connection, connector, number, position, reconciliation, run};
use purser_engine::licensing::Reconciliation;
use purser_engine::{
    Compiler, Create, GrantSource, NewConnection, NewProfile, NonInteractive, PeopleImportOptions,
    Purser, Rules, RunRequest, Secret,
};
use purser_model::{
    AliasName, ConnectionName, FieldName, Grant, NameError, ProfileName, RetryPolicy, TemplateName,
};
use purser_sample_app::{Company, RunningSample};
use std::collections::BTreeMap;
use std::str::FromStr;

/// Number of wasted seats that are shown.
const MAX_SHOWN: usize = 10;

/// Demonstration in progress.
pub(super) struct Demonstration {
    purser: Purser,
    company: Company,
    application: RunningSample,
    names: DemoNames,
}

/// Names of the demonstration's objects.
struct DemoNames {
    connector: &'static str,
    alias: AliasName,
    connection: ConnectionName,
    profile: ProfileName,
    template: TemplateName,
    token: FieldName,
}

impl DemoNames {
    fn new() -> Result<Self, Failure> {
        Ok(Self {
            connector: setup::CONNECTOR,
            alias: parse_name("quay")?,
            connection: parse_name("northbridge")?,
            profile: parse_name("boards")?,
            template: parse_name("bearer")?,
            token: parse_name("token")?,
        })
    }
}

/// Parses a name that is spelled out in this file.
fn parse_name<N: FromStr<Err = NameError>>(text: &str) -> Result<N, Failure> {
    text.parse()
        .map_err(|error: NameError| Failure::machine(error.to_string(), "report this"))
}

impl Demonstration {
    pub(super) fn start(
        output: &mut DemoOutput,
        users: u32,
        home: &DemoHome,
    ) -> Result<Self, Failure> {
        output.step(
            "Start the application",
            "It is a real HTTP server, on this machine only. Like other SaaS applications it\n\
             requires a token, returns pages and limits the rate of requests. One of its\n\
             pages fails at first.",
            &[],
        )?;

        let (company, application) = setup::company_and_application(users)?;
        output.result(&format!("Quayboard listens at {}.", application.base_url()))?;

        let purser = Purser::open(home.path(), Create::IfMissing, Compiler::InProcess)?;
        Ok(Self {
            purser,
            company,
            application,
            names: DemoNames::new()?,
        })
    }

    pub(super) async fn upload(&self, output: &mut DemoOutput) -> Result<(), Failure> {
        let command = format!("purser connector upload {}.wasm", self.names.connector);
        output.step(
            "Upload a connector",
            "A connector reads one application. It is a WebAssembly component that anyone can\n\
             write: it runs in a sandbox without files, clock or network, and is identified\n\
             by the digest of its bytes.",
            &[&command],
        )?;

        let bytes = setup::connector()?;
        let known = self
            .purser
            .connectors()
            .upload(bytes.to_vec(), None)
            .await?
            .connector;

        let headline = connector::headline(&known.description);
        output.result(&format!(
            "{headline}\n{}, {}",
            known.digest,
            number::size(known.size)
        ))
    }

    pub(super) fn grant(&self, output: &mut DemoOutput) -> Result<(), Failure> {
        let command = format!("purser connector grant {}", self.names.connector);
        output.step(
            "Grant the requested access",
            "The connector cannot send anything yet. It requests this access, each line with\n\
             its reason; a read that tries to write is refused. The command would ask you\n\
             now; the demonstration says yes.",
            &[&command],
        )?;

        let known = self.purser.connectors().find(self.names.connector)?;
        let wanted = Grant::as_requested(&known.description);
        let granted = self
            .purser
            .connectors()
            .grant(
                &known.digest.to_string(),
                GrantSource::Explicit(&wanted),
                true,
            )?
            .connector;
        output.result(&format!(
            "{}\n\nGranted to exactly these bytes.",
            connector::requests(&granted.description.requests)
        ))
    }

    pub(super) async fn connect(&self, output: &mut DemoOutput) -> Result<(), Failure> {
        let DemoNames {
            connector,
            alias,
            connection,
            ..
        } = &self.names;
        let base_url = self.application.base_url();
        output.step(
            "Connect to the application",
            "The token is sealed in Purser's vault and added to requests outside the sandbox:\n\
             the connector never sees it. A connection that does not work is not kept.\n\
             --private-network allows an address of this machine.",
            &[
                &format!("purser alias create {alias} --connector {connector}"),
                &format!(
                    "purser connection create {connection} --alias {alias} --base-url {base_url} \\\n\
                     --template bearer --private-network"
                ),
            ],
        )?;

        self.purser
            .aliases()
            .create(alias, connector, RetryPolicy::default())?;

        let new = NewConnection {
            name: connection.clone(),
            alias: alias.clone(),
            base_url,
            template: self.names.template.clone(),
            fields: BTreeMap::new(),
            private_network: true,
            connector: None,
            keep_failing: false,
        };

        let token = Secret::new(self.application.token().to_owned());
        let secrets = [(self.names.token.clone(), token)].into();
        let connected = self
            .purser
            .connections()
            .create(new, secrets, &NonInteractive)
            .await?;
        output.result(&connection::connected(&connected))
    }

    pub(super) async fn publish(&self, output: &mut DemoOutput) -> Result<(), Failure> {
        let DemoNames {
            connector,
            alias,
            profile,
            ..
        } = &self.names;
        output.step(
            "Publish a profile, and run it",
            "A profile joins a connector and its connections. Publishing it starts the first\n\
             run, which reads page by page. Each page is committed together with the cursor\n\
             of the next one, so that an interrupted run continues from there.",
            &[
                &format!("purser profile create {profile} --connector {connector} --alias {alias}"),
                &format!("purser profile publish {profile}"),
            ],
        )?;

        self.purser.profiles().create(NewProfile {
            name: profile.clone(),
            display_name: None,
            connector: (*connector).to_owned(),
            alias: alias.clone(),
            settings: Vec::new(),
        })?;
        self.purser.profiles().publish(profile)?;

        self.application.clear_responses();
        let request = RunRequest::new(profile.clone());
        let runs = self
            .purser
            .runs()
            .start(request, &Progress::to_stderr())
            .await?;

        for run in &runs {
            output.result(&run::details(run))?;
        }
        match runs.into_iter().find_map(|run| run.outcome) {
            Some(outcome) => Err(outcome.into()),
            None => output.result(&self.resilience()),
        }
    }

    /// Returns the application's own counts of failures, which the connector did not see.
    fn resilience(&self) -> String {
        let responses = self.application.responses();
        let total = number::counted(responses.total(), "request");
        let limited = responses.with_status(429);
        let failed = responses.with_status(503);
        let repeated = responses.repeated().len();

        let failures = if limited == 0 && failed == 0 {
            "and served all of them".to_owned()
        } else {
            format!(
                "limited the rate {}, and failed {}.\nPurser waited and retried; the connector did not notice",
                number::counted(limited, "time"),
                number::counted(failed, "time"),
            )
        };
        let pages = if repeated == 0 {
            "No page was fetched twice.".into()
        } else {
            format!("{repeated} pages were fetched twice.")
        };

        format!("Quayboard counted {total}, {failures}. {pages}")
    }

    pub(super) fn import(&self, output: &mut DemoOutput) -> Result<(), Failure> {
        output.step(
            "Import the directory and the contracts",
            "The directory lists the people who work here and those who have left; the\n\
             contracts list the owned seats and their prices.",
            &[
                "purser people import people.csv --complete",
                "purser entitlement import entitlements.csv",
            ],
        )?;

        let complete = PeopleImportOptions {
            complete: true,
            ..PeopleImportOptions::default()
        };
        let people = self
            .purser
            .people()
            .import(self.company.people_csv().as_bytes(), complete)?;

        let contracts = self.company.entitlements_csv(self.names.profile.as_str());
        let entitlements = self
            .purser
            .entitlements()
            .import(contracts.as_bytes(), false)?;

        let people = number::count(people.added);
        let entitlements = number::counted(entitlements.added, "entitlement");
        output.result(&format!("{people} people, {entitlements}."))
    }

    pub(super) fn reconcile(&self, output: &mut DemoOutput) -> Result<(), Failure> {
        output.step(
            "Reconcile owned, held and used seats",
            "Accounts are matched to people, and the evidence is kept. A seat is wasted if its\n\
             holder has left, or if it was not used for 60 days, or never. If the application\n\
             does not report activity, nothing is assumed.",
            &["purser position"],
        )?;

        let all = self.purser.licensing().reconcile(&Rules::default())?;
        let rows: Vec<_> = all.positions.iter().collect();
        let matched = reconciliation::matched(&all.matches);
        let table = position::table(&rows, false);
        let notices = reconciliation::notices(&all.notices);
        output.result(&format!("{matched}\n\n{table}\n\n{notices}"))?;

        show_wasted(output, &all)
    }
}

/// Shows the first wasted seats, and the money in all of them.
fn show_wasted(output: &mut DemoOutput, all: &Reconciliation) -> Result<(), Failure> {
    output.step(
        "List the seats to reclaim",
        "Each has its reason; the largest saving comes first. Reclaiming a seat needs a\n\
         person's approval.",
        &[&format!("purser candidates --limit {MAX_SHOWN}")],
    )?;
    let seats: Vec<_> = all
        .candidates
        .iter()
        .filter(|candidate| candidate.reclaimable)
        .collect();
    let first = seats.get(..MAX_SHOWN).unwrap_or(&seats);
    let total = number::counted(
        u64::try_from(seats.len()).unwrap_or(u64::MAX),
        "wasted seat",
    );

    // A seat can have several findings. The most serious comes first, and counts.
    let mut reasons = BTreeMap::<&str, u64>::new();
    for finding in seats.iter().filter_map(|seat| seat.findings.first()) {
        *reasons.entry(finding.kind().as_str()).or_default() += 1;
    }
    let reasons: Vec<_> = reasons
        .iter()
        .map(|(reason, seats)| format!("{} {reason}", number::count(*seats)))
        .collect();

    let table = candidate::table(first);
    output.result(&format!(
        "{table}\n\nThe first {} of {total}: {}.",
        first.len(),
        reasons.join(", ")
    ))?;
    output.result(&reconciliation::money(&all.totals))
}
