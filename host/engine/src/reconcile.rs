//! Reconciliation of everything read against entitlements and people.

use crate::Error;
use jiff::{Timestamp, ZonedDateTime};
use purser_licensing::{AsOf, Reconciler, Reconciliation, Rules};
use purser_model::{Account, Activity, ConnectionName, LastActivity, ProfileName, ProfileState};
use purser_store::{Source, Store};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
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
        let (people, entitlements) = (self.store.people()?, self.store.entitlements()?);
        let mut reconciler = Reconciler::new(&people, &entitlements, rules, as_of)?;
        for source in self.published_sources()? {
            let products = self.store.products(&source)?;
            let mut activity: Vec<Activity> = Vec::new();
            self.store
                .each_activity(&source, |record| activity.push(record))?;
            let application =
                reconciler.add_application(source.profile.as_str(), &products, &activity);
            let mut application = application.with_connection(source.connection.as_str());
            self.store
                .each_account(&source, |known| application.add_account(&known.account))?;
        }
        Ok(reconciler.finish()?)
    }

    /// Returns the sources of published profiles. The records of drafts enter no figure.
    fn published_sources(&self) -> Result<Vec<Source>, Error> {
        let profiles = self.store.profiles()?.into_iter();
        let published: HashSet<ProfileName> = profiles
            .filter(|profile| profile.state == ProfileState::Published)
            .map(|profile| profile.name)
            .collect();
        let sources = self.store.sources()?.into_iter();
        Ok(sources
            .filter(|source| published.contains(&source.profile))
            .collect())
    }

    /// Returns the accounts of a profile, by connection and id.
    pub fn accounts(&self, profile: &ProfileName) -> Result<Vec<AccountView>, Error> {
        self.store.profile(profile)?;
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
                account.last_activity = account.last_activity.latest(told);
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
