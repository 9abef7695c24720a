//! Matching of accounts to people.
//!
//! The strongest rule that finds anybody decides. If it finds several people, the account waits for
//! a mapping by hand: a wrong guess would remove the seat of a person who works.

use crate::rules::MatchRules;
use purser_model::{Account, AccountKind, Person};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;

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
    /// The account's primary address is the person's primary address.
    PrimaryEmail,
    /// One of the account's addresses is one of the person's.
    Alias,
    /// The account's sign-in name is the person's user name or one of their addresses.
    PrincipalName,
    /// An address or the sign-in name of the account is the person's after its domain is rewritten.
    DomainRewrite,
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
        };

        for person in people {
            add(
                &mut directory.employee_numbers,
                &person.employee_number,
                person,
            );
            if let Some(email) = &person.email {
                add(&mut directory.primary_emails, email, person);
            }
            for address in person.email.iter().chain(&person.aliases) {
                add(&mut directory.all_emails, address, person);
            }
            if let Some(name) = &person.user_name {
                add(&mut directory.user_names, name, person);
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

    fn match_mapped(&self, number: &str) -> Match<'p> {
        let found = apply_rule(
            MatchRule::Mapping,
            [Cow::Borrowed(number)],
            &[&self.employee_numbers],
        );

        found.unwrap_or_else(|| Match::Unmatched {
            mapped_to: Some(number.to_owned()),
        })
    }

    /// Applies the rules other than mappings, strongest first, until one finds anybody.
    fn match_by_evidence(&self, account: &Account, rules: &MatchRules) -> Option<Match<'p>> {
        let number = account.employee_number.as_deref().map(Cow::Borrowed);
        let primary = account.primary_email().map(Cow::Borrowed);
        let emails = || account.emails.iter().map(|email| email.address.as_str());
        let principal = account.principal_name.as_deref();
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

        apply_rule(MatchRule::EmployeeNumber, number, &numbers)
            .or_else(|| apply_rule(MatchRule::PrimaryEmail, primary, &primary_emails))
            .or_else(|| apply_rule(MatchRule::Alias, emails().map(Cow::Borrowed), &all_emails))
            .or_else(|| {
                let principal = principal.map(Cow::Borrowed);
                apply_rule(MatchRule::PrincipalName, principal, &all_names)
            })
            .or_else(|| apply_rule(MatchRule::DomainRewrite, rewritten(), &all_names))
    }
}

/// Looks the values up in the indexes. Returns `None` if nothing matches.
fn apply_rule<'p, 'v>(
    rule: MatchRule,
    values: impl IntoIterator<Item = Cow<'v, str>>,
    indexes: &[&Index<'p>],
) -> Option<Match<'p>> {
    let mut people: Vec<&'p Person> = Vec::new();
    let mut matched_values: Vec<Cow<'v, str>> = Vec::new();
    for value in values {
        let found = look_up(&value, indexes);
        if !found.is_empty() {
            people.extend(found);
            matched_values.push(value);
        }
    }
    let first_value = matched_values.first()?.clone().into_owned();

    // Sorted, so that the order of the directory makes no difference; by identity second, because
    // employee numbers may repeat.
    people.sort_by_key(|person| (&person.employee_number, std::ptr::from_ref(*person)));
    people.dedup_by(|a, b| std::ptr::eq(*a, *b));

    Some(match people.as_slice() {
        [person] => Match::Person {
            person,
            evidence: Evidence {
                rule,
                value: first_value,
            },
        },
        _ => Match::Ambiguous {
            people,
            evidence: Evidence {
                rule,
                value: matched_values.join(", "),
            },
        },
    })
}

/// Returns the people of all indexes with this value. A person may occur twice.
fn look_up<'p>(value: &str, indexes: &[&Index<'p>]) -> Vec<&'p Person> {
    let key = fold(value);

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
    if value.trim().is_empty() {
        return;
    }

    let people = index.entry(fold(value).into_owned()).or_default();
    // All values of a person are added in a row, so a repeated person is the last one.
    let is_repeated = people
        .last()
        .is_some_and(|last| std::ptr::eq(*last, person));
    if !is_repeated {
        people.push(person);
    }
}

/// Folds a value for comparison: to lower case, and nothing else.
///
/// A tag after `+` stays, because it can be another mailbox. Domains are folded as ASCII, the way
/// the DNS compares them.
fn fold(value: &str) -> Cow<'_, str> {
    let is_folded = value
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_folded {
        return Cow::Borrowed(value);
    }

    Cow::Owned(match value.rsplit_once('@') {
        Some((local, domain)) => {
            format!("{}@{}", local.to_lowercase(), domain.to_ascii_lowercase())
        }
        None => value.to_lowercase(),
    })
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
