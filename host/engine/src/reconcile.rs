//! Reconciliation of everything read against entitlements and people.

use crate::Error;
use jiff::{Timestamp, ZonedDateTime};
use purser_licensing::{AsOf, Notice, Reconciler, Reconciliation, Rules};
use purser_model::{
    Account, Activity, ConnectionName, LastActivity, Profile, ProfileName, ProfileState,
};
use purser_store::{Source, Store};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Account with the connection that it was read through.
#[derive(Debug, Clone, Serialize)]
pub struct AccountView {
    /// The connection.
    pub connection: ConnectionName,
    /// Account, with the latest activity that any stream reported for any product.
    #[serde(flatten)]
    pub account: Account,
    /// Instant of the first complete read that lacked it; absent while the application lists it.
    pub missing_since: Option<Timestamp>,
}

/// Reconciliation of what was read against what is owned.
pub struct Licensing {
    store: Arc<Store>,
}

impl Licensing {
    pub(crate) const fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// Reconciles the records of published profiles, as of now. Changes nothing.
    ///
    /// # Errors
    /// The rules are invalid, or a cost overflows.
    pub fn reconcile(&self, rules: &Rules) -> Result<Reconciliation, Error> {
        let as_of = AsOf {
            now: Timestamp::now(),
            today: ZonedDateTime::now().date(),
        };
        let people = self.store.people()?;
        let entitlements = self.store.entitlements()?;
        let published = self.published_profiles()?;
        let sources = self.sources_of(&published)?;

        let mut reconciler = Reconciler::new(&people, &entitlements, rules, as_of)?;
        for profile in published.keys() {
            reconciler.add_unread(profile.as_str());
        }
        for notice in self.shared_tenants(&published, &sources)? {
            reconciler.add_notice(notice);
        }
        for source in &sources {
            self.add_source(&mut reconciler, source)?;
        }

        Ok(reconciler.finish()?)
    }

    /// Adds what was read from one source.
    fn add_source(&self, reconciler: &mut Reconciler<'_>, source: &Source) -> Result<(), Error> {
        let products = self.store.products(source)?;
        let mut activity: Vec<Activity> = Vec::new();
        self.store
            .each_activity(source, |record| activity.push(record))?;
        let mut state = self.store.read_state(source)?;
        // why: use after the last read of activity is not known, however fresh the accounts are
        if let Some(at) = self.store.activity_read_at(source)? {
            state.complete_at = state.complete_at.map(|complete_at| complete_at.min(at));
        }

        let mut application = reconciler
            .add_application(source.profile.as_str(), &products, &activity)
            .with_connection(source.connection.as_str())
            .with_read_state(&state);
        self.store
            .each_account(source, |known| match known.missing_since {
                Some(since) => application.add_missing_account(&known.account, since),
                None => application.add_account(&known.account),
            })?;
        Ok(())
    }

    /// Returns the published profiles by name. The records of drafts enter no figure.
    fn published_profiles(&self) -> Result<BTreeMap<ProfileName, Profile>, Error> {
        let profiles = self.store.profiles()?.into_iter();

        Ok(profiles
            .filter(|profile| profile.state == ProfileState::Published)
            .map(|profile| (profile.name.clone(), profile))
            .collect())
    }

    fn sources_of(&self, published: &BTreeMap<ProfileName, Profile>) -> Result<Vec<Source>, Error> {
        let sources = self.store.sources()?.into_iter();

        Ok(sources
            .filter(|source| published.contains_key(&source.profile))
            .collect())
    }

    /// Returns a notice for each tenant that several sources read: their seats may be the same.
    fn shared_tenants(
        &self,
        published: &BTreeMap<ProfileName, Profile>,
        sources: &[Source],
    ) -> Result<Vec<Notice>, Error> {
        let connections: HashMap<_, _> = self
            .store
            .connections()?
            .into_iter()
            .map(|connection| (connection.name.clone(), connection))
            .collect();

        let mut by_tenant: BTreeMap<_, Vec<&Source>> = BTreeMap::new();
        for source in sources {
            let profile = published.get(&source.profile);
            let connection = connections.get(&source.connection);
            let (Some(profile), Some(connection)) = (profile, connection) else {
                continue;
            };
            let tenant = (
                &profile.connector,
                connection.base_url.as_str(),
                connection.tenant.as_deref(),
            );
            by_tenant.entry(tenant).or_default().push(source);
        }

        let shared = by_tenant.values().filter(|sources| sources.len() > 1);
        Ok(shared.map(|sources| counted_twice(sources)).collect())
    }

    /// Returns the accounts of a profile, by connection and id.
    pub fn accounts(&self, profile: &ProfileName) -> Result<Vec<AccountView>, Error> {
        self.store.profile(profile)?;
        let now = Timestamp::now();
        let mut accounts = Vec::new();
        for known in self
            .store
            .sources()?
            .into_iter()
            .filter(|known| known.profile == *profile)
        {
            let connection = known.connection.clone();
            let mut used: HashMap<String, LastActivity> = HashMap::new();
            self.store.each_activity(&known, |record| {
                let latest = used.entry(record.account).or_default();
                *latest = latest.latest(record.last_activity);
            })?;
            self.store.each_account(&known, |found| {
                let mut account = found.account;
                let told = used.get(&account.id).copied().unwrap_or_default();
                account.last_activity = account.last_activity.latest(told).as_evidence(now);
                accounts.push(AccountView {
                    connection: connection.clone(),
                    account,
                    missing_since: found.missing_since,
                });
            })?;
        }
        Ok(accounts)
    }
}

/// Returns the notice that the seats of some sources may be the same.
fn counted_twice(sources: &[&Source]) -> Notice {
    let applications: BTreeSet<_> = sources
        .iter()
        .map(|source| source.profile.to_string())
        .collect();
    let connections: BTreeSet<_> = sources
        .iter()
        .map(|source| source.connection.to_string())
        .collect();

    Notice::SeatsCountedTwice {
        applications: applications.into_iter().collect(),
        connections: connections.into_iter().collect(),
    }
}
