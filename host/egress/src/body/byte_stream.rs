//! The bytes of a response body as they arrive, content encoding undone.

use crate::attempt_error::AttemptError;
use crate::body::budget::ByteBudget;
use futures::stream::{self, BoxStream, StreamExt as _};
use reqwest::Response;
use std::io;
use std::sync::Arc;
use tokio_util::io::StreamReader;

type Chunk = io::Cursor<Vec<u8>>;

/// A response body that can be read piece by piece.
pub(crate) type ByteStream = StreamReader<BoxStream<'static, io::Result<Chunk>>, Chunk>;

/// Reads the body of a response and counts its bytes to `budget` as they arrive.
pub(crate) fn counted(response: Response, budget: Arc<ByteBudget>) -> ByteStream {
    let chunks = stream::try_unfold(response, move |mut response| {
        let budget = Arc::clone(&budget);
        async move {
            let chunk = response
                .chunk()
                .await
                .map_err(|error| into_io_error(AttemptError::from(&error)))?;
            let Some(chunk) = chunk else { return Ok(None) };

            budget.consume(chunk.len() as u64).map_err(into_io_error)?;
            Ok(Some((Chunk::new(chunk.to_vec()), response)))
        }
    });

    StreamReader::new(chunks.boxed())
}

/// Wraps an HTTP error for its way through decoders, which pass on I/O errors only.
pub(crate) fn into_io_error(failure: AttemptError) -> io::Error {
    io::Error::other(failure.error)
}
