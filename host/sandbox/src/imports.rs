//! The imports `http` and `log`, as a guest calls them.

use crate::bindings::{http, log, types};
use crate::body::Body;
use crate::call_state::{CallState, acquire};
use crate::convert;
use crate::request::Level;
use wasmtime::component::{Accessor, HasSelf, Resource};

impl<T: Send> http::HostWithStore<T> for HasSelf<CallState> {
    async fn send(
        accessor: &Accessor<T, Self>,
        request: http::Request,
    ) -> wasmtime::Result<Result<http::Response, http::HttpError>> {
        let request = convert::http::request(request);
        let admission = match accessor.with(|mut access| access.get().admit(&request))? {
            Ok(admission) => admission,
            Err(refusal) => return Ok(Err(refusal.into())),
        };

        let result = admission.send(request).await;

        let result = accessor.with(|mut access| access.get().complete(result));
        Ok(result.map(Into::into).map_err(Into::into))
    }

    async fn download(
        accessor: &Accessor<T, Self>,
        request: http::Request,
        compression: http::Compression,
        skip_bytes: u64,
    ) -> wasmtime::Result<Result<http::IncomingResponse, http::HttpError>> {
        let download = convert::http::download(request, compression, skip_bytes);
        let (admission, permit) =
            match accessor.with(|mut access| access.get().admit_download(&download.request))? {
                Ok(admitted) => admitted,
                Err(refusal) => return Ok(Err(refusal.into())),
            };

        let result = admission.download(download).await;

        let opened = accessor.with(|mut access| access.get().open_download(result, permit))?;
        Ok(match opened {
            Ok(response) => Ok(http::IncomingResponse {
                status: response.status,
                headers: convert::http::headers(response.headers),
                body: response.body,
            }),
            Err(error) => Err(error.into()),
        })
    }
}

impl<T: Send> http::HostBodyWithStore<T> for HasSelf<CallState> {
    async fn read(
        accessor: &Accessor<T, Self>,
        body: Resource<Body>,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, http::HttpError>> {
        let read = match accessor.with(|mut access| access.get().take_body(&body))? {
            Err(read) => read,
            Ok((mut reader, in_flight)) => {
                let read = match acquire(&in_flight).await {
                    Ok(_permit) => reader.next().await,
                    Err(error) => Err(error),
                };
                accessor.with(|mut access| access.get().put_back_body(&body, reader, &read))?;
                read
            }
        };
        Ok(read.map_err(Into::into))
    }
}

impl http::HostBody for CallState {
    fn drop(&mut self, body: Resource<Body>) -> wasmtime::Result<()> {
        self.drop_body(body)
    }
}

impl http::Host for CallState {
    fn prefetch(&mut self, request: http::Request) -> wasmtime::Result<()> {
        Self::prefetch(self, convert::http::request(request))
    }
}

impl log::Host for CallState {
    fn write(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        self.log(Level::from(level), &message)
    }
}

// `types` has no functions.
impl types::Host for CallState {}
