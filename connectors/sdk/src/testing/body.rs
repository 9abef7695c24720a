//! The body of a scripted download.

use crate::HttpError;
use std::collections::VecDeque;

/// Size of a chunk, in bytes: small and odd, so that rows often span two chunks.
const CHUNK: usize = 61;

/// The rest of a body.
#[derive(Debug)]
pub struct Body {
    chunks: VecDeque<Vec<u8>>,
    truncated: bool,
}

impl Body {
    pub(super) fn new(body: &[u8], truncated: bool) -> Self {
        Self {
            chunks: body.chunks(CHUNK).map(<[u8]>::to_vec).collect(),
            truncated,
        }
    }

    #[allow(clippy::unused_async, reason = "the body of the host is async too")]
    pub(crate) async fn read(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        match self.chunks.pop_front() {
            None if self.truncated => Err(HttpError::ConnectionTerminated),
            chunk => Ok(chunk),
        }
    }
}
