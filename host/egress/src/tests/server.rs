//! A server that follows a script, byte by byte, so that it can misbehave in ways no HTTP library would let it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// What a server does, one thing after another, before it closes the connection.
pub(super) enum Step {
    Send(Vec<u8>),
    Pause(Duration),
    Until(Arc<AtomicBool>),
    /// Until the client goes away.
    SendForEver(Vec<u8>),
}

/// A request as it was on the wire.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub line: String,
    pub fields: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Listens on loopback until it is dropped.
pub(super) struct Server {
    pub address: SocketAddr,
    /// What an https server shows, in DER.
    pub certificate: Vec<u8>,
    scheme: &'static str,
    host: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Speaks http. The script gets the number of the request, from 0, and the request.
    pub(super) async fn start(
        script: impl Fn(usize, &Seen) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        Self::listen(None, script).await
    }

    /// Speaks https as `hub.example` and `files.example`, with a certificate of its own.
    pub(super) async fn start_tls(
        script: impl Fn(usize, &Seen) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let names = ["hub.example".to_owned(), "files.example".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        crate::http_client::install_tls_provider();
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
        Self::listen(
            Some((
                TlsAcceptor::from(Arc::new(config)),
                made.cert.der().to_vec(),
            )),
            script,
        )
        .await
    }

    /// Answers every request in the same way.
    pub(super) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |_, _| vec![Step::Send(answer.clone())]).await
    }

    async fn listen(
        tls: Option<(TlsAcceptor, Vec<u8>)>,
        script: impl Fn(usize, &Seen) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (scheme, host) = if tls.is_some() {
            ("https", "hub.example")
        } else {
            ("http", "127.0.0.1")
        };
        let (acceptor, certificate) = tls.unzip();
        let (log, script) = (Arc::clone(&seen), Arc::new(script));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, log, script) =
                    (acceptor.clone(), Arc::clone(&log), Arc::clone(&script));
                tokio::spawn(async move {
                    match acceptor {
                        None => serve(stream, &log, &*script).await,
                        Some(acceptor) => match acceptor.accept(stream).await {
                            Ok(stream) => serve(stream, &log, &*script).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        Self {
            address,
            certificate: certificate.unwrap_or_default(),
            scheme,
            host: host.into(),
            seen,
            task,
        }
    }

    /// Its base URL, whose path is `/api`.
    pub(super) fn base(&self) -> String {
        format!(
            "{}://{}:{}/api",
            self.scheme,
            self.host,
            self.address.port()
        )
    }

    /// What it was asked so far.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An answer with a body and further header lines.
pub(super) fn answer(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

pub(super) fn ok(body: impl AsRef<[u8]>) -> Vec<Step> {
    vec![Step::Send(answer("200 OK", &[], body))]
}

/// One request, the script's steps, and the end of the connection. `None` when the client went away first.
async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    log: &Mutex<Vec<Seen>>,
    script: &(impl Fn(usize, &Seen) -> Vec<Step> + ?Sized),
) -> Option<()> {
    let seen = read(&mut stream).await?;
    let number = {
        let mut log = log.lock().unwrap();
        log.push(seen.clone());
        log.len() - 1
    };
    for step in script(number, &seen) {
        match step {
            Step::Send(bytes) => stream.write_all(&bytes).await.ok()?,
            Step::Pause(pause) => tokio::time::sleep(pause).await,
            Step::Until(set) => {
                while !set.load(Ordering::SeqCst) {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            Step::SendForEver(bytes) => loop {
                stream.write_all(&bytes).await.ok()?;
            },
        }
    }
    stream.shutdown().await.ok()
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let mut body = bytes.split_off(end + 4);
    let head = String::from_utf8(bytes).unwrap();
    let mut lines = head.trim_end().split("\r\n");
    let line = lines.next()?.to_owned();
    let fields: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = fields
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Seen { line, fields, body })
}
