//! The `[sign]` section: the headers and query parameters of a signed request.

use super::document::{BasicSection, NamedValueSection, SignSection};
use super::error::TemplateError;
use super::field::TemplateField;
use super::pattern::Pattern;
use super::resolve::{ACCESS_TOKEN, ResolvedIn, Resolver};
use crate::credential::check_header_name;

/// Patterns of a request's headers and query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signing {
    pub(crate) basic: Option<Basic>,
    pub(crate) headers: Vec<NamedPattern>,
    pub(crate) query: Vec<NamedPattern>,
}

/// User name and password of RFC 7617.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Basic {
    pub(crate) user: Pattern,
    pub(crate) password: Pattern,
}

/// Header or query parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedPattern {
    pub(crate) name: Pattern,
    pub(crate) value: Pattern,
}

impl Signing {
    pub(super) fn new(
        section: Option<SignSection>,
        resolver: &Resolver<'_>,
        oauth: bool,
    ) -> Result<Self, TemplateError> {
        let signing = match section {
            None if oauth => Self {
                basic: None,
                headers: vec![bearer(resolver)?],
                query: Vec::new(),
            },
            None => Self {
                basic: None,
                headers: Vec::new(),
                query: Vec::new(),
            },
            Some(section) if section.names_origin() => {
                return Err(TemplateError::OtherOrigin("sign".into()));
            }
            Some(section) => Self {
                basic: section
                    .basic
                    .map(|basic| Basic::new(&basic, resolver))
                    .transpose()?,
                headers: patterns("sign.headers", &section.headers, resolver)?,
                query: patterns("sign.query", &section.query, resolver)?,
            },
        };

        signing.check_header_names()?;
        signing.check_parameter_names()?;
        signing.check_secret(resolver, oauth)?;

        Ok(signing)
    }

    /// Returns true if the access token is sent as RFC 6750 defines it.
    pub(crate) fn is_bearer(&self) -> bool {
        self.headers.iter().any(|header| {
            let authorization = header
                .name
                .literal()
                .is_some_and(|name| name.eq_ignore_ascii_case("authorization"));
            let value = header.value.to_string();
            authorization
                && value
                    .get(..7)
                    .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "))
        })
    }

    fn check_header_names(&self) -> Result<(), TemplateError> {
        let key = || "sign.headers".to_owned();
        let mut taken: Vec<String> = self.basic.iter().map(|_| "authorization".into()).collect();

        for name in literal_names(&self.headers) {
            let name = name.to_ascii_lowercase();
            check_header_name(&name)
                .map_err(|error| TemplateError::Header { key: key(), error })?;

            if taken.contains(&name) {
                return Err(TemplateError::Duplicate { key: key(), name });
            }
            taken.push(name);
        }

        Ok(())
    }

    fn check_parameter_names(&self) -> Result<(), TemplateError> {
        let key = || "sign.query".to_owned();
        let mut taken = Vec::new();

        for name in literal_names(&self.query) {
            if name.is_empty() || name.chars().any(char::is_control) {
                return Err(TemplateError::Text {
                    key: key(),
                    why: "a parameter has no name",
                });
            }

            if taken.contains(&name) {
                return Err(TemplateError::Duplicate {
                    key: key(),
                    name: name.into(),
                });
            }
            taken.push(name);
        }

        Ok(())
    }

    /// Checks that a connection's requests always carry the secret or the access token.
    fn check_secret(&self, resolver: &Resolver<'_>, oauth: bool) -> Result<(), TemplateError> {
        let certain = |pattern: &Pattern| {
            pattern.names().all(|name| {
                resolver
                    .field(name)
                    .is_none_or(TemplateField::is_always_set)
            })
        };

        let secret = |pattern: &Pattern| {
            let field = |name| resolver.field(name).is_some_and(|field| field.secret);
            pattern.names().any(|name| {
                if oauth {
                    name.as_str() == ACCESS_TOKEN
                } else {
                    field(name)
                }
            })
        };

        let pairs = self
            .headers
            .iter()
            .chain(&self.query)
            .map(|pattern| (&pattern.name, &pattern.value));

        let mut pairs = pairs.chain(
            self.basic
                .iter()
                .map(|basic| (&basic.user, &basic.password)),
        );

        if pairs
            .any(|(one, other)| certain(one) && certain(other) && (secret(one) || secret(other)))
        {
            return Ok(());
        }

        Err(TemplateError::Unsigned(if oauth {
            "{access-token}"
        } else {
            "a required secret field"
        }))
    }
}

/// Returns the names that are known before the fields are filled in.
fn literal_names(patterns: &[NamedPattern]) -> impl Iterator<Item = &str> {
    patterns.iter().filter_map(|pattern| pattern.name.literal())
}

impl Basic {
    fn new(section: &BasicSection, resolver: &Resolver<'_>) -> Result<Self, TemplateError> {
        Ok(Self {
            user: resolver.pattern("sign.basic.user", &section.user, ResolvedIn::Signed)?,
            password: resolver.pattern(
                "sign.basic.password",
                &section.password,
                ResolvedIn::Signed,
            )?,
        })
    }
}

fn bearer(resolver: &Resolver<'_>) -> Result<NamedPattern, TemplateError> {
    Ok(NamedPattern {
        name: resolver.pattern("sign", "authorization", ResolvedIn::Visible)?,
        value: resolver.pattern(
            "sign",
            &format!("Bearer {{{ACCESS_TOKEN}}}"),
            ResolvedIn::Signed,
        )?,
    })
}

fn patterns(
    key: &str,
    section: &[NamedValueSection],
    resolver: &Resolver<'_>,
) -> Result<Vec<NamedPattern>, TemplateError> {
    let one = |pair: &NamedValueSection| {
        if pair.names_origin() {
            return Err(TemplateError::OtherOrigin(key.into()));
        }
        Ok(NamedPattern {
            name: resolver.pattern(&format!("{key}.name"), &pair.name, ResolvedIn::Visible)?,
            value: resolver.pattern(&format!("{key}.value"), &pair.value, ResolvedIn::Signed)?,
        })
    };

    section.iter().map(one).collect()
}
