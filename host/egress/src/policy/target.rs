//! Targets of requests: parsed so that the grant is checked against exactly the URL that is sent.
//!
//! A server, a proxy before it and this program must not read a path differently. A target with two
//! readings is therefore rejected instead of repaired: dot segments, encoded slashes, backslashes,
//! user information, a host with a trailing dot.

use crate::policy::scope::RequestScope;
use crate::scrub::decodings::{TooManyDecodings, percent_decodings};
use purser_model::{GrantRule, Host, HttpError, Method, PathPattern};
use url::Url;

/// The longest URL that is sent, in bytes, without the credential. Servers accept a quarter of it,
/// and the HTTP client at most twice as much.
const MAX_URL_BYTES: usize = 32 << 10;

/// Parses a connector's target: a path below the base URL, or an absolute URL.
///
/// # Errors
/// [`HttpError::Invalid`], with the reason.
pub(crate) fn resolve(base: &Url, target: &str) -> Result<Url, HttpError> {
    let invalid = |why: &str| HttpError::Invalid(format!("the target {why}"));
    check_text(target).map_err(invalid)?;
    if target.contains('#') {
        return Err(invalid("has a fragment"));
    }

    let parsed = if target.starts_with('/') {
        if target.starts_with("//") {
            return Err(invalid("begins with two slashes"));
        }
        check_path(path_of(target)).map_err(invalid)?;
        // Joined as text: `Url::join` would resolve the path from the root of the host.
        Url::parse(&format!("{}{target}", base.as_str().trim_end_matches('/')))
    } else {
        check_absolute(target).map_err(invalid)?;
        Url::parse(target)
    };

    let url = parsed.map_err(|error| invalid(&format!("is no URL: {error}")))?;
    check_url(&url).map_err(invalid)?;
    Ok(url)
}

/// Checks the text of an absolute URL before it is parsed.
fn check_absolute(target: &str) -> Result<(), &'static str> {
    let rest =
        after_scheme(target).ok_or("is neither a path beginning with / nor an absolute URL")?;
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    if authority.is_empty() {
        return Err("names no host");
    }
    if authority.contains('@') {
        return Err("holds user information");
    }
    check_path(path_of(rest.get(authority.len()..).unwrap_or_default()))
}

/// Parses the `Location` of a redirect, which may be relative to the URL of the request.
///
/// # Errors
/// [`HttpError::Protocol`], with the reason.
pub(crate) fn resolve_redirect(from: &Url, location: &str) -> Result<Url, HttpError> {
    let wrong =
        |why: &str| HttpError::Protocol(format!("the application redirects to a place that {why}"));
    check_text(location).map_err(wrong)?;

    let mut url = from
        .join(location)
        .map_err(|error| wrong(&format!("is no URL: {error}")))?;
    url.set_fragment(None);
    check_url(&url).map_err(wrong)?;

    Ok(url)
}

/// Checks the text before it is parsed as a URL, which would repair some of it.
fn check_text(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        return Err("is empty");
    }
    if text.contains('\\') {
        return Err("holds a backslash");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(
            "holds a space, a control character or one that is not ASCII; it must be percent-encoded",
        );
    }
    Ok(())
}

/// Checks the parsed URL.
fn check_url(url: &Url) -> Result<(), &'static str> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err("is not http or https");
    }
    match url.host_str() {
        None | Some("") => return Err("names no host"),
        Some(host) if host.ends_with('.') => return Err("names a host with a trailing dot"),
        Some(_) => {}
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds user information");
    }
    if url.port() == Some(0) {
        return Err("names port 0");
    }
    if url.as_str().len() > MAX_URL_BYTES {
        return Err("is longer than 32768 bytes");
    }
    check_path(url.path())
}

/// Returns the text after a scheme and its slashes. `None` for a text such as
/// `https:evil.example/://`, which does not begin with them and still parses as a URL.
pub(crate) fn after_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    scheme
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric())
        .then_some(rest)
}

/// Rejects a path that servers could read in two ways, also after further decodings.
pub(crate) fn check_path(path: &str) -> Result<(), &'static str> {
    let escapes_are_complete = path
        .split('%')
        .skip(1)
        .all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2);
    if !escapes_are_complete {
        return Err("holds a % that encodes nothing");
    }
    path.split('/').try_for_each(check_segment)
}

fn check_segment(segment: &str) -> Result<(), &'static str> {
    let decodings = percent_decodings(segment.as_bytes())
        .map_err(|TooManyDecodings| "holds what is percent-encoded many times over")?;

    for decoding in decodings {
        // Some servers cut a segment at `;` as a parameter, and then see a bare `..`.
        let without_parameters = decoding
            .split(|byte| *byte == b';')
            .next()
            .unwrap_or_default();
        if matches!(without_parameters, b"." | b"..") {
            return Err("holds a dot segment");
        }
        if decoding
            .iter()
            .any(|byte| matches!(byte, b'/' | b'\\') || byte.is_ascii_control())
        {
            return Err("holds an encoded slash, backslash or control character");
        }
    }

    Ok(())
}

