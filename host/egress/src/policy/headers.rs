//! Filters header fields: those of a connector's request, and those of an application's response.

use purser_model::{Header, HttpError};
use purser_vault::is_host_header;
use reqwest::header::{
    ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};
use url::Url;

/// The user agent of requests that set none. Some applications refuse requests without one.
const DEFAULT_USER_AGENT: &str = concat!("purser/", env!("CARGO_PKG_VERSION"));

/// Fields that make frameworks treat a request as one of another method or path than its first line
/// says. The grant is checked against the first line.
const OVERRIDES: [&str; 5] = [
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-rewrite-url",
];

/// The content codings that `body::coding` decodes.
const ACCEPTED_CODINGS: &str = "gzip, br, deflate";

/// The longest part of an invalid name that an error shows, in characters.
const MAX_NAME_CHARS: usize = 80;

/// Checks and converts a connector's header fields. Fields of the credential are rejected later, by
/// `credential::inject`, once the credential is known.
///
/// # Errors
/// [`HttpError::Invalid`] for a field that is malformed, or that the host sets.
pub(crate) fn check_request_headers(headers: &[Header]) -> Result<HeaderMap, HttpError> {
    let too_many = |_| {
        HttpError::Invalid(format!(
            "a request cannot have {} header fields",
            headers.len()
        ))
    };
    // Room for two more: the credential and the user agent.
    let mut checked = HeaderMap::try_with_capacity(headers.len() + 2).map_err(too_many)?;

    for Header { name, value } in headers {
        let shown: String = name.chars().take(MAX_NAME_CHARS).collect();
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
            HttpError::Invalid(format!("{shown:?} is not a valid name of a header field"))
        })?;
        if is_reserved(&name) {
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

/// True for a field that connectors may not set. `authorization` is reserved even if the credential
/// uses another field, because it would be a second credential.
fn is_reserved(name: &HeaderName) -> bool {
    is_host_header(name.as_str()) || name == AUTHORIZATION || OVERRIDES.contains(&name.as_str())
}

/// Sets Purser's user agent, unless the request has one.
pub(crate) fn set_user_agent(headers: &mut HeaderMap) {
    headers
        .entry(USER_AGENT)
        .or_insert(HeaderValue::from_static(DEFAULT_USER_AGENT));
}

/// Asks for the content codings that the host decodes, unless the request asks for none.
pub(crate) fn set_accept_encoding(headers: &mut HeaderMap) {
    headers
        .entry(ACCEPT_ENCODING)
        .or_insert(HeaderValue::from_static(ACCEPTED_CODINGS));
}

/// Field of the host in each response: the URL that it came from. Relative links of an application
/// are relative to that (RFC 3986, section 5.1.3), and a connector does not know the base URL.
pub(crate) const RESPONSE_URL: &str = "purser-url";

/// Converts an application's header fields for a connector, and adds [`RESPONSE_URL`] if `url` is
/// known. Cookies are left out, and bytes that are not UTF-8 become U+FFFD.
pub(crate) fn response_headers(headers: &HeaderMap, url: Option<&Url>) -> Vec<Header> {
    let received = headers
        .iter()
        // why: connectors trust the host's field, so an application must not be able to forge it
        .filter(|(name, _)| !matches!(name.as_str(), "set-cookie" | "set-cookie2" | RESPONSE_URL))
        .map(|(name, value)| Header {
            name: name.as_str().to_owned(),
            value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
        });
    let added = url.map(|url| Header {
        name: RESPONSE_URL.to_owned(),
        value: url.to_string(),
    });

    received.chain(added).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks a single field.
    fn checked(name: &str, value: &str) -> Result<HeaderMap, HttpError> {
        check_request_headers(&[Header {
            name: name.into(),
            value: value.into(),
        }])
    }

    #[test]
    fn reserved_fields_are_refused() {
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
    fn line_breaks_and_invalid_names_are_refused() {
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
    fn url_of_the_response_is_the_hosts_and_not_the_applications() {
        let received = HeaderMap::from_iter([
            (
                HeaderName::from_static(RESPONSE_URL),
                HeaderValue::from_static("https://evil.example/"),
            ),
            (
                HeaderName::from_static("etag"),
                HeaderValue::from_static("1"),
            ),
        ]);
        let url: Url = "https://hub.example/api/users?page=1".parse().unwrap();
        let pairs = |headers: Vec<Header>| -> Vec<_> {
            headers
                .into_iter()
                .map(|header| (header.name, header.value))
                .collect()
        };

        assert_eq!(
            pairs(response_headers(&received, Some(&url))),
            [
                ("etag".to_owned(), "1".to_owned()),
                (RESPONSE_URL.to_owned(), url.to_string())
            ]
        );
        assert_eq!(
            pairs(response_headers(&received, None)),
            [("etag".to_owned(), "1".to_owned())]
        );
    }

    #[test]
    fn too_many_fields_are_refused() {
        let field = Header {
            name: "x-a".into(),
            value: "1".into(),
        };

        assert!(matches!(
            check_request_headers(&vec![field; 100_000]),
            Err(HttpError::Invalid(_))
        ));
    }

    #[test]
    fn user_agent_is_set_unless_the_request_has_one() {
        for (name, value, user_agent) in [
            ("accept", "text/csv", DEFAULT_USER_AGENT),
            ("User-Agent", "acme/1", "acme/1"),
        ] {
            let mut headers = checked(name, value).unwrap();
            set_user_agent(&mut headers);
            assert_eq!(headers["user-agent"], user_agent);
        }
    }
}
