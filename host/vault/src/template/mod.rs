//! Configuration templates: which fields an authentication method needs, and how a request is signed with them. All of them are data, the
//! built-in ones too, and the same TOML describes them all.

mod built_in;
mod document;
mod error;
mod field;
mod oauth;
mod pattern;
mod scope;
mod sign;
mod url;

pub use built_in::built_in;
pub use error::TemplateError;
pub use field::{FieldKind, TemplateField};
pub(crate) use oauth::OAuthTemplate;
pub use pattern::PatternError;
pub(crate) use pattern::{Part, Pattern};
pub(crate) use scope::ACCESS_TOKEN;
pub(crate) use sign::{Placed, Signing};
pub(crate) use url::UrlPattern;

use crate::oauth::GrantKind;
use document::{Document, WrittenField};
use purser_model::{FieldName, TemplateName};
use scope::Scope;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use wildmatch::WildMatch;

/// The most bytes of a template. The longest built-in one has a tenth of them.
const LONGEST: usize = 64 * 1024;

/// How requests are signed, and what is asked for to that end. What parses is sound: it places its secret on every request, shows it
/// nowhere, and sends it to no host that was not meant.
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
    /// Reads a template.
    ///
    /// # Errors
    /// When the text is no template, or one that could leak a secret, sign nothing, or never be filled in.
    pub fn parse(toml: &str) -> Result<Self, TemplateError> {
        if toml.len() > LONGEST {
            return Err(TemplateError::TooLong);
        }
        let document: Document =
            toml::from_str(toml).map_err(|error| TemplateError::Toml(error.to_string()))?;
        let Document {
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
        shown("title", &title)?;
        shown("summary", &summary)?;
        check_hosts(&hosts)?;
        let fields = checked(fields)?;
        let received = received(oauth.as_ref().map(|oauth| oauth.metadata.keys()));
        distinct(&fields, &fixed, &received)?;
        let scope = Scope {
            fixed: &fixed,
            fields: &fields,
            received,
            used: RefCell::default(),
        };
        let is_oauth = oauth.is_some();
        let oauth = oauth
            .map(|oauth| OAuthTemplate::new(oauth, &scope))
            .transpose()?;
        if !is_oauth && !fields.iter().any(|field| field.secret) {
            return Err(TemplateError::NoSecret);
        }
        let signing = Signing::new(sign, &scope, is_oauth)?;
        let used = scope.used.into_inner();
        if let Some(field) = fields.iter().find(|field| !used.contains(&field.name)) {
            return Err(TemplateError::Unused(field.name.clone()));
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

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &TemplateName {
        &self.name
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it is, in a sentence.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The templates in whose place it can stand.
    #[must_use]
    pub fn like(&self) -> &[TemplateName] {
        &self.like
    }

    /// The hosts that its credentials may be sent to, `*` and `?` in them as wildcards. None: any.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// What is asked for with every connection, in the order in which it is asked.
    #[must_use]
    pub fn fields(&self) -> &[TemplateField] {
        &self.fields
    }

    /// The text that it was parsed from.
    #[must_use]
    pub fn toml(&self) -> &str {
        &self.toml
    }

    /// Whether a connector that accepts the templates of these names can work with it.
    #[must_use]
    pub fn serves<N: AsRef<str>>(&self, accepted: &[N]) -> bool {
        let mut names = std::iter::once(&self.name).chain(&self.like);
        names.any(|name| {
            accepted
                .iter()
                .any(|accepted| accepted.as_ref() == name.as_str())
        })
    }

    /// How its tokens are first got. Nothing for those that sign with what was filled in.
    #[must_use]
    pub fn grant(&self) -> Option<GrantKind> {
        self.oauth.as_ref().map(|oauth| oauth.grant)
    }

    /// Whether its credentials may be sent to this host.
    #[must_use]
    pub fn may_sign_for(&self, host: &str) -> bool {
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

fn checked(written: Vec<WrittenField>) -> Result<Vec<TemplateField>, TemplateError> {
    let one = |written: WrittenField| {
        let WrittenField {
            name,
            title,
            help,
            kind,
            secret,
            required,
            default,
            choices,
        } = written;
        shown(&format!("fields.{name}.title"), &title)?;
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
    written.into_iter().map(one).collect()
}

/// What a token answer brings, beside what is filled in.
fn received<'a>(metadata: Option<impl Iterator<Item = &'a FieldName>>) -> BTreeSet<FieldName> {
    let token = ACCESS_TOKEN.parse().ok();
    metadata
        .map(|names| names.cloned().chain(token).collect())
        .unwrap_or_default()
}

/// Checks that a name means one thing. The token's is kept free everywhere, so that a template can be made an OAuth one.
fn distinct(
    fields: &[TemplateField],
    fixed: &BTreeMap<FieldName, String>,
    received: &BTreeSet<FieldName>,
) -> Result<(), TemplateError> {
    let fields = fields.iter().map(|field| ("fields", &field.name));
    let fixed = fixed.keys().map(|name| ("static", name));
    let mut taken = BTreeSet::new();
    for (key, name) in fields.chain(fixed) {
        if name.as_str() == ACCESS_TOKEN {
            return Err(TemplateError::Reserved {
                key: key.into(),
                name: name.to_string(),
            });
        }
        if received.contains(name) || !taken.insert(name) {
            return Err(TemplateError::Duplicate {
                key: key.into(),
                name: name.to_string(),
            });
        }
    }
    Ok(())
}

/// Checks text that is shown to people, on terminals too.
fn shown(key: &str, text: &str) -> Result<(), TemplateError> {
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
        // `*acme.example` would also be `evil-acme.example`.
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
