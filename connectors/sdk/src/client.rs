//! Requests to the application, sent by the host.

use crate::bindings::purser::connector::http;
use crate::download::{Download, DownloadResponse, Source};
use crate::method::request_line;
use crate::{Failure, Header, HttpError, Method, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use std::fmt::Display;

/// All characters but the unreserved ones of RFC 3986, section 2.3. Text encoded so has no special
/// meaning anywhere in a URL.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Sends requests to the application of the connection. The host adds base URL and credential.
#[derive(Debug)]
pub struct Client {
    /// Present if this client sends nothing, and only hints the host to prefetch the first request.
    #[cfg(target_family = "wasm")]
    prefetch: std::cell::Cell<Option<Prefetch>>,
    #[cfg(not(target_family = "wasm"))]
    pub(crate) script: std::rc::Rc<crate::testing::Script>,
}

impl Client {
    #[cfg(target_family = "wasm")]
    pub(crate) const fn new() -> Self {
        Self {
            prefetch: std::cell::Cell::new(None),
        }
    }

    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn new() -> Self {
        Self {
            script: std::rc::Rc::default(),
        }
    }

    /// Returns a client that sends nothing, and hints the host to prefetch its first request.
    #[cfg(target_family = "wasm")]
    pub(crate) const fn prefetching() -> Self {
        Self {
            prefetch: std::cell::Cell::new(Some(Prefetch::Waiting)),
        }
    }

    /// Builds a GET of a path below the base URL, or of an absolute URL as found in `next` links.
    ///
    /// The target is sent unchanged. Use [`RequestBuilder::segment`] and [`RequestBuilder::query`]
    /// for parts that come from data.
    pub fn get(&self, target: &str) -> RequestBuilder<'_> {
        self.request(Method::Get, target)
    }

    /// Builds a POST.
    pub fn post(&self, target: &str) -> RequestBuilder<'_> {
        self.request(Method::Post, target)
    }

    /// Builds a PUT.
    pub fn put(&self, target: &str) -> RequestBuilder<'_> {
        self.request(Method::Put, target)
    }

    /// Builds a PATCH.
    pub fn patch(&self, target: &str) -> RequestBuilder<'_> {
        self.request(Method::Patch, target)
    }

    /// Builds a DELETE.
    pub fn delete(&self, target: &str) -> RequestBuilder<'_> {
        self.request(Method::Delete, target)
    }

    /// Builds a request with any method.
    pub fn request(&self, method: Method, target: &str) -> RequestBuilder<'_> {
        RequestBuilder {
            client: self,
            request: http::Request {
                method,
                target: target.into(),
                headers: Vec::new(),
                body: None,
                idempotent: false,
            },
            invalid: None,
        }
    }

    async fn download(
        &self,
        request: http::Request,
        compression: http::Compression,
        skip_bytes: u64,
    ) -> Result<(u16, Vec<Header>, Source), HttpError> {
        #[cfg(target_family = "wasm")]
        {
            // A download cannot be prefetched.
            if self.prefetch.get().is_some() {
                self.prefetch.set(Some(Prefetch::Done));
                return std::future::pending().await;
            }
            let response = http::download(request, compression, skip_bytes).await?;
            Ok((response.status, response.headers, response.body))
        }
        #[cfg(not(target_family = "wasm"))]
        return self.script.download(request, &compression, skip_bytes);
    }

    async fn send(&self, request: http::Request) -> Result<http::Response, HttpError> {
        #[cfg(target_family = "wasm")]
        {
            let Some(prefetch) = self.prefetch.get() else {
                return http::send(request).await;
            };
            if prefetch == Prefetch::Waiting
                && request.method == Method::Get
                && request.body.is_none()
            {
                http::prefetch(&request);
            }
            self.prefetch.set(Some(Prefetch::Done));
            std::future::pending().await
        }
        #[cfg(not(target_family = "wasm"))]
        return self.script.send(request);
    }
}

/// State of a client that sends nothing.
#[cfg(target_family = "wasm")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefetch {
    /// The first request has not been built yet.
    Waiting,
    /// The host has its hint, or there can be none.
    Done,
}

/// A request under construction.
#[must_use = "a request does nothing until it is sent"]
#[derive(Debug)]
pub struct RequestBuilder<'a> {
    client: &'a Client,
    request: http::Request,
    /// The reason why it cannot be sent. Reported by `send`, so that the builder methods chain.
    invalid: Option<Failure>,
}

