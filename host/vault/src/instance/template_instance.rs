//! A template instance: construction and accessors.

use super::{document, values};
use crate::opaque::assert_opaque;
use crate::template::{FieldKind, Template};
use crate::{Secret, VaultError};
use purser_model::FieldName;
use std::collections::BTreeMap;

/// Template with the values of all its fields.
///
/// It has been checked as far as that is possible without asking the application: every value is of
/// its field's type, the URLs are safe, a private key can sign. Has no `Debug`, as it holds
/// secrets.
pub struct TemplateInstance {
    pub(super) template: Template,
    plain: BTreeMap<FieldName, String>,
    pub(super) secrets: BTreeMap<FieldName, Secret>,
    pub(super) private_network: bool,
}

assert_opaque!(TemplateInstance);

impl TemplateInstance {
    /// Makes an instance. `private_network` is true if the connection may reach private networks,
    /// where http is allowed.
    ///
    /// # Errors
    /// Names the field that is unknown, missing or given in the wrong place, the value that is not
    /// of its type, the private key that cannot sign, the URL that is not https, or the value that
    /// HTTP would not carry.
    pub fn new(
        template: &Template,
        plain: BTreeMap<FieldName, String>,
        secrets: BTreeMap<FieldName, Secret>,
        private_network: bool,
    ) -> Result<Self, VaultError> {
        values::check_fields(template, &plain, &secrets)?;
        let instance = Self {
            plain: values::plain_values(template, plain, private_network)?,
            secrets: values::secret_values(template, secrets)?,
            template: template.clone(),
            private_network,
        };

        if instance.oauth()?.is_none() {
            instance.credential(None)?;
        } else {
            instance.validate()?;
        }

        Ok(instance)
    }

    /// Makes an instance with secrets that were sealed as one document.
    ///
    /// # Errors
    /// As for [`TemplateInstance::new`]; also fails if the text is not such a document.
    pub fn open(
        template: &Template,
        plain: BTreeMap<FieldName, String>,
        secrets: &Secret,
        private_network: bool,
    ) -> Result<Self, VaultError> {
        let secrets = document::open(secrets)?;
        Self::new(template, plain, secrets, private_network)
    }

    /// Returns the template.
    #[must_use]
    pub const fn template(&self) -> &Template {
        &self.template
    }

    /// Returns the values that are not secret, defaults included.
    #[must_use]
    pub const fn plain(&self) -> &BTreeMap<FieldName, String> {
        &self.plain
    }

    /// Returns all secrets as one document, to be sealed.
    #[must_use]
    pub fn secrets(&self) -> Secret {
        document::write(&self.secrets)
    }

    /// Returns the value of a field, secret or not.
    pub(super) fn value(&self, name: &FieldName) -> Option<&str> {
        self.plain
            .get(name)
            .map(String::as_str)
            .or_else(|| self.secrets.get(name).map(Secret::expose))
    }

    /// Returns the secrets that are sent: all but private keys.
    pub(super) fn sent_secrets(&self) -> impl Iterator<Item = &Secret> {
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
