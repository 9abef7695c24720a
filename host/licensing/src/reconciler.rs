//! The work of a reconciliation, fed account by account: an application of a million accounts need not be in memory at once.

use crate::freeze::Latest;
use crate::ledger::Ledger;
use crate::matching::{Directory, Match};
use crate::{
    ApplicationReader, AsOf, Candidate, FindingKind, MatchSummary, Notice, Position,
    ReconcileError, Reconciliation, Rules, SeatCost, SeatRow, Subscription, Totals, Usage, assess,
};
use purser_model::{
    Account, Activity, Entitlement, LastActivity, MoneyError, Person, Product, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

/// Since when nobody seems to have used anything, by application and connection.
type Freezes = BTreeMap<(String, Option<String>), Timestamp>;

type Books = BTreeMap<String, BTreeMap<String, Ledger>>;

/// A reconciliation under way: begin it, give it each application that was read, and finish it.
#[derive(Debug)]
pub struct Reconciler<'a> {
    directory: Directory<'a>,
    rules: &'a Rules,
    as_of: AsOf,
    books: Books,
    read: BTreeSet<String>,
    candidates: Vec<Candidate>,
    findings: BTreeMap<FindingKind, u64>,
    matches: MatchSummary,
    without_seat: BTreeMap<String, u64>,
    mapped_to_nobody: BTreeMap<String, u64>,
    /// By application and connection.
    latest: BTreeMap<(String, Option<String>), Latest>,
}

