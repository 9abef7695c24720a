//! An application that gives the answers of a case, and counts its requests.

use crate::case::{Answer, encoded};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use purser_tests::AppServer;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// A server on loopback, which runs until this is dropped.
pub(crate) struct Application {
    /// The base URL.
    pub(crate) base_url: String,
    state: Arc<Mutex<Answers>>,
    _server: AppServer,
}

#[derive(Default)]
struct Answers {
    base_url: String,
    answers: Vec<Answer>,
    requests: Vec<String>,
}

impl Application {
    /// Starts the server.
    pub(crate) fn start(answers: &[Answer]) -> Self {
        let state = Arc::new(Mutex::new(Answers {
            base_url: String::new(),
            answers: answers.to_vec(),
            requests: Vec::new(),
        }));
        let server = AppServer::start(|address| {
            state.lock().unwrap().base_url = format!("http://{address}");
            Router::new()
                .fallback(answer)
                .with_state(Arc::clone(&state))
        });

        Self {
            base_url: format!("http://{}", server.address),
            state,
            _server: server,
        }
    }

    /// Replaces the answers.
    pub(crate) fn set_answers(&self, answers: &[Answer]) {
        self.state.lock().unwrap().answers = answers.to_vec();
    }

    /// Returns the targets of the requests since the last call.
    pub(crate) fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().requests)
    }
}

async fn answer(State(state): State<Arc<Mutex<Answers>>>, request: Request) -> Response<Body> {
    let uri = request.uri();
    let query: HashMap<_, _> = url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes())
        .into_owned()
        .collect();

    let mut state = state.lock().unwrap();
    state.requests.push(uri.to_string());
    let fits = |answer: &&Answer| {
        let mut values = answer.query.iter();
        uri.path().ends_with(&answer.path)
            && values.all(|(name, value)| query.get(name) == Some(value))
    };

    let Some(answer) = state.answers.iter().find(fits) else {
        let not_found = Response::builder().status(StatusCode::NOT_FOUND);
        return not_found.body(Body::from("{}")).unwrap();
    };
    let text = |text: &str| with_times(&text.replace("@base@", &state.base_url));

    let mut response = Response::builder().status(answer.status);
    if !answer.headers.iter().any(|field| is_content_type(field)) {
        response = response.header(header::CONTENT_TYPE, "application/json");
    }
    for field in &answer.headers {
        let (name, value) = field.split_once(": ").unwrap();
        response = response.header(name, text(value));
    }
    let body = encoded(&text(&answer.body), &answer.encode);
    response.body(Body::from(body)).unwrap()
}

fn is_content_type(field: &str) -> bool {
    field.to_lowercase().starts_with("content-type:")
}

/// Replaces times such as `@now-3d:iso@` in a text.
pub(crate) fn with_times(text: &str) -> String {
    let mut parts = text.split("@now");
    let mut result = parts.next().unwrap().to_owned();
    for part in parts {
        let (time, rest) = part.split_once('@').unwrap();
        result += &formatted(time);
        result += rest;
    }
    result
}

/// Formats a time such as `-3d:iso`.
fn formatted(time: &str) -> String {
    let (offset, form) = time.split_once(':').unwrap();
    let (number, unit) = offset.split_at(offset.len() - 1);
    let seconds = number.parse::<i64>().unwrap() * if unit == "d" { 86_400 } else { 1 };
    let at = Timestamp::now() + SignedDuration::from_secs(seconds);

    match form {
        "iso" => at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "http" => at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        "epoch" => at.as_second().to_string(),
        "micros" => at.as_microsecond().to_string(),
        other => panic!("{other:?} is no form of a time"),
    }
}
