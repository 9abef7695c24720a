//! TOML form of a template. Only its shape is checked here, not its content.

use super::field::FieldKind;
use crate::oauth::GrantType;
use purser_model::{FieldName, TemplateName};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct TemplateDocument {
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
    pub(super) fields: Vec<FieldSection>,
    pub(super) sign: Option<SignSection>,
    pub(super) oauth: Option<OAuthSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FieldSection {
    pub(super) name: FieldName,
    pub(super) title: String,
    #[serde(default)]
    pub(super) help: String,
    #[serde(default, rename = "type")]
    pub(super) kind: FieldKind,
    #[serde(default)]
    pub(super) secret: bool,
    #[serde(default = "default_required")]
    pub(super) required: bool,
    pub(super) default: Option<String>,
    #[serde(default)]
    pub(super) choices: Vec<String>,
}

const fn default_required() -> bool {
    true
}

/// The `[sign]` section.
///
/// The keys of an origin are known only so that they are refused with a reason: a template cannot
/// have the requests of another origin signed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SignSection {
    pub(super) basic: Option<BasicSection>,
    #[serde(default)]
    pub(super) headers: Vec<NamedValueSection>,
    #[serde(default)]
    pub(super) query: Vec<NamedValueSection>,
    url: Option<IgnoredAny>,
    base_url: Option<IgnoredAny>,
    origin: Option<IgnoredAny>,
    host: Option<IgnoredAny>,
    hosts: Option<IgnoredAny>,
}

impl SignSection {
    pub(super) fn names_origin(&self) -> bool {
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
pub(super) struct BasicSection {
    pub(super) user: String,
    pub(super) password: String,
}

/// Header or query parameter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct NamedValueSection {
    pub(super) name: String,
    pub(super) value: String,
    url: Option<IgnoredAny>,
    host: Option<IgnoredAny>,
}

impl NamedValueSection {
    pub(super) const fn names_origin(&self) -> bool {
        self.url.is_some() || self.host.is_some()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct OAuthSection {
    pub(super) grant: GrantType,
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
    #[serde(default)]
    pub(super) token_types: Vec<String>,
    pub(super) lifetime: Option<u64>,
    pub(super) margin: Option<u64>,
    pub(super) refresh_token_lifetime: Option<u64>,
    #[serde(default)]
    pub(super) metadata: BTreeMap<FieldName, String>,
}