impl RequestBuilder<'_> {
    /// Appends a segment to the path, percent-encoded.
    ///
    /// [`send`](Self::send) fails if the text is empty, `.` or `..`, which would change the path,
    /// or if it contains a `/`, which the host refuses even when encoded.
    pub fn segment(mut self, text: &str) -> Self {
        if matches!(text, "" | "." | "..") || text.contains(['/', '\\']) {
            let path = &self.request.target;
            self.invalid
                .get_or_insert(Failure::ContractViolation(format!(
                    "{text:?} cannot be a segment below {path}"
                )));
        }

        self.request.target.push('/');
        self.request
            .target
            .extend(utf8_percent_encode(text, RESERVED));
        self
    }

    /// Appends a query parameter, percent-encoded.
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        let target = &mut self.request.target;
        target.push(if target.contains('?') { '&' } else { '?' });
        target.extend(utf8_percent_encode(name, RESERVED));
        target.push('=');
        target.extend(utf8_percent_encode(&value.to_string(), RESERVED));
        self
    }

    /// Appends a query parameter if there is a value.
    pub fn query_if(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a header field. The WIT package lists the fields that only the host may set.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.push(Header {
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// Sets a JSON body. Adds the content type `application/json`, unless a header set another one.
    pub fn json_body(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.request.body = Some(bytes),
            Err(error) => {
                self.invalid
                    .get_or_insert(Failure::ContractViolation(format!(
                        "the body cannot be encoded: {error}"
                    )));
            }
        }

        let has_type = self
            .request
            .headers
            .iter()
            .any(|header| header.name.eq_ignore_ascii_case("content-type"));
        if has_type {
            self
        } else {
            self.header("content-type", "application/json")
        }
    }

    /// Sets a body of any type.
    pub fn body(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.request.body = Some(body);
        self.header("content-type", content_type)
    }

    /// Promises that sending it twice has the same effect as sending it once, so that the host may
    /// retry a POST or a PATCH.
    pub const fn idempotent(mut self) -> Self {
        self.request.idempotent = true;
        self
    }

    /// Sends it and waits for the complete response, with any status. [`Response::ok`] turns an
    /// error status into a failure.
    ///
    /// # Errors
    /// Fails if there is no response, with the host's message. For a request that the grant does
    /// not allow, it contains the grant line that would allow it.
    pub async fn send(self) -> Result<Response, Failure> {
        if let Some(failure) = self.invalid {
            return Err(failure);
        }

        let line = request_line(&self.request);
        match self.client.send(self.request).await {
            Ok(response) => Ok(Response::new(line, response)),
            Err(error) => Err(Failure::from_http_error(&line, error)),
        }
    }

    /// Sends it and returns the response in chunks, for a file that exceeds the size limit of a
    /// response or the memory of the connector.
    ///
    /// The host decompresses the file and skips its first `skip_bytes` bytes. Pass
    /// [`Download::position`] of an earlier call, or 0.
    ///
    /// # Errors
    /// Fails if there is no response, as for [`send`](Self::send).
    pub async fn download(
        self,
        compression: http::Compression,
        skip_bytes: u64,
    ) -> Result<DownloadResponse, Failure> {
        if let Some(failure) = self.invalid {
            return Err(failure);
        }

        let line = request_line(&self.request);
        let opened = self
            .client
            .download(self.request, compression, skip_bytes)
            .await;
        let (status, headers, source) =
            opened.map_err(|error| Failure::from_http_error(&line, error))?;

        let mut file = Download::new(line.clone(), source, skip_bytes);
        if (200..300).contains(&status) {
            return Ok(DownloadResponse::File(file));
        }

        let mut body = Vec::new();
        while let Some(chunk) = file.chunk().await? {
            body.extend(chunk);
        }
        let response = http::Response {
            status,
            headers,
            body,
        };
        Ok(DownloadResponse::Other(Response::new(line, response)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(build: impl FnOnce(&Client) -> RequestBuilder<'_>) -> Result<String, Failure> {
        let client = Client::new();
        let built = build(&client);
        built.invalid.map_or(Ok(built.request.target), Err)
    }

    #[test]
    fn segment_and_query_encode_reserved_characters() {
        let name = "o'Brien+seat@Müller 100%?#&=";

        assert_eq!(
            target(|app| app.delete("/users").segment(name)).unwrap(),
            "/users/o%27Brien%2Bseat%40M%C3%BCller%20100%25%3F%23%26%3D"
        );
        assert_eq!(
            target(|app| app
                .get("/users")
                .query("filter", "name eq \"a+b\"")
                .query("count", 5))
            .unwrap(),
            "/users?filter=name%20eq%20%22a%2Bb%22&count=5"
        );
        assert_eq!(
            target(|app| app.get("/a-b_c.d~e?x=1").query("y", "-_.~")).unwrap(),
            "/a-b_c.d~e?x=1&y=-_.~"
        );
        assert_eq!(
            target(|app| app
                .get("/a")
                .query_if("x", None::<u8>)
                .query_if("y", Some(1)))
            .unwrap(),
            "/a?y=1"
        );
    }

    #[test]
    fn segment_that_would_change_the_path_fails() {
        for bad in ["", ".", "..", "a/b", "/", "a\\b"] {
            let failure = target(|app| app.delete("/users").segment(bad)).unwrap_err();
            assert!(matches!(failure, Failure::ContractViolation(_)), "{bad:?}");
        }
        assert!(target(|app| app.delete("/users").segment("...")).is_ok());
    }

    #[test]
    fn json_body_adds_its_content_type_unless_set() {
        let client = Client::new();

        let plain = client.post("/a").json_body(&[1]).request;
        assert_eq!(plain.body.as_deref(), Some(b"[1]".as_slice()));
        assert_eq!(
            plain.headers,
            [Header {
                name: "content-type".into(),
                value: "application/json".into()
            }]
        );

        let own = client
            .post("/a")
            .header("Content-Type", "application/scim+json")
            .json_body(&[1])
            .request;
        assert_eq!(own.headers.len(), 1);
    }
}
