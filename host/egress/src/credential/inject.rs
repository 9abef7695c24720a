//! Signing: the credential's header fields and query parameters, which nobody else may set.

use crate::scrub::decodings as readings;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use purser_model::HttpError;
use purser_vault::{Credential, Secret};
use reqwest::Request;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

/// All but RFC 3986's unreserved characters is encoded, which no reader of a query takes for something else.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Refuses header fields that the credential uses. A connector's own would be a second credential, or stand in the place of the first.
///
/// # Errors
/// [`HttpError::Invalid`], with the field.
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

/// Refuses query parameters that the credential uses, wherever the URL leads. Some servers part them with semicolons.
///
/// # Errors
/// [`HttpError::Invalid`], with the parameter.
pub(crate) fn check_query(url: &Url, credential: &Credential) -> Result<(), HttpError> {
    let parameters = url.query().unwrap_or_default().split(['&', ';']);
    match credential
        .query()
        .find(|(name, _)| parameters.clone().any(|parameter| names(parameter, name)))
    {
        Some((name, _)) => Err(HttpError::Invalid(format!(
            "the query parameter {name} is the host's"
        ))),
        None => Ok(()),
    }
}

/// Takes the credential's parameters off a URL. The others stay as they are.
pub(crate) fn remove_query(url: &mut Url, credential: &Credential) {
    let Some(query) = url.query() else { return };
    let is_others = |parameter: &&str| !credential.query().any(|(name, _)| names(parameter, name));
    let kept: Vec<_> = query.split('&').filter(is_others).collect();
    let kept = kept.join("&");
    if kept != query {
        url.set_query(if kept.is_empty() { None } else { Some(&kept) });
    }
}

/// Puts the credential on a request. It exists in this form for one attempt.
///
/// # Errors
/// When it cannot be a header field, which [`Credential::new`] rules out.
pub(crate) fn sign(request: &mut Request, credential: &Credential) -> Result<(), HttpError> {
    for (name, _) in credential.headers() {
        request.headers_mut().remove(name);
    }
    for (name, value) in credential.headers() {
        let (name, value) = field(name, value).ok_or_else(|| {
            HttpError::CredentialUnavailable("it cannot be sent as a header".into())
        })?;
        request.headers_mut().append(name, value);
    }
    let signed = credential.query().map(|(name, value)| {
        format!(
            "{}={}",
            utf8_percent_encode(name, ENCODED),
            utf8_percent_encode(value.expose(), ENCODED)
        )
    });
    let signed: Vec<_> = signed.collect();
    if signed.is_empty() {
        return Ok(());
    }
    remove_query(request.url_mut(), credential);
    let others = request
        .url()
        .query()
        .filter(|query| !query.is_empty())
        .map(str::to_owned);
    let query: Vec<_> = others.into_iter().chain(signed).collect();
    request.url_mut().set_query(Some(&query.join("&")));
    Ok(())
}

/// A header field whose value is kept out of `Debug` and of HTTP/2's compression tables.
pub(crate) fn field(name: &str, value: &Secret) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let mut value = HeaderValue::from_str(value.expose()).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

/// Whether a parameter, as it stands in a query, has this name for any server: one that decodes it twice, that reads `+` as a space, that
/// ignores case. What cannot be told has it.
fn names(parameter: &str, name: &str) -> bool {
    let written = parameter.split('=').next().unwrap_or(parameter);
    [written.to_owned(), written.replace('+', " ")]
        .iter()
        .any(|written| match readings::of(written.as_bytes()) {
            Ok(readings) => readings
                .iter()
                .any(|reading| reading.eq_ignore_ascii_case(name.as_bytes())),
            Err(readings::TooDeep) => true,
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

    fn signed(url: &str, credential: &Credential) -> Request {
        let mut request = Request::new(reqwest::Method::GET, url.parse().unwrap());
        sign(&mut request, credential).unwrap();
        request
    }

    #[test]
    fn all_fields_and_parameters_are_put_on() {
        let credential = credential(
            &[
                ("authorization", "Bearer abcdef"),
                ("x-api-version", "2024-01"),
                ("x-key", "k"),
            ],
            &[("api key", "a&b=c+d/é%"), ("v", "1")],
        );
        let request = signed(
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
    fn what_has_the_same_name_is_replaced() {
        let credential = credential(&[("x-key", "mine")], &[("key", "mine")]);
        for (url, query) in [
            ("https://hub.example/", "key=mine"),
            ("https://hub.example/?", "key=mine"),
            ("https://hub.example/?key=a", "key=mine"),
            ("https://hub.example/?key=a&b=1&%6bey=c&KEY", "b=1&key=mine"),
            ("https://hub.example/?a=key&keys=1", "a=key&keys=1&key=mine"),
        ] {
            assert_eq!(signed(url, &credential).url().query(), Some(query), "{url}");
        }
        let mut request = Request::new(
            reqwest::Method::GET,
            "https://hub.example/".parse().unwrap(),
        );
        request
            .headers_mut()
            .insert("x-key", "theirs".parse().unwrap());
        sign(&mut request, &credential).unwrap();
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
    fn a_name_is_the_same_in_any_spelling() {
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
    fn only_the_credentials_parameters_are_taken_off() {
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
