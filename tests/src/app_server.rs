//! An application that a test writes as a router.

use axum::Router;
use std::future::IntoFuture as _;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// A server on loopback, which runs until this is dropped.
pub struct AppServer {
    /// The address that it listens on.
    pub address: SocketAddr,
    _runtime: Runtime,
}

impl AppServer {
    /// Starts a server. The router may depend on its address.
    #[must_use]
    pub fn start(router: impl FnOnce(SocketAddr) -> Router) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(axum::serve(listener, router(address)).into_future());

        Self {
            address,
            _runtime: runtime,
        }
    }
}
