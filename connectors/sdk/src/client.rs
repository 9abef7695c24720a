//! Requests to the application, through the host: it resolves, checks, authenticates, sends, waits and retries.

use crate::bindings::purser::connector::http;
use crate::download::{Download, Downloaded, Source};
use crate::{Failure, Header, HttpError, Method, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use std::fmt::Display;

/// All but the characters that RFC 3986, section 2.3, calls unreserved: what is encoded so means itself anywhere in a URL.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The application that a connector's call is about: the connection's base URL, with the credential that the host adds.
#[derive(Debug)]
pub struct Client {
    /// Whether this is for what the next call will begin with: no request is sent, and the first is told to the host.
    #[cfg(target_family = "wasm")]
    ahead: std::cell::Cell<Option<Ahead>>,
    #[cfg(not(target_family = "wasm"))]
    pub(crate) script: std::rc::Rc<crate::testing::Script>,
}

impl Client {
    #[cfg(target_family = "wasm")]
    pub(crate) const fn of_the_host() -> Self {
        Self {
            ahead: std::cell::Cell::new(None),
        }
    }

    /// One that sends nothing, and tells the host of its first request.
    #[cfg(target_family = "wasm")]
    pub(crate) const fn ahead() -> Self {
        Self {
            ahead: std::cell::Cell::new(Some(Ahead::Looking)),
        }
    }

    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn of_the_host() -> Self {
        Self {
            script: std::rc::Rc::default(),
        }
    }

    /// A GET of a path below the base URL, or of an absolute URL as found in `next` links. What is given is sent as it is: for parts that
    /// come from data there are [`RequestBuilder::segment`] and [`RequestBuilder::query`].
    pub fn get(&self, target: &str) -> RequestBuilder<'_> {
        self.request(Method::Get, target)
    }

    /// A POST.
    pub fn post(&self, target: &str) -> RequestBuilder<'_> {
        self.request(Method::Post, target)
    }

    /// A PUT.
    pub fn put(&self, target: &str) -> RequestBuilder<'_> {
        self.request(Method::Put, target)
    }

    /// A PATCH.
    pub fn patch(&self, target: &str) -> RequestBuilder<'_> {
        self.request(Method::Patch, target)
    }

    /// A DELETE.
    pub fn delete(&self, target: &str) -> RequestBuilder<'_> {
        self.request(Method::Delete, target)
    }

    /// A request with any method.
    pub fn request(&self, method: Method, target: &str) -> RequestBuilder<'_> {
        let request = http::Request {
            method,
            target: target.into(),
            headers: Vec::new(),
            body: None,
            repeatable: false,
        };
        RequestBuilder {
            client: self,
            request,
            broken: None,
        }
    }

    async fn open(
        &self,
        request: http::Request,
        compression: http::Compression,
        start: u64,
    ) -> Result<(u16, Vec<Header>, Source), HttpError> {
        #[cfg(target_family = "wasm")]
        {
            if self.ahead.get().is_some() {
                self.ahead.set(Some(Ahead::Done));
                return std::future::pending().await;
            }
            let answer = http::download(request, compression, start).await;
            answer.map(
                |http::IncomingResponse {
                     status,
                     headers,
                     body,
                 }| (status, headers, body),
            )
        }
        #[cfg(not(target_family = "wasm"))]
        return self.script.open(request, &compression, start);
    }

    async fn exchange(&self, request: http::Request) -> Result<http::Response, HttpError> {
        #[cfg(target_family = "wasm")]
        {
            let Some(ahead) = self.ahead.get() else {
                return http::send(request).await;
            };
            if ahead == Ahead::Looking && request.method == Method::Get && request.body.is_none() {
                http::prefetch(&request);
            }
            self.ahead.set(Some(Ahead::Done));
            std::future::pending().await
        }
        #[cfg(not(target_family = "wasm"))]
        return self.script.answer(request);
    }
}

/// How far a client that sends nothing is.
#[cfg(target_family = "wasm")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ahead {
    /// No request was made yet.
    Looking,
    /// The first one was.
    Done,
}

/// A request in the making.
#[must_use = "a request does nothing until it is sent"]
#[derive(Debug)]
pub struct RequestBuilder<'a> {
    client: &'a Client,
    request: http::Request,
    /// Why it cannot be sent: kept until then, so that building reads as one sentence.
    broken: Option<Failure>,
}

