//! Matching accounts to people. The first kind of evidence that points at somebody decides; when it points at several people the account
//! waits for a person to say whose it is, because a wrong guess would take the seat of somebody who works.

use crate::MatchRules;
use purser_model::{Account, AccountKind, Person};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;

/// A kind of evidence that an account is a person's, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatchRule {
    /// An operator said so.
    Mapping,
    /// The application keeps the employee number.
    EmployeeNumber,
    /// The account's main address is the person's main address.
    PrimaryEmail,
    /// One of the account's addresses is one of the person's.
    Alias,
    /// What is typed to sign in is the person's user name or one of their addresses.
    PrincipalName,
    /// One of the account's addresses, or what is typed to sign in, is the person's after its domain was rewritten.
    DomainRewrite,
}

impl MatchRule {
    /// The word used in tables and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mapping => "mapping",
            Self::EmployeeNumber => "employee-number",
            Self::PrimaryEmail => "primary-email",
            Self::Alias => "alias",
            Self::PrincipalName => "principal-name",
            Self::DomainRewrite => "domain-rewrite",
        }
    }
}

/// Why an account was matched as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The kind of evidence.
    pub rule: MatchRule,
    /// The account's value that pointed at the person, as the application spells it; several, separated by commas, when an ambiguity
    /// came of several.
    pub value: String,
}

/// Whose an account is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match<'p> {
    /// This person's, whether they still work here or have left.
    Person {
        /// Who.
        person: &'p Person,
        /// Why.
        evidence: Evidence,
    },
    /// One of these people's; somebody must say whose.
    Ambiguous {
        /// Two or more, by employee number.
        people: Vec<&'p Person>,
        /// What pointed at all of them.
        evidence: Evidence,
    },
    /// Nobody's in the directory.
    Unmatched {
        /// The employee number that it was mapped to by hand and that the directory does not have. Such a mapping ends the search:
        /// whatever else is found would contradict the operator.
        mapped_to: Option<String>,
    },
    /// A guest whom the directory does not know, as is to be expected.
    Guest,
    /// Nobody's, by decision.
    Excluded {
        /// The pattern that says so.
        pattern: String,
    },
    /// A service account.
    NotAPerson,
}

type Index<'p> = HashMap<String, Vec<&'p Person>>;

/// The people of the company, ready to be found.
#[derive(Debug)]
pub struct Directory<'p> {
    numbers: Index<'p>,
    emails: Index<'p>,
    addresses: Index<'p>,
    user_names: Index<'p>,
}

impl<'p> Directory<'p> {
    /// Indexes people.
    #[must_use]
    pub fn new(people: &'p [Person]) -> Self {
        let index = || Index::with_capacity(people.len());
        let mut directory = Self {
            numbers: index(),
            emails: index(),
            addresses: index(),
            user_names: Index::new(),
        };
        for person in people {
            add(&mut directory.numbers, &person.employee_number, person);
            if let Some(email) = &person.email {
                add(&mut directory.emails, email, person);
            }
            for address in person.email.iter().chain(&person.aliases) {
                add(&mut directory.addresses, address, person);
            }
            if let Some(name) = &person.user_name {
                add(&mut directory.user_names, name, person);
            }
        }
        directory
    }

    /// Finds whose an account of an application is.
    #[must_use]
    pub fn match_account(
        &self,
        application: &str,
        account: &Account,
        rules: &MatchRules,
    ) -> Match<'p> {
        if account.kind == AccountKind::Service {
            return Match::NotAPerson;
        }
        if let Some(number) = rules.mapped(application, &account.id) {
            let found = step(
                MatchRule::Mapping,
                [Cow::Borrowed(number)],
                &[&self.numbers],
            );
            return found.unwrap_or_else(|| Match::Unmatched {
                mapped_to: Some(number.to_owned()),
            });
        }
        if let Some(pattern) = rules
            .exclude
            .iter()
            .find(|pattern| pattern.picks(application, account))
        {
            return Match::Excluded {
                pattern: pattern.as_str().to_owned(),
            };
        }
        self.by_evidence(account, rules)
            .unwrap_or(match account.kind {
                AccountKind::Guest => Match::Guest,
                _ => Match::Unmatched { mapped_to: None },
            })
    }

    fn by_evidence(&self, account: &Account, rules: &MatchRules) -> Option<Match<'p>> {
        let number = || account.employee_number.as_deref().map(Cow::Borrowed);
        let primary = || account.primary_email().map(Cow::Borrowed);
        let emails = || account.emails.iter().map(|email| email.address.as_str());
        let principal = || account.principal_name.as_deref();
        let rewritten = || {
            emails()
                .chain(principal())
                .filter_map(|address| rules.rewrite(address))
                .map(Cow::Owned)
        };
        let all_names = [&self.addresses, &self.user_names];
        step(MatchRule::EmployeeNumber, number(), &[&self.numbers])
            .or_else(|| step(MatchRule::PrimaryEmail, primary(), &[&self.emails]))
            .or_else(|| {
                step(
                    MatchRule::Alias,
                    emails().map(Cow::Borrowed),
                    &[&self.addresses],
                )
            })
            .or_else(|| {
                step(
                    MatchRule::PrincipalName,
                    principal().map(Cow::Borrowed),
                    &all_names,
                )
            })
            .or_else(|| step(MatchRule::DomainRewrite, rewritten(), &all_names))
    }
}

/// What one kind of evidence says: nothing, one person, or several.
fn step<'p, 'v>(
    rule: MatchRule,
    values: impl IntoIterator<Item = Cow<'v, str>>,
    indexes: &[&Index<'p>],
) -> Option<Match<'p>> {
    let mut people: Vec<&'p Person> = Vec::new();
    let mut hits: Vec<Cow<'v, str>> = Vec::new();
    for value in values {
        let key = fold(&value);
        let found: Vec<&'p Person> = indexes
            .iter()
            .filter_map(|index| index.get(&*key))
            .flatten()
            .copied()
            .collect();
        drop(key);
        if !found.is_empty() {
            people.extend(found);
            hits.push(value);
        }
    }
    let value = hits.first()?.clone().into_owned();
    people.sort_by_key(|person| (&person.employee_number, std::ptr::from_ref(*person)));
    people.dedup_by(|a, b| std::ptr::eq(*a, *b));
    Some(match people.as_slice() {
        [person] => Match::Person {
            person,
            evidence: Evidence { rule, value },
        },
        _ => Match::Ambiguous {
            people,
            evidence: Evidence {
                rule,
                value: hits.join(", "),
            },
        },
    })
}

fn add<'p>(index: &mut Index<'p>, value: &str, person: &'p Person) {
    // A blank value is no evidence: it would match every account that has the field but nothing in it.
    if value.trim().is_empty() {
        return;
    }
    let holders = index.entry(fold(value).into_owned()).or_default();
    // A person is indexed in one go, so a repetition is the last one.
    if !holders
        .last()
        .is_some_and(|last| std::ptr::eq(*last, person))
    {
        holders.push(person);
    }
}

/// What is compared: lower case, and nothing else changed. A tag after `+` stays, because it can be another mailbox. Domains are folded
/// as ASCII, the way the DNS compares them.
fn fold(value: &str) -> Cow<'_, str> {
    if value
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
    {
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
mod tests;
