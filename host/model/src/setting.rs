//! Settings of a profile: their definitions and values.

use crate::SettingName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Type of a setting's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettingType {
    /// Text.
    Text,
    /// Whole number.
    Integer,
    /// True or false.
    Boolean,
    /// One of these texts.
    Choice(Vec<String>),
}

/// Value of a setting. A choice is text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// True or false.
    Boolean(bool),
    /// Whole number.
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

/// Settings of a profile by name. A `BTreeMap`, so that their serialised form, and a digest of it,
/// does not depend on the order of entry.
pub type Settings = BTreeMap<String, SettingValue>;

/// Setting of a profile. Never a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingField {
    /// Name in kebab-case, unique in the description.
    pub name: SettingName,
    /// Label in a form.
    pub title: String,
    /// Explanation of its effect.
    pub help: String,
    /// Type of its value.
    #[serde(rename = "type")]
    pub kind: SettingType,
    /// If set, a profile without it cannot be published.
    pub required: bool,
    /// Value for profiles that do not set it; absent if there is none.
    pub default: Option<SettingValue>,
}

impl SettingField {
    /// Parses a value of this setting's type from text, as typed on a command line.
    ///
    /// # Errors
    /// Returns a sentence that names the setting and its valid values.
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

    pub(crate) fn accepts(&self, value: &SettingValue) -> bool {
        match (&self.kind, value) {
            (SettingType::Text, SettingValue::Text(_))
            | (SettingType::Integer, SettingValue::Integer(_))
            | (SettingType::Boolean, SettingValue::Boolean(_)) => true,
            (SettingType::Choice(choices), SettingValue::Text(text)) => choices.contains(text),
            _ => false,
        }
    }
}
