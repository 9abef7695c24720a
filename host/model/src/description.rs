//! Description of a connector: the response of its `describe` export, validated.

use crate::action::{Action, ReclaimMode};
use crate::setting::{SettingField, Settings};
use crate::{ConnectorName, Host, Method, PathPattern, StreamName};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Kind of record in a data stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StreamKind {
    /// Accounts. Read before activity, so that activity finds its account.
    Accounts,
    /// Activity.
    Activity,
    /// Products: licence facts.
    Products,
}

/// Named, paged, resumable read of one kind of record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataStream {
    /// Name in kebab-case, unique in the description.
    pub name: StreamName,
    /// Title for people.
    pub title: String,
    /// Kind of its records.
    pub kind: StreamKind,
    /// True if activity in its records can be anything but unknown.
    pub reports_activity: bool,
    /// True if it honours a look-back time.
    pub incremental: bool,
    /// True if it reads a batch of accounts per call.
    #[serde(default)]
    pub per_account: bool,
}

/// Offer to take a seat back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReclaimOffer {
    /// Effect in the application.
    pub mode: ReclaimMode,
    /// Sentence for the person who approves it.
    pub summary: String,
    /// True if the application can undo it without loss.
    pub reversible: bool,
    /// Product that the account ends up with; only for a downgrade.
    pub floor_product: Option<String>,
}

/// Requests that a connector asks to be allowed, for one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedAccess {
    /// Action that sends them.
    pub action: Action,
    /// Methods.
    pub methods: Vec<Method>,
    /// Server; absent for the connection's own.
    pub host: Option<Host>,
    /// Path below the base URL, or from the root of `host`.
    pub path: PathPattern,
    /// Reason for the operator.
    pub reason: String,
}

/// Rate of requests that the application allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RateHint {
    /// Requests allowed in each period.
    pub requests: u32,
    /// Length of the period in milliseconds.
    pub per: u64,
}

/// Response that means "too many requests" although its status says something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimitResponse {
    /// HTTP status.
    pub status: u16,
    /// Text in the body, in any case; absent if the status suffices.
    pub body_has: Option<String>,
}

impl RateLimitResponse {
    /// Largest number of these in a description.
    pub const MAX_COUNT: usize = 16;

    /// Returns true if a response is one of these.
    #[must_use]
    pub fn matches(&self, status: u16, body: &[u8]) -> bool {
        let has = |text: &String| {
            body.windows(text.len())
                .any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
        };
        self.status == status && self.body_has.as_ref().is_none_or(has)
    }

    fn validate(&self) -> Result<(), String> {
        // 401 concerns the credential: the token is refreshed for it.
        if !(400..600).contains(&self.status) || self.status == 401 {
            return Err(format!(
                "a response of {} does not mean a rate limit",
                self.status
            ));
        }

        match &self.body_has {
            Some(text) if text.trim().is_empty() => {
                Err("the text of a rate limit response is empty".into())
            }
            _ => Ok(()),
        }
    }
}

/// Identity, offers and requested access of a connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Name in kebab-case.
    pub name: ConnectorName,
    /// Version.
    pub version: semver::Version,
    /// Publisher, as the connector states it.
    pub publisher: String,
    /// Name of the SaaS application, as its users know it.
    pub application: String,
    /// Summary in one sentence.
    pub summary: String,
    /// Names of the configuration templates it can work with, best first.
    pub templates: Vec<String>,
    /// Settings of a profile.
    pub settings: Vec<SettingField>,
    /// Data streams.
    pub streams: Vec<DataStream>,
    /// Offers to take a seat back.
    pub reclaims: Vec<ReclaimOffer>,
    /// Requested access.
    pub requests: Vec<RequestedAccess>,
    /// Rate of requests that the application allows; absent if not known.
    pub rate: Option<RateHint>,
    /// Responses other than 429 and 503 that mean "too many requests".
    #[serde(default)]
    pub rate_limit_responses: Vec<RateLimitResponse>,
}

/// Description that contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the connector's description is not consistent: {0}")]
pub struct DescriptionError(pub String);

impl Description {
    /// Checks what types cannot express: unique names, requests for actions that exist, defaults of
    /// the right type, lengths.
    ///
    /// # Errors
    /// Returns the first contradiction.
    pub fn validate(&self) -> Result<(), DescriptionError> {
        self.check_names()
            .and_then(|()| self.check_defaults())
            .and_then(|()| self.check_requests())
            .and_then(|()| self.check_rate_limit_responses())
            .and_then(|()| self.check_texts())
            .map_err(DescriptionError)
    }

