//! An application that echoes all it receives, in many encodings, and the token endpoint for it.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use purser_tests::AppServer;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Prefix of its access tokens.
pub(crate) const ACCESS: &str = "canary/access+token=";
/// Prefix of its refresh tokens.
pub(crate) const REFRESH: &str = "canary/refresh+token=";

/// A received request.
#[derive(Debug, Clone)]
pub(crate) struct ReceivedRequest {
    pub(crate) target: String,
    headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl ReceivedRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns all values that could be a credential.
    fn values(&self) -> Vec<String> {
        let url = url::Url::parse("http://localhost")
            .unwrap()
            .join(&self.target)
            .unwrap();
        let query = url
            .query_pairs()
            .map(|(_, value)| value.into_owned())
            .collect::<Vec<_>>();
        let headers = self
            .headers
            .iter()
            .filter(|(name, _)| *name != header::HOST);

        let headers = headers.filter_map(|(_, value)| Some(value.to_str().ok()?.to_owned()));

        let mut values: Vec<_> = query.into_iter().chain(headers).collect();
        for value in values.clone() {
            // The part after `Bearer` or `Basic`, and the decoded pair of `Basic`.
            let last = value
                .rsplit([' ', ';'])
                .next()
                .unwrap_or_default()
                .to_owned();
            let pair = STANDARD
                .decode(&last)
                .ok()
                .and_then(|pair| String::from_utf8(pair).ok());

            values.extend(
                pair.iter()
                    .flat_map(|pair| pair.split(':'))
                    .map(str::to_owned),
            );
            values.extend(pair.clone());
            values.push(last);
        }

        values.retain(|value| value.len() >= 6);
        values
    }

    fn echo(&self) -> String {
        self.values()
            .iter()
            .map(|value| encodings(value).join("\n"))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// Returns a text in every encoding in which an application could echo it.
pub(crate) fn encodings(text: &str) -> Vec<String> {
    let percent = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();

    vec![
        text.to_owned(),
        STANDARD.encode(text),
        URL_SAFE_NO_PAD.encode(text),
        percent.to_lowercase(),
        percent,
        serde_json::to_string(text)
            .unwrap()
            .trim_matches('"')
            .replace('/', "\\/"),
    ]
}

struct Log {
    received: Mutex<Vec<ReceivedRequest>>,
    tokens: AtomicU64,
    lifetime: u64,
    /// If set, every response is 503.
    down: AtomicBool,
    /// Other origin, the target of the cross-origin redirect.
    other_origin: Mutex<Option<SocketAddr>>,
}

/// The server, which runs until this is dropped.
pub(crate) struct EchoServer {
    server: AppServer,
    log: Arc<Log>,
}

impl EchoServer {
    pub(crate) fn start() -> Self {
        Self::with_tokens_for(3600)
    }

    /// Starts a server whose tokens expire after this many seconds.
    pub(crate) fn with_tokens_for(lifetime: u64) -> Self {
        let log = Arc::new(Log {
            received: Mutex::default(),
            tokens: AtomicU64::new(0),
            lifetime,
            down: AtomicBool::new(false),
            other_origin: Mutex::default(),
        });
        let app = Router::new().fallback(respond).with_state(Arc::clone(&log));
        let app = app.layer(axum::extract::DefaultBodyLimit::max(64 << 20));

        let server = AppServer::start(|_| app);
        Self { server, log }
    }

    pub(crate) fn redirecting_to(self, other: &Self) -> Self {
        *self.log.other_origin.lock().unwrap() = Some(other.server.address);
        self
    }

    /// Makes it respond 503 from now on.
    pub(crate) fn fail(&self) {
        self.log.down.store(true, Ordering::Relaxed);
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/api", self.server.address)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }

    pub(crate) fn received(&self) -> Vec<ReceivedRequest> {
        self.log.received.lock().unwrap().clone()
    }

    /// Returns the bodies of all requests to `/memory`, concatenated.
    pub(crate) fn memory(&self) -> Vec<u8> {
        self.received()
            .iter()
            .filter(|request| request.target.contains("/memory"))
            .flat_map(|request| request.body.clone())
            .collect()
    }
}

async fn respond(State(log): State<Arc<Log>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 64 << 20)
        .await
        .unwrap_or_else(|_| Bytes::new())
        .to_vec();
    let received = ReceivedRequest {
        target: parts.uri.to_string(),
        headers: parts.headers,
        body,
    };

    log.received.lock().unwrap().push(received.clone());

    if log.down.load(Ordering::Relaxed) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }

    let echo = received.echo();

    match (parts.method, parts.uri.path()) {
        (_, "/api/ok" | "/api/landed") => echoed(StatusCode::OK, &echo),
        (_, "/api/unauthorized") => echoed(StatusCode::UNAUTHORIZED, &echo),
        (_, "/api/error") => echoed(StatusCode::INTERNAL_SERVER_ERROR, &echo),
        (_, "/api/redirect") => redirected(&format!(
            "/api/landed?{}",
            parts.uri.query().unwrap_or("nothing")
        )),
        (_, "/api/elsewhere") => {
            let other = *log.other_origin.lock().unwrap();
            let echo =
                utf8_percent_encode(&received.values().join(" "), NON_ALPHANUMERIC).to_string();
            redirected(&format!(
                "http://{}/landed?{echo}",
                other.unwrap_or(([127, 0, 0, 1], 9).into())
            ))
        }
        (_, "/api/stall") => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            StatusCode::OK.into_response()
        }
        (Method::POST, "/api/memory") => StatusCode::NO_CONTENT.into_response(),
        (Method::GET, "/authorize") => consented(&received.target),
        (Method::POST, "/token") => token(&log),
        (Method::POST, "/failing-token") => echoed(
            StatusCode::BAD_REQUEST,
            &String::from_utf8_lossy(&received.body),
        ),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn echoed(status: StatusCode, echo: &str) -> Response {
    let line: String = echo
        .chars()
        .map(|c| if c == '\n' { ' ' } else { c })
        .collect();

    let mut response = (
        status,
        format!("{{\"message\":\"you sent\",\"detail\":{}}}", json(echo)),
    )
        .into_response();
    if let Ok(value) = line.parse() {
        response.headers_mut().insert("x-echo", value);
    }

    response
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn redirected(to: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, to.to_owned())]).into_response()
}

/// Grants the authorization request at once: redirects back with a code.
fn consented(target: &str) -> Response {
    let url = url::Url::parse("http://localhost")
        .unwrap()
        .join(target)
        .unwrap();
    let parameter = |name: &str| {
        url.query_pairs()
            .find(|(key, _)| key == name)
            .unwrap()
            .1
            .into_owned()
    };

    redirected(&format!(
        "{}?code=canary-code-of-one-use&state={}",
        parameter("redirect_uri"),
        parameter("state")
    ))
}

fn token(log: &Log) -> Response {
    let number = log.tokens.fetch_add(1, Ordering::Relaxed);
    let body = serde_json::json!({
        "access_token": format!("{ACCESS}{number:04}"),
        "refresh_token": format!("{REFRESH}{number:04}"),
        "token_type": "Bearer",
        "expires_in": log.lifetime,
    });

    axum::Json(body).into_response()
}
