//! The hostile application, which sends byte sequences of an attack over http or https. A second
//! instance serves as the other host.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto, pki_types::PrivatePkcs8KeyDer};

/// An action of the server. The connection closes after the last one.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Send(Vec<u8>),
    /// Sends the bytes repeatedly with a pause, until the client disconnects.
    Repeat(Vec<u8>, Duration),
}

/// Function from the number of a request (from 0) and its target to the actions of the server.
pub(crate) type Script = Arc<dyn Fn(usize, &str) -> Vec<Step> + Send + Sync>;

/// A received request.
#[derive(Debug, Clone)]
pub(crate) struct ReceivedRequest {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl ReceivedRequest {
    fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }
}

/// Current instructions of the server, and what it received.
#[derive(Default)]
struct State {
    instruction: Vec<u8>,
    script: Option<Script>,
    seen: Vec<ReceivedRequest>,
    connector_memory: Vec<u8>,
}

/// Server on loopback, which runs until this is dropped.
pub(crate) struct Upstream {
    address: SocketAddr,
    secure: bool,
    connections: Arc<AtomicUsize>,
    state: Arc<Mutex<State>>,
    _runtime: tokio::runtime::Runtime,
}

impl Upstream {
    /// Starts a server, as `https://localhost` if `secure`.
    pub(crate) fn start(secure: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::<Mutex<State>>::default();
        let connections = Arc::new(AtomicUsize::new(0));

        let acceptor = secure.then(|| certificate().acceptor.clone());
        let count = Arc::clone(&connections);
        let shared = Arc::clone(&state);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let acceptor = acceptor.clone();
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    match acceptor {
                        None => serve(stream, &shared).await,
                        Some(acceptor) => serve(acceptor.accept(stream).await?, &shared).await,
                    }
                });
            }
        });

        Self {
            address,
            secure,
            connections,
            state,
            _runtime: runtime,
        }
    }

    /// Sets the request that the connector is to send and the response to it, and clears all
    /// records.
    pub(crate) fn set_attack(&self, instruction: Vec<u8>, script: Script) {
        *self.state.lock().unwrap() = State {
            instruction,
            script: Some(script),
            ..State::default()
        };
    }

    /// Returns host and port.
    pub(crate) fn authority(&self) -> String {
        let host = if self.secure {
            "localhost".to_owned()
        } else {
            self.address.ip().to_string()
        };
        format!("{host}:{}", self.address.port())
    }

    /// Returns scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        format!(
            "{}://{}",
            if self.secure { "https" } else { "http" },
            self.authority()
        )
    }

    /// Returns the requests that belong to the attack.
    pub(crate) fn seen(&self) -> Vec<ReceivedRequest> {
        self.state.lock().unwrap().seen.clone()
    }

    /// Returns the memory of the connector, if it was sent.
    pub(crate) fn connector_memory(&self) -> Vec<u8> {
        self.state.lock().unwrap().connector_memory.clone()
    }

    /// Returns the number of connections, with or without a request.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Serves one request and closes the connection.
async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    state: &Mutex<State>,
) -> io::Result<()> {
    let seen = read(&mut stream).await?;
    let steps = {
        let mut state = state.lock().unwrap();
        match seen.target().split('?').next().unwrap_or_default() {
            "/api/users" => vec![Step::Send(ok_response(&state.instruction))],
            "/api/memory" => {
                state.connector_memory = seen.body;
                vec![Step::Send(ok_response(b""))]
            }
            _ => {
                let script = state.script.clone();
                let steps = script.map(|script| script(state.seen.len(), seen.target()));
                state.seen.push(seen);
                steps.unwrap_or_default()
            }
        }
    };
    for step in steps {
        match step {
            Step::Send(bytes) => stream.write_all(&bytes).await?,
            Step::Repeat(bytes, pause) => loop {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
                tokio::time::sleep(pause).await;
            },
        }
    }

    stream.shutdown().await
}

/// Returns an honest response with this body.
pub(crate) fn ok_response(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<ReceivedRequest> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };

    let mut body = bytes.split_off(end + 4);
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));

    let length: usize = length.map_or(0, |length| length.parse().unwrap());
    while body.len() < length {
        if stream.read_buf(&mut body).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }

    Ok(ReceivedRequest { head, body })
}

/// Certificate of the https servers.
struct Certificate {
    pem: String,
    acceptor: TlsAcceptor,
}

fn certificate() -> &'static Certificate {
    static CERTIFICATE: OnceLock<Certificate> = OnceLock::new();
    CERTIFICATE.get_or_init(|| {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config =
            ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()));
        let config = config
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth();
        let config = config
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();

        let pem: Vec<_> = STANDARD
            .encode(made.cert.der())
            .into_bytes()
            .chunks(64)
            .map(<[u8]>::to_vec)
            .collect();
        let pem = String::from_utf8(pem.join(&b'\n')).unwrap();
        let pem = format!("-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----\n");

        Certificate {
            pem,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        }
    })
}

/// Writes the certificate that clients must trust.
pub(crate) fn write_certificate(path: &Path) {
    std::fs::write(path, &certificate().pem).unwrap();
}
