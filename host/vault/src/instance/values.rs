//! Given values, checked against the fields of the template.

use crate::template::{FieldKind, Template, TemplateField};
use crate::{CredentialError, SHORTEST_SECRET, Secret};
use purser_model::FieldName;
use std::collections::BTreeMap;

/// Checks that every given value has a field, and was given where the field belongs.
///
/// This check comes before that for missing values, because a misspelt name is the usual reason for
/// one.
pub(super) fn check_fields(
    template: &Template,
    plain: &BTreeMap<FieldName, String>,
    secrets: &BTreeMap<FieldName, Secret>,
) -> Result<(), CredentialError> {
    let plain = plain.keys().map(|name| (name, false));
    for (name, among_secrets) in plain.chain(secrets.keys().map(|name| (name, true))) {
        match template.field(name).map(|field| field.secret) {
            None => {
                return Err(CredentialError::UnknownField {
                    template: template.name().clone(),
                    field: name.clone(),
                    known: template
                        .fields()
                        .iter()
                        .map(|field| field.name.clone())
                        .collect(),
                });
            }
            Some(true) if !among_secrets => {
                return Err(CredentialError::SecretInPlain(name.clone()));
            }
            Some(false) if among_secrets => {
                return Err(CredentialError::PlainAmongSecrets(name.clone()));
            }
            Some(_) => {}
        }
    }

    Ok(())
}

/// Returns all values that are not secret, defaults included. An empty value counts as not given,
/// unless it overrides a default.
pub(super) fn plain_values(
    template: &Template,
    mut given: BTreeMap<FieldName, String>,
    private_network: bool,
) -> Result<BTreeMap<FieldName, String>, CredentialError> {
    let mut values = BTreeMap::new();
    for field in template.fields().iter().filter(|field| !field.secret) {
        let value = given
            .remove(&field.name)
            .filter(|value| !value.is_empty() || field.default.is_some());
        let Some(value) = value.or_else(|| field.default.clone()) else {
            if field.required {
                return Err(missing(template, field));
            }
            continue;
        };
        field.check_plain(&value)?;
        if field.kind == FieldKind::Url && !private_network && !is_https(&value) {
            return Err(CredentialError::PlainHttp(field.name.to_string()));
        }
        values.insert(field.name.clone(), value);
    }

    Ok(values)
}

/// Returns all secrets. An empty one counts as not given if its field is optional.
pub(super) fn secret_values(
    template: &Template,
    mut given: BTreeMap<FieldName, Secret>,
) -> Result<BTreeMap<FieldName, Secret>, CredentialError> {
    let mut values = BTreeMap::new();
    for field in template.fields().iter().filter(|field| field.secret) {
        let given = given.remove(&field.name);
        let Some(value) = given.filter(|value| field.required || !value.expose().is_empty()) else {
            if field.required {
                return Err(missing(template, field));
            }
            continue;
        };
        check_secret(field, value.expose())?;
        values.insert(field.name.clone(), value);
    }

    Ok(values)
}

fn check_secret(field: &TemplateField, text: &str) -> Result<(), CredentialError> {
    let name = || field.name.to_string();
    if field.kind != FieldKind::PrivateKey && text.chars().any(char::is_control) {
        return Err(CredentialError::InvalidCharacter(name()));
    }

    if text.len() < SHORTEST_SECRET {
        return Err(CredentialError::TooShort(name()));
    }

    Ok(())
}

fn missing(template: &Template, field: &TemplateField) -> CredentialError {
    CredentialError::MissingField {
        template: template.name().clone(),
        field: field.name.clone(),
        title: field.title.clone(),
    }
}

/// Returns true for an https URL. The scheme is case-insensitive.
pub(super) fn is_https(url: &str) -> bool {
    url.get(..6)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
}
