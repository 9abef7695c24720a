//! Sets a credential on a request: its header fields and query parameters, which neither connector
//! nor application may set.

use crate::scrub::decodings::{TooManyDecodings, percent_decodings};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use purser_model::HttpError;
use purser_vault::{Credential, Secret};
use reqwest::Request;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

/// Everything but the unreserved characters of RFC 3986, so that every parser of a query reads the
/// same value.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Rejects header fields that the credential uses. A connector's own would be a second credential,
/// or replace the first.
///
/// # Errors
/// [`HttpError::Invalid`], with the name of the field.
pub(crate) fn check_headers(headers: &HeaderMap, credential: &Credential) -> Result<(), HttpError> {
    match credential
        .headers()
        .find(|(name, _)| headers.contains_key(*name))
    {
        Some((name, _)) => Err(HttpError::Invalid(format!(
            "the header field {name} is the host's"
        ))),
        None => Ok(()),
    }
}

/// Rejects query parameters that the credential uses, on any host. Semicolons separate parameters
/// too, because some servers accept them.
///
/// # Errors
/// [`HttpError::Invalid`], with the name of the parameter.
pub(crate) fn check_query(url: &Url, credential: &Credential) -> Result<(), HttpError> {
    let parameters = url.query().unwrap_or_default().split(['&', ';']);
    match credential.query().find(|(name, _)| {
        parameters
            .clone()
            .any(|parameter| has_name(parameter, name))
    }) {
        Some((name, _)) => Err(HttpError::Invalid(format!(
            "the query parameter {name} is the host's"
        ))),
        None => Ok(()),
    }
}

/// Removes the credential's parameters from a URL and leaves the others unchanged.
pub(crate) fn remove_query(url: &mut Url, credential: &Credential) {
    let Some(query) = url.query() else { return };
    let is_kept = |parameter: &&str| {
        !credential
            .query()
            .any(|(name, _)| has_name(parameter, name))
    };
    let kept: Vec<_> = query.split('&').filter(is_kept).collect();
    let kept = kept.join("&");

    if kept != query {
        url.set_query(if kept.is_empty() { None } else { Some(&kept) });
    }
}

/// Sets the credential on a request, which is sent once and then dropped.
///
/// # Errors
/// Fails if a value cannot be sent as a header field; [`Credential::new`] rules that out.
pub(crate) fn inject(request: &mut Request, credential: &Credential) -> Result<(), HttpError> {
    // First all are removed and then appended, because a credential may use one name twice.
    for (name, _) in credential.headers() {
        request.headers_mut().remove(name);
    }
    for (name, value) in credential.headers() {
        let (name, value) = sensitive_header(name, value).ok_or_else(|| {
            HttpError::CredentialUnavailable("it cannot be sent as a header".into())
        })?;
        request.headers_mut().append(name, value);
    }

    let parameters: Vec<_> = credential.query().map(encode_parameter).collect();
    if parameters.is_empty() {
        return Ok(());
    }
    remove_query(request.url_mut(), credential);
    let others = request
        .url()
        .query()
        .filter(|query| !query.is_empty())
        .map(str::to_owned);
    let query: Vec<_> = others.into_iter().chain(parameters).collect();
    request.url_mut().set_query(Some(&query.join("&")));

    Ok(())
}

fn encode_parameter((name, value): (&str, &Secret)) -> String {
    format!(
        "{}={}",
        utf8_percent_encode(name, ENCODED),
        utf8_percent_encode(value.expose(), ENCODED)
    )
}

/// Returns a header field whose value stays out of `Debug` and of HTTP/2's compression tables.
/// `None` if HTTP cannot carry it.
pub(crate) fn sensitive_header(name: &str, value: &Secret) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let mut value = HeaderValue::from_str(value.expose()).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

