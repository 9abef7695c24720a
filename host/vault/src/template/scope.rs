//! What a pattern may mention, and where.

use super::{FieldKind, Pattern, TemplateError, TemplateField};
use purser_model::FieldName;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The name under which the access token can be placed.
pub(crate) const ACCESS_TOKEN: &str = "access-token";

/// Everything in a template that has a name.
pub(super) struct Scope<'a> {
    pub(super) fixed: &'a BTreeMap<FieldName, String>,
    pub(super) fields: &'a [TemplateField],
    /// What `[oauth]` adds for `[sign]`: the access token and what is kept of the answer.
    pub(super) received: BTreeSet<FieldName>,
    pub(super) used: RefCell<BTreeSet<FieldName>>,
}

/// Where a pattern stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// What people, logs or a browser see: names, URLs, parameters. Nothing secret, and nothing that another side sent.
    Seen,
    /// The value of a header or a query parameter of a signed request.
    Signed,
}

impl Scope<'_> {
    pub(super) fn field(&self, name: &FieldName) -> Option<&TemplateField> {
        self.fields.iter().find(|field| field.name == *name)
    }

    /// Reads a pattern and puts in what is fixed.
    pub(super) fn pattern(
        &self,
        key: &str,
        text: &str,
        place: Place,
    ) -> Result<Pattern, TemplateError> {
        let pattern = self.any(key, text)?;
        for name in pattern.names() {
            match self.field(name) {
                Some(field) if field.kind == FieldKind::PrivateKey => {
                    return Err(TemplateError::PrivateKeySent {
                        key: key.into(),
                        field: name.clone(),
                    });
                }
                Some(field) if field.secret && place == Place::Seen => {
                    return Err(TemplateError::SecretSeen {
                        key: key.into(),
                        field: name.clone(),
                    });
                }
                None if place == Place::Seen || !self.received.contains(name) => {
                    return Err(self.unknown(key, name, place));
                }
                Some(_) | None => {}
            }
        }
        Ok(pattern)
    }

    /// Reads what must be one secret field and nothing else, of this type.
    pub(super) fn secret(
        &self,
        key: &str,
        text: &str,
        kind: FieldKind,
    ) -> Result<FieldName, TemplateError> {
        let pattern = self.any(key, text)?;
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

    fn any(&self, key: &str, text: &str) -> Result<Pattern, TemplateError> {
        let pattern: Pattern = text.parse().map_err(|error| TemplateError::Pattern {
            key: key.into(),
            error,
        })?;
        self.used.borrow_mut().extend(pattern.names().cloned());
        Ok(pattern.with_fixed(self.fixed))
    }

    fn unknown(&self, key: &str, name: &FieldName, place: Place) -> TemplateError {
        let fields = self
            .fields
            .iter()
            .filter(|field| field.kind != FieldKind::PrivateKey);
        let fields = fields
            .filter(|field| place == Place::Signed || !field.secret)
            .map(|field| &field.name);
        let received = self.received.iter().filter(|_| place == Place::Signed);
        let known = fields
            .chain(self.fixed.keys())
            .chain(received)
            .cloned()
            .collect();
        TemplateError::Unknown {
            key: key.into(),
            name: name.clone(),
            known,
        }
    }
}
