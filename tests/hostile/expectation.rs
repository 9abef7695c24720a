//! What an attack must come to, as its first lines say it:
//!
//! ```text
//! ;; expect: class=stuck, blame=guest, memory=32, seconds=5
//! ;; call: check                 (what is called; read, if nothing is said)
//! ;; limits: wall-ms=500         (other than the defaults; cpu-ms is 400 if nothing is said)
//! ;; answers: never              (the application; at once, if nothing is said; or after 20 ms)
//! ;; says: the text of the error contains this
//! ```
//!
//! `class` is `ok`, the class of a failed call, `describe/` and that class where it did not describe itself, or the kind of refusal of an
//! upload. `memory` is MiB that the process may grow by, `seconds` what all of it may take: in a debug build beside other work.

use crate::world::Answers;
use purser_model::Limits;
use std::time::Duration;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Expectation {
    pub(crate) class: String,
    pub(crate) blame: String,
    pub(crate) memory: u64,
    pub(crate) seconds: u64,
    pub(crate) call: String,
    pub(crate) limits: Limits,
    pub(crate) answers: Answers,
    pub(crate) says: Option<String>,
}

impl Expectation {
    /// Reads it from the comments that a file begins with.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let line = |key: &str| {
            let comments = text.lines().filter_map(|line| line.strip_prefix(";; "));
            comments
                .filter_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
                .next()
        };
        let expect = line("expect").ok_or("there is no line `;; expect:`")?;
        let value = |key: &str| {
            let pairs = expect
                .split(',')
                .filter_map(|pair| pair.trim().split_once('='));
            pairs
                .filter(|(name, _)| *name == key)
                .map(|(_, value)| value.to_owned())
                .next()
        };
        let needed = |key: &str| value(key).ok_or(format!("`;; expect:` says nothing of {key}"));
        let number = |key: &str| {
            needed(key)?
                .parse::<u64>()
                .map_err(|error| format!("{key}: {error}"))
        };
        let class = needed("class")?;
        Ok(Self {
            blame: if class == "ok" {
                String::new()
            } else {
                needed("blame")?
            },
            class,
            memory: number("memory")?,
            seconds: number("seconds")?,
            call: line("call").unwrap_or("read").to_owned(),
            limits: limits(line("limits").unwrap_or_default())?,
            answers: answers(line("answers").unwrap_or_default())?,
            says: line("says").map(str::to_owned),
        })
    }
}

fn limits(text: &str) -> Result<Limits, String> {
    let given = if text.contains("cpu-ms") {
        text.to_owned()
    } else {
        format!("cpu-ms=400,{text}")
    };
    toml::from_str(&given.replace(',', "\n")).map_err(|error| error.to_string())
}

fn answers(text: &str) -> Result<Answers, String> {
    match text {
        "" => Ok(Answers::With(vec![])),
        "never" => Ok(Answers::Never),
        "after 20 ms" => Ok(Answers::After(Duration::from_millis(20))),
        other => Err(format!("nobody answers {other:?}")),
    }
}

#[test]
fn a_header_is_read() {
    let text = ";; An attack.\n;; expect: class=stuck, blame=guest, memory=32, seconds=5\n;; limits: wall-ms=7\n(func)";
    let read = Expectation::parse(text).unwrap();
    assert_eq!(
        (
            read.class.as_str(),
            read.memory,
            read.limits.wall_ms,
            read.limits.cpu_ms
        ),
        ("stuck", 32, 7, 400)
    );
    assert!(
        Expectation::parse("(func)").is_err()
            && Expectation::parse(";; expect: class=stuck").is_err()
    );
}
