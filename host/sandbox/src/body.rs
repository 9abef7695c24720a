//! A response body that a guest reads in chunks.

use futures::stream::{BoxStream, StreamExt as _};
use purser_model::HttpError;
use tokio::sync::OwnedSemaphorePermit;

/// The resource behind a guest's handle. The call's table owns it, so it ends with the call even if
/// the guest leaks the handle.
#[allow(unreachable_pub, reason = "generated code re-exports it")]
pub struct Body(State);

enum State {
    Open(BodyReader),
    /// A read is in flight.
    Taken,
    End,
    /// The transfer failed. It must never look like the end: half a file would pass for a whole
    /// one.
    Failed(HttpError),
}

/// The connection of a body, with one of the permits for open bodies.
pub(crate) struct BodyReader {
    pub(crate) chunks: BoxStream<'static, Result<Vec<u8>, HttpError>>,
    pub(crate) _permit: OwnedSemaphorePermit,
}

/// The result of a read: a chunk, `None` at the end, or an error.
pub(crate) type Read = Result<Option<Vec<u8>>, HttpError>;

impl Body {
    pub(crate) const fn new(reader: BodyReader) -> Self {
        Self(State::Open(reader))
    }

    /// Takes the reader, to wait for the next chunk.
    ///
    /// # Errors
    /// The result of the read, if it is known without waiting.
    pub(crate) fn take(&mut self) -> Result<BodyReader, Read> {
        match std::mem::replace(&mut self.0, State::Taken) {
            State::Open(reader) => Ok(reader),
            State::Taken => Err(Err(HttpError::Invalid(
                "the body is being read already; wait for the chunk".into(),
            ))),
            State::End => {
                self.0 = State::End;
                Err(Ok(None))
            }
            State::Failed(error) => {
                self.0 = State::Failed(error.clone());
                Err(Err(error))
            }
        }
    }

    /// Puts the reader back after a read. Drops it at the end or after an error, because a guest
    /// may keep its handle for long.
    pub(crate) fn put_back(&mut self, reader: BodyReader, read: &Read) {
        self.0 = match read {
            Ok(Some(_)) => State::Open(reader),
            Ok(None) => State::End,
            Err(error) => State::Failed(error.clone()),
        };
    }
}

impl BodyReader {
    /// Waits for the next chunk.
    pub(crate) async fn next(&mut self) -> Read {
        self.chunks.next().await.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use std::sync::Arc;
    use tokio::sync::Semaphore;

    fn body(chunks: Vec<Result<Vec<u8>, HttpError>>) -> (Body, Arc<Semaphore>) {
        let permits = Arc::new(Semaphore::new(1));
        let permit = Arc::clone(&permits).try_acquire_owned().unwrap();
        let reader = BodyReader {
            chunks: stream::iter(chunks).boxed(),
            _permit: permit,
        };
        (Body::new(reader), permits)
    }

    async fn read(body: &mut Body) -> Read {
        match body.take() {
            Ok(mut reader) => {
                let read = reader.next().await;
                body.put_back(reader, &read);
                read
            }
            Err(read) => read,
        }
    }

    #[tokio::test]
    async fn read_at_the_end_returns_none_and_frees_the_permit() {
        let (mut body, permits) = body(vec![Ok(vec![1])]);

        assert_eq!(read(&mut body).await, Ok(Some(vec![1])));
        assert_eq!(permits.available_permits(), 0);
        assert_eq!(read(&mut body).await, Ok(None));
        assert_eq!(permits.available_permits(), 1);
        assert_eq!(read(&mut body).await, Ok(None));
    }

    #[tokio::test]
    async fn read_after_an_error_returns_the_error_again() {
        let (mut body, permits) = body(vec![Err(HttpError::ConnectionTerminated), Ok(vec![1])]);

        assert_eq!(read(&mut body).await, Err(HttpError::ConnectionTerminated));
        assert_eq!(permits.available_permits(), 1);
        assert_eq!(read(&mut body).await, Err(HttpError::ConnectionTerminated));
    }

    #[test]
    fn second_read_while_one_is_in_flight_is_refused() {
        let (mut body, _) = body(vec![Ok(vec![1])]);
        let reader = body.take().ok().unwrap();

        assert!(matches!(
            body.take().err(),
            Some(Err(HttpError::Invalid(_)))
        ));
        body.put_back(reader, &Ok(Some(vec![1])));
        assert!(body.take().is_ok());
    }
}
