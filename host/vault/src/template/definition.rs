//! A template: parsing, checks and accessors.

use super::document::{FieldSection, TemplateDocument};
use super::error::{MAX_BYTES, TemplateError};
use super::field::TemplateField;
use super::oauth::OAuthTemplate;
use super::resolve::{ACCESS_TOKEN, Resolver};
use super::sign::Signing;
use crate::oauth::GrantType;
use purser_model::{FieldName, TemplateName};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use wildmatch::WildMatch;

/// Authentication method: its fields, and how they sign a request.
///
/// A template that parses is sound. It puts its secret on every request, shows it nowhere, and
/// sends it to no unintended host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    name: TemplateName,
    title: String,
    summary: String,
    like: Vec<TemplateName>,
    hosts: Vec<String>,
    fields: Vec<TemplateField>,
    signing: Signing,
    oauth: Option<OAuthTemplate>,
    toml: String,
}

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// Fails if the text is not a template, or one that could leak a secret, sign nothing, or never
    /// be filled in.
    pub fn parse(toml: &str) -> Result<Self, TemplateError> {
        if toml.len() > MAX_BYTES {
            return Err(TemplateError::TooLong);
        }

        let document: TemplateDocument =
            toml::from_str(toml).map_err(|error| TemplateError::Toml(error.to_string()))?;
        let TemplateDocument {
            name,
            title,
            summary,
            like,
            hosts,
            fixed,
            fields,
            sign,
            oauth,
        } = document;

        check_text("title", &title)?;
        check_text("summary", &summary)?;
        check_hosts(&hosts)?;
        let fields = check_fields(fields)?;
        let response_names = names_in_response(oauth.as_ref().map(|oauth| oauth.metadata.keys()));
        check_distinct(&fields, &fixed, &response_names)?;
        let resolver = Resolver {
            fixed: &fixed,
            fields: &fields,
            response_names,
            used: RefCell::default(),
        };

        let is_oauth = oauth.is_some();
        let oauth = oauth
            .map(|oauth| OAuthTemplate::new(oauth, &resolver))
            .transpose()?;

        if !is_oauth && !fields.iter().any(|field| field.secret) {
            return Err(TemplateError::NoSecret);
        }

        let signing = Signing::new(sign, &resolver, is_oauth)?;
        let used = resolver.used.into_inner();

        if let Some(field) = fields.iter().find(|field| !used.contains(&field.name)) {
            return Err(TemplateError::UnusedField(field.name.clone()));
        }

        Ok(Self {
            name,
            title,
            summary,
            like,
            hosts,
            fields,
            signing,
            oauth,
            toml: toml.to_owned(),
        })
    }

    /// Returns the name.
    #[must_use]
    pub const fn name(&self) -> &TemplateName {
        &self.name
    }

    /// Returns the title for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns a sentence that describes the template.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// Returns the templates in whose place it can be used.
    #[must_use]
    pub fn like(&self) -> &[TemplateName] {
        &self.like
    }

    /// Returns the hosts that its credentials may be sent to, with `*` and `?` as wildcards; if
    /// empty, any host.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// Returns the fields, in the order of the prompts.
    #[must_use]
    pub fn fields(&self) -> &[TemplateField] {
        &self.fields
    }

    /// Returns the text that it was parsed from.
    #[must_use]
    pub fn toml(&self) -> &str {
        &self.toml
    }

    /// Returns true if a connector that accepts templates of these names can work with it.
    #[must_use]
    pub fn is_accepted_by<N: AsRef<str>>(&self, accepted: &[N]) -> bool {
        let mut names = std::iter::once(&self.name).chain(&self.like);
        names.any(|name| {
            accepted
                .iter()
                .any(|accepted| accepted.as_ref() == name.as_str())
        })
    }

    /// Returns the grant type by which its tokens are obtained; `None` for templates without OAuth.
    #[must_use]
    pub fn grant(&self) -> Option<GrantType> {
        self.oauth.as_ref().map(|oauth| oauth.grant)
    }

    /// Returns true if its credentials may be sent to this host.
    #[must_use]
    pub fn allows_host(&self, host: &str) -> bool {
        self.hosts.is_empty()
            || self
                .hosts
                .iter()
                .any(|hosts| WildMatch::new_case_insensitive(hosts).matches(host))
    }

    pub(crate) fn field(&self, name: &FieldName) -> Option<&TemplateField> {
        self.fields.iter().find(|field| field.name == *name)
    }

    pub(crate) const fn signing(&self) -> &Signing {
        &self.signing
    }

    pub(crate) const fn oauth(&self) -> Option<&OAuthTemplate> {
        self.oauth.as_ref()
    }
}

fn check_fields(sections: Vec<FieldSection>) -> Result<Vec<TemplateField>, TemplateError> {
    let one = |section: FieldSection| {
        let FieldSection {
            name,
            title,
            help,
            kind,
            secret,
            required,
            default,
            choices,
        } = section;
        check_text(&format!("fields.{name}.title"), &title)?;
        if help.chars().any(char::is_control) {
            let key = format!("fields.{name}.help");
            return Err(TemplateError::Text {
                key,
                why: "it holds a line break or another control character",
            });
        }
        let field = TemplateField {
            name,
            title,
            help,
            kind,
            secret,
            required,
            default,
            choices,
        };
        field.check()?;
        Ok(field)
    };

    sections.into_iter().map(one).collect()
}

/// Returns the names whose values a token response brings.
fn names_in_response<'a>(
    metadata: Option<impl Iterator<Item = &'a FieldName>>,
) -> BTreeSet<FieldName> {
    let token = ACCESS_TOKEN.parse().ok();
    metadata
        .map(|names| names.cloned().chain(token).collect())
        .unwrap_or_default()
}

/// Checks that every name has one meaning. The token's name is reserved in all templates, so that
/// one can be turned into an OAuth template.
fn check_distinct(
    fields: &[TemplateField],
    fixed: &BTreeMap<FieldName, String>,
    response_names: &BTreeSet<FieldName>,
) -> Result<(), TemplateError> {
    let fields = fields.iter().map(|field| ("fields", &field.name));
    let statics = fixed.keys().map(|name| ("static", name));
    let mut taken = BTreeSet::new();

    for (key, name) in fields.chain(statics) {
        if name.as_str() == ACCESS_TOKEN {
            return Err(TemplateError::Reserved {
                key: key.into(),
                name: name.to_string(),
            });
        }
        if response_names.contains(name) || !taken.insert(name) {
            return Err(TemplateError::Duplicate {
                key: key.into(),
                name: name.to_string(),
            });
        }
    }

    Ok(())
}

/// Checks text that is shown to people, also on terminals.
fn check_text(key: &str, text: &str) -> Result<(), TemplateError> {
    let wrong = |why| {
        Err(TemplateError::Text {
            key: key.into(),
            why,
        })
    };

    if text.trim().is_empty() {
        return wrong("it is empty");
    }

    if text.chars().any(char::is_control) {
        return wrong("it holds a line break or another control character");
    }

    Ok(())
}

fn check_hosts(patterns: &[String]) -> Result<(), TemplateError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-.*?".contains(c);
    for pattern in patterns {
        let last = pattern.rsplit('.').next().unwrap_or_default();
        // `*acme.example` would also match `evil-acme.example`.
        let open = pattern
            .strip_prefix(['*', '?'])
            .is_some_and(|rest| !rest.starts_with('.'));
        if last.is_empty() || last.contains(['*', '?']) || open || !pattern.chars().all(allowed) {
            return Err(TemplateError::HostPattern(
                pattern.chars().take(80).collect(),
            ));
        }
    }

    Ok(())
}