impl RequestBuilder<'_> {
    /// One more segment of the path, percent-encoded. What no URL can carry as a segment makes [`send`](Self::send) fail: nothing, `.`
    /// and `..`, which would make the request one of another path, and what holds a `/`, which the host refuses even when encoded.
    pub fn segment(mut self, text: &str) -> Self {
        if matches!(text, "" | "." | "..") || text.contains(['/', '\\']) {
            let path = &self.request.target;
            self.broken
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

    /// One more parameter of the query, percent-encoded.
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        let target = &mut self.request.target;
        target.push(if target.contains('?') { '&' } else { '?' });
        target.extend(utf8_percent_encode(name, RESERVED));
        target.push('=');
        target.extend(utf8_percent_encode(&value.to_string(), RESERVED));
        self
    }

    /// The same, if there is a value.
    pub fn query_if(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// A header field; see the WIT package for the ones that are the host's.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.push(Header {
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// A JSON body. Its content type is `application/json` unless a header before it said otherwise.
    pub fn json_body(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.request.body = Some(bytes),
            Err(error) => {
                self.broken
                    .get_or_insert(Failure::ContractViolation(format!(
                        "the body cannot be encoded: {error}"
                    )));
            }
        }
        let typed = self
            .request
            .headers
            .iter()
            .any(|header| header.name.eq_ignore_ascii_case("content-type"));
        if typed {
            self
        } else {
            self.header("content-type", "application/json")
        }
    }

    /// A body of any type.
    pub fn body(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.request.body = Some(body);
        self.header("content-type", content_type)
    }

    /// Promises that sending it twice does what sending it once does, so that the host may repeat a POST or a PATCH.
    pub const fn repeatable(mut self) -> Self {
        self.request.repeatable = true;
        self
    }

    /// Sends it and waits for the whole answer, whatever its status; [`Response::ok`] tells the good ones from the bad.
    ///
    /// # Errors
    /// When there is no answer, with the host's words: for a request that the grant does not allow, the grant line that would.
    pub async fn send(self) -> Result<Response, Failure> {
        if let Some(failure) = self.broken {
            return Err(failure);
        }
        let line = format!("{} {}", self.request.method.as_str(), self.request.target);
        match self.client.exchange(self.request).await {
            Ok(answer) => Ok(Response::new(line, answer)),
            Err(error) => Err(Failure::unanswered(&line, error)),
        }
    }

    /// Sends it and gives the answer piece by piece: for a file that is larger than an answer may be, or than the connector can hold. The host
    /// unpacks it, and passes over as many of its bytes as `start` says, which is [`Download::position`] of an earlier call, or 0.
    ///
    /// # Errors
    /// When there is no answer, as of [`send`](Self::send).
    pub async fn download(
        self,
        compression: http::Compression,
        start: u64,
    ) -> Result<Downloaded, Failure> {
        if let Some(failure) = self.broken {
            return Err(failure);
        }
        let line = format!("{} {}", self.request.method.as_str(), self.request.target);
        let opened = self.client.open(self.request, compression, start).await;
        let (status, headers, source) =
            opened.map_err(|error| Failure::unanswered(&line, error))?;
        let mut file = Download::new(line.clone(), source, start);
        if (200..300).contains(&status) {
            return Ok(Downloaded::File(file));
        }
        let mut body = Vec::new();
        while let Some(chunk) = file.chunk().await? {
            body.extend(chunk);
        }
        Ok(Downloaded::Other(Response::new(
            line,
            http::Response {
                status,
                headers,
                body,
            },
        )))
    }
}

impl Method {
    /// The method as it goes over the wire.
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

    fn target(build: impl FnOnce(&Client) -> RequestBuilder<'_>) -> Result<String, Failure> {
        let client = Client::of_the_host();
        let built = build(&client);
        built.broken.map_or(Ok(built.request.target), Err)
    }

    #[test]
    fn segments_and_queries_keep_every_character() {
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
    fn a_segment_cannot_change_the_path() {
        for bad in ["", ".", "..", "a/b", "/", "a\\b"] {
            let failure = target(|app| app.delete("/users").segment(bad)).unwrap_err();
            assert!(matches!(failure, Failure::ContractViolation(_)), "{bad:?}");
        }
        assert!(target(|app| app.delete("/users").segment("...")).is_ok());
    }

    #[test]
    fn a_json_body_brings_its_type_unless_told() {
        let client = Client::of_the_host();
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
