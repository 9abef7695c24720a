//! The application of a replay: answers the requests of a call from what was recorded of it, in whichever order they are sent.

use super::{Answer, CassetteError, Exchange, in_short, locked};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use purser_model::{Download, Header, HttpError, Method, Request, Response};
use purser_sandbox::{Incoming, Outbound};
use std::collections::{HashMap, VecDeque};
use std::mem;
use std::sync::Mutex;
use std::time::Duration;

/// What a connector is told that asks for what is not on the cassette.
const NOT_ON_IT: &str = "this request is not on the cassette";

/// How long a connector waits for an answer that was not waited for when it was recorded. Every other comes at once, so that whoever waits
/// for this long waits for nothing else.
const PATIENCE: Duration = Duration::from_secs(2);

/// What makes two requests the same.
type Key = (Method, String, Option<Vec<u8>>);

/// What the connector was given for one, where the call did not end before.
type Given = Option<Result<Response, HttpError>>;

/// Answers the requests of one call from its exchanges, each of which is used once.
pub(super) struct Answers {
    waiting: Mutex<HashMap<Key, VecDeque<Given>>>,
    missing: Mutex<Vec<String>>,
}

impl Answers {
    pub(super) fn of(exchanges: Vec<Exchange>) -> Result<Self, CassetteError> {
        let mut waiting: HashMap<Key, VecDeque<Given>> = HashMap::new();
        for Exchange { request, answer } in exchanges {
            let key = (
                request.method,
                request.target,
                request.body.map(|body| body.0),
            );
            waiting
                .entry(key)
                .or_default()
                .push_back(answer.map(Answer::given).transpose()?);
        }
        Ok(Self {
            waiting: Mutex::new(waiting),
            missing: Mutex::default(),
        })
    }

    /// How many exchanges were not used.
    pub(super) fn unused(&self) -> u64 {
        locked(&self.waiting)
            .values()
            .map(|left| left.len() as u64)
            .sum()
    }

    /// What was asked for and is not there.
    pub(super) fn missing(&self) -> Vec<String> {
        mem::take(&mut *locked(&self.missing))
    }
}

impl Outbound for Answers {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let asked = in_short(&format!("{} {}", request.method, request.target));
        let key = (request.method, request.target, request.body);
        match locked(&self.waiting)
            .get_mut(&key)
            .and_then(VecDeque::pop_front)
        {
            Some(Some(answer)) => std::future::ready(answer).boxed(),
            Some(None) => async {
                tokio::time::sleep(PATIENCE).await;
                Err(HttpError::Internal(Some(
                    "the cassette has no answer to this request".to_owned(),
                )))
            }
            .boxed(),
            None => {
                locked(&self.missing).push(asked);
                std::future::ready(Err(HttpError::Internal(Some(NOT_ON_IT.to_owned())))).boxed()
            }
        }
    }

    fn download(
        &self,
        Download { request, .. }: Download,
    ) -> BoxFuture<'static, Result<Incoming, HttpError>> {
        locked(&self.missing).push(in_short(&format!(
            "download {} {}",
            request.method, request.target
        )));
        std::future::ready(Err(HttpError::Internal(Some(
            "files are not recorded".to_owned(),
        ))))
        .boxed()
    }
}

impl Answer {
    /// What the connector is given.
    fn given(self) -> Result<Result<Response, HttpError>, CassetteError> {
        Ok(match self {
            Self::Error(error) => Err(error),
            Self::Response {
                status,
                headers,
                body,
            } => {
                let headers = headers
                    .iter()
                    .map(|line| header(line))
                    .collect::<Result<_, _>>()?;
                Ok(Response {
                    status,
                    headers,
                    body: body.0,
                })
            }
        })
    }
}

fn header(line: &str) -> Result<Header, CassetteError> {
    let (name, value) = line.split_once(": ").ok_or_else(|| {
        CassetteError::Damaged(format!(
            "{:?} is no header field: use `name: value`",
            in_short(line)
        ))
    })?;
    Ok(Header {
        name: name.to_owned(),
        value: value.to_owned(),
    })
}