fn path_of(target: &str) -> &str {
    target.split('?').next().unwrap_or(target)
}

/// True if two URLs have the same scheme, host and port.
pub(crate) fn same_origin(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin()
}

/// Checks a request against the grant.
///
/// # Errors
/// [`HttpError::Denied`], with the grant line that would allow the request, or the reason why none
/// can.
pub(crate) fn authorize(
    base: &Url,
    url: &Url,
    method: Method,
    scope: &RequestScope,
) -> Result<(), HttpError> {
    let (host, path) = grant_location(base, url)?;
    if scope
        .grant
        .allows(&scope.action, method, host.as_ref(), path)
    {
        return Ok(());
    }

    Err(HttpError::Denied(match narrowest_pattern(path) {
        Some(path) => GrantRule {
            action: scope.action.clone(),
            methods: vec![method],
            host,
            path,
        }
        .to_string(),
        None => format!("{method} to a path that no grant line can name"),
    }))
}

/// Returns host and path as a grant names them: no host and the path below the base URL, or another
/// host and the path from its root.
fn grant_location<'a>(base: &Url, url: &'a Url) -> Result<(Option<Host>, &'a str), HttpError> {
    let denied = |why: String| Err(HttpError::Denied(why));
    if same_origin(base, url) {
        let below = url.path().strip_prefix(base.path().trim_end_matches('/'));
        return match below {
            Some("") => Ok((None, "/")),
            Some(path) if path.starts_with('/') => Ok((None, path)),
            _ => denied(format!(
                "{} is not below the connection's base URL; no grant can allow it",
                url.path()
            )),
        };
    }
    if url.scheme() != "https" {
        return denied(
            "unencrypted http is only possible to the connection's own base URL; no grant can allow it".into(),
        );
    }

    let name = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or(443);
    match format!("{name}:{port}").parse() {
        Ok(host) => Ok((Some(host), url.path())),
        Err(_) => denied(format!(
            "{name} is an address, and only host names can be granted"
        )),
    }
}

