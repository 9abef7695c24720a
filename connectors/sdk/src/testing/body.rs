//! A body that is downloaded from a scripted application.

use crate::HttpError;
use std::collections::VecDeque;

/// How much comes at once: little and odd, so that what a connector looks for lies across two pieces now and then.
const PIECE: usize = 61;

/// What is left of a body.
#[derive(Debug)]
pub struct Body {
    pieces: VecDeque<Vec<u8>>,
    breaks_off: bool,
}

impl Body {
    pub(super) fn new(body: &[u8], breaks_off: bool) -> Self {
        Self {
            pieces: body.chunks(PIECE).map(<[u8]>::to_vec).collect(),
            breaks_off,
        }
    }

    // As the host's is.
    #[allow(clippy::unused_async)]
    pub(crate) async fn read(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        match self.pieces.pop_front() {
            None if self.breaks_off => Err(HttpError::ConnectionTerminated),
            piece => Ok(piece),
        }
    }
}
