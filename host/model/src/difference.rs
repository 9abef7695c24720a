//! What is different between two versions of a connector, and between two grants.

use crate::{
    Description, Grant, GrantRule, RateHint, RateLimitResponse, SettingField, SettingType,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What part of a description changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Requests that it wants to be allowed. First, because these are its rights.
    Request,
    /// A way of taking a seat back.
    Reclaim,
    /// A data stream.
    Stream,
    /// A setting.
    Setting,
    /// A configuration template that it works with.
    Template,
    /// How often it may ask the application.
    Rate,
    /// The SaaS application that it is for.
    Application,
    /// Who says to have made it.
    Publisher,
    /// What it says it does.
    Summary,
    /// Its version.
    Version,
}

/// One difference between two descriptions. What is only in the new one has no `was`, what is only in the old one has no `is`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Of what kind.
    pub part: Part,
    /// Which, where there can be several: `read:users /users`, `page-size`.
    pub name: String,
    /// What the old one says.
    pub was: Option<String>,
    /// What the new one says.
    pub is: Option<String>,
}

/// What one grant allows beyond another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GrantDifference {
    /// Allowed now, and not before; a method each.
    pub added: Vec<GrantRule>,
    /// Allowed before, and not now; a method each.
    pub gone: Vec<GrantRule>,
    /// Limits that changed: name, before, now.
    pub limits: Vec<(String, u64, u64)>,
}

impl GrantDifference {
    /// Whether the two grants allow the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.gone.is_empty() && self.limits.is_empty()
    }
}

impl Description {
    /// What is different from an older description, rights first.
    #[must_use]
    pub fn changes_since(&self, older: &Self) -> Vec<Change> {
        let (mut was, is) = (facts(older), facts(self));
        let mut changes = Vec::new();
        for ((part, name), is) in is {
            let was = was.remove(&(part, name.clone()));
            if was.as_ref() != Some(&is) {
                changes.push(Change {
                    part,
                    name,
                    was,
                    is: Some(is),
                });
            }
        }
        changes.extend(was.into_iter().map(|((part, name), was)| Change {
            part,
            name,
            was: Some(was),
            is: None,
        }));
        changes.sort_by(|a, b| (a.part, &a.name).cmp(&(b.part, &b.name)));
        changes
    }
}

/// Everything that a description says, under what it says it of.
fn facts(description: &Description) -> BTreeMap<(Part, String), String> {
    let Description {
        version,
        publisher,
        application,
        summary,
        rate,
        ..
    } = description;
    let mut facts = BTreeMap::from([
        ((Part::Version, String::new()), version.to_string()),
        ((Part::Publisher, String::new()), publisher.clone()),
        ((Part::Application, String::new()), application.clone()),
        ((Part::Summary, String::new()), summary.clone()),
    ]);
    if let Some(RateHint { requests, per }) = rate {
        facts.insert(
            (Part::Rate, String::new()),
            format!("{requests} requests in {per} ms"),
        );
    }
    for RateLimitResponse { status, body_has } in &description.rate_limit_responses {
        let body = body_has
            .as_ref()
            .map(|text| format!(" with \"{text}\""))
            .unwrap_or_default();
        facts.insert(
            (Part::Rate, format!("{status}{body}")),
            "is a rate limit".into(),
        );
    }
    for template in &description.templates {
        facts.insert((Part::Template, template.clone()), "works with it".into());
    }
    for field in &description.settings {
        facts.insert((Part::Setting, field.name.to_string()), setting(field));
    }
    for stream in &description.streams {
        let kind = serde_json::to_value(stream.kind).ok();
        let kind = kind
            .as_ref()
            .and_then(|kind| kind.as_str())
            .unwrap_or_default();
        let activity = if stream.reports_activity {
            ", tells activity"
        } else {
            ""
        };
        let incremental = if stream.incremental {
            ", looks back"
        } else {
            ""
        };
        let by_account = if stream.per_account {
            ", account by account"
        } else {
            ""
        };
        facts.insert(
            (Part::Stream, stream.name.to_string()),
            format!(
                "{kind}{activity}{incremental}{by_account}: {}",
                stream.title
            ),
        );
    }
    for offer in &description.reclaims {
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
        facts.insert(
            (Part::Reclaim, offer.mode.as_str().to_owned()),
            format!("{undone}{floor}: {}", offer.summary),
        );
    }
    for (place, methods) in requests(description) {
        facts.insert((Part::Request, place), methods.join(","));
    }
    facts
}

fn setting(field: &SettingField) -> String {
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

/// The methods wanted at each place for each action, however the description has them in lines.
fn requests(description: &Description) -> BTreeMap<String, Vec<&'static str>> {
    let mut places: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for wanted in &description.requests {
        let host = wanted
            .host
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let methods = places
            .entry(format!("{} {host}{}", wanted.action, wanted.path))
            .or_default();
        methods.extend(wanted.methods.iter().map(|method| method.as_str()));
        methods.sort_unstable();
        methods.dedup();
    }
    places
}

impl Grant {
    /// What is different in this grant from an older one. A rule counts as new unless one older rule covers it.
    #[must_use]
    pub fn difference_to(&self, older: &Self) -> GrantDifference {
        let (mine, theirs) = (by_method(&self.rules), by_method(&older.rules));
        let beyond = |rules: &[GrantRule], others: &[GrantRule]| {
            rules
                .iter()
                .filter(|rule| !others.iter().any(|other| other.covers(rule)))
                .cloned()
                .collect()
        };
        let limits = |grant: &Self| serde_json::to_value(&grant.limits).unwrap_or_default();
        let (now, before) = (limits(self), limits(older));
        let number = |value: &serde_json::Value, name: &str| {
            value.get(name).and_then(serde_json::Value::as_u64)
        };
        let names = now.as_object().into_iter().flat_map(|fields| fields.keys());
        let limits = names
            .filter_map(|name| Some((name.clone(), number(&before, name)?, number(&now, name)?)));
        GrantDifference {
            added: beyond(&mine, &theirs),
            gone: beyond(&theirs, &mine),
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
#[path = "difference_tests.rs"]
mod tests;
