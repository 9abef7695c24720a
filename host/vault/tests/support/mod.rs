//! Template instances for tests.

#![allow(dead_code, reason = "not every test uses everything")]

use purser_vault::{CredentialError, Secret, Template, TemplateInstance, VaultError};
use std::collections::BTreeMap;

/// Values by field name, in any order.
pub(crate) type Given<'a> = &'a [(&'a str, &'a str)];

/// Returns a template that comes with Purser.
pub(crate) fn built_in(name: &str) -> &'static Template {
    purser_vault::built_in()
        .iter()
        .find(|template| template.name().as_str() == name)
        .unwrap()
}

/// Makes an instance; values of secret fields go among the secrets.
pub(crate) fn fill(
    template: &Template,
    given: Given<'_>,
) -> Result<TemplateInstance, CredentialError> {
    fill_in(template, given, false)
}

/// Does the same for a connection that may reach private networks, or not.
pub(crate) fn fill_in(
    template: &Template,
    given: Given<'_>,
    private: bool,
) -> Result<TemplateInstance, CredentialError> {
    let is_secret = |name: &str| {
        template
            .fields()
            .iter()
            .any(|field| field.secret && field.name.as_str() == name)
    };

    let (secrets, plain): (Vec<_>, Vec<_>) =
        given.iter().copied().partition(|(name, _)| is_secret(name));
    filled(template, &plain, &secrets, private)
}

/// Makes an instance with each value where it is given.
pub(crate) fn filled(
    template: &Template,
    plain: Given<'_>,
    secrets: Given<'_>,
    private: bool,
) -> Result<TemplateInstance, CredentialError> {
    let plain: BTreeMap<_, _> = plain
        .iter()
        .map(|(name, text)| (name.parse().unwrap(), (*text).to_owned()))
        .collect();

    let secret = |text: &str| Secret::new(text.to_owned());
    let secrets = secrets
        .iter()
        .map(|(name, text)| (name.parse().unwrap(), secret(text)))
        .collect();

    let made = TemplateInstance::new(template, plain.clone(), secrets, private)
        .map_err(credential_error)?;

    // Every instance must open again from its sealed document.
    let opened = TemplateInstance::open(template, made.plain().clone(), &made.secrets(), private);
    let opened = opened.map_err(credential_error)?;

    assert_eq!(opened.plain(), made.plain());
    assert_eq!(opened.secrets().expose(), made.secrets().expose());

    Ok(opened)
}

fn credential_error(error: VaultError) -> CredentialError {
    match error {
        VaultError::Credential(error) => error,
        other => panic!("{other}"),
    }
}
