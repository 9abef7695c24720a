//! The format of an attack file. Comment lines with a description and the expectations come first.
//! The response of the application follows as it goes over the wire, with line ends of the head as
//! CRLF. The connection ends after the response. Without one, the application responds honestly.
//!
//! ```text
//! # A description of the attack.
//! # expect: class=request-denied, blame=operator, requests=1, memory=150, seconds=5
//! # says: a text in the printed error
//! # received: a text in the memory of the connector at the end
//! # not-received: a text that is not there
//! # last-request: a text in the last request of the attack
//! # other-host-requests: requests that the other host receives (default 0)
//! # request: GET /attack           (request of the connector; this is the default)
//! # header: x-name: a header field of the request
//! # request-body: its body
//! # scheme: https                  (default http)
//! # template: api-key-query        (default bearer)
//! # env: HTTP_PROXY=http://somewhere
//! # limits: wall-ms=1500           (other than the defaults)
//! # transform: gzip                (of the response body: gzip, deflate, chunks of 7, cut by 10)
//! # endless: bytes to repeat without end
//! # slow: bytes to repeat without end, with a pause after each time
//! HTTP/1.1 302 Found
//! Location: http://169.254.169.254/
//! ```
//!
//! `class` is `ok` or the class of the failed run, and `requests` the number of requests to the
//! application. `memory` bounds the MiB of the command, and `seconds` its time, in a debug build on
//! a busy machine. All texts may contain `{credential}` (plain, or `{credential hex}` and so on,
//! see `encodings`, or `{credential every}`), `{origin}` and `{authority}` of the application,
//! `{other-host}` (the authority of the other host), `{number}` (of the request), `{byte 1b}` and
//! `{times 1000 x}`.

use crate::egress_env::ConnectionKind;
use crate::placeholders::{Addresses, expand};
use crate::transformations::transformed;
use crate::upstream::{Script, Step, ok_response};
use std::sync::Arc;
use std::time::Duration;

/// Pause between two pieces of a slow response.
const PAUSE: Duration = Duration::from_millis(50);

/// Methods in the order of the WIT package.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// A parsed attack file, see the module.
#[derive(Debug, Clone)]
pub(crate) struct Attack {
    pub(crate) class: String,
    pub(crate) blame: String,
    pub(crate) requests: usize,
    pub(crate) memory: u64,
    pub(crate) seconds: u64,
    pub(crate) says: Vec<String>,
    pub(crate) received: Vec<String>,
    pub(crate) not_received: Vec<String>,
    pub(crate) last_request: Vec<String>,
    pub(crate) other_host_requests: usize,
    pub(crate) limits: String,
    pub(crate) kind: ConnectionKind,
    request: String,
    headers: Vec<String>,
    request_body: Option<String>,
    environment: Vec<String>,
    transformations: Vec<String>,
    endless: Option<(String, Duration)>,
    response: String,
}

impl Attack {
    /// Parses an attack file.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let first = text
            .split_inclusive('\n')
            .take_while(|line| line.starts_with('#'))
            .map(str::len)
            .sum();
        let (comments, response) = text.split_at(first);
        let comments = Comments::read(comments)?;
        let expect = comments
            .one("expect")
            .ok_or("there is no line `# expect:`")?;

        let value = |key: &str| {
            let pairs = expect
                .split(',')
                .filter_map(|pair| pair.trim().split_once('='));
            pairs
                .filter(|(name, _)| *name == key)
                .map(|(_, value)| value.to_owned())
                .next()
        };

        let needed = |key: &str| value(key).ok_or(format!("`# expect:` lacks {key}"));
        let number = |key: &str| {
            needed(key)?
                .parse::<u64>()
                .map_err(|error| format!("{key}: {error}"))
        };
        let class = needed("class")?;
        let endless = comments.one("endless").map(|text| (text, Duration::ZERO));

