//! Resolution of the URL of a next page against the request that led to it (RFC 3986, section 5).
//!
//! The host names the absolute URL of a response. A response of an old cassette lacks it, so that
//! only the path below the base URL is known. A path from the root of the host is then resolved by
//! the path that was requested: of `/users` below an unknown base URL, `/api/v1/users?page=2` is
//! the next page of the same list.

/// Resolves a reference against the target of a request: a path below the base URL, or an absolute
/// URL. `None` if it cannot be resolved.
pub(crate) fn resolve(target: &str, reference: &str) -> Option<String> {
    let reference = reference.split('#').next().unwrap_or(reference);
    if let Some(scheme) = scheme(reference) {
        let is_http = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
        return is_http.then(|| reference.to_owned());
    }

    let (origin, path_and_query) = split_origin(target);
    let path = path_and_query.split('?').next().unwrap_or_default();

    if let Some(rest) = reference.strip_prefix("//") {
        let scheme = scheme(origin).unwrap_or("https");
        return Some(format!("{scheme}://{rest}"));
    }
    if reference.starts_with('/') {
        return if origin.is_empty() {
            below_base(path, reference)
        } else {
            Some(format!("{origin}{}", without_dots(reference)?))
        };
    }
    if reference.is_empty() || reference.starts_with('?') {
        return Some(format!("{origin}{path}{reference}"));
    }

    // Relative to the folder of the path.
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let resolved = without_dots(&format!("{folder}/{reference}"))?;
    Some(format!("{origin}{resolved}"))
}

/// Resolves a path from the root of the host to one below the base URL: the path that was
/// requested, if the reference ends with it.
fn below_base(path: &str, reference: &str) -> Option<String> {
    let (wanted, query) = match reference.split_once('?') {
        Some((wanted, query)) => (wanted, Some(query)),
        None => (reference, None),
    };
    let same = |wanted: &str| wanted.ends_with(path) && path.len() > 1;
    let is_same_list = same(wanted) || same(wanted.trim_end_matches('/'));

    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    // why: the base URL ends before the path, so what precedes the path is the base URL's own
    is_same_list.then(|| format!("{path}{query}"))
}

/// Removes `.` and `..` from the path. `None` if it would leave its root.
fn without_dots(path_and_query: &str) -> Option<String> {
    let (path, query) = match path_and_query.find('?') {
        Some(start) => path_and_query.split_at(start),
        None => (path_and_query, ""),
    };

    let mut segments: Vec<&str> = Vec::new();
    let mut ends_in_folder = false;
    for segment in path.split('/').skip(1) {
        ends_in_folder = matches!(segment, "" | "." | "..");
        match segment {
            "." | "" => {}
            ".." => drop(segments.pop()?),
            other => segments.push(other),
        }
    }

    let end = if ends_in_folder && !segments.is_empty() {
        "/"
    } else {
        ""
    };
    Some(format!("/{}{end}{query}", segments.join("/")))
}

/// Returns the scheme of an absolute URL.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let mut bytes = scheme.bytes();
    let is_scheme = bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    is_scheme.then_some(scheme)
}

/// Splits an absolute URL into its origin and the rest. A path has no origin.
fn split_origin(target: &str) -> (&str, &str) {
    let Some(start) = target.find("://") else {
        return ("", target);
    };
    let authority = start + 3;
    let rest = target.get(authority..).unwrap_or_default();
    let end = rest
        .find(['/', '?'])
        .map_or(target.len(), |end| authority + end);
    target.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::resolve;

    fn resolved(target: &str, reference: &str) -> String {
        resolve(target, reference).unwrap_or_else(|| panic!("{reference} of {target}"))
    }

    #[test]
    fn reference_is_resolved_against_a_path_below_the_base_url() {
        for (reference, expected) in [
            ("https://a.example/u?p=2", "https://a.example/u?p=2"),
            ("HTTP://a.example/u", "HTTP://a.example/u"),
            ("?p=2", "/v1/users?p=2"),
            ("users?p=2", "/v1/users?p=2"),
            ("./users?p=2#top", "/v1/users?p=2"),
            ("../v2/users?p=a/../b", "/v2/users?p=a/../b"),
            ("next/2", "/v1/next/2"),
            ("/v1/users?p=2", "/v1/users?p=2"),
            ("/api/rest/v1/users?p=2", "/v1/users?p=2"),
            ("/api/v1/users/?p=2", "/v1/users?p=2"),
            ("//a.example/v1/users?p=2", "https://a.example/v1/users?p=2"),
            ("", "/v1/users"),
        ] {
            assert_eq!(resolved("/v1/users?limit=5", reference), expected);
        }
        assert_eq!(resolved("/users", "users?p=2"), "/users?p=2");
    }

    #[test]
    fn reference_is_resolved_against_an_absolute_url() {
        let from = "http://a.example:81/api/users?p=2";
        for (reference, expected) in [
            ("?p=3", "http://a.example:81/api/users?p=3"),
            ("users?p=3", "http://a.example:81/api/users?p=3"),
            ("../list?p=3", "http://a.example:81/list?p=3"),
            ("/list?p=3", "http://a.example:81/list?p=3"),
            ("//b.example/list", "http://b.example/list"),
        ] {
            assert_eq!(resolved(from, reference), expected);
        }
        assert_eq!(
            resolved("https://a.example", "?p=3"),
            "https://a.example?p=3"
        );
    }

    #[test]
    fn reference_that_leaves_what_is_known_is_not_resolved() {
        for reference in [
            "/people?p=2",
            "../../users?p=2",
            "ftp://a.example/u",
            "javascript:x",
        ] {
            assert_eq!(resolve("/v1/users", reference), None, "{reference}");
        }
        assert_eq!(resolve("/", "/?p=2"), None);
    }
}
