//! What a connector says of itself: the answer of its `describe`, checked.

use crate::{ConnectorName, Host, Method, PathPattern, SettingName, StreamName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::str::FromStr;

/// What kind of record a stream yields.
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

/// A named, paged, resumable read of one kind of record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataStream {
    /// In kebab-case, unique in the description.
    pub name: StreamName,
    /// What a person calls it.
    pub title: String,
    /// What it yields.
    pub kind: StreamKind,
    /// Whether activity in its records can be anything but unknown.
    pub reports_activity: bool,
    /// Whether it honours a look-back time.
    pub incremental: bool,
    /// Whether it is asked for some accounts at a time.
    #[serde(default)]
    pub per_account: bool,
}

/// What taking a seat back does in the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReclaimMode {
    /// The account stays and loses the product.
    RemoveLicence,
    /// The account can no longer be signed in to.
    Suspend,
    /// The account is removed.
    Delete,
    /// The account moves to a cheaper product.
    Downgrade,
}

impl ReclaimMode {
    /// The word used in grants, on the command line and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RemoveLicence => "remove-licence",
            Self::Suspend => "suspend",
            Self::Delete => "delete",
            Self::Downgrade => "downgrade",
        }
    }
}

impl FromStr for ReclaimMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [
            Self::RemoveLicence,
            Self::Suspend,
            Self::Delete,
            Self::Downgrade,
        ]
        .into_iter()
        .find(|mode| mode.as_str() == text)
        .ok_or_else(|| {
            format!("{text:?} is no reclaim mode: use remove-licence, suspend, delete or downgrade")
        })
    }
}

/// A way of taking a seat back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReclaimOffer {
    /// What it does.
    pub mode: ReclaimMode,
    /// The same in a sentence, for the person who approves it.
    pub summary: String,
    /// Whether the application can undo it with nothing lost.
    pub reversible: bool,
    /// For a downgrade: the product the account ends up with.
    pub floor_product: Option<String>,
}

/// What a connector is called for. Grants are given per action, so a read can never write. Written `check`, `read:STREAM`, `reclaim:MODE`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Action {
    /// Trying a capability.
    Check,
    /// Reading the stream named.
    Read(StreamName),
    /// Reclaiming in this mode.
    Reclaim(ReclaimMode),
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check => f.pad("check"),
            Self::Read(stream) => f.pad(&format!("read:{stream}")),
            Self::Reclaim(mode) => f.pad(&format!("reclaim:{}", mode.as_str())),
        }
    }
}

impl FromStr for Action {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "check" => Ok(Self::Check),
            Some(("read", stream)) => Ok(Self::Read(
                stream.parse().map_err(|error| format!("{error}"))?,
            )),
            Some(("reclaim", mode)) => Ok(Self::Reclaim(mode.parse()?)),
            _ => Err(format!(
                "{text:?} is no action: use check, read:STREAM or reclaim:MODE"
            )),
        }
    }
}

impl TryFrom<String> for Action {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Action> for String {
    fn from(action: Action) -> Self {
        action.to_string()
    }
}

/// What kind of value a setting takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettingType {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// One of these.
    Choice(Vec<String>),
}

/// A value of a setting. A choice is text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(String),
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

/// A profile's settings by name. A `BTreeMap`, so that their serialised form, and a digest of it, does not depend on entry order.
pub type Settings = BTreeMap<String, SettingValue>;

/// A setting that a profile can carry. Never a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingField {
    /// In kebab-case, unique in the description.
    pub name: SettingName,
    /// What a form shows.
    pub title: String,
    /// What it does.
    pub help: String,
    /// The type of its value.
    #[serde(rename = "type")]
    pub kind: SettingType,
    /// Whether a profile without it cannot be published.
    pub required: bool,
    /// What the connector receives when the profile is silent.
    pub default: Option<SettingValue>,
}

impl SettingField {
    /// Reads a value of this setting's type from text, as typed on a command line.
    ///
    /// # Errors
    /// A sentence that names the setting and what it takes.
    pub fn parse(&self, text: &str) -> Result<SettingValue, String> {
        let takes = |what: &str| format!("setting {} takes {what}, not {text:?}", self.name);
        match &self.kind {
            SettingType::Text => Ok(SettingValue::Text(text.to_owned())),
            SettingType::Integer => text
                .parse()
                .map(SettingValue::Integer)
                .map_err(|_| takes("a whole number")),
            SettingType::Boolean => text
                .parse()
                .map(SettingValue::Boolean)
                .map_err(|_| takes("true or false")),
            SettingType::Choice(choices) if choices.iter().any(|choice| choice == text) => {
                Ok(SettingValue::Text(text.to_owned()))
            }
            SettingType::Choice(choices) => Err(takes(&format!("one of {}", choices.join(", ")))),
        }
    }

    fn accepts(&self, value: &SettingValue) -> bool {
        match (&self.kind, value) {
            (SettingType::Text, SettingValue::Text(_))
            | (SettingType::Integer, SettingValue::Integer(_))
            | (SettingType::Boolean, SettingValue::Boolean(_)) => true,
            (SettingType::Choice(choices), SettingValue::Text(text)) => choices.contains(text),
            _ => false,
        }
    }
}

/// Requests that a connector asks to be allowed, for one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedAccess {
    /// For what.
    pub action: Action,
    /// Which methods.
    pub methods: Vec<Method>,
    /// A server other than the connection's own.
    pub host: Option<Host>,
    /// Below the base URL, or from the root of `host`.
    pub path: PathPattern,
    /// Why.
    pub reason: String,
}

