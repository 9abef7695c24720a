//! The reconciliation itself, fed account by account.
//!
//! An application of a million accounts is never in memory at once.

use crate::application::{ApplicationState, GapsByConnection};
use crate::assessment::Assessment;
use crate::candidate::Candidate;
use crate::error::ReconcileError;
use crate::finding::FindingKind;
use crate::match_summary::MatchSummary;
use crate::matching::{Directory, Match};
use crate::notice::Notice;
use crate::position::Position;
use crate::reconciliation::Reconciliation;
use crate::rules::{AsOf, Rules};
use crate::seat_row::SeatRow;
use crate::subscription::{
    Subscription, account_activity, plausible_account, seat_activity, seats_by_product,
};
use crate::totals::Totals;
use purser_model::{
    Account, Activity, Employment, Entitlement, MoneyError, Person, Product, ReadState, Timestamp,
};
use std::collections::{BTreeMap, HashMap};

/// A reconciliation in progress.
///
/// The order of applications, accounts, activity, entitlements and people makes no difference to
/// the result.
#[derive(Debug)]
pub struct Reconciler<'a> {
    directory: Directory<'a>,
    rules: &'a Rules,
    as_of: AsOf,
    applications: BTreeMap<String, ApplicationState>,
    candidates: Vec<Candidate>,
    findings: BTreeMap<FindingKind, u64>,
    matches: MatchSummary,
    /// Limits of the figures that concern no single application.
    notices: Vec<Notice>,
}

impl<'a> Reconciler<'a> {
    /// Creates a reconciliation from everything that does not come from an application.
    ///
    /// # Errors
    /// Returns [`ReconcileError::NoWindow`] if the window of inactivity has no days, and
    /// [`ReconcileError::Cost`] if a yearly cost overflows.
    pub fn new(
        people: &'a [Person],
        entitlements: &[Entitlement],
        rules: &'a Rules,
        as_of: AsOf,
    ) -> Result<Self, ReconcileError> {
        if rules.reclamation.inactive_after_days == 0 {
            return Err(ReconcileError::NoWindow);
        }

        Ok(Self {
            directory: Directory::new(people),
            rules,
            as_of,
            applications: owned_products(entitlements, as_of)?,
            candidates: Vec::new(),
            findings: BTreeMap::new(),
            matches: MatchSummary::default(),
            notices: unclear_employment(people).into_iter().collect(),
        })
    }

    /// Adds an application, or another connection of one that was added before: their seats count
    /// together.
    ///
    /// `activity` is merged with the accounts' own; the latest use counts.
    pub fn add_application<'r>(
        &'r mut self,
        name: &'r str,
        products: &[Product],
        activity: &'r [Activity],
    ) -> ApplicationReader<'r, 'a> {
        let application = self.applications.entry(name.to_owned()).or_default();
        application.is_read = true;
        for product in products {
            application.product(&product.id).add_listing(product);
        }

        let mut by_account: HashMap<&str, Vec<&Activity>> = HashMap::new();
        for record in activity {
            by_account.entry(&record.account).or_default().push(record);
        }

        ApplicationReader {
            name,
            connection: None,
            read_at: None,
            activity: by_account,
            reconciler: self,
        }
    }

    /// Adds an application whose profile is published, and that was not read yet.
    pub fn add_unread(&mut self, name: &str) {
        self.applications.entry(name.to_owned()).or_default();
    }

    /// Adds a limit of the figures that the accounts do not show.
    pub fn add_notice(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    /// Computes the positions, the totals and the order of the candidates.
    ///
    /// # Errors
    /// Returns [`ReconcileError::Cost`] or [`ReconcileError::Totals`] if an amount overflows.
    pub fn finish(mut self) -> Result<Reconciliation, ReconcileError> {
        let positions = self.positions()?;
        let totals = Totals::sum(&positions).map_err(ReconcileError::Totals)?;

        let gaps = self.gaps();
        self.require_review(&gaps);
        self.candidates.sort_by(|a, b| a.rank().cmp(&b.rank()));

        let now = self.as_of.now;
        let mut notices = self.notices;
        let by_application = self
            .applications
            .iter()
            .zip(gaps.values())
            .flat_map(|((name, application), gaps)| application.notices(name, gaps, now));
        notices.extend(by_application);
        let rows = self
            .applications
            .into_iter()
            .map(|(name, application)| (name, application.products))
            .collect();

        Ok(Reconciliation {
            as_of: self.as_of,
            positions,
            totals,
            candidates: self.candidates,
            findings: self.findings,
            matches: self.matches,
            notices,
            rows,
        })
    }

    /// Computes the position of each product of the applications that were read.
    fn positions(&mut self) -> Result<Vec<Position>, ReconcileError> {
        let mut positions = Vec::new();
        let read = self
            .applications
            .iter_mut()
            .filter(|(_, application)| application.is_read);

        for (name, application) in read {
            for (product, rows) in &mut application.products {
                rows.sort();
                let position = Position::new(name, product, rows)
                    .map_err(|source| cost_error(name, product, source))?;
                if !position.is_blank() {
                    positions.push(position);
                }
            }
        }

        Ok(positions)
    }

    /// Returns the activity gaps of every application, which may be empty.
    fn gaps(&self) -> BTreeMap<String, GapsByConnection> {
        let days = self.rules.reclamation.frozen_after_days;

        self.applications
            .iter()
            .map(|(name, application)| (name.clone(), application.gaps(days, self.as_of)))
            .collect()
    }

    /// Holds the idle candidates of every connection with an activity gap for review.
    fn require_review(&mut self, gaps: &BTreeMap<String, GapsByConnection>) {
        for candidate in &mut self.candidates {
            let since = gaps
                .get(&candidate.application)
                .and_then(|gaps| gaps.get(&candidate.connection));
            if let Some(since) = since {
                candidate.require_review(*since);
            }
        }
    }
}