/// Returns the narrowest pattern that covers a path. A segment that holds a star becomes a star,
/// because a pattern cannot quote it.
fn narrowest_pattern(path: &str) -> Option<PathPattern> {
    let segments: Vec<_> = path
        .split('/')
        .map(|segment| if segment.contains('*') { "*" } else { segment })
        .collect();
    segments.join("/").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::Grant;
    use std::sync::Arc;

    fn base() -> Url {
        Url::parse("https://hub.example/api").unwrap()
    }

    fn resolved(target: &str) -> Result<String, HttpError> {
        resolve(&base(), target).map(String::from)
    }

    #[test]
    fn path_is_resolved_below_the_base_url() {
        assert_eq!(
            resolved("/users?limit=50").unwrap(),
            "https://hub.example/api/users?limit=50"
        );
        assert_eq!(resolved("/").unwrap(), "https://hub.example/api/");
        assert_eq!(
            resolved("/users/J%C3%BCrgen%20B.?q=a%2Fb/../c").unwrap(),
            "https://hub.example/api/users/J%C3%BCrgen%20B.?q=a%2Fb/../c"
        );

        let root = Url::parse("https://hub.example/").unwrap();

        assert_eq!(
            resolve(&root, "/users").unwrap().as_str(),
            "https://hub.example/users"
        );
    }

    #[test]
    fn absolute_url_is_normalized_only() {
        assert_eq!(
            resolved("HTTPS://Hub.Example:443/api/users?p=2").unwrap(),
            "https://hub.example/api/users?p=2"
        );
        assert_eq!(
            resolved("https://files.example/x").unwrap(),
            "https://files.example/x"
        );
    }

    #[test]
    fn ambiguous_target_is_invalid() {
        for target in [
            "",
            "users",
            "//evil.example/x",
            "https:evil.example",
            "https:evil.example/../x?://hub.example/api",
            "https:@evil.example/://hub.example/api",
            "https:8443://hub.example/api",
            "https:///evil.example/x",
            "/a#b",
            "/a b",
            "/a\tb",
            "/a\r\nx: y",
            "/a\0",
            "/é",
            "/a\\b",
            "\\\\evil.example",
            "/..",
            "/../x",
            "/a/./b",
            "/a/..",
            "/%2e%2e/x",
            "/%2E./x",
            "/.%2e",
            "/%252e%252e/x",
            "/a%2fb",
            "/a%2Fb",
            "/a%252Fb",
            "/a%25252fb",
            "/a%25252525252525252525252fb",
            "/a%5cb",
            "/a%255Cb",
            "/a%00",
            "/a%0d%0a",
            "/a%7f",
            "/..;x=1/b",
            "/%2e%2e;/b",
            "/a%",
            "/a%4",
            "/a%zz",
            "/a%+1",
            "https://user@hub.example/api",
            "https://@hub.example/api",
            "https://u:p@hub.example/api/x",
            "https://hub.example./api/x",
            "https://hub.example/api/../x",
            "https://hub.example/api/%2e%2e/x",
            "https://hub.example/api\\x",
            "https://hub.example:0/api/x",
            "ftp://hub.example/api/x",
            "file:///etc/passwd",
            "javascript://x/y",
            "https://",
            "https://hub.example:99999/api",
        ] {
            assert!(
                matches!(resolved(target), Err(HttpError::Invalid(_))),
                "{target:?}: {:?}",
                resolved(target)
            );
        }
    }

    #[test]
    fn target_longer_than_the_limit_is_invalid() {
        let fits = |length: usize| {
            resolved(&format!(
                "/{}",
                "a".repeat(length - "https://hub.example/api/".len())
            ))
        };

        assert!(fits(MAX_URL_BYTES).is_ok());
        assert!(
            matches!(fits(MAX_URL_BYTES + 1), Err(HttpError::Invalid(why)) if why.contains("longer than 32768 bytes"))
        );
    }

    #[test]
    fn redirect_may_be_relative_but_not_ambiguous() {
        let from = Url::parse("https://hub.example/api/users/1").unwrap();
        let to = |location| resolve_redirect(&from, location).map(String::from);

        assert_eq!(
            to("../groups#top").unwrap(),
            "https://hub.example/api/groups"
        );
        assert_eq!(
            to("?page=2").unwrap(),
            "https://hub.example/api/users/1?page=2"
        );
        assert_eq!(to("//other.example/x").unwrap(), "https://other.example/x");

        for location in [
            "",
            "/a b",
            "/a%2f..",
            "\\\\evil.example",
            "https://u:p@hub.example/",
            "gopher://x/",
            "https://hub.example./",
        ] {
            assert!(
                matches!(to(location), Err(HttpError::Protocol(_))),
                "{location:?}"
            );
        }
    }

    /// Checks a GET for `read:users` against a grant of one rule. Returns the text of a denial.
    fn authorize_get(url: &str, rule: &str) -> Result<(), String> {
        let scope = RequestScope {
            action: "read:users".parse().unwrap(),
            grant: Arc::new(Grant {
                rules: vec![rule.parse().unwrap()],
                ..Grant::default()
            }),
        };
        let url = Url::parse(url).unwrap();

        authorize(&base(), &url, Method::Get, &scope).map_err(|error| match error {
            HttpError::Denied(line) => line,
            other => panic!("{other}"),
        })
    }

    #[test]
    fn grant_is_checked_against_the_final_url() {
        assert_eq!(
            authorize_get("https://hub.example/api/users", "read:users GET /users"),
            Ok(())
        );
        assert_eq!(
            authorize_get("https://hub.example/api", "read:users GET /"),
            Ok(())
        );
        assert_eq!(
            authorize_get(
                "https://files.example/a/b",
                "read:users GET files.example/a/*"
            ),
            Ok(())
        );
        assert_eq!(
            authorize_get(
                "https://files.example:8443/a",
                "read:users GET files.example:8443/a"
            ),
            Ok(())
        );
    }

    #[test]
    fn denial_is_the_line_that_would_allow_the_request() {
        for (url, line) in [
            (
                "https://hub.example/api/groups?x=1",
                "read:users GET /groups",
            ),
            (
                "https://files.example/a/b",
                "read:users GET files.example/a/b",
            ),
            (
                "https://hub.example:8443/api/users",
                "read:users GET hub.example:8443/api/users",
            ),
            ("https://hub.example/api/a*b", "read:users GET /*"),
        ] {
            let denied = authorize_get(url, "read:users GET /users").unwrap_err();

            assert_eq!(denied, line);
            assert_eq!(
                authorize_get(url, &denied),
                Ok(()),
                "the line allows the request"
            );
        }
    }

    #[test]
    fn denial_without_a_possible_grant_is_not_a_line() {
        for url in [
            "https://hub.example/apix/users",
            "https://hub.example/",
            "http://hub.example/api/users",
            "http://files.example/a",
            "https://10.0.0.1/a",
            "https://[::1]/a",
            "https://2130706433/a",
            "https://0x7f.1/a",
        ] {
            let denied = authorize_get(url, "read:users GET /**").unwrap_err();
            assert!(denied.parse::<GrantRule>().is_err(), "{url}: {denied}");
        }
    }
}
