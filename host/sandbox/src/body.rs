//! A body that a guest reads piece by piece.

use futures::stream::{BoxStream, StreamExt as _};
use purser_model::HttpError;
use tokio::sync::OwnedSemaphorePermit;

/// What a guest holds a handle of. The call's table holds it itself, so that it ends with the call, whatever the guest forgets.
#[allow(unreachable_pub, reason = "generated code hands it on as its own")]
pub struct Body(State);

enum State {
    Open(Arriving),
    /// Somebody waits for the next piece.
    Lent,
    End,
    /// Broken off: to call that the end would make half a file a whole one.
    Broken(HttpError),
}

/// The connection of a body, and one of the places for those that are open.
pub(crate) struct Arriving {
    pub(crate) pieces: BoxStream<'static, Result<Vec<u8>, HttpError>>,
    pub(crate) _place: OwnedSemaphorePermit,
}

/// What a read comes to.
pub(crate) type Read = Result<Option<Vec<u8>>, HttpError>;

impl Body {
    pub(crate) const fn new(arriving: Arriving) -> Self {
        Self(State::Open(arriving))
    }

    /// Takes the connection out, to wait for the next piece; or what there is to say without it.
    pub(crate) fn lend(&mut self) -> Result<Arriving, Read> {
        match std::mem::replace(&mut self.0, State::Lent) {
            State::Open(arriving) => Ok(arriving),
            State::Lent => Err(Err(HttpError::Invalid(
                "the body is being read already; wait for the piece".into(),
            ))),
            State::End => {
                self.0 = State::End;
                Err(Ok(None))
            }
            State::Broken(error) => {
                self.0 = State::Broken(error.clone());
                Err(Err(error))
            }
        }
    }

    /// Puts the connection back. At the end, and when it is broken, it is let go of at once: a guest may keep the handle for long.
    pub(crate) fn give_back(&mut self, arriving: Arriving, read: &Read) {
        self.0 = match read {
            Ok(Some(_)) => State::Open(arriving),
            Ok(None) => State::End,
            Err(error) => State::Broken(error.clone()),
        };
    }
}

impl Arriving {
    /// Waits for the next piece.
    pub(crate) async fn next(&mut self) -> Read {
        self.pieces.next().await.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use std::sync::Arc;
    use tokio::sync::Semaphore;

    fn body(pieces: Vec<Result<Vec<u8>, HttpError>>) -> (Body, Arc<Semaphore>) {
        let places = Arc::new(Semaphore::new(1));
        let place = Arc::clone(&places).try_acquire_owned().unwrap();
        (
            Body::new(Arriving {
                pieces: stream::iter(pieces).boxed(),
                _place: place,
            }),
            places,
        )
    }

    async fn read(body: &mut Body) -> Read {
        match body.lend() {
            Ok(mut arriving) => {
                let read = arriving.next().await;
                body.give_back(arriving, &read);
                read
            }
            Err(read) => read,
        }
    }

    #[tokio::test]
    async fn the_end_is_the_end_and_frees_the_place() {
        let (mut body, places) = body(vec![Ok(vec![1])]);
        assert_eq!(read(&mut body).await, Ok(Some(vec![1])));
        assert_eq!(places.available_permits(), 0);
        assert_eq!(read(&mut body).await, Ok(None));
        assert_eq!(places.available_permits(), 1);
        assert_eq!(read(&mut body).await, Ok(None));
    }

    #[tokio::test]
    async fn what_broke_off_never_ends() {
        let (mut body, places) = body(vec![Err(HttpError::ConnectionTerminated), Ok(vec![1])]);
        assert_eq!(read(&mut body).await, Err(HttpError::ConnectionTerminated));
        assert_eq!(places.available_permits(), 1);
        assert_eq!(read(&mut body).await, Err(HttpError::ConnectionTerminated));
    }

    #[test]
    fn one_reads_at_a_time() {
        let (mut body, _) = body(vec![Ok(vec![1])]);
        let arriving = body.lend().ok().unwrap();
        assert!(matches!(
            body.lend().err(),
            Some(Err(HttpError::Invalid(_)))
        ));
        body.give_back(arriving, &Ok(Some(vec![1])));
        assert!(body.lend().is_ok());
    }
}