/// True if any server could read this name from a parameter of a query: one that decodes twice,
/// that reads `+` as a space, or that ignores case. True also if the parameter is encoded too often
/// to tell.
fn has_name(parameter: &str, name: &str) -> bool {
    let written = parameter.split('=').next().unwrap_or(parameter);
    [written.to_owned(), written.replace('+', " ")]
        .iter()
        .any(|written| match percent_decodings(written.as_bytes()) {
            Ok(decodings) => decodings
                .iter()
                .any(|decoding| decoding.eq_ignore_ascii_case(name.as_bytes())),
            Err(TooManyDecodings) => true,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(headers: &[(&str, &str)], query: &[(&str, &str)]) -> Credential {
        let owned = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Secret::new((*value).to_owned())))
                .collect()
        };
        Credential::new(owned(headers), owned(query), Vec::new()).unwrap()
    }

    /// A GET request with the credential set.
    fn injected(url: &str, credential: &Credential) -> Request {
        let mut request = Request::new(reqwest::Method::GET, url.parse().unwrap());
        inject(&mut request, credential).unwrap();
        request
    }

    #[test]
    fn all_fields_and_parameters_are_set() {
        let credential = credential(
            &[
                ("authorization", "Bearer abcdef"),
                ("x-api-version", "2024-01"),
                ("x-key", "k"),
            ],
            &[("api key", "a&b=c+d/é%"), ("v", "1")],
        );
        let request = injected(
            "https://hub.example/users?filter=a%20eq%20%22b%22&x",
            &credential,
        );

        assert_eq!(
            request.url().query(),
            Some("filter=a%20eq%20%22b%22&x&api%20key=a%26b%3Dc%2Bd%2F%C3%A9%25&v=1"),
            "what was there stays as it was"
        );

        let headers = request.headers();

        assert_eq!(headers["authorization"], "Bearer abcdef");
        assert_eq!(
            (&headers["x-api-version"], &headers["x-key"]),
            (&"2024-01".parse().unwrap(), &"k".parse().unwrap())
        );
        assert!(headers.values().all(HeaderValue::is_sensitive));
        assert!(!format!("{headers:?}").contains("abcdef"));
    }

    #[test]
    fn equal_names_are_replaced() {
        let credential = credential(&[("x-key", "mine")], &[("key", "mine")]);

        for (url, query) in [
            ("https://hub.example/", "key=mine"),
            ("https://hub.example/?", "key=mine"),
            ("https://hub.example/?key=a", "key=mine"),
            ("https://hub.example/?key=a&b=1&%6bey=c&KEY", "b=1&key=mine"),
            ("https://hub.example/?a=key&keys=1", "a=key&keys=1&key=mine"),
        ] {
            assert_eq!(
                injected(url, &credential).url().query(),
                Some(query),
                "{url}"
            );
        }

        let mut request = Request::new(
            reqwest::Method::GET,
            "https://hub.example/".parse().unwrap(),
        );
        request
            .headers_mut()
            .insert("x-key", "theirs".parse().unwrap());
        inject(&mut request, &credential).unwrap();

        assert_eq!(
            request
                .headers()
                .get_all("x-key")
                .iter()
                .collect::<Vec<_>>(),
            ["mine"]
        );
    }

    #[test]
    fn parameter_name_is_rejected_in_every_encoding() {
        let credential = credential(&[], &[("api key", "mine")]);
        let checked = |query: &str| {
            let url = Url::parse(&format!("https://hub.example/users?{query}")).unwrap();
            check_query(&url, &credential)
        };
        let deep = format!("%{}61pi+key=1", "25".repeat(50));

        for query in [
            "api+key=1",
            "api%20key",
            "a=1&api%20key=2",
            "a=1;api+key=2",
            "%61pi%20ke%79=1",
            "API+Key=1",
            "api%2520key=1",
            "%2561pi+key=1",
            &deep,
        ] {
            assert!(
                matches!(checked(query), Err(HttpError::Invalid(_))),
                "{query}"
            );
        }

        for query in ["", "a=api+key", "apikey=1", "api_key=1", "q=100%"] {
            assert_eq!(checked(query), Ok(()), "{query}");
        }
    }

    #[test]
    fn remove_query_leaves_other_parameters_unchanged() {
        let credential = credential(&[], &[("key", "mine")]);

        for (before, after) in [
            ("https://x.example/a?key=1", "https://x.example/a"),
            (
                "https://x.example/a?page=2&key=1&z=%2f",
                "https://x.example/a?page=2&z=%2f",
            ),
            (
                "https://x.example/a?%4bEY=1&page=2",
                "https://x.example/a?page=2",
            ),
            (
                "https://x.example/a?page=2&&",
                "https://x.example/a?page=2&&",
            ),
            ("https://x.example/a", "https://x.example/a"),
        ] {
            let mut url = Url::parse(before).unwrap();
            remove_query(&mut url, &credential);
            assert_eq!(url.as_str(), after);
        }
    }
}
