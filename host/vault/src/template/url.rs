//! URLs with placeholders. Whatever is filled in, the host stays one that the template's author or the operator named as such.

use super::scope::Scope;
use super::{FieldKind, Part, Pattern, TemplateError};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use purser_model::FieldName;
use url::{Host, Position, Url};

/// All but RFC 3986's unreserved characters: what is filled in stays within its segment or parameter.
const INSIDE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A URL with placeholders: a literal one, one field of type url (with a path after it or not), or a literal scheme with fields of type host
/// in the host and any in path and query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UrlPattern {
    pattern: Pattern,
    /// Whether the first placeholder is a URL by itself.
    based: bool,
}

impl UrlPattern {
    pub(super) fn new(
        key: &str,
        pattern: Pattern,
        scope: &Scope<'_>,
    ) -> Result<Self, TemplateError> {
        let wrong = |why| TemplateError::Url {
            key: key.into(),
            why,
        };
        let kind = |name: &FieldName| scope.field(name).map(|field| field.kind);
        let based = match pattern.parts() {
            [Part::Name(name), rest @ ..] if kind(name) == Some(FieldKind::Url) => match rest {
                [] => true,
                [Part::Text(text), ..] if text.starts_with('/') => true,
                _ => return Err(wrong("after a field of type url only a path can stand")),
            },
            [Part::Name(_), ..] => {
                return Err(wrong(
                    "the scheme and host must be written out or be one field of type url",
                ));
            }
            _ => false,
        };
        let url = Self { pattern, based };
        let probed = |marked: Option<&FieldName>| {
            let value = |name: &FieldName| match kind(name) {
                Some(FieldKind::Url) => "https://probe.example",
                _ if marked == Some(name) => "marker",
                _ => "probe",
            };
            url.render(|name| Some(value(name)))
                .and_then(|text| Url::parse(&text).ok())
        };
        // Where a value ends up is for the parser to say: it also reads `https:/{x}` and its kin as a host.
        let others = url
            .pattern
            .names()
            .filter(|name| kind(name) != Some(FieldKind::Host));
        for name in others {
            let url = probed(Some(name)).ok_or_else(|| wrong("it is no URL"))?;
            if url[..Position::BeforePath].contains("marker") {
                return Err(TemplateError::UrlHost {
                    key: key.into(),
                    field: name.clone(),
                });
            }
        }
        url_is_safe(&probed(None).ok_or_else(|| wrong("it is no URL"))?).map_err(wrong)?;
        Ok(url)
    }

    /// The URL with every placeholder replaced; nothing where one of them has no value.
    pub(crate) fn render<'a>(
        &'a self,
        value: impl Fn(&FieldName) -> Option<&'a str>,
    ) -> Option<String> {
        let mut url = String::new();
        for (index, part) in self.pattern.parts().iter().enumerate() {
            match part {
                Part::Text(text) => url.push_str(text),
                Part::Name(name) if index == 0 && self.based => {
                    let base = value(name)?;
                    // `https://a.example/` and a path after it would make two slashes.
                    let alone = self.pattern.sole().is_some();
                    url.push_str(if alone {
                        base
                    } else {
                        base.trim_end_matches('/')
                    });
                }
                Part::Name(name) => url.extend(utf8_percent_encode(value(name)?, INSIDE)),
            }
        }
        Some(url)
    }
}

fn url_is_safe(url: &Url) -> Result<(), &'static str> {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err("it names no host"),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => return Err("it must begin with https://"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it can hold no user name and no password");
    }
    if url.fragment().is_some() {
        return Err("it can hold no fragment (#)");
    }
    Ok(())
}
