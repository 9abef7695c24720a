//! How an attack is written down. First what it is, and what it must come to; then what the application answers to it, as it goes over the
//! wire, where lines of the head end as they do there and the connection ends with the answer. Nothing stands for an honest answer.
//!
//! ```text
//! # What the attack is.
//! # expect: class=request-denied, blame=operator, asked=1, memory=150, seconds=5
//! # says: the error that is printed contains this
//! # told: what the connector knows in the end contains this
//! # untold: and does not contain this
//! # seen: the last request of the attack contains this
//! # elsewhere: how many requests the other host gets; none, if nothing is said
//! # sends: GET /attack             (what the connector sends, if nothing else is said)
//! # header: x-name: a header field of it
//! # with: its body
//! # over: https                    (http, if nothing is said)
//! # template: api-key-query        (how requests are signed; bearer, if nothing is said)
//! # env: HTTP_PROXY=http://somewhere
//! # limits: wall-ms=1500           (other than the defaults)
//! # body: gzip                     (what is done to the body: gzip, deflate, chunks of 7, cut by 10)
//! # forever: what follows, for ever
//! # slowly: what follows, for ever, piece by piece with a pause between
//! HTTP/1.1 302 Found
//! Location: http://169.254.169.254/
//! ```
//!
//! `class` is `ok` or the class of the failed run, `asked` how often the application is asked, `memory` the MiB that the command may have,
//! `seconds` what it may take: in a debug build beside other work. In all of it there can be `{credential}` (plain, or `{credential hex}`
//! and so on, as `spelling` has them, or `{credential every}`), `{origin}` and `{authority}` of the application, `{elsewhere}` (the
//! authority of the other host), `{number}` (of the request), `{byte 1b}` and `{times 1000 x}`.

use crate::front::Way;
use crate::spelling::spelled;
use crate::upstream::{Script, Step, fine};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// Between two pieces of what comes slowly.
const PAUSE: Duration = Duration::from_millis(50);

/// Methods in the order of the WIT package.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Attack {
    pub(crate) class: String,
    pub(crate) blame: String,
    pub(crate) asked: usize,
    pub(crate) memory: u64,
    pub(crate) seconds: u64,
    pub(crate) says: Vec<String>,
    pub(crate) told: Vec<String>,
    pub(crate) untold: Vec<String>,
    pub(crate) seen: Vec<String>,
    pub(crate) elsewhere: usize,
    pub(crate) limits: String,
    pub(crate) way: Way,
    sends: String,
    headers: Vec<String>,
    with: Option<String>,
    environment: Vec<String>,
    changes: Vec<String>,
    endless: Option<(String, Duration)>,
    answer: String,
}

/// Where things are.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) origin: String,
    pub(crate) authority: String,
    pub(crate) elsewhere: String,
}

impl Attack {
    /// Reads one.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let first = text
            .split_inclusive('\n')
            .take_while(|line| line.starts_with('#'))
            .map(str::len)
            .sum();
        let (notes, answer) = text.split_at(first);
        let notes = Notes::read(notes)?;
        let expect = notes.one("expect").ok_or("there is no line `# expect:`")?;
        let value = |key: &str| {
            let pairs = expect
                .split(',')
                .filter_map(|pair| pair.trim().split_once('='));
            pairs
                .filter(|(name, _)| *name == key)
                .map(|(_, value)| value.to_owned())
                .next()
        };
        let needed = |key: &str| value(key).ok_or(format!("`# expect:` says nothing of {key}"));
        let number = |key: &str| {
            needed(key)?
                .parse::<u64>()
                .map_err(|error| format!("{key}: {error}"))
        };
        let class = needed("class")?;
        let endless = notes.one("forever").map(|text| (text, Duration::ZERO));
        Ok(Self {
            blame: if class == "ok" {
                String::new()
            } else {
                needed("blame")?
            },
            class,
            asked: usize::try_from(number("asked")?).unwrap(),
            memory: number("memory")?,
            seconds: number("seconds")?,
            says: notes.all("says"),
            told: notes.all("told"),
            untold: notes.all("untold"),
            seen: notes.all("seen"),
            elsewhere: notes
                .one("elsewhere")
                .map_or(Ok(0), |text| text.parse())
                .map_err(|error| format!("{error}"))?,
            limits: notes.one("limits").unwrap_or_default(),
            way: Way {
                template: notes.one("template").unwrap_or_else(|| "bearer".into()),
                secure: notes.one("over").as_deref() == Some("https"),
            },
            sends: notes.one("sends").unwrap_or_else(|| "GET /attack".into()),
            headers: notes.all("header"),
            with: notes.one("with"),
            environment: notes.all("env"),
            changes: notes
                .one("body")
                .map(|text| text.split(", ").map(str::to_owned).collect())
                .unwrap_or_default(),
            endless: endless.or_else(|| notes.one("slowly").map(|text| (text, PAUSE))),
            answer: answer.strip_suffix('\n').unwrap_or(answer).to_owned(),
        })
    }

    /// None at all.
    pub(crate) fn honest() -> Self {
        Self::parse("# Nothing.\n# expect: class=ok, asked=1, memory=0, seconds=0").unwrap()
    }

    /// What the connector is told to send, as `courier.wat` has it.
    pub(crate) fn order(&self, places: &Places) -> Vec<u8> {
        const FIXED: usize = 32;
        let expanded = |text: &str| expand(text, places, 0);
        let (method, target) = self.sends.split_once(' ').unwrap();
        let method = METHODS.iter().position(|known| *known == method).unwrap();
        let target = expanded(target);
        let fields: Vec<_> = self
            .headers
            .iter()
            .map(|field| field.split_once(": ").unwrap())
            .flat_map(|(name, value)| [expanded(name), expanded(value)])
            .collect();
        let body = self.with.as_deref().map(expanded);
        // The fields' places and lengths come before all texts.
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

    /// What the application answers. Below `/granted` all is well.
    pub(crate) fn script(&self, places: Places) -> Script {
        let attack = self.clone();
        Arc::new(move |number, target| {
            if attack.answer.is_empty() || target.starts_with("/granted/") {
                return vec![Step::Send(fine(b"{}"))];
            }
            let (head, body) = attack
                .answer
                .split_once("\n\n")
                .unwrap_or((&attack.answer, ""));
            let expanded = |text: &str| expand(text, &places, number);
            let body = attack
                .changes
                .iter()
                .fold(expanded(body), |body, change| changed(body, change));
            let head = expanded(&head.replace('\n', "\r\n"));
            // A head that goes on for ever has no end.
            let endless_head = attack.endless.is_some() && !attack.answer.contains("\n\n");
            let end: &[u8] = if endless_head { b"\r\n" } else { b"\r\n\r\n" };
            let mut steps = vec![Step::Send([&head, end, &body].concat())];
            steps.extend(
                attack
                    .endless
                    .as_ref()
                    .map(|(text, pause)| Step::ForEver(expanded(text), *pause)),
            );
            steps
        })
    }

    /// Variables of the command's environment.
    pub(crate) fn environment(&self, places: &Places) -> Vec<(String, String)> {
        let variables = self
            .environment
            .iter()
            .map(|line| String::from_utf8(expand(line, places, 0)).unwrap());
        variables
            .map(|line| {
                line.split_once('=')
                    .map(|(name, value)| (name.into(), value.into()))
                    .unwrap()
            })
            .collect()
    }
}

