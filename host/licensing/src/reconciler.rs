//! The work of a reconciliation, fed account by account: an application of a million accounts need not be in memory at once.

use crate::ledger::Ledger;
use crate::matching::{Directory, Match};
use crate::{
    AsOf, Candidate, FindingKind, MatchSummary, Notice, Position, ReconcileError, Reconciliation, Rules, SeatCost,
    SeatRow, Subscription, Totals, Usage, assess,
};
use purser_model::{Account, Activity, Entitlement, LastActivity, MoneyError, Person, Product, Seat};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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
        let mut by_account: HashMap<&str, Vec<&Activity>> = HashMap::new();
        for record in activity {
            by_account.entry(&record.account).or_default().push(record);
        }
        ApplicationReader { name, connection: None, activity: by_account, work: self }
    }

    /// Sums up.
    ///
    /// # Errors
    /// When the costs do not fit.
    pub fn finish(mut self) -> Result<Reconciliation, ReconcileError> {
        let mut positions = Vec::new();
        for (application, ledgers) in self.books.iter_mut().filter(|(name, _)| self.read.contains(*name)) {
            for (product, ledger) in ledgers {
                ledger.seats.sort_by(|a, b| (&a.connection, &a.account).cmp(&(&b.connection, &b.account)));
                let position = Position::of(application, product, ledger);
                positions.push(position.map_err(|source| cost_error(application, product, source))?);
            }
        }
        positions.retain(|position| !position.is_blank());
        self.candidates.sort_by(|a, b| a.rank().cmp(&b.rank()));
        Ok(Reconciliation {
            as_of: self.as_of,
            totals: Totals::of(&positions).map_err(ReconcileError::Totals)?,
            notices: self.notices(),
            positions,
            candidates: self.candidates,
            findings: self.findings,
            matches: self.matches,
            books: self.books,
        })
    }

    fn notices(&self) -> Vec<Notice> {
        let mut notices = Vec::new();
        for (application, ledgers) in &self.books {
            let application = application.clone();
            if !self.read.contains(&application) {
                let owned = ledgers.values().flat_map(|ledger| &ledger.entitlements);
                let references: BTreeSet<_> = owned.map(|entitlement| entitlement.reference.clone()).collect();
                let entitlements = references.into_iter().collect();
                notices.push(Notice::ApplicationNotRead { application, entitlements });
                continue;
            }
            let rows = || ledgers.values().flat_map(|ledger| &ledger.seats);
            let seats = rows().map(|row| u64::from(row.usage == Usage::Unknown)).sum();
            if seats > 0 {
                let of = rows().map(|_| 1).sum();
                notices.push(Notice::ActivityUnknown { application: application.clone(), seats, of });
            }
            if let Some(&accounts) = self.without_seat.get(&application) {
                notices.push(Notice::AccountsWithoutSeat { application: application.clone(), accounts });
            }
            if let Some(&accounts) = self.mapped_to_nobody.get(&application) {
                notices.push(Notice::MappedToNobody { application, accounts });
            }
        }
        notices
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

/// One application of a reconciliation under way.
#[derive(Debug)]
pub struct ApplicationReader<'r, 'a> {
    name: &'r str,
    connection: Option<&'r str>,
    activity: HashMap<&'r str, Vec<&'r Activity>>,
    work: &'r mut Reconciler<'a>,
}

impl<'r> ApplicationReader<'r, '_> {
    /// Says through which connection the accounts were read. An id is unique in one connection only, so where an application has
    /// several, this is what tells their accounts apart.
    #[must_use]
    pub fn through(self, connection: &'r str) -> Self {
        Self { connection: Some(connection), ..self }
    }

    /// Takes in one account with its seats. Each account of a connection comes once.
    pub fn account(&mut self, account: &Account) {
        let work = &mut *self.work;
        let holder = work.directory.match_account(self.name, account, &work.rules.matching);
        work.count(self.name, &holder);
        if account.seats.is_empty() {
            tally(&mut work.without_seat, self.name);
        }
        let activity = self.activity.get(account.id.as_str()).map_or(&[][..], Vec::as_slice);
        for seat in seats(account).iter() {
            let last_activity = last_activity(account, &seat.product, activity);
            let seat = Subscription {
                application: self.name,
                connection: self.connection,
                account,
                seat,
                last_activity,
                holder: &holder,
            };
            self.work.seat(&seat);
        }
    }
}

impl Reconciler<'_> {
    fn seat(&mut self, seat: &Subscription<'_>) {
        let assessment = assess(seat, &self.rules.reclamation, self.as_of);
        for finding in &assessment.findings {
            *self.findings.entry(finding.kind()).or_default() += 1;
        }
        let ledger = ledger(&mut self.books, seat.application, &seat.seat.product);
        ledger.seats.push(SeatRow::new(seat, &assessment));
        self.candidates.extend(Candidate::of(seat, &assessment, ledger.cost));
    }
}

fn ledger<'b>(books: &'b mut Books, application: &str, product: &str) -> &'b mut Ledger {
    books.entry(application.to_owned()).or_default().entry(product.to_owned()).or_default()
}

fn tally(counts: &mut BTreeMap<String, u64>, application: &str) {
    *counts.entry(application.to_owned()).or_default() += 1;
}

/// The seats of an account, one for each product. Of a product held twice, directly and through a group, the later day counts for grace,
/// and the group is kept, because taking the direct seat alone would free nothing.
fn seats(account: &Account) -> Cow<'_, [Seat]> {
    let mut by_product: BTreeMap<&str, Seat> = BTreeMap::new();
    if account.seats.len() < 2 {
        return Cow::Borrowed(&account.seats);
    }
    for seat in &account.seats {
        let merged = by_product.entry(&seat.product).or_insert_with(|| seat.clone());
        merged.assigned_at = merged.assigned_at.max(seat.assigned_at);
        // The smallest name, so that the order of the seats makes no difference.
        merged.inherited_from = [merged.inherited_from.take(), seat.inherited_from.clone()].into_iter().flatten().min();
    }
    Cow::Owned(by_product.into_values().collect())
}

/// The latest use of a seat: of the account as a whole, or of the product. Use of another product says nothing.
fn last_activity(account: &Account, product: &str, activity: &[&Activity]) -> LastActivity {
    let about = activity.iter().filter(|record| record.product.as_deref().is_none_or(|used| used == product));
    about.fold(account.last_activity, |latest, record| latest.latest(record.last_activity))
}

/// A ledger for each product to which an entitlement is active, with its cost.
fn open_books(entitlements: &[Entitlement], as_of: AsOf) -> Result<Books, ReconcileError> {
    let mut books = Books::new();
    for entitlement in entitlements.iter().filter(|entitlement| entitlement.is_active_on(as_of.today)) {
        let ledger = ledger(&mut books, &entitlement.application, &entitlement.product);
        ledger.entitlements.push(entitlement.clone());
    }
    for (application, ledgers) in &mut books {
        for (product, ledger) in ledgers {
            ledger.entitlements.sort_by(|a, b| a.reference.cmp(&b.reference));
            let cost = SeatCost::of(&ledger.entitlements);
            ledger.cost = cost.map_err(|source| cost_error(application, product, source))?;
        }
    }
    Ok(books)
}

fn cost_error(application: &str, product: &str, source: MoneyError) -> ReconcileError {
    ReconcileError::Cost { application: application.to_owned(), product: product.to_owned(), source }
}
