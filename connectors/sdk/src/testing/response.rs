//! Scripted responses.

use crate::bindings::purser::connector::http;
use crate::{Compression, Header, HttpError};

/// A response, or the error instead of one.
#[derive(Debug, Clone)]
pub struct MockResponse {
    pub(super) result: Result<http::Response, HttpError>,
    pub(super) compression: Compression,
    pub(super) truncated: bool,
}

impl MockResponse {
    const fn new(result: Result<http::Response, HttpError>) -> Self {
        Self {
            result,
            compression: Compression::Plain,
            truncated: false,
        }
    }

    /// Makes it a file of this compression. The body is the decompressed one.
    ///
    /// A connector that uses another compression, or does not
    /// [`download`](crate::RequestBuilder::download) it, fails the test.
    #[must_use]
    pub fn compressed(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Breaks the connection after the body, while it is downloaded.
    #[must_use]
    pub const fn truncated(mut self) -> Self {
        self.truncated = true;
        self
    }

    /// Returns a response with nothing but a status.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self::new(Ok(http::Response {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }))
    }

    /// Returns a response with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: &str) -> Self {
        Self::text(status, "application/json", body)
    }

    /// Returns a response with a body of any type.
    #[must_use]
    pub fn text(status: u16, content_type: &str, body: &str) -> Self {
        let headers = vec![Header {
            name: "content-type".into(),
            value: content_type.into(),
        }];
        Self::new(Ok(http::Response {
            status,
            headers,
            body: body.into(),
        }))
    }

    /// Adds a header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Ok(response) = &mut self.result {
            response.headers.push(Header {
                name: name.to_ascii_lowercase(),
                value: value.into(),
            });
        }
        self
    }
}

/// Returns a response of status 200 with a JSON body.
impl From<&str> for MockResponse {
    fn from(body: &str) -> Self {
        Self::json(200, body)
    }
}

/// Returns an error instead of a response.
impl From<HttpError> for MockResponse {
    fn from(error: HttpError) -> Self {
        Self::new(Err(error))
    }
}
