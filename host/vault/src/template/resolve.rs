//! Resolution of the names in patterns, by the position of the pattern.

use super::error::TemplateError;
use super::field::{FieldKind, TemplateField};
use super::pattern::Pattern;
use purser_model::FieldName;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Name of the access token in a placeholder.
pub(crate) const ACCESS_TOKEN: &str = "access-token";

/// Everything in a template that a placeholder can name.
pub(super) struct Resolver<'a> {
    /// Values under `[static]`.
    pub(super) fixed: &'a BTreeMap<FieldName, String>,
    /// Fields of the template.
    pub(super) fields: &'a [TemplateField],
    /// Names that `[oauth]` adds for `[sign]`: the access token and the values kept of the
    /// response.
    pub(super) response_names: BTreeSet<FieldName>,
    /// Names that some pattern used.
    pub(super) used: RefCell<BTreeSet<FieldName>>,
}

/// ResolvedIn of a pattern, which decides the names that it can use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ResolvedIn {
    /// A text that people, logs or a browser see: a name, URL or parameter. It can name nothing
    /// secret and nothing that the application sent.
    Visible,
    /// The value of a header or query parameter of a signed request.
    Signed,
}

impl Resolver<'_> {
    pub(super) fn field(&self, name: &FieldName) -> Option<&TemplateField> {
        self.fields.iter().find(|field| field.name == *name)
    }

    /// Parses a pattern, checks its names and replaces those that are static.
    pub(super) fn pattern(
        &self,
        key: &str,
        text: &str,
        context: ResolvedIn,
    ) -> Result<Pattern, TemplateError> {
        let pattern = self.parse(key, text)?;
        for name in pattern.names() {
            match self.field(name) {
                Some(field) if field.kind == FieldKind::PrivateKey => {
                    return Err(TemplateError::PrivateKeySent {
                        key: key.into(),
                        field: name.clone(),
                    });
                }
                Some(field) if field.secret && context == ResolvedIn::Visible => {
                    return Err(TemplateError::SecretExposed {
                        key: key.into(),
                        field: name.clone(),
                    });
                }
                None if context == ResolvedIn::Visible || !self.response_names.contains(name) => {
                    return Err(self.unknown(key, name, context));
                }
                Some(_) | None => {}
            }
        }

        Ok(pattern)
    }

    /// Parses a pattern that must be one secret field of this type and nothing else.
    pub(super) fn secret_field(
        &self,
        key: &str,
        text: &str,
        kind: FieldKind,
    ) -> Result<FieldName, TemplateError> {
        let pattern = self.parse(key, text)?;
        let known = pattern.sole().and_then(|name| self.field(name));

        match known.filter(|field| field.secret && field.kind == kind) {
            Some(field) => Ok(field.name.clone()),
            None => {
                let kind = if kind == FieldKind::PrivateKey {
                    "private-key"
                } else {
                    "text"
                };
                let why = format!(
                    "it must be one field in braces, with secret = true and of type {kind}"
                );
                Err(TemplateError::OAuth {
                    key: key.trim_start_matches("oauth.").into(),
                    why,
                })
            }
        }
    }

    fn parse(&self, key: &str, text: &str) -> Result<Pattern, TemplateError> {
        let pattern: Pattern = text.parse().map_err(|error| TemplateError::Pattern {
            key: key.into(),
            error,
        })?;

        self.used.borrow_mut().extend(pattern.names().cloned());
        Ok(pattern.with_fixed(self.fixed))
    }

    fn unknown(&self, key: &str, name: &FieldName, context: ResolvedIn) -> TemplateError {
        let fields = self
            .fields
            .iter()
            .filter(|field| field.kind != FieldKind::PrivateKey);

        let fields = fields
            .filter(|field| context == ResolvedIn::Signed || !field.secret)
            .map(|field| &field.name);

        let from_response = self
            .response_names
            .iter()
            .filter(|_| context == ResolvedIn::Signed);

        let known = fields
            .chain(self.fixed.keys())
            .chain(from_response)
            .cloned()
            .collect();

        TemplateError::UnknownPlaceholder {
            key: key.into(),
            name: name.clone(),
            known,
        }
    }
}