/// How often the application may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RateHint {
    /// Requests allowed in each period.
    pub requests: u32,
    /// The period in milliseconds.
    pub per: u64,
}

/// An answer that means "too many requests, come back later" although its status says something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimitResponse {
    /// Its status.
    pub status: u16,
    /// A text that its body has then, in capitals or not.
    pub body_has: Option<String>,
}

impl RateLimitResponse {
    /// How many a description may have.
    pub const MOST: usize = 16;

    /// Whether this is such an answer.
    #[must_use]
    pub fn is(&self, status: u16, body: &[u8]) -> bool {
        let has = |text: &String| {
            body.windows(text.len())
                .any(|part| part.eq_ignore_ascii_case(text.as_bytes()))
        };
        self.status == status && self.body_has.as_ref().is_none_or(has)
    }

    fn validate(&self) -> Result<(), String> {
        // 401 is about the credential: another one is got for it.
        if !(400..600).contains(&self.status) || self.status == 401 {
            return Err(format!(
                "an answer of {} says nothing of a rate limit",
                self.status
            ));
        }
        match &self.body_has {
            Some(text) if text.trim().is_empty() => Err("a limited answer's text is empty".into()),
            _ => Ok(()),
        }
    }
}

/// What a connector is and wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// In kebab-case.
    pub name: ConnectorName,
    /// Its version.
    pub version: semver::Version,
    /// Who made it.
    pub publisher: String,
    /// The SaaS application, by the name its users know.
    pub application: String,
    /// What it does, in a sentence.
    pub summary: String,
    /// Names of configuration templates it can work with, best first.
    pub templates: Vec<String>,
    /// Settings of a profile.
    pub settings: Vec<SettingField>,
    /// Data streams.
    pub streams: Vec<DataStream>,
    /// Ways of taking a seat back.
    pub reclaims: Vec<ReclaimOffer>,
    /// What it asks to be allowed.
    pub requests: Vec<RequestedAccess>,
    /// How often the application may be asked.
    pub rate: Option<RateHint>,
    /// How else than with 429 and 503 the application says that it was asked too often.
    #[serde(default)]
    pub rate_limit_responses: Vec<RateLimitResponse>,
}

/// A description that contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the connector's description is not consistent: {0}")]
pub struct DescriptionError(pub String);

impl Description {
    /// Checks what types alone cannot say: unique names, requests for actions that exist, defaults of the right type, lengths.
    ///
    /// # Errors
    /// The first contradiction found.
    pub fn validate(&self) -> Result<(), DescriptionError> {
        let wrong = |text: String| Err(DescriptionError(text));
        if self.streams.is_empty() {
            return wrong("it offers no stream".into());
        }
        if self.templates.is_empty() {
            return wrong("it names no configuration template".into());
        }
        if let Some(name) = repeated(self.streams.iter().map(|stream| &stream.name)) {
            return wrong(format!("stream {name} is described twice"));
        }
        if let Some(name) = repeated(self.settings.iter().map(|field| &field.name)) {
            return wrong(format!("setting {name} is described twice"));
        }
        if let Some(mode) = repeated(self.reclaims.iter().map(|offer| offer.mode.as_str())) {
            return wrong(format!("reclaim mode {mode} is described twice"));
        }
        for field in &self.settings {
            if field
                .default
                .as_ref()
                .is_some_and(|value| !field.accepts(value))
            {
                return wrong(format!(
                    "the default of setting {} is not of its type",
                    field.name
                ));
            }
        }
        for wanted in &self.requests {
            if !self.offers(&wanted.action) {
                return wrong(format!(
                    "it asks for requests of {}, which it does not offer",
                    wanted.action
                ));
            }
            if wanted.methods.is_empty() {
                return wrong(format!(
                    "it asks for no method in a request of {}",
                    wanted.action
                ));
            }
        }
        if self.rate_limit_responses.len() > RateLimitResponse::MOST {
            return wrong(format!(
                "it names {} limited answers; it can name {}",
                self.rate_limit_responses.len(),
                RateLimitResponse::MOST
            ));
        }
        if let Some(why) = self
            .rate_limit_responses
            .iter()
            .find_map(|answer| answer.validate().err())
        {
            return wrong(why);
        }
        let texts = [&self.publisher, &self.application, &self.summary];
        if texts.iter().any(|text| {
            text.trim().is_empty() || text.len() > 1000 || text.chars().any(char::is_control)
        }) {
            return wrong(
                "publisher, application and summary must be plain text of 1 to 1000 bytes".into(),
            );
        }
        Ok(())
    }

    /// Whether the connector has this action.
    #[must_use]
    pub fn offers(&self, action: &Action) -> bool {
        match action {
            Action::Check => true,
            Action::Read(name) => self.stream(name).is_some(),
            Action::Reclaim(mode) => self.reclaims.iter().any(|offer| offer.mode == *mode),
        }
    }

    /// The stream of this name.
    #[must_use]
    pub fn stream(&self, name: &StreamName) -> Option<&DataStream> {
        self.streams.iter().find(|stream| stream.name == *name)
    }

    /// The streams in the order in which a run reads them: accounts first, so that activity finds the account it is about.
    #[must_use]
    pub fn streams_in_order(&self) -> Vec<&DataStream> {
        let mut streams: Vec<_> = self.streams.iter().collect();
        streams.sort_by_key(|stream| stream.kind);
        streams
    }

    /// Completes a profile's settings with defaults, and checks them.
    ///
    /// # Errors
    /// A sentence that names the setting that is unknown, missing or of the wrong type.
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