        Ok(Self {
            blame: if class == "ok" {
                String::new()
            } else {
                needed("blame")?
            },
            class,
            requests: usize::try_from(number("requests")?).unwrap(),
            memory: number("memory")?,
            seconds: number("seconds")?,
            says: comments.all("says"),
            received: comments.all("received"),
            not_received: comments.all("not-received"),
            last_request: comments.all("last-request"),
            other_host_requests: comments
                .one("other-host-requests")
                .map_or(Ok(0), |text| text.parse())
                .map_err(|error| format!("{error}"))?,
            limits: comments.one("limits").unwrap_or_default(),
            kind: ConnectionKind {
                template: comments.one("template").unwrap_or_else(|| "bearer".into()),
                secure: comments.one("scheme").as_deref() == Some("https"),
            },
            request: comments
                .one("request")
                .unwrap_or_else(|| "GET /attack".into()),
            headers: comments.all("header"),
            request_body: comments.one("request-body"),
            environment: comments.all("env"),
            transformations: comments
                .one("transform")
                .map(|text| text.split(", ").map(str::to_owned).collect())
                .unwrap_or_default(),
            endless: endless.or_else(|| comments.one("slow").map(|text| (text, PAUSE))),
            response: response.strip_suffix('\n').unwrap_or(response).to_owned(),
        })
    }

    /// Returns an honest request and response.
    pub(crate) fn honest() -> Self {
        Self::parse("# An honest run.\n# expect: class=ok, requests=1, memory=0, seconds=0")
            .unwrap()
    }

    /// Encodes the request that the connector is to send, in the format of `relay.wat`.
    pub(crate) fn instruction(&self, addresses: &Addresses) -> Vec<u8> {
        const FIXED: usize = 32;
        let expanded = |text: &str| expand(text, addresses, 0);
        let (method, target) = self.request.split_once(' ').unwrap();
        let method = METHODS.iter().position(|known| *known == method).unwrap();
        let target = expanded(target);
        let fields: Vec<_> = self
            .headers
            .iter()
            .map(|field| field.split_once(": ").unwrap())
            .flat_map(|(name, value)| [expanded(name), expanded(value)])
            .collect();

        let body = self.request_body.as_deref().map(expanded);

        // Offsets and lengths of all fields come before the texts.
        let mut texts = Vec::new();
        let mut place = |text: &[u8]| {
            let at = FIXED + fields.len() * 8 + texts.len();
            texts.extend_from_slice(text);
            [at, text.len()]
        };
        let target = place(&target);
        let places: Vec<_> = fields.iter().flat_map(|text| place(text)).collect();
        let [body_at, body_length] = place(body.as_deref().unwrap_or_default());

        let fixed = [
            method,
            target[0],
            target[1],
            FIXED,
            fields.len() / 2,
            usize::from(body.is_some()),
            body_at,
            body_length,
        ];

        let words = fixed.into_iter().chain(places);

        words
            .flat_map(|word| u32::try_from(word).unwrap().to_le_bytes())
            .chain(texts)
            .collect()
    }

    /// Returns the responses of the application. Paths below `/granted` always succeed.
    pub(crate) fn script(&self, addresses: Addresses) -> Script {
        let attack = self.clone();

        Arc::new(move |number, target| {
            if attack.response.is_empty() || target.starts_with("/granted/") {
                return vec![Step::Send(ok_response(b"{}"))];
            }

            let (head, body) = attack
                .response
                .split_once("\n\n")
                .unwrap_or((&attack.response, ""));
            let expanded = |text: &str| expand(text, &addresses, number);
            let body = attack
                .transformations
                .iter()
                .fold(expanded(body), |body, name| transformed(body, name));

            let head = expanded(&head.replace('\n', "\r\n"));

            // An endless head has no terminating empty line.
            let endless_head = attack.endless.is_some() && !attack.response.contains("\n\n");
            let end: &[u8] = if endless_head { b"\r\n" } else { b"\r\n\r\n" };
            let mut steps = vec![Step::Send([&head, end, &body].concat())];
            steps.extend(
                attack
                    .endless
                    .as_ref()
                    .map(|(text, pause)| Step::Repeat(expanded(text), *pause)),
            );

            steps
        })
    }

    /// Returns the environment variables of the command.
    pub(crate) fn environment(&self, addresses: &Addresses) -> Vec<(String, String)> {
        let variables = self
            .environment
            .iter()
            .map(|line| String::from_utf8(expand(line, addresses, 0)).unwrap());

        variables
            .map(|line| {
                line.split_once('=')
                    .map(|(name, value)| (name.into(), value.into()))
                    .unwrap()
            })
            .collect()
    }
}

/// Key and value of the comment lines.
struct Comments<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Comments<'a> {
    const KEYS: [&'static str; 16] = [
        "expect",
        "says",
        "received",
        "not-received",
        "last-request",
        "other-host-requests",
        "request",
        "header",
        "request-body",
        "scheme",
        "template",
        "env",
        "limits",
        "transform",
        "endless",
        "slow",
    ];

    fn read(text: &'a str) -> Result<Self, String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("# "));

        let (comments, words): (Vec<_>, Vec<_>) = lines
            .map(|line| (line.split_once(": "), line))
            .partition(|(note, _)| note.is_some_and(|(key, _)| Self::KEYS.contains(&key)));
        if words.is_empty() {
            return Err("there is no description".into());
        }

        Ok(Self(
            comments.into_iter().filter_map(|(note, _)| note).collect(),
        ))
    }

    fn all(&self, key: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(name, _)| *name == key)
            .map(|(_, value)| (*value).to_owned())
            .collect()
    }

    fn one(&self, key: &str) -> Option<String> {
        self.all(key).pop()
    }
}
