//! The steps, in order. Each is one use-case of the engine, under the names that a user would choose.

use super::cast::{self, Home};
use super::narrator::Narrator;
use crate::cli::Failure;
use crate::render::progress::Progress;
use crate::render::{candidate, connection, connector, number, position, reconciliation, run};
use purser_engine::licensing::Reconciliation;
use purser_engine::{
    Compiler, Create, NewConnection, NewProfile, NonInteractive, Purser, Rights, Rules, RunRequest,
    Secret,
};
use purser_model::{
    AliasName, ConnectionName, FieldName, Grant, NameError, ProfileName, RetryPolicy, TemplateName,
};
use purser_sample_app::{Company, RunningSample};
use std::collections::BTreeMap;
use std::str::FromStr;

/// How many wasted seats are shown.
const SHOWN: usize = 10;

/// The demonstration under way.
pub(super) struct Demonstration {
    purser: Purser,
    company: Company,
    application: RunningSample,
    names: Names,
}

/// What the user of the demonstration calls things.
struct Names {
    connector: &'static str,
    alias: AliasName,
    connection: ConnectionName,
    profile: ProfileName,
    template: TemplateName,
    token: FieldName,
}

impl Names {
    fn new() -> Result<Self, Failure> {
        Ok(Self {
            connector: cast::CONNECTOR,
            alias: name("quay")?,
            connection: name("northbridge")?,
            profile: name("boards")?,
            template: name("bearer")?,
            token: name("token")?,
        })
    }
}

/// Parses a name that this file spells out.
fn name<N: FromStr<Err = NameError>>(text: &str) -> Result<N, Failure> {
    text.parse()
        .map_err(|error: NameError| Failure::machine(error.to_string(), "report this"))
}

impl Demonstration {
    pub(super) fn start(narrator: &mut Narrator, users: u32, home: &Home) -> Result<Self, Failure> {
        narrator.step(
            "The application starts",
            "It is a real HTTP server, on this machine only. Like others of its kind it\n\
             wants a token, hands out pages, limits the rate of requests, and one of its\n\
             pages fails at first.",
            &[],
        )?;
        let (company, application) = cast::company_and_application(users)?;
        narrator.result(&format!("Quayboard answers at {}.", application.base_url()))?;
        let purser = Purser::open(home.path(), Create::IfMissing, Compiler::Here)?;
        Ok(Self {
            purser,
            company,
            application,
            names: Names::new()?,
        })
    }

    pub(super) async fn upload(&self, narrator: &mut Narrator) -> Result<(), Failure> {
        let command = format!("purser connector upload {}.wasm", self.names.connector);
        narrator.step(
            "Take in a connector",
            "A connector teaches Purser one application. It is a WebAssembly component,\n\
             written by anybody: it runs in a sandbox without files, clock or network, and\n\
             is known by the digest of its bytes.",
            &[&command],
        )?;
        let bytes = cast::connector()?;
        let known = self
            .purser
            .connectors()
            .upload(bytes.to_vec(), None)
            .await?
            .connector;
        let headline = connector::headline(&known.description);
        narrator.result(&format!(
            "{headline}\n{}, {}",
            known.digest,
            number::size(known.size)
        ))
    }

    pub(super) fn grant(&self, narrator: &mut Narrator) -> Result<(), Failure> {
        let command = format!("purser connector grant {}", self.names.connector);
        narrator.step(
            "Grant it what it asks for",
            "It can send nothing yet. It asks for these requests and says why; a read that\n\
             tries to write is refused, whatever the connector's code does. You would be\n\
             asked now; the demonstration says yes.",
            &[&command],
        )?;
        let known = self.purser.connectors().find(self.names.connector)?;
        let wanted = Grant::of_everything_wanted(&known.description);
        let granted = self
            .purser
            .connectors()
            .grant(&known.digest.to_string(), Rights::These(&wanted), true)?
            .connector;
        narrator.result(&format!(
            "{}\n\nGranted, to these exact bytes.",
            connector::requests(&granted.description.requests)
        ))
    }

    pub(super) async fn connect(&self, narrator: &mut Narrator) -> Result<(), Failure> {
        let Names {
            connector,
            alias,
            connection,
            ..
        } = &self.names;
        let base_url = self.application.base_url();
        narrator.step(
            "Connect it to the application",
            "The token goes into Purser's vault, sealed, and is added to requests outside\n\
             the sandbox: the connector never sees it. A connection that does not work is\n\
             not kept. --private-network allows an address of this machine.",
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
            keep_failing: false,
        };
        let token = Secret::new(self.application.token().to_owned());
        let secrets = [(self.names.token.clone(), token)].into();
        let connected = self
            .purser
            .connections()
            .create(new, secrets, &NonInteractive)
            .await?;
        narrator.result(&connection::connected(&connected))
    }

