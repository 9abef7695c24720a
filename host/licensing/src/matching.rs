//! Matching of accounts to people.
//!
//! Every rule is applied. The strongest that finds anybody decides, unless another strong rule
//! finds only other people: then the evidence contradicts itself. An account with several people
//! waits for a mapping by hand: a wrong guess would remove the seat of a person who works.

use crate::rules::MatchRules;
use purser_model::{Account, AccountKind, Person, fold_identity, guest_address};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// A rule that matches an account to a person, strongest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::Display,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum MatchRule {
    /// An operator mapped the account by hand.
    Mapping,
    /// The account has the person's employee number.
    EmployeeNumber,
    /// The account's primary address is the person's primary address. If it has several, each is
    /// evidence.
    PrimaryEmail,
    /// One of the account's addresses is one of the person's.
    Alias,
    /// The account's sign-in name is the person's user name or one of their addresses.
    PrincipalName,
    /// The account is a guest's, and its sign-in name encodes an address of the person.
    GuestName,
    /// An address or the sign-in name of the account is the person's after its domain is rewritten.
    DomainRewrite,
}

impl MatchRule {
    /// Returns true if the rule's value belongs to one person. A second address, as of a shared
    /// mailbox or for recovery, may be another person's.
    const fn is_strong(self) -> bool {
        matches!(
            self,
            Self::Mapping | Self::EmployeeNumber | Self::PrimaryEmail | Self::PrincipalName
        )
    }
}

/// The evidence for a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The rule that decided.
    pub rule: MatchRule,
    /// The account's value that matched, as the application spells it. Several values of an
    /// ambiguous match are separated by commas.
    pub value: String,
}

/// The result of matching an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Match<'p> {
    /// The account of one person, employed or not.
    Person {
        /// The person.
        person: &'p Person,
        /// The evidence.
        evidence: Evidence,
        /// Other people whom weaker evidence names, by employee number.
        others: Vec<&'p Person>,
        /// True if some weaker evidence names only others.
        contradicted: bool,
    },
    /// The account of one of several people; it needs a mapping by hand.
    Ambiguous {
        /// Two or more people, by employee number.
        people: Vec<&'p Person>,
        /// The evidence that matches all of them.
        evidence: Evidence,
    },
    /// The account of no person in the directory.
    Unmatched {
        /// The employee number that the account was mapped to by hand and that the directory lacks;
        /// absent if it was not mapped. Such a mapping ends the search: any other match would
        /// contradict the operator.
        mapped_to: Option<String>,
    },
    /// A guest account, which the directory is not expected to know.
    Guest,
    /// An account excluded from matching by a rule.
    Excluded {
        /// The pattern of the rule.
        pattern: String,
    },
    /// A service account, which is never matched.
    ServiceAccount,
}

/// People by a folded value. Several people may share one.
type Index<'p> = HashMap<String, Vec<&'p Person>>;

/// The people of the company, indexed for matching.
#[derive(Debug)]
pub(crate) struct Directory<'p> {
    employee_numbers: Index<'p>,
    primary_emails: Index<'p>,
    /// Primary addresses and aliases.
    all_emails: Index<'p>,
    user_names: Index<'p>,
    /// Employee numbers of digits, without their leading zeros.
    bare_numbers: HashSet<String>,
}

impl<'p> Directory<'p> {
    /// Indexes people by each value that accounts are matched by.
    pub(crate) fn new(people: &'p [Person]) -> Self {
        let index = || Index::with_capacity(people.len());
        let mut directory = Self {
            employee_numbers: index(),
            primary_emails: index(),
            all_emails: index(),
            // Few directories have user names.
            user_names: Index::new(),
            bare_numbers: HashSet::new(),
        };

        for person in people {
            add(
                &mut directory.employee_numbers,
                &person.employee_number,
                person,
            );
            directory
                .bare_numbers
                .extend(bare_number(&person.employee_number));
            if let Some(email) = &person.email {
                add(&mut directory.primary_emails, email, person);
            }
            for address in person.email.iter().chain(&person.aliases) {
                add(&mut directory.all_emails, address, person);
            }
            if let Some(name) = &person.user_name {
                add(&mut directory.user_names, name, person);
                // why: directories of the cloud have addresses as sign-in names
                if name.contains('@') {
                    add(&mut directory.all_emails, name, person);
                }
            }
        }

        directory
    }

    /// Matches an account of an application.
    pub(crate) fn match_account(
        &self,
        application: &str,
        account: &Account,
        rules: &MatchRules,
    ) -> Match<'p> {
        if account.kind == AccountKind::Service {
            return Match::ServiceAccount;
        }
        if let Some(number) = rules.mapped_employee(application, &account.id) {
            return self.match_mapped(number);
        }

        let excluded_by = rules
            .exclude
            .iter()
            .find(|pattern| pattern.matches(application, account));
        if let Some(pattern) = excluded_by {
            return Match::Excluded {
                pattern: pattern.as_str().to_owned(),
            };
        }

