//! URLs with placeholders. For any values, the host stays one that the template's author or the
//! operator named as such.

use super::error::TemplateError;
use super::field::FieldKind;
use super::pattern::{Pattern, Segment};
use super::resolve::Resolver;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use purser_model::FieldName;
use url::{Host, Position, Url};

/// All but RFC 3986's unreserved characters: a value stays within its segment or parameter.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// URL with placeholders.
///
/// It is a literal URL, one field of type url (with or without a path after it), or a literal
/// scheme with fields of type host in the host and any fields in path and query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UrlPattern {
    pattern: Pattern,
    /// True if the first placeholder is a URL by itself.
    starts_with_url: bool,
}

impl UrlPattern {
    pub(super) fn new(
        key: &str,
        pattern: Pattern,
        resolver: &Resolver<'_>,
    ) -> Result<Self, TemplateError> {
        let wrong = |why| TemplateError::Url {
            key: key.into(),
            why,
        };

        let kind = |name: &FieldName| resolver.field(name).map(|field| field.kind);
        let starts_with_url = match pattern.segments() {
            [Segment::Placeholder(name), rest @ ..] if kind(name) == Some(FieldKind::Url) => {
                match rest {
                    [] => true,
                    [Segment::Literal(text), ..] if text.starts_with('/') => true,
                    _ => return Err(wrong("after a field of type url only a path can stand")),
                }
            }
            [Segment::Placeholder(_), ..] => {
                return Err(wrong(
                    "the scheme and host must be written out or be one field of type url",
                ));
            }
            _ => false,
        };

        let url = Self {
            pattern,
            starts_with_url,
        };

        let probed = |marked: Option<&FieldName>| {
            let value = |name: &FieldName| match kind(name) {
                Some(FieldKind::Url) => "https://probe.example",
                _ if marked == Some(name) => "marker",
                _ => "probe",
            };
            url.render(|name| Some(value(name)))
                .and_then(|text| Url::parse(&text).ok())
        };

        // The URL parser decides where a value ends up: it also reads `https:/{x}` and the like as
        // a host.
        let others = url
            .pattern
            .names()
            .filter(|name| kind(name) != Some(FieldKind::Host));

        for name in others {
            let url = probed(Some(name)).ok_or_else(|| wrong("it is not a URL"))?;
            if url[..Position::BeforePath].contains("marker") {
                return Err(TemplateError::UrlHost {
                    key: key.into(),
                    field: name.clone(),
                });
            }
        }

        check_safe(&probed(None).ok_or_else(|| wrong("it is not a URL"))?).map_err(wrong)?;
        Ok(url)
    }

    /// Returns the URL with every placeholder replaced; `None` if one has no value.
    pub(crate) fn render<'a>(
        &'a self,
        value: impl Fn(&FieldName) -> Option<&'a str>,
    ) -> Option<String> {
        let mut url = String::new();
        for (index, part) in self.pattern.segments().iter().enumerate() {
            match part {
                Segment::Literal(text) => url.push_str(text),
                Segment::Placeholder(name) if index == 0 && self.starts_with_url => {
                    let base = value(name)?;
                    // `https://a.example/` with a path after it would have two slashes.
                    let alone = self.pattern.sole().is_some();
                    url.push_str(if alone {
                        base
                    } else {
                        base.trim_end_matches('/')
                    });
                }
                Segment::Placeholder(name) => {
                    url.extend(utf8_percent_encode(value(name)?, ENCODED))
                }
            }
        }

        Some(url)
    }
}

fn check_safe(url: &Url) -> Result<(), &'static str> {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err("it has no host"),
    };

    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => return Err("it must begin with https://"),
    }

    if !url.username().is_empty() || url.password().is_some() {
        return Err("it cannot hold a user name or a password");
    }

    if url.fragment().is_some() {
        return Err("it cannot hold a fragment (#)");
    }

    Ok(())
}
