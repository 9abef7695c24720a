//! The workspace: its members and plans, and the changes that the API allows.

use crate::api_error::ApiError;
use crate::company::Company;
use crate::member::{LastUse, Member, MemberState, Role, Seat};
use crate::plan::{PLAN_COUNT, PLANS, Plan};
use serde::Serialize;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

/// A member with its JSON, which is rendered only when the member changes. A list of 100,000 is
/// then served from memory.
struct MemberEntry {
    member: Member,
    json: String,
}

impl MemberEntry {
    fn new(member: Member) -> Self {
        let json = render(&member);
        Self { member, json }
    }

    fn change(&mut self, change: impl FnOnce(&mut Member)) {
        change(&mut self.member);
        self.json = render(&self.member);
    }
}

fn render(member: &Member) -> String {
    // Text, numbers and lists always serialize.
    serde_json::to_string(member).unwrap_or_default()
}

/// A plan, as the API shows it.
#[derive(Debug, Serialize)]
pub(crate) struct PlanView {
    key: &'static str,
    title: &'static str,
    seats_purchased: u64,
    seats_used: u64,
}

/// The members and plans of the application.
pub(crate) struct Workspace {
    entries: Vec<MemberEntry>,
    /// Indexes of `entries` by member id.
    by_id: HashMap<String, usize>,
    /// Seats purchased of each plan, in the order of `PLANS`.
    purchased: [u64; PLAN_COUNT],
}

impl Workspace {
    /// Creates the workspace of a company.
    pub(crate) fn new(company: &Company) -> Self {
        let owned = |plan: Plan| company.expected().plan(plan.key).map_or(0, |it| it.owned);
        let members = company.members().iter().cloned();

        let mut workspace = Self {
            entries: members.map(MemberEntry::new).collect(),
            by_id: HashMap::new(),
            purchased: PLANS.map(owned),
        };
        workspace.reindex();
        workspace
    }

    /// Returns the number of members.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the JSON of the members in a range of the list.
    pub(crate) fn members(&self, range: Range<usize>) -> Vec<&str> {
        self.entries
            .get(range)
            .unwrap_or_default()
            .iter()
            .map(|entry| entry.json.as_str())
            .collect()
    }

    /// Returns all members as JSON, one a line.
    pub(crate) fn json_lines(&self) -> String {
        self.entries
            .iter()
            .flat_map(|entry| [entry.json.as_str(), "\n"])
            .collect()
    }

    /// Returns all members as CSV: id, login and name. Some names have two lines.
    pub(crate) fn csv(&self) -> String {
        let mut rows = "id,login,name\n".to_owned();
        for (index, MemberEntry { member, .. }) in self.entries.iter().enumerate() {
            let second_line = if index % 50 == 7 {
                "\n\"the second\", they say"
            } else {
                ""
            };
            let name = format!("{}{second_line}", member.name).replace('"', "\"\"");
            // Writing to a String cannot fail.
            let _ = writeln!(rows, "{},{},\"{name}\"", member.id, member.login);
        }

        rows
    }

    /// Returns the last use of each seat of the members in a range, as comma-separated JSON.
    /// Unreported seats are omitted.
    pub(crate) fn activity(&self, range: Range<usize>) -> String {
        let mut rows = String::new();
        for MemberEntry { member, .. } in self.entries.get(range).unwrap_or_default() {
            append_activity(&mut rows, member);
        }

        rows
    }

    /// Returns the last use of each seat of one member, as comma-separated JSON.
    pub(crate) fn member_activity(&self, id: &str) -> Result<String, ApiError> {
        let entry = self.entry(id)?;
        let mut rows = String::new();
        append_activity(&mut rows, &entry.member);

        Ok(rows)
    }

    /// Removes the first member of the list.
    pub(crate) fn remove_first_member(&mut self) {
        if !self.entries.is_empty() {
            self.entries.remove(0);
            self.reindex();
        }
    }

    /// Inserts a copy of the last member at the beginning of the list, with an id of its own.
    pub(crate) fn insert_first_member(&mut self) {
        let Some(last) = self.entries.last() else {
            return;
        };

        let count = self.entries.len();
        let member = Member {
            id: format!("m_joined_{count}"),
            login: format!("joined-{count}"),
            email: None,
            ..last.member.clone()
        };
        self.entries.insert(0, MemberEntry::new(member));
        self.reindex();
    }

    fn reindex(&mut self) {
        self.by_id = self
            .entries
            .iter()
            .enumerate()
            .map(|(index, entry)| (entry.member.id.clone(), index))
            .collect();
    }

    /// Returns the plans with their seats.
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

    /// Returns the JSON of one member.
    pub(crate) fn member(&self, id: &str) -> Result<&str, ApiError> {
        self.entry(id).map(|entry| entry.json.as_str())
    }

    fn entry(&self, id: &str) -> Result<&MemberEntry, ApiError> {
        self.by_id
            .get(id)
            .and_then(|index| self.entries.get(*index))
            .ok_or(ApiError::UnknownMember)
    }

    /// Returns a member that may be changed, which excludes the owner.
    fn changeable_entry(&mut self, id: &str) -> Result<&mut MemberEntry, ApiError> {
        let entry = self
            .by_id
            .get(id)
            .and_then(|index| self.entries.get_mut(*index))
            .ok_or(ApiError::UnknownMember)?;

        if entry.member.role == Role::Owner {
            Err(ApiError::OwnerProtected)
        } else {
            Ok(entry)
        }
    }

    /// Removes a seat of a member.
    pub(crate) fn remove_seat(&mut self, id: &str, plan: &str) -> Result<(), ApiError> {
        let entry = self.changeable_entry(id)?;
        let seat = entry
            .member
            .seats
            .iter()
            .find(|seat| seat.plan == plan)
            .ok_or(ApiError::UnknownSeat)?;
        if seat.via_group.is_some() {
            return Err(ApiError::SeatFromGroup);
        }

        entry.change(|member| member.seats.retain(|seat| seat.plan != plan));
        Ok(())
    }

    /// Suspends a member and returns its JSON. It keeps its seats. Suspending twice changes
    /// nothing.
    pub(crate) fn suspend(&mut self, id: &str) -> Result<&str, ApiError> {
        let entry = self.changeable_entry(id)?;
        entry.change(|member| member.state = MemberState::Suspended);

        Ok(&entry.json)
    }
}

/// Appends the last use of each seat of a member.
fn append_activity(rows: &mut String, member: &Member) {
    for Seat { plan, last_use, .. } in &member.seats {
        let at = match last_use {
            LastUse::Unreported => continue,
            LastUse::Never => "null".to_owned(),
            LastUse::At(at) => format!("\"{at:.0}\""),
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