        self.match_by_evidence(account, rules)
            .unwrap_or(match account.kind {
                AccountKind::Guest => Match::Guest,
                _ => Match::Unmatched { mapped_to: None },
            })
    }

    /// Returns true if the account's employee number is one of the directory but for leading zeros.
    pub(crate) fn has_near_number(&self, account: &Account) -> bool {
        account
            .employee_number
            .as_deref()
            .and_then(bare_number)
            .is_some_and(|number| self.bare_numbers.contains(&number))
    }

    fn match_mapped(&self, number: &str) -> Match<'p> {
        let found = apply_rule(
            MatchRule::Mapping,
            [Cow::Borrowed(number)],
            &[&self.employee_numbers],
        );

        found.map_or_else(
            || Match::Unmatched {
                mapped_to: Some(number.to_owned()),
            },
            |found| settle(vec![found]),
        )
    }

    /// Applies the rules other than mappings, strongest first.
    fn match_by_evidence(&self, account: &Account, rules: &MatchRules) -> Option<Match<'p>> {
        let number = account.employee_number.as_deref().map(Cow::Borrowed);
        let emails = || account.emails.iter().map(|email| email.address.as_str());
        let principal = account.principal_name.as_deref();
        let guest = || {
            emails()
                .chain(principal)
                .filter_map(guest_address)
                .map(Cow::Owned)
        };
        let rewritten = || {
            emails()
                .chain(principal)
                .filter_map(|address| rules.rewrite_domain(address))
                .map(Cow::Owned)
        };

        let numbers = [&self.employee_numbers];
        let primary_emails = [&self.primary_emails];
        let all_emails = [&self.all_emails];
        let all_names = [&self.all_emails, &self.user_names];

        let found = [
            apply_rule(MatchRule::EmployeeNumber, number, &numbers),
            apply_rule(
                MatchRule::PrimaryEmail,
                account.primary_emails().map(Cow::Borrowed),
                &primary_emails,
            ),
            apply_rule(MatchRule::Alias, emails().map(Cow::Borrowed), &all_emails),
            apply_rule(
                MatchRule::PrincipalName,
                principal.map(Cow::Borrowed),
                &all_names,
            ),
            apply_rule(MatchRule::GuestName, guest(), &all_emails),
            apply_rule(MatchRule::DomainRewrite, rewritten(), &all_names),
        ];

        let found: Vec<_> = found.into_iter().flatten().collect();
        (!found.is_empty()).then(|| settle(found))
    }
}

/// People whom one rule finds.
struct Found<'p> {
    rule: MatchRule,
    /// One or more people, by employee number.
    people: Vec<&'p Person>,
    /// Values of the account that found them, as the application spells them.
    values: Vec<String>,
}

impl<'p> Found<'p> {
    fn has(&self, person: &Person) -> bool {
        self.people.iter().any(|known| std::ptr::eq(*known, person))
    }

    fn shares_a_person_with(&self, other: &Self) -> bool {
        self.people.iter().any(|person| other.has(person))
    }

    /// Adds the people and values of another rule.
    fn merge(&mut self, other: Self) {
        self.people.extend(other.people);
        sort_people(&mut self.people);

        for value in other.values {
            if !self.values.contains(&value) {
                self.values.push(value);
            }
        }
    }
}

/// Settles what the rules found, strongest first. `found` is not empty.
fn settle<'p>(found: Vec<Found<'p>>) -> Match<'p> {
    let mut found = found.into_iter();
    let Some(mut decided) = found.next() else {
        return Match::Unmatched { mapped_to: None };
    };

    let mut others = Vec::new();
    let mut contradicted = false;
    for weaker in found {
        let agrees = weaker.shares_a_person_with(&decided);
        others.extend(weaker.people.iter().copied());

        if !agrees && weaker.rule.is_strong() {
            decided.merge(weaker);
        } else {
            contradicted |= !agrees;
        }
    }
    others.retain(|person| !decided.has(person));
    sort_people(&mut others);

    let rule = decided.rule;
    match decided.people.as_slice() {
        [person] => Match::Person {
            person,
            evidence: Evidence {
                rule,
                value: decided.values.into_iter().next().unwrap_or_default(),
            },
            others,
            contradicted,
        },
        _ => Match::Ambiguous {
            people: decided.people,
            evidence: Evidence {
                rule,
                value: decided.values.join(", "),
            },
        },
    }
}

/// Sorts people, so that the order of the directory makes no difference, and drops repetitions. By
/// identity second, because employee numbers may repeat.
fn sort_people(people: &mut Vec<&Person>) {
    people.sort_by_key(|person| (&person.employee_number, std::ptr::from_ref(*person)));
    people.dedup_by(|a, b| std::ptr::eq(*a, *b));
}

/// Looks the values up in the indexes. Returns `None` if nothing matches.
fn apply_rule<'p, 'v>(
    rule: MatchRule,
    values: impl IntoIterator<Item = Cow<'v, str>>,
    indexes: &[&Index<'p>],
) -> Option<Found<'p>> {
    let mut people: Vec<&'p Person> = Vec::new();
    let mut matched_values = Vec::new();
    for value in values {
        let found = look_up(&value, indexes);
        if !found.is_empty() {
            people.extend(found);
            matched_values.push(value.into_owned());
        }
    }
    sort_people(&mut people);

    (!people.is_empty()).then_some(Found {
        rule,
        people,
        values: matched_values,
    })
}

/// Returns a number of digits without its leading zeros; `None` for another text.
fn bare_number(number: &str) -> Option<String> {
    let number = fold_identity(number);
    let is_digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());

    is_digits.then(|| number.trim_start_matches('0').to_owned())
}

/// Returns the people of all indexes with this value. A person may occur twice.
fn look_up<'p>(value: &str, indexes: &[&Index<'p>]) -> Vec<&'p Person> {
    let key = fold_identity(value);

    indexes
        .iter()
        .filter_map(|index| index.get(&*key))
        .flatten()
        .copied()
        .collect()
}

/// Indexes a person by a value.
fn add<'p>(index: &mut Index<'p>, value: &str, person: &'p Person) {
    // A blank value is no evidence: it would match every account with an empty field.
    let key = fold_identity(value);
    if key.is_empty() {
        return;
    }

    let people = index.entry(key.into_owned()).or_default();
    // All values of a person are added in a row, so a repeated person is the last one.
    let is_repeated = people
        .last()
        .is_some_and(|last| std::ptr::eq(*last, person));
    if !is_repeated {
        people.push(person);
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