    pub(super) async fn publish(&self, narrator: &mut Narrator) -> Result<(), Failure> {
        let Names {
            connector,
            alias,
            profile,
            ..
        } = &self.names;
        narrator.step(
            "Publish a profile, and download",
            "A profile joins a connector and its connections. Publishing it starts the\n\
             first download, a page at a time; each page is stored together with where the\n\
             next begins, so an interrupted run goes on from there.",
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
        let order = RunRequest::new(profile.clone());
        let runs = self
            .purser
            .runs()
            .start(order, &Progress::to_stderr())
            .await?;
        for run in &runs {
            narrator.result(&run::sheet(run))?;
        }
        match runs.into_iter().find_map(|run| run.outcome) {
            Some(outcome) => Err(outcome.into()),
            None => narrator.result(&self.survived()),
        }
    }

    /// What the application itself counted, which the connector knew nothing of.
    fn survived(&self) -> String {
        let answers = self.application.responses();
        let (limited, failed, twice) = (
            answers.with_status(429),
            answers.with_status(503),
            answers.repeated().len(),
        );
        let total = number::counted(answers.total(), "request");
        let trouble = match (limited, failed) {
            (0, 0) => "and answered all of them".to_owned(),
            _ => format!(
                "asked to be left alone {}, and failed {}.\nPurser waited and asked again; the connector noticed nothing",
                number::counted(limited, "time"),
                number::counted(failed, "time"),
            ),
        };
        let pages = if twice == 0 {
            "No page was fetched twice.".into()
        } else {
            format!("{twice} pages were fetched twice.")
        };
        format!("Quayboard counted {total}, {trouble}. {pages}")
    }

    pub(super) fn import(&self, narrator: &mut Narrator) -> Result<(), Failure> {
        narrator.step(
            "Import what the company knows",
            "The directory says who works here and who has left; the contracts say what is\n\
             owned and what it costs.",
            &[
                "purser people import people.csv --complete",
                "purser entitlement import entitlements.csv",
            ],
        )?;
        let people = self
            .purser
            .people()
            .import(self.company.people_csv().as_bytes(), true)?;
        let contracts = self.company.entitlements_csv(self.names.profile.as_str());
        let entitlements = self.purser.entitlements().import(contracts.as_bytes())?;
        let (people, entitlements) = (
            number::count(people.added),
            number::counted(entitlements.added, "entitlement"),
        );
        narrator.result(&format!("{people} people, {entitlements}."))
    }

    pub(super) fn reconcile(&self, narrator: &mut Narrator) -> Result<(), Failure> {
        narrator.step(
            "Reconcile: what is owned, held, and used",
            "Accounts are matched to people, with the evidence kept. A seat counts as\n\
             wasted when its holder has left, or it was not used for 60 days, or never;\n\
             where the application does not tell, nothing is assumed.",
            &["purser position"],
        )?;
        let all = self.purser.licensing().reconcile(&Rules::default())?;
        let rows: Vec<_> = all.positions.iter().collect();
        let (table, notices) = (
            position::table(&rows),
            reconciliation::notices(&all.notices),
        );
        narrator.result(&format!(
            "{}\n\n{table}\n\n{notices}",
            reconciliation::matched(&all.matches)
        ))?;
        wasted(narrator, &all)
    }
}

fn wasted(narrator: &mut Narrator, all: &Reconciliation) -> Result<(), Failure> {
    narrator.step(
        "The seats that could be taken back",
        "Each with its reason, the largest saving first. Nothing is taken back without\n\
         somebody's approval.",
        &[&format!("purser candidates --limit {SHOWN}")],
    )?;
    let seats: Vec<_> = all
        .candidates
        .iter()
        .filter(|candidate| candidate.reclaimable)
        .collect();
    let first = seats.get(..SHOWN).unwrap_or(&seats);
    let total = number::counted(
        u64::try_from(seats.len()).unwrap_or(u64::MAX),
        "wasted seat",
    );
    let mut reasons = BTreeMap::<&str, u64>::new();
    // A seat can have several findings. The gravest comes first, and counts.
    for finding in seats.iter().filter_map(|seat| seat.findings.first()) {
        *reasons.entry(finding.kind().as_str()).or_default() += 1;
    }
    let reasons: Vec<_> = reasons
        .iter()
        .map(|(reason, seats)| format!("{} {reason}", number::count(*seats)))
        .collect();
    let table = candidate::table(first);
    narrator.result(&format!(
        "{table}\n\nThe first {} of {total}: {}.",
        first.len(),
        reasons.join(", ")
    ))?;
    narrator.result(&reconciliation::money(&all.totals))
}
