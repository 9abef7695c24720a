//! The TOML form of a template, as it is written. Nothing in it is checked but that it has the right shape.

use super::FieldKind;
use crate::oauth::GrantKind;
use purser_model::{FieldName, TemplateName};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Document {
    pub(super) name: TemplateName,
    pub(super) title: String,
    pub(super) summary: String,
    #[serde(default)]
    pub(super) like: Vec<TemplateName>,
    #[serde(default)]
    pub(super) hosts: Vec<String>,
    #[serde(default, rename = "static")]
    pub(super) fixed: BTreeMap<FieldName, String>,
    #[serde(default)]
    pub(super) fields: Vec<WrittenField>,
    pub(super) sign: Option<WrittenSign>,
    pub(super) oauth: Option<WrittenOAuth>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WrittenField {
    pub(super) name: FieldName,
    pub(super) title: String,
    #[serde(default)]
    pub(super) help: String,
    #[serde(default, rename = "type")]
    pub(super) kind: FieldKind,
    #[serde(default)]
    pub(super) secret: bool,
    #[serde(default = "yes")]
    pub(super) required: bool,
    pub(super) default: Option<String>,
    #[serde(default)]
    pub(super) choices: Vec<String>,
}

const fn yes() -> bool {
    true
}

/// The keys by which somebody may try to have another origin's requests signed are known here to be refused with the reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WrittenSign {
    pub(super) basic: Option<WrittenBasic>,
    #[serde(default)]
    pub(super) headers: Vec<WrittenPair>,
    #[serde(default)]
    pub(super) query: Vec<WrittenPair>,
    url: Option<IgnoredAny>,
    base_url: Option<IgnoredAny>,
    origin: Option<IgnoredAny>,
    host: Option<IgnoredAny>,
    hosts: Option<IgnoredAny>,
}

impl WrittenSign {
    pub(super) fn names_an_origin(&self) -> bool {
        [
            &self.url,
            &self.base_url,
            &self.origin,
            &self.host,
            &self.hosts,
        ]
        .into_iter()
        .any(Option::is_some)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WrittenBasic {
    pub(super) user: String,
    pub(super) password: String,
}

/// A header or a query parameter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WrittenPair {
    pub(super) name: String,
    pub(super) value: String,
    url: Option<IgnoredAny>,
    host: Option<IgnoredAny>,
}

impl WrittenPair {
    pub(super) const fn names_an_origin(&self) -> bool {
        self.url.is_some() || self.host.is_some()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WrittenOAuth {
    pub(super) grant: GrantKind,
    pub(super) authorization_url: Option<String>,
    pub(super) token_url: String,
    pub(super) revocation_url: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<String>,
    pub(super) token_auth: Option<String>,
    pub(super) private_key: Option<String>,
    pub(super) key_id: Option<String>,
    pub(super) algorithm: Option<String>,
    pub(super) scopes: Option<String>,
    pub(super) scope_separator: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) audience: Option<String>,
    #[serde(default)]
    pub(super) claims: BTreeMap<String, String>,
    pub(super) assertion_lifetime: Option<u64>,
    #[serde(default)]
    pub(super) authorization_params: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) token_params: BTreeMap<String, String>,
    pub(super) token_path: Option<String>,
    pub(super) lifetime: Option<u64>,
    pub(super) margin: Option<u64>,
    pub(super) refresh_token_lifetime: Option<u64>,
    #[serde(default)]
    pub(super) metadata: BTreeMap<FieldName, String>,
}
