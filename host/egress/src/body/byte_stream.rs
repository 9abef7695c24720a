//! The bytes of a response body as they arrive, content codings undone.

use crate::attempt_error::AttemptError;
use crate::body::budget::ByteBudget;
use futures::stream::{self, StreamExt as _};
use reqwest::Response;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::AsyncBufRead;
use tokio_util::io::StreamReader;

type Chunk = io::Cursor<Vec<u8>>;

/// A response body that can be read piece by piece.
pub(crate) type ByteStream = Pin<Box<dyn AsyncBufRead + Send>>;

/// Reads the body of a response as it arrives, and counts it to a budget if there is one.
pub(crate) fn bytes(response: Response, budget: Option<Arc<ByteBudget>>) -> ByteStream {
    let chunks = stream::try_unfold(response, move |mut response| {
        let budget = budget.clone();
        async move {
            let chunk = response
                .chunk()
                .await
                .map_err(|error| into_io_error(AttemptError::from(&error)))?;
            let Some(chunk) = chunk else { return Ok(None) };

            if let Some(budget) = budget {
                budget.consume(chunk.len() as u64).map_err(into_io_error)?;
            }
            Ok::<_, io::Error>(Some((Chunk::new(chunk.to_vec()), response)))
        }
    });

    Box::pin(StreamReader::new(chunks.boxed()))
}

/// Wraps the error of an attempt for its way through decoders, which pass on I/O errors only.
pub(crate) fn into_io_error(failure: AttemptError) -> io::Error {
    io::Error::other(failure)
}