/// The input of one application, or of one of its connections.
#[derive(Debug)]
pub struct ApplicationReader<'r, 'a> {
    name: &'r str,
    connection: Option<&'r str>,
    read_at: Option<Timestamp>,
    activity: HashMap<&'r str, Vec<&'r Activity>>,
    reconciler: &'r mut Reconciler<'a>,
}

impl<'r> ApplicationReader<'r, '_> {
    /// Sets the connection that the accounts were read through.
    ///
    /// An account id is unique within one connection only. If an application has several, the
    /// connection tells their accounts apart.
    #[must_use]
    pub fn with_connection(self, connection: &'r str) -> Self {
        Self {
            connection: Some(connection),
            ..self
        }
    }

    /// Sets the completeness of what was read. The age of activity counts from the last complete
    /// read: nothing is known of the time after it.
    #[must_use]
    pub fn with_read_state(self, state: &ReadState) -> Self {
        let application = self
            .reconciler
            .applications
            .entry(self.name.to_owned())
            .or_default();
        application.record_read(self.connection, state);

        Self {
            read_at: state.complete_at,
            ..self
        }
    }

    /// Adds one account with its seats. Each account of a connection must be added once.
    pub fn add_account(&mut self, account: &Account) {
        self.add(account, None);
    }

    /// Adds one account that the last complete read, at an instant, did not list.
    pub fn add_missing_account(&mut self, account: &Account, since: Timestamp) {
        self.add(account, Some(since));
    }

    fn add(&mut self, account: &Account, missing_since: Option<Timestamp>) {
        let reconciler = &mut *self.reconciler;
        let rules = reconciler.rules;
        let now = reconciler.as_of.now;
        let plausible = plausible_account(account, now);
        let account = &*plausible;
        let records = self
            .activity
            .get(account.id.as_str())
            .map_or(&[][..], Vec::as_slice);

        let holder = reconciler
            .directory
            .match_account(self.name, account, &rules.matching);
        reconciler.matches.count(&holder);

        let application = reconciler
            .applications
            .entry(self.name.to_owned())
            .or_default();
        let latest = account_activity(account, records, now);
        application.count_account(self.connection, account, &holder, latest);
        if matches!(holder, Match::Unmatched { .. })
            && reconciler.directory.has_near_number(account)
        {
            application.count_near_number();
        }

        for seat in seats_by_product(account).iter() {
            let subscription = Subscription {
                application: self.name,
                connection: self.connection,
                account,
                seat,
                last_activity: seat_activity(account, &seat.product, records, now),
                read_at: self.read_at,
                missing_since,
                holder: &holder,
            };
            let read_as_of = AsOf {
                now: self.read_at.unwrap_or(now),
                today: reconciler.as_of.today,
            };
            let assessment = Assessment::new(&subscription, &rules.reclamation, read_as_of);
            for finding in &assessment.findings {
                *reconciler.findings.entry(finding.kind()).or_default() += 1;
            }

            let rows = application.product(&seat.product);
            rows.seats.push(SeatRow::new(&subscription, &assessment));
            let candidate =
                Candidate::propose(&subscription, &assessment, rows.cost, reconciler.as_of);
            reconciler.candidates.extend(candidate);
        }
    }
}

/// Returns the products with active entitlements, and their costs, by application.
fn owned_products(
    entitlements: &[Entitlement],
    as_of: AsOf,
) -> Result<BTreeMap<String, ApplicationState>, ReconcileError> {
    let mut applications: BTreeMap<String, ApplicationState> = BTreeMap::new();
    let active = entitlements
        .iter()
        .filter(|entitlement| entitlement.is_active_on(as_of.today));
    for entitlement in active {
        applications
            .entry(entitlement.application.clone())
            .or_default()
            .product(&entitlement.product)
            .entitlements
            .push(entitlement.clone());
    }

    for (name, application) in &mut applications {
        for (product, rows) in &mut application.products {
            rows.update_cost()
                .map_err(|source| cost_error(name, product, source))?;
        }
    }

    Ok(applications)
}

fn unclear_employment(people: &[Person]) -> Option<Notice> {
    let is_unclear = |person: &&Person| matches!(person.employment, Employment::Unclear(_));
    let people = people.iter().filter(is_unclear).count();

    (people > 0).then(|| Notice::EmploymentUnclear {
        people: u64::try_from(people).unwrap_or(u64::MAX),
    })
}

fn cost_error(application: &str, product: &str, source: MoneyError) -> ReconcileError {
    ReconcileError::Cost {
        application: application.to_owned(),
        product: product.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests;
