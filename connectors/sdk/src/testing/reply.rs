//! What a scripted application answers.

use crate::bindings::purser::connector::http;
use crate::{Compression, Header, HttpError};

/// An answer, or why there is none.
#[derive(Debug, Clone)]
pub struct Reply {
    pub(super) answer: Result<http::Response, HttpError>,
    pub(super) compression: Compression,
    pub(super) breaks_off: bool,
}

impl Reply {
    const fn of(answer: Result<http::Response, HttpError>) -> Self {
        Self {
            answer,
            compression: Compression::Plain,
            breaks_off: false,
        }
    }

    /// The same as a file that is packed so. The body is the one before it was packed; a connector that takes it for packed in another way,
    /// or does not [`download`](crate::RequestBuilder::download) it, fails the test.
    #[must_use]
    pub fn packed(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// The same where the connection breaks off behind the body, while it is downloaded.
    #[must_use]
    pub const fn breaks_off(mut self) -> Self {
        self.breaks_off = true;
        self
    }

    /// An answer with nothing but a status.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self::of(Ok(http::Response {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }))
    }

    /// An answer with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: &str) -> Self {
        Self::text(status, "application/json", body)
    }

    /// An answer with a body of any type.
    #[must_use]
    pub fn text(status: u16, content_type: &str, body: &str) -> Self {
        let headers = vec![Header {
            name: "content-type".into(),
            value: content_type.into(),
        }];
        Self::of(Ok(http::Response {
            status,
            headers,
            body: body.into(),
        }))
    }

    /// The same with one more header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Ok(answer) = &mut self.answer {
            answer.headers.push(Header {
                name: name.to_ascii_lowercase(),
                value: value.into(),
            });
        }
        self
    }
}

/// JSON with status 200.
impl From<&str> for Reply {
    fn from(body: &str) -> Self {
        Self::json(200, body)
    }
}

/// No answer.
impl From<HttpError> for Reply {
    fn from(error: HttpError) -> Self {
        Self::of(Err(error))
    }
}
