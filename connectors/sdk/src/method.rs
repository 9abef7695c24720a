//! HTTP methods, and the request line by which failures name a request.

use crate::Method;
use crate::bindings::purser::connector::http;

/// Returns method and target.
pub(crate) fn request_line(request: &http::Request) -> String {
    format!("{} {}", request.method.as_str(), request.target)
}

impl Method {
    /// Returns the method as sent in a request.
    // A list of its own: the type is generated, so it cannot derive `strum`, and a guest does not
    // link the host's model. A test compares both lists.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_model::Method as HostMethod;

    #[test]
    fn as_str_agrees_with_the_host() {
        for (method, host) in [
            (Method::Get, HostMethod::Get),
            (Method::Head, HostMethod::Head),
            (Method::Post, HostMethod::Post),
            (Method::Put, HostMethod::Put),
            (Method::Patch, HostMethod::Patch),
            (Method::Delete, HostMethod::Delete),
        ] {
            assert_eq!(method.as_str().parse(), Ok(host));
        }
    }
}
