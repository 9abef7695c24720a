//! The application, which answers byte by byte as an attack wants it, over http or https; and another host, which nobody should meet.

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

/// What it does, one thing after another, before it closes the connection.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Send(Vec<u8>),
    /// Again and again, with a pause between, until the other side goes away.
    ForEver(Vec<u8>, Duration),
}

/// What it answers to the request of this number, from 0, and of this target.
pub(crate) type Script = Arc<dyn Fn(usize, &str) -> Vec<Step> + Send + Sync>;

/// A request as it was on the wire.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }
}

/// What it does now, and what came of that.
#[derive(Default)]
struct State {
    order: Vec<u8>,
    script: Option<Script>,
    seen: Vec<Seen>,
    told: Vec<u8>,
}

/// Listens on loopback until the test ends.
pub(crate) struct Upstream {
    address: SocketAddr,
    secure: bool,
    connections: Arc<AtomicUsize>,
    state: Arc<Mutex<State>>,
    _runtime: tokio::runtime::Runtime,
}

impl Upstream {
    /// Speaks https if `secure`, as `localhost`.
    pub(crate) fn start(secure: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let (address, state) = (
            listener.local_addr().unwrap(),
            Arc::<Mutex<State>>::default(),
        );
        let connections = Arc::new(AtomicUsize::new(0));
        let acceptor = secure.then(|| certificate().acceptor.clone());
        let (count, shared) = (Arc::clone(&connections), Arc::clone(&state));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
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

    /// Has the connector send this, and answers it so. What came before is forgotten.
    pub(crate) fn act(&self, order: Vec<u8>, script: Script) {
        *self.state.lock().unwrap() = State {
            order,
            script: Some(script),
            ..State::default()
        };
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> String {
        let host = if self.secure {
            "localhost".to_owned()
        } else {
            self.address.ip().to_string()
        };
        format!("{host}:{}", self.address.port())
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        format!(
            "{}://{}",
            if self.secure { "https" } else { "http" },
            self.authority()
        )
    }

    /// The requests that are part of the attack.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.lock().unwrap().seen.clone()
    }

    /// All that the connector knew, if it came to telling.
    pub(crate) fn told(&self) -> Vec<u8> {
        self.state.lock().unwrap().told.clone()
    }

    /// How often somebody connected, whether or not a request followed.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// One request, and the end of the connection.
async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    state: &Mutex<State>,
) -> io::Result<()> {
    let seen = read(&mut stream).await?;
    let steps = {
        let mut state = state.lock().unwrap();
        match seen.target().split('?').next().unwrap_or_default() {
            "/api/users" => vec![Step::Send(fine(&state.order))],
            "/api/told" => {
                state.told = seen.body;
                vec![Step::Send(fine(b""))]
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
            Step::ForEver(bytes, pause) => loop {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
                tokio::time::sleep(pause).await;
            },
        }
    }
    stream.shutdown().await
}

/// An answer that nobody could object to.
pub(crate) fn fine(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Seen> {
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
    Ok(Seen { head, body })
}

/// What https servers show.
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

/// Writes down the certificate that the servers are to be trusted by.
pub(crate) fn write_certificate(path: &Path) {
    std::fs::write(path, &certificate().pem).unwrap();
}