/// The lines that an attack begins with.
struct Notes<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Notes<'a> {
    const KEYS: [&'static str; 16] = [
        "expect",
        "says",
        "told",
        "seen",
        "elsewhere",
        "sends",
        "header",
        "with",
        "over",
        "template",
        "env",
        "limits",
        "body",
        "forever",
        "slowly",
        "untold",
    ];

    fn read(text: &'a str) -> Result<Self, String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("# "));
        let (notes, words): (Vec<_>, Vec<_>) = lines
            .map(|line| (line.split_once(": "), line))
            .partition(|(note, _)| note.is_some_and(|(key, _)| Self::KEYS.contains(&key)));
        if words.is_empty() {
            return Err("it does not say what it is".into());
        }
        Ok(Self(
            notes.into_iter().filter_map(|(note, _)| note).collect(),
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

/// Puts in what stands in braces. Other braces stay as they are.
pub(crate) fn expand(text: &str, places: &Places, number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        bytes.extend_from_slice(&rest.as_bytes()[..open]);
        let inside = closed(&rest[open..]);
        match inside.and_then(|inside| put_in(inside, places, number)) {
            Some(put) => {
                bytes.extend(put);
                rest = &rest[open + inside.unwrap().len() + 2..];
            }
            None => {
                bytes.push(b'{');
                rest = &rest[open + 1..];
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// What stands between the brace that a text begins with and the one that closes it.
fn closed(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let end = text.char_indices().find(|(_, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    end.map(|(end, _)| &text[1..end])
}

fn put_in(inside: &str, places: &Places, number: usize) -> Option<Vec<u8>> {
    let (word, rest) = inside.split_once(' ').unwrap_or((inside, ""));
    Some(match word {
        "credential" => spelled(if rest.is_empty() { "plain" } else { rest }).into_bytes(),
        "origin" => places.origin.clone().into_bytes(),
        "authority" => places.authority.clone().into_bytes(),
        "elsewhere" => places.elsewhere.clone().into_bytes(),
        "number" => number.to_string().into_bytes(),
        "byte" => vec![u8::from_str_radix(rest, 16).ok()?],
        "times" => {
            let (times, text) = rest.split_once(' ')?;
            expand(text, places, number).repeat(times.parse().ok()?)
        }
        _ => return None,
    })
}

/// A body, packed or broken.
fn changed(body: Vec<u8>, change: &str) -> Vec<u8> {
    let number = |text: &str| text.parse::<usize>().unwrap();
    if let Some(by) = change.strip_prefix("cut by ") {
        return body[..body.len() - number(by)].to_vec();
    }
    if let Some(of) = change.strip_prefix("chunks of ") {
        let chunks = body.chunks(number(of));
        let chunks = chunks.flat_map(|chunk| {
            [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()
        });
        return chunks.chain(*b"0\r\n\r\n").collect();
    }
    match change {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&body).unwrap();
            encoder.finish().unwrap()
        }
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&body).unwrap();
            encoder.finish().unwrap()
        }
        other => panic!("nobody knows how to do {other:?} to a body"),
    }
}
