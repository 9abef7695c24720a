//! The application's state: its members, and what the API may do to them.

use crate::company::{Company, PLAN_COUNT, PLANS, Plan};
use crate::member::{Member, Role, Seat, State, Used};
use crate::problem::Problem;
use serde::Serialize;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

/// A member and the JSON that shows it, which is made anew only when the member changes: a list of 100,000 is then served from memory.
struct Entry {
    member: Member,
    json: String,
}

impl Entry {
    fn new(member: Member) -> Self {
        // A member is made of text, numbers and lists: there is nothing in it that JSON cannot hold.
        let json = serde_json::to_string(&member).unwrap_or_default();
        Self { member, json }
    }

    fn change(&mut self, change: impl FnOnce(&mut Member)) {
        change(&mut self.member);
        self.json = serde_json::to_string(&self.member).unwrap_or_default();
    }
}

/// A plan, as the API shows it.
#[derive(Debug, Serialize)]
pub(crate) struct PlanView {
    key: &'static str,
    title: &'static str,
    seats_purchased: u64,
    seats_used: u64,
}

/// The state.
pub(crate) struct Workspace {
    entries: Vec<Entry>,
    by_id: HashMap<String, usize>,
    purchased: [u64; PLAN_COUNT],
}

impl Workspace {
    pub(crate) fn new(company: &Company) -> Self {
        let entries: Vec<_> = company.members.iter().cloned().map(Entry::new).collect();
        let by_id = entries
            .iter()
            .enumerate()
            .map(|(index, entry)| (entry.member.id.clone(), index))
            .collect();
        Self {
            entries,
            by_id,
            purchased: PLANS.map(|plan| {
                company
                    .truth()
                    .plan(plan.key)
                    .map_or(0, |truth| truth.owned)
            }),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The JSON of the members in a range of the list.
    pub(crate) fn members(&self, range: Range<usize>) -> Vec<&str> {
        self.entries
            .get(range)
            .unwrap_or_default()
            .iter()
            .map(|entry| entry.json.as_str())
            .collect()
    }

    /// All members, each a line of JSON.
    pub(crate) fn json_lines(&self) -> String {
        self.entries
            .iter()
            .flat_map(|entry| [entry.json.as_str(), "\n"])
            .collect()
    }

    /// All members as CSV: id, login and name. Of some, the name has two lines.
    pub(crate) fn csv(&self) -> String {
        let mut rows = "id,login,name\n".to_owned();
        for (index, Entry { member, .. }) in self.entries.iter().enumerate() {
            let second = if index % 50 == 7 {
                "\n\"the second\", they say"
            } else {
                ""
            };
            let name = format!("{}{second}", member.name).replace('"', "\"\"");
            // Writing to a String cannot fail.
            let _ = writeln!(rows, "{},{},\"{name}\"", member.id, member.login);
        }
        rows
    }

    /// The JSON of when each seat of the members in a range was last used, comma-separated; seats that do not tell are left out.
    pub(crate) fn activity(&self, range: Range<usize>) -> String {
        let mut rows = String::new();
        for Entry { member, .. } in self.entries.get(range).unwrap_or_default() {
            add_uses(&mut rows, member);
        }
        rows
    }

    /// The same of one member.
    pub(crate) fn activity_of(&self, id: &str) -> Result<String, Problem> {
        let entry = self
            .by_id
            .get(id)
            .and_then(|index| self.entries.get(*index))
            .ok_or(Problem::NoMember)?;
        let mut rows = String::new();
        add_uses(&mut rows, &entry.member);
        Ok(rows)
    }

    /// The first member of the list is gone.
    pub(crate) fn first_leaves(&mut self) {
        if !self.entries.is_empty() {
            self.entries.remove(0);
            self.number();
        }
    }

    /// A member like the last one is at the beginning of the list, under a name of its own.
    pub(crate) fn somebody_joins(&mut self) {
        if let Some(like) = self.entries.last().map(|entry| entry.member.clone()) {
            let (id, login) = (
                format!("m_joined_{}", self.entries.len()),
                format!("joined-{}", self.entries.len()),
            );
            self.entries.insert(
                0,
                Entry::new(Member {
                    id,
                    login,
                    email: None,
                    ..like
                }),
            );
            self.number();
        }
    }

    fn number(&mut self) {
        self.by_id = self
            .entries
            .iter()
            .enumerate()
            .map(|(index, entry)| (entry.member.id.clone(), index))
            .collect();
    }

    pub(crate) fn plans(&self) -> Vec<PlanView> {
        let seats = || self.entries.iter().flat_map(|entry| &entry.member.seats);
        let view = |(plan, purchased): (&Plan, &u64)| PlanView {
            key: plan.key,
            title: plan.title,
            seats_purchased: *purchased,
            seats_used: seats().filter(|seat| seat.plan == plan.key).count() as u64,
        };
        PLANS.iter().zip(&self.purchased).map(view).collect()
    }

    pub(crate) fn member(&self, id: &str) -> Result<&str, Problem> {
        let entry = self
            .by_id
            .get(id)
            .and_then(|index| self.entries.get(*index));
        entry
            .map(|entry| entry.json.as_str())
            .ok_or(Problem::NoMember)
    }

    fn changeable(&mut self, id: &str) -> Result<&mut Entry, Problem> {
        let entry = self
            .by_id
            .get(id)
            .and_then(|index| self.entries.get_mut(*index))
            .ok_or(Problem::NoMember)?;
        if entry.member.role == Role::Owner {
            Err(Problem::Owner)
        } else {
            Ok(entry)
        }
    }

    /// Takes a seat.
    pub(crate) fn remove_seat(&mut self, id: &str, plan: &str) -> Result<(), Problem> {
        let entry = self.changeable(id)?;
        let seat = entry
            .member
            .seats
            .iter()
            .find(|seat| seat.plan == plan)
            .ok_or(Problem::NoSeat)?;
        if seat.via_group.is_some() {
            return Err(Problem::FromGroup);
        }
        entry.change(|member| member.seats.retain(|seat| seat.plan != plan));
        Ok(())
    }

    /// Suspends a member, who keeps its seats. Suspending twice changes nothing.
    pub(crate) fn suspend(&mut self, id: &str) -> Result<&str, Problem> {
        let entry = self.changeable(id)?;
        entry.change(|member| member.state = State::Suspended);
        Ok(&entry.json)
    }
}

/// Adds the rows of one member to those of others.
fn add_uses(rows: &mut String, member: &Member) {
    for Seat { plan, used, .. } in &member.seats {
        let at = match used {
            Used::Untold => continue,
            Used::Never => "null".to_owned(),
            Used::At(at) => format!("\"{at:.0}\""),
        };
        let comma = if rows.is_empty() { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(
            rows,
            r#"{comma}{{"member_id":"{}","plan":"{plan}","last_active_at":{at}}}"#,
            member.id
        );
    }
}
