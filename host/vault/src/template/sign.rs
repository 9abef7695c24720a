//! How a request is signed: what is put into its header and its query.

use super::document::{WrittenBasic, WrittenPair, WrittenSign};
use super::scope::{ACCESS_TOKEN, Place, Scope};
use super::{Pattern, TemplateError};
use crate::credential::header_name;

/// What is put on a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signing {
    pub(crate) basic: Option<Basic>,
    pub(crate) headers: Vec<Placed>,
    pub(crate) query: Vec<Placed>,
}

/// User and password of RFC 7617.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Basic {
    pub(crate) user: Pattern,
    pub(crate) password: Pattern,
}

/// A header or a query parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) name: Pattern,
    pub(crate) value: Pattern,
}

impl Signing {
    pub(super) fn new(
        written: Option<WrittenSign>,
        scope: &Scope<'_>,
        oauth: bool,
    ) -> Result<Self, TemplateError> {
        let signing = match written {
            None if oauth => Self {
                basic: None,
                headers: vec![bearer(scope)?],
                query: Vec::new(),
            },
            None => Self {
                basic: None,
                headers: Vec::new(),
                query: Vec::new(),
            },
            Some(written) if written.names_an_origin() => {
                return Err(TemplateError::OtherOrigin("sign".into()));
            }
            Some(written) => Self {
                basic: written
                    .basic
                    .map(|basic| Basic::new(&basic, scope))
                    .transpose()?,
                headers: placed("sign.headers", &written.headers, scope)?,
                query: placed("sign.query", &written.query, scope)?,
            },
        };
        signing.check_headers()?;
        signing.check_secret(scope, oauth)?;
        Ok(signing)
    }

    /// Whether the access token goes out as RFC 6750 has it.
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

    fn check_headers(&self) -> Result<(), TemplateError> {
        let key = || "sign.headers".to_owned();
        let mut taken: Vec<String> = self.basic.iter().map(|_| "authorization".into()).collect();
        for name in self
            .headers
            .iter()
            .filter_map(|header| header.name.literal())
        {
            let name = name.to_ascii_lowercase();
            header_name(&name).map_err(|error| TemplateError::Header { key: key(), error })?;
            if taken.contains(&name) {
                return Err(TemplateError::Duplicate { key: key(), name });
            }
            taken.push(name);
        }
        let mut taken = Vec::new();
        for name in self
            .query
            .iter()
            .filter_map(|parameter| parameter.name.literal())
        {
            let key = || "sign.query".to_owned();
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

    /// Makes sure that no connection's requests can go out without what lets them in.
    fn check_secret(&self, scope: &Scope<'_>, oauth: bool) -> Result<(), TemplateError> {
        let certain = |pattern: &Pattern| {
            pattern.names().all(|name| {
                scope
                    .field(name)
                    .is_none_or(super::TemplateField::is_certain)
            })
        };
        let secret = |pattern: &Pattern| {
            let field = |name| scope.field(name).is_some_and(|field| field.secret);
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
            .map(|placed| (&placed.name, &placed.value));
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
        Err(TemplateError::SignsNothing(if oauth {
            "{access-token}"
        } else {
            "a required secret field"
        }))
    }
}

impl Basic {
    fn new(written: &WrittenBasic, scope: &Scope<'_>) -> Result<Self, TemplateError> {
        Ok(Self {
            user: scope.pattern("sign.basic.user", &written.user, Place::Signed)?,
            password: scope.pattern("sign.basic.password", &written.password, Place::Signed)?,
        })
    }
}

fn bearer(scope: &Scope<'_>) -> Result<Placed, TemplateError> {
    Ok(Placed {
        name: scope.pattern("sign", "authorization", Place::Seen)?,
        value: scope.pattern("sign", &format!("Bearer {{{ACCESS_TOKEN}}}"), Place::Signed)?,
    })
}

fn placed(
    key: &str,
    written: &[WrittenPair],
    scope: &Scope<'_>,
) -> Result<Vec<Placed>, TemplateError> {
    let one = |pair: &WrittenPair| {
        if pair.names_an_origin() {
            return Err(TemplateError::OtherOrigin(key.into()));
        }
        Ok(Placed {
            name: scope.pattern(&format!("{key}.name"), &pair.name, Place::Seen)?,
            value: scope.pattern(&format!("{key}.value"), &pair.value, Place::Signed)?,
        })
    };
    written.iter().map(one).collect()
}
