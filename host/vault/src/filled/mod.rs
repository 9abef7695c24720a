//! Templates with all their fields: what a connection signs with.

mod document;
mod oauth;
mod sign;
mod values;

use crate::template::{FieldKind, Template};
use crate::{Secret, VaultError};
use purser_model::FieldName;
use std::collections::BTreeMap;
use values::{check_places, plain_values, secret_values};

/// A template with all its fields. What could be made has been checked as far as it can be without asking the application: every value
/// is of its field's type, the URLs are safe, a private key can sign. Has no `Debug`: what it holds is what must not be seen.
pub struct FilledTemplate {
    template: Template,
    plain: BTreeMap<FieldName, String>,
    secrets: BTreeMap<FieldName, Secret>,
    private_network: bool,
}

static_assertions::assert_not_impl_any!(FilledTemplate: std::fmt::Debug, std::fmt::Display, Clone, serde::Serialize);

impl FilledTemplate {
    /// Fills a template in. `private_network` says whether the connection may reach private networks, where http is possible.
    ///
    /// # Errors
    /// Says which field is unknown, missing or given in the wrong place, which value is not of its type, which private key cannot sign and
    /// which URL is not https; and what HTTP would not carry.
    pub fn new(
        template: &Template,
        plain: BTreeMap<FieldName, String>,
        secrets: BTreeMap<FieldName, Secret>,
        private_network: bool,
    ) -> Result<Self, VaultError> {
        check_places(template, &plain, &secrets)?;
        let filled = Self {
            plain: plain_values(template, plain, private_network)?,
            secrets: secret_values(template, secrets)?,
            template: template.clone(),
            private_network,
        };
        if filled.oauth()?.is_none() {
            filled.credential(None)?;
        } else {
            filled.rehearse()?;
        }
        Ok(filled)
    }

    /// Fills a template in with secrets that were sealed as one document.
    ///
    /// # Errors
    /// As in [`FilledTemplate::new`], and when it is no such document.
    pub fn open(
        template: &Template,
        plain: BTreeMap<FieldName, String>,
        secrets: &Secret,
        private_network: bool,
    ) -> Result<Self, VaultError> {
        Self::new(template, plain, document::open(secrets)?, private_network)
    }

    /// The template.
    #[must_use]
    pub const fn template(&self) -> &Template {
        &self.template
    }

    /// What is not secret, with the template's defaults where nothing else was given.
    #[must_use]
    pub const fn plain(&self) -> &BTreeMap<FieldName, String> {
        &self.plain
    }

    /// All secrets as one document, to be sealed.
    #[must_use]
    pub fn secrets(&self) -> Secret {
        document::write(&self.secrets)
    }

    fn value(&self, name: &FieldName) -> Option<&str> {
        self.plain
            .get(name)
            .map(String::as_str)
            .or_else(|| self.secrets.get(name).map(Secret::expose))
    }

    /// The secrets that are ever sent: all but private keys.
    fn sent_secrets(&self) -> impl Iterator<Item = &Secret> {
        let is_key = |name| {
            self.template
                .field(name)
                .is_some_and(|field| field.kind == FieldKind::PrivateKey)
        };
        self.secrets
            .iter()
            .filter(move |(name, _)| !is_key(name))
            .map(|(_, secret)| secret)
    }
}
