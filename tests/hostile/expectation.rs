//! The expectations of an attack, from the first lines of its file:
//!
//! ```text
//! ;; expect: class=stuck, blame=guest, memory=32, seconds=5
//! ;; call: check                 (default read)
//! ;; limits: wall-ms=500         (other than the defaults, which have cpu-ms=400 here)
//! ;; upstream: never           (application responds: never, or after 20 ms; default at once)
//! ;; says: a text in the error
//! ```
//!
//! `class` is `ok`, the class of a failed call, `describe/` with that class for a failed
//! description, or the class of a refused upload. `memory` bounds the growth of the process in MiB,
//! and `seconds` the whole attack, in a debug build on a busy machine.

use crate::fake_host::Upstream;
use purser_model::Limits;
use std::time::Duration;

/// Expectations of an attack, see the module.
#[derive(Debug, Clone)]
pub(crate) struct Expectation {
    pub(crate) class: String,
    pub(crate) blame: String,
    pub(crate) memory: u64,
    pub(crate) seconds: u64,
    pub(crate) call: String,
    pub(crate) limits: Limits,
    pub(crate) upstream: Upstream,
    pub(crate) says: Option<String>,
}

impl Expectation {
    /// Parses the comments at the start of a file.
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

        let needed = |key: &str| value(key).ok_or(format!("`;; expect:` lacks {key}"));
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
            upstream: upstream(line("upstream").unwrap_or_default())?,
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

fn upstream(text: &str) -> Result<Upstream, String> {
    match text {
        "" => Ok(Upstream::Respond(vec![])),
        "never" => Ok(Upstream::Never),
        "after 20 ms" => Ok(Upstream::RespondAfter(Duration::from_millis(20))),
        other => Err(format!("unknown behaviour {other:?}")),
    }
}

#[test]
fn expectation_lines_are_parsed() {
    let text = ";; An attack.\n;; expect: class=stuck, blame=guest, memory=32, seconds=5\n;; limits: wall-ms=7\n(func)";
    let read = Expectation::parse(text).unwrap();
    assert_eq!(read.class.as_str(), "stuck");
    assert_eq!(read.memory, 32);
    assert_eq!(read.limits.wall_ms, 7);
    assert_eq!(read.limits.cpu_ms, 400);
    assert!(
        Expectation::parse("(func)").is_err()
            && Expectation::parse(";; expect: class=stuck").is_err()
    );
}
