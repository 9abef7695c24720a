//! Differences between two versions of a connector, and between two grants.

use crate::{
    DataStream, Description, Grant, GrantRule, RateHint, RateLimitResponse, ReclaimOffer,
    SettingField, SettingType,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// ChangeKind of a description that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Requested access. First, because these are the connector's rights.
    Request,
    /// An offer to take a seat back.
    Reclaim,
    /// A data stream.
    Stream,
    /// A setting.
    Setting,
    /// A configuration template that it works with.
    Template,
    /// The rate of requests that it may send.
    Rate,
    /// The SaaS application that it is for.
    Application,
    /// The publisher that it states.
    Publisher,
    /// Its summary.
    Summary,
    /// Its version.
    Version,
}

/// Difference between two descriptions in one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Changed part of the description.
    #[serde(rename = "part")]
    pub kind: ChangeKind,
    /// Name within that part, such as `read:users /users` or `page-size`; empty where there is only
    /// one.
    pub name: String,
    /// Text in the older description; absent if it has none.
    #[serde(rename = "was")]
    pub before: Option<String>,
    /// Text in the newer description; absent if it has none.
    #[serde(rename = "is")]
    pub after: Option<String>,
}

/// Difference between two grants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GrantDiff {
    /// Rules allowed only by the newer grant, one method each.
    pub added: Vec<GrantRule>,
    /// Rules allowed only by the older grant, one method each.
    #[serde(rename = "gone")]
    pub removed: Vec<GrantRule>,
    /// Changed limits: name, older value, newer value.
    pub limits: Vec<(String, u64, u64)>,
}

impl GrantDiff {
    /// Returns true if both grants allow the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.limits.is_empty()
    }
}

impl Description {
    /// Returns the changes since an older description, rights first.
    #[must_use]
    pub fn changes_since(&self, older: &Self) -> Vec<FieldChange> {
        let mut older = facts(older);
        let mut changes = Vec::new();

        for ((kind, name), after) in facts(self) {
            let before = older.remove(&(kind, name.clone()));
            if before.as_ref() != Some(&after) {
                changes.push(FieldChange {
                    kind,
                    name,
                    before,
                    after: Some(after),
                });
            }
        }

        // Only the fields that the newer description lacks are left.
        changes.extend(older.into_iter().map(|((kind, name), before)| FieldChange {
            kind,
            name,
            before: Some(before),
            after: None,
        }));

        changes.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        changes
    }
}

/// Returns every field of a description as text.
fn facts(description: &Description) -> BTreeMap<(ChangeKind, String), String> {
    let Description {
        version,
        publisher,
        application,
        summary,
        rate,
        ..
    } = description;

    let mut facts = BTreeMap::from([
        ((ChangeKind::Version, String::new()), version.to_string()),
        ((ChangeKind::Publisher, String::new()), publisher.clone()),
        (
            (ChangeKind::Application, String::new()),
            application.clone(),
        ),
        ((ChangeKind::Summary, String::new()), summary.clone()),
    ]);

    if let Some(RateHint { requests, per }) = rate {
        facts.insert(
            (ChangeKind::Rate, String::new()),
            format!("{requests} requests in {per} ms"),
        );
    }

    for RateLimitResponse { status, body_has } in &description.rate_limit_responses {
        let body = body_has
            .as_ref()
            .map(|text| format!(" with \"{text}\""))
            .unwrap_or_default();
        facts.insert(
            (ChangeKind::Rate, format!("{status}{body}")),
            "is a rate limit".into(),
        );
    }

    for template in &description.templates {
        facts.insert(
            (ChangeKind::Template, template.clone()),
            "works with it".into(),
        );
    }

    for field in &description.settings {
        facts.insert(
            (ChangeKind::Setting, field.name.to_string()),
            setting_text(field),
        );
    }

    for stream in &description.streams {
        facts.insert(
            (ChangeKind::Stream, stream.name.to_string()),
            stream_text(stream),
        );
    }

    for offer in &description.reclaims {
        facts.insert(
            (ChangeKind::Reclaim, offer.mode.as_str().to_owned()),
            offer_text(offer),
        );
    }

    for (target, methods) in requests(description) {
        facts.insert((ChangeKind::Request, target), methods.join(","));
    }

    facts
}

fn stream_text(stream: &DataStream) -> String {
    let kind = serde_json::to_value(stream.kind).ok();
    let mut text = kind
        .as_ref()
        .and_then(|kind| kind.as_str())
        .unwrap_or_default()
        .to_owned();

    if stream.reports_activity {
        text += ", reports activity";
    }
    if stream.incremental {
        text += ", looks back";
    }
    if stream.per_account {
        text += ", account by account";
    }

    format!("{text}: {}", stream.title)
}

fn offer_text(offer: &ReclaimOffer) -> String {
    let undone = if offer.reversible {
        "can be undone"
    } else {
        "cannot be undone"
    };
    let floor = offer
        .floor_product
        .as_ref()
        .map(|floor| format!(", down to {floor}"))
        .unwrap_or_default();

    format!("{undone}{floor}: {}", offer.summary)
}

fn setting_text(field: &SettingField) -> String {
    let takes = match &field.kind {
        SettingType::Text => "text".into(),
        SettingType::Integer => "whole number".into(),
        SettingType::Boolean => "true or false".into(),
        SettingType::Choice(choices) => format!("one of {}", choices.join(", ")),
    };

    let required = if field.required { ", required" } else { "" };
    let default = field
        .default
        .as_ref()
        .map(|value| format!(", else {value}"))
        .unwrap_or_default();

    format!("{takes}{required}{default}: {}", field.help)
}

/// Returns the methods by action and path, independent of the lines they are requested in.
fn requests(description: &Description) -> BTreeMap<String, Vec<&'static str>> {
    let mut targets: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for wanted in &description.requests {
        let host = wanted
            .host
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let methods = targets
            .entry(format!("{} {host}{}", wanted.action, wanted.path))
            .or_default();
        methods.extend(wanted.methods.iter().map(|method| method.as_str()));
        methods.sort_unstable();
        methods.dedup();
    }

    targets
}

impl Grant {
    /// Returns the changes since an older grant. A rule counts as added unless one older rule
    /// covers it.
    #[must_use]
    pub fn changes_since(&self, older: &Self) -> GrantDiff {
        let mine = by_method(&self.rules);
        let theirs = by_method(&older.rules);
        let beyond = |rules: &[GrantRule], others: &[GrantRule]| {
            rules
                .iter()
                .filter(|rule| !others.iter().any(|other| other.covers(rule)))
                .cloned()
                .collect()
        };

        let limits = |grant: &Self| serde_json::to_value(&grant.limits).unwrap_or_default();
        let now = limits(self);
        let before = limits(older);
        let number = |value: &serde_json::Value, name: &str| {
            value.get(name).and_then(serde_json::Value::as_u64)
        };

        let names = now.as_object().into_iter().flat_map(|fields| fields.keys());
        let limits = names
            .filter_map(|name| Some((name.clone(), number(&before, name)?, number(&now, name)?)));

        GrantDiff {
            added: beyond(&mine, &theirs),
            removed: beyond(&theirs, &mine),
            limits: limits.filter(|(_, before, now)| before != now).collect(),
        }
    }
}

fn by_method(rules: &[GrantRule]) -> Vec<GrantRule> {
    let mut split: Vec<_> = rules
        .iter()
        .flat_map(|rule| {
            rule.methods.iter().map(|method| GrantRule {
                methods: vec![*method],
                ..rule.clone()
            })
        })
        .collect();

    split.sort();
    split.dedup();

    split
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
