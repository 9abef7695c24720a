//! A server that follows a script, byte by byte, so that it can misbehave in ways that no HTTP
//! library allows.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// One step of a script. After the last one the server closes the connection.
pub(super) enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Does nothing for this time.
    Pause(Duration),
    /// Waits until the flag is set.
    Until(Arc<AtomicBool>),
    /// Sends these bytes again and again, until the client closes the connection.
    SendForever(Vec<u8>),
}

/// A request as the server received it.
#[derive(Debug, Clone)]
pub(super) struct ReceivedRequest {
    /// The first line, without the line break.
    pub line: String,
    /// The header fields, names in lower case.
    pub fields: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl ReceivedRequest {
    /// Returns the value of a header field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A server on loopback, which listens until it is dropped.
pub(super) struct Server {
    pub address: SocketAddr,
    /// The certificate of an https server, in DER.
    pub certificate: Vec<u8>,
    scheme: &'static str,
    host: String,
    received: Arc<Mutex<Vec<ReceivedRequest>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Serves http. The script gets the number of the request, from 0, and the request.
    pub(super) async fn start(
        script: impl Fn(usize, &ReceivedRequest) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        Self::listen(None, script).await
    }

    /// Serves https as `hub.example` and `files.example`, with a certificate of its own.
    pub(super) async fn start_tls(
        script: impl Fn(usize, &ReceivedRequest) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let names = ["hub.example".to_owned(), "files.example".to_owned()];
        let generated = rcgen::generate_simple_self_signed(names).unwrap();
        let key = PrivatePkcs8KeyDer::from(generated.signing_key.serialize_der());
        crate::tls::install_crypto_provider();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![generated.cert.der().clone()], key.into())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let certificate = generated.cert.der().to_vec();
        Self::listen(Some((acceptor, certificate)), script).await
    }

    /// Sends the same bytes in response to every request.
    pub(super) async fn responding(response: impl Into<Vec<u8>>) -> Self {
        let response = response.into();
        Self::start(move |_, _| vec![Step::Send(response.clone())]).await
    }

    async fn listen(
        tls: Option<(TlsAcceptor, Vec<u8>)>,
        script: impl Fn(usize, &ReceivedRequest) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (scheme, host) = if tls.is_some() {
            ("https", "hub.example")
        } else {
            ("http", "127.0.0.1")
        };
        let (acceptor, certificate) = tls.unzip();
        let log = Arc::clone(&received);
        let script = Arc::new(script);

        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                let log = Arc::clone(&log);
                let script = Arc::clone(&script);
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
            received,
            task,
        }
    }

    /// Returns the base URL, whose path is `/api`.
    pub(super) fn base(&self) -> String {
        format!(
            "{}://{}:{}/api",
            self.scheme,
            self.host,
            self.address.port()
        )
    }

    /// Returns the requests received so far.
    pub(super) fn received(&self) -> Vec<ReceivedRequest> {
        self.received.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Builds a response with a body and further header lines.
pub(super) fn http_response(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
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

/// The script of a response 200 with a body.
pub(super) fn ok(body: impl AsRef<[u8]>) -> Vec<Step> {
    vec![Step::Send(http_response("200 OK", &[], body))]
}

/// Reads one request and runs the script. `None` if the client closed the connection first.
async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    log: &Mutex<Vec<ReceivedRequest>>,
    script: &(impl Fn(usize, &ReceivedRequest) -> Vec<Step> + ?Sized),
) -> Option<()> {
    let request = read_request(&mut stream).await?;
    let number = {
        let mut log = log.lock().unwrap();
        log.push(request.clone());
        log.len() - 1
    };

    for step in script(number, &request) {
        match step {
            Step::Send(bytes) => stream.write_all(&bytes).await.ok()?,
            Step::Pause(pause) => tokio::time::sleep(pause).await,
            Step::Until(set) => {
                while !set.load(Ordering::SeqCst) {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            Step::SendForever(bytes) => loop {
                stream.write_all(&bytes).await.ok()?;
            },
        }
    }

    stream.shutdown().await.ok()
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<ReceivedRequest> {
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

    Some(ReceivedRequest { line, fields, body })
}