    fn check_names(&self) -> Result<(), String> {
        if self.streams.is_empty() {
            return Err("it offers no stream".into());
        }
        if self.templates.is_empty() {
            return Err("it names no configuration template".into());
        }

        if let Some(name) = repeated(self.streams.iter().map(|stream| &stream.name)) {
            return Err(format!("stream {name} is described twice"));
        }
        if let Some(name) = repeated(self.settings.iter().map(|field| &field.name)) {
            return Err(format!("setting {name} is described twice"));
        }
        if let Some(mode) = repeated(self.reclaims.iter().map(|offer| offer.mode.as_str())) {
            return Err(format!("reclaim mode {mode} is described twice"));
        }

        Ok(())
    }

    fn check_defaults(&self) -> Result<(), String> {
        let has_wrong_default = |field: &&SettingField| {
            let default = field.default.as_ref();
            default.is_some_and(|value| !field.accepts(value))
        };

        match self.settings.iter().find(has_wrong_default) {
            Some(field) => Err(format!(
                "the default of setting {} is not of its type",
                field.name
            )),
            None => Ok(()),
        }
    }

    fn check_requests(&self) -> Result<(), String> {
        for request in &self.requests {
            if !self.offers(&request.action) {
                return Err(format!(
                    "it asks for requests of {}, which it does not offer",
                    request.action
                ));
            }
            if request.methods.is_empty() {
                return Err(format!(
                    "it asks for no method in a request of {}",
                    request.action
                ));
            }
        }

        Ok(())
    }

    fn check_rate_limit_responses(&self) -> Result<(), String> {
        let count = self.rate_limit_responses.len();
        if count > RateLimitResponse::MAX_COUNT {
            return Err(format!(
                "it names {count} rate limit responses; it can name {}",
                RateLimitResponse::MAX_COUNT
            ));
        }

        self.rate_limit_responses
            .iter()
            .try_for_each(RateLimitResponse::validate)
    }

    fn check_texts(&self) -> Result<(), String> {
        let is_plain = |text: &&String| {
            !text.trim().is_empty() && text.len() <= 1000 && !text.chars().any(char::is_control)
        };

        let texts = [&self.publisher, &self.application, &self.summary];
        if texts.iter().all(is_plain) {
            Ok(())
        } else {
            Err("publisher, application and summary must be plain text of 1 to 1000 bytes".into())
        }
    }

    /// Returns true if the connector has this action.
    #[must_use]
    pub fn offers(&self, action: &Action) -> bool {
        match action {
            Action::Check => true,
            Action::Read(name) => self.stream(name).is_some(),
            Action::Reclaim(mode) => self.reclaims.iter().any(|offer| offer.mode == *mode),
        }
    }

    /// Returns the stream of this name.
    #[must_use]
    pub fn stream(&self, name: &StreamName) -> Option<&DataStream> {
        self.streams.iter().find(|stream| stream.name == *name)
    }

    /// Returns the streams in the order of a run: accounts first, so that activity finds its
    /// account.
    #[must_use]
    pub fn streams_in_order(&self) -> Vec<&DataStream> {
        let mut streams: Vec<_> = self.streams.iter().collect();
        streams.sort_by_key(|stream| stream.kind);
        streams
    }

    /// Completes a profile's settings with defaults, and checks them.
    ///
    /// # Errors
    /// Returns a sentence that names the setting that is unknown, missing or of the wrong type.
    pub fn complete(&self, given: &Settings) -> Result<Settings, String> {
        if let Some(unknown) = given.keys().find(|name| {
            !self
                .settings
                .iter()
                .any(|field| field.name.as_str() == *name)
        }) {
            let known: Vec<_> = self
                .settings
                .iter()
                .map(|field| field.name.as_str())
                .collect();
            return Err(match known.as_slice() {
                [] => format!("{} has no setting {unknown}; it has none", self.name),
                known => format!(
                    "{} has no setting {unknown}; it has {}",
                    self.name,
                    known.join(", ")
                ),
            });
        }

        let mut complete = Settings::new();
        for field in &self.settings {
            match given.get(field.name.as_str()).or(field.default.as_ref()) {
                Some(value) if field.accepts(value) => {
                    drop(complete.insert(field.name.to_string(), value.clone()))
                }
                Some(value) => {
                    return Err(field.parse(&value.to_string()).err().unwrap_or_else(|| {
                        format!("setting {} does not take {value}", field.name)
                    }));
                }
                None if field.required => {
                    return Err(format!(
                        "setting {} is required: {}",
                        field.name, field.help
                    ));
                }
                None => {}
            }
        }

        Ok(complete)
    }
}

fn repeated<T: Eq + std::hash::Hash>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let mut seen = HashSet::new();

    items.find_map(|item| {
        if seen.contains(&item) {
            Some(item)
        } else {
            seen.insert(item);
            None
        }
    })
}
