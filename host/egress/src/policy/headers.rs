//! Header fields: which of a connector's are sent, and which of an application's are handed on.

use purser_model::{Header, HttpError};
use purser_vault::is_host_header;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

/// What Purser calls itself where a connector says nothing. Some applications refuse requests that do not say who asks.
const PURSER: &str = concat!("purser/", env!("CARGO_PKG_VERSION"));

/// Fields by which frameworks take a request for one of another method, or of another path, than stands in its first line: that is what the
/// grant was asked about.
const OVERRIDES: [&str; 5] = [
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-rewrite-url",
];

/// Checks a connector's header fields. (Those that the credential uses are refused when it is known: `sign`.)
///
/// # Errors
/// [`HttpError::Invalid`] for a field that is malformed, or that the host sets.
pub(crate) fn of_request(headers: &[Header]) -> Result<HeaderMap, HttpError> {
    let too_many = |_| {
        HttpError::Invalid(format!(
            "a request cannot have {} header fields",
            headers.len()
        ))
    };
    let mut checked = HeaderMap::try_with_capacity(headers.len() + 2).map_err(too_many)?;
    for Header { name, value } in headers {
        let shown: String = name.chars().take(80).collect();
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| HttpError::Invalid(format!("{shown:?} is no name of a header field")))?;
        // `authorization` is refused even where the credential travels in another field: it would be a second credential.
        if is_host_header(name.as_str())
            || name == AUTHORIZATION
            || OVERRIDES.contains(&name.as_str())
        {
            return Err(HttpError::Invalid(format!(
                "the header field {name} is the host's"
            )));
        }
        let value = HeaderValue::from_str(value).map_err(|_| {
            HttpError::Invalid(format!(
                "the value of the header field {name} holds a character that cannot be sent"
            ))
        })?;
        checked.append(name, value);
    }
    Ok(checked)
}

/// Says who asks, unless somebody said so.
pub(crate) fn introduce(headers: &mut HeaderMap) {
    headers
        .entry(USER_AGENT)
        .or_insert(HeaderValue::from_static(PURSER));
}

/// An application's header fields, as a connector sees them: without cookies, bytes that are no UTF-8 as U+FFFD.
pub(crate) fn of_response(headers: &HeaderMap) -> Vec<Header> {
    let kept = headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "set-cookie" | "set-cookie2"));
    kept.map(|(name, value)| Header {
        name: name.as_str().to_owned(),
        value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(name: &str, value: &str) -> Result<HeaderMap, HttpError> {
        of_request(&[Header {
            name: name.into(),
            value: value.into(),
        }])
    }

    #[test]
    fn fields_of_the_hosts_are_refused() {
        for name in [
            "Host",
            "authorization",
            "Cookie",
            "content-length",
            "Connection",
            "keep-alive",
            "proxy-authorization",
            "Proxy-Connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "accept-encoding",
            "range",
            "X-HTTP-Method-Override",
            "X-HTTP-Method",
            "X-Method-Override",
            "X-Original-URL",
            "X-Rewrite-URL",
        ] {
            assert!(
                matches!(checked(name, "x"), Err(HttpError::Invalid(_))),
                "{name}"
            );
        }
    }

    #[test]
    fn a_value_cannot_begin_another_field() {
        for value in ["a\r\nhost: evil", "a\nb", "a\rb", "a\0b", "a\u{7f}b"] {
            assert!(
                matches!(checked("x-tenant", value), Err(HttpError::Invalid(_))),
                "{value:?}"
            );
        }
        for name in ["", "x tenant", "x-tenant:", "x\r\ny", "é"] {
            assert!(
                matches!(checked(name, "x"), Err(HttpError::Invalid(_))),
                "{name:?}"
            );
        }
    }

    #[test]
    fn more_fields_than_a_map_holds_are_refused() {
        let field = Header {
            name: "x-a".into(),
            value: "1".into(),
        };
        assert!(matches!(
            of_request(&vec![field; 100_000]),
            Err(HttpError::Invalid(_))
        ));
    }

    #[test]
    fn the_user_agent_is_pursers_unless_said() {
        for (name, value, user_agent) in [
            ("accept", "text/csv", PURSER),
            ("User-Agent", "acme/1", "acme/1"),
        ] {
            let mut headers = checked(name, value).unwrap();
            introduce(&mut headers);
            assert_eq!(headers["user-agent"], user_agent);
        }
    }
}