impl<'a> Reconciler<'a> {
    /// Begins with what does not come from an application.
    ///
    /// # Errors
    /// When the rules are senseless or a cost does not fit.
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
            books: open_books(entitlements, as_of)?,
            read: BTreeSet::new(),
            candidates: Vec::new(),
            findings: BTreeMap::new(),
            matches: MatchSummary::default(),
            without_seat: BTreeMap::new(),
            mapped_to_nobody: BTreeMap::new(),
            latest: BTreeMap::new(),
        })
    }

    /// Begins an application, or another connection of one that was begun before: their seats count together. Activity is merged with
    /// the accounts' own: the latest of both counts.
    pub fn application<'r>(
        &'r mut self,
        name: &'r str,
        products: &[Product],
        activity: &'r [Activity],
    ) -> ApplicationReader<'r, 'a> {
        self.read.insert(name.to_owned());
        let ledgers = self.books.entry(name.to_owned()).or_default();
        for product in products {
            ledgers.entry(product.id.clone()).or_default().list(product);
        }
        ApplicationReader::new(self, name, activity)
    }

    /// Sums up.
    ///
    /// # Errors
    /// When the costs do not fit.
    pub fn finish(mut self) -> Result<Reconciliation, ReconcileError> {
        let mut positions = Vec::new();
        for (application, ledgers) in self
            .books
            .iter_mut()
            .filter(|(name, _)| self.read.contains(*name))
        {
            for (product, ledger) in ledgers {
                ledger
                    .seats
                    .sort_by(|a, b| (&a.connection, &a.account).cmp(&(&b.connection, &b.account)));
                let position = Position::of(application, product, ledger);
                positions
                    .push(position.map_err(|source| cost_error(application, product, source))?);
            }
        }
        positions.retain(|position| !position.is_blank());
        let frozen = self.freezes();
        for candidate in self.candidates.iter_mut().filter(|_| !frozen.is_empty()) {
            if let Some(since) =
                frozen.get(&(candidate.application.clone(), candidate.connection.clone()))
            {
                candidate.doubt(*since);
            }
        }
        self.candidates.sort_by(|a, b| a.rank().cmp(&b.rank()));
        Ok(Reconciliation {
            as_of: self.as_of,
            totals: Totals::of(&positions).map_err(ReconcileError::Totals)?,
            notices: self.notices(&frozen),
            positions,
            candidates: self.candidates,
            findings: self.findings,
            matches: self.matches,
            books: self.books,
        })
    }

    fn notices(&self, frozen: &Freezes) -> Vec<Notice> {
        let mut notices = Vec::new();
        for (application, ledgers) in &self.books {
            let application = application.clone();
            if !self.read.contains(&application) {
                let owned = ledgers.values().flat_map(|ledger| &ledger.entitlements);
                let references: BTreeSet<_> = owned
                    .map(|entitlement| entitlement.reference.clone())
                    .collect();
                let entitlements = references.into_iter().collect();
                notices.push(Notice::ApplicationNotRead {
                    application,
                    entitlements,
                });
                continue;
            }
            let frozen = frozen.iter().filter(|((name, _), _)| *name == application);
            notices.extend(frozen.map(|(key, &since)| {
                let accounts = self.latest.get(key).map_or(0, |latest| latest.accounts);
                let (application, connection) = key.clone();
                Notice::ActivityFrozen {
                    application,
                    connection,
                    since,
                    accounts,
                }
            }));
            let rows = || ledgers.values().flat_map(|ledger| &ledger.seats);
            let seats = rows()
                .map(|row| u64::from(row.usage == Usage::Unknown))
                .sum();
            if seats > 0 {
                let of = rows().map(|_| 1).sum();
                notices.push(Notice::ActivityUnknown {
                    application: application.clone(),
                    seats,
                    of,
                });
            }
            if let Some(&accounts) = self.without_seat.get(&application) {
                notices.push(Notice::AccountsWithoutSeat {
                    application: application.clone(),
                    accounts,
                });
            }
            if let Some(&accounts) = self.mapped_to_nobody.get(&application) {
                notices.push(Notice::MappedToNobody {
                    application,
                    accounts,
                });
            }
        }
        notices
    }

    /// Where nobody seems to have used anything for days, and since when.
    fn freezes(&self) -> Freezes {
        let days = self.rules.reclamation.frozen_after_days;
        let since = self.latest.iter().filter_map(|(key, latest)| {
            Some((key.clone(), latest.frozen_since(days, self.as_of)?))
        });
        since.collect()
    }

    /// Takes in when an account was last used, for whatever product.
    pub(crate) fn used(
        &mut self,
        application: &str,
        connection: Option<&str>,
        account: &Account,
        used: LastActivity,
    ) {
        let key = (application.to_owned(), connection.map(str::to_owned));
        self.latest.entry(key).or_default().see(account, used);
    }

    /// Finds whose an account is, and counts it.
    pub(crate) fn holder(&mut self, application: &str, account: &Account) -> Match<'a> {
        let found = self
            .directory
            .match_account(application, account, &self.rules.matching);
        self.count(application, &found);
        if account.seats.is_empty() {
            tally(&mut self.without_seat, application);
        }
        found
    }

    /// Judges one seat and enters it in the books.
    pub(crate) fn seat(&mut self, seat: &Subscription<'_>) {
        let assessment = assess(seat, &self.rules.reclamation, self.as_of);
        for finding in &assessment.findings {
            *self.findings.entry(finding.kind()).or_default() += 1;
        }
        let ledger = ledger(&mut self.books, seat.application, &seat.seat.product);
        ledger.seats.push(SeatRow::new(seat, &assessment));
        self.candidates
            .extend(Candidate::of(seat, &assessment, ledger.cost));
    }

    fn count(&mut self, application: &str, found: &Match<'_>) {
        let matches = &mut self.matches;
        matches.accounts += 1;
        match found {
            Match::Person { evidence, .. } => {
                matches.matched += 1;
                *matches.by_rule.entry(evidence.rule).or_default() += 1;
            }
            Match::Ambiguous { .. } => matches.ambiguous += 1,
            Match::Unmatched { mapped_to } => {
                matches.unmatched += 1;
                if mapped_to.is_some() {
                    tally(&mut self.mapped_to_nobody, application);
                }
            }
            Match::Guest => matches.guests += 1,
            Match::Excluded { .. } => matches.excluded += 1,
            Match::NotAPerson => matches.service += 1,
        }
    }
}

fn ledger<'b>(books: &'b mut Books, application: &str, product: &str) -> &'b mut Ledger {
    books
        .entry(application.to_owned())
        .or_default()
        .entry(product.to_owned())
        .or_default()
}

fn tally(counts: &mut BTreeMap<String, u64>, application: &str) {
    *counts.entry(application.to_owned()).or_default() += 1;
}

/// A ledger for each product to which an entitlement is active, with its cost.
fn open_books(entitlements: &[Entitlement], as_of: AsOf) -> Result<Books, ReconcileError> {
    let mut books = Books::new();
    for entitlement in entitlements
        .iter()
        .filter(|entitlement| entitlement.is_active_on(as_of.today))
    {
        let ledger = ledger(&mut books, &entitlement.application, &entitlement.product);
        ledger.entitlements.push(entitlement.clone());
    }
    for (application, ledgers) in &mut books {
        for (product, ledger) in ledgers {
            ledger
                .entitlements
                .sort_by(|a, b| a.reference.cmp(&b.reference));
            let cost = SeatCost::of(&ledger.entitlements);
            ledger.cost = cost.map_err(|source| cost_error(application, product, source))?;
        }
    }
    Ok(books)
}

fn cost_error(application: &str, product: &str, source: MoneyError) -> ReconcileError {
    ReconcileError::Cost {
        application: application.to_owned(),
        product: product.to_owned(),
        source,
    }
}
