//! One attack, from the command to what is left of it, and what is demanded of it.

use crate::front::Front;
use crate::notation::{Attack, expand};
use crate::process::Ran;
use crate::spelling::found_in;
use serde_json::Value;
use std::time::Duration;

/// What an error that a person reads may have, in bytes.
const MAX_ERROR: usize = 16 << 10;

/// Makes an attack, and says all that is wrong with how it ended.
pub(crate) fn suffer(front: &mut Front, attack: &Attack) -> Result<(), String> {
    let before = front.elsewhere.connections();
    let ran = front.suffer(attack)?;
    let mut wrong = check_outcome(&ran, attack);
    wrong.extend(check_cost(&ran, attack));
    wrong.extend(check_secrecy(front, &ran));
    wrong.extend(check_requests(front, attack));
    if attack.elsewhere == 0 && front.elsewhere.connections() > before {
        wrong.push("somebody connected to the other host".into());
    }
    let error: Vec<_> = ran
        .answer
        .stderr
        .lines()
        .skip_while(|line| !line.starts_with("error: "))
        .collect();
    let error: String = error.join("\n    ").chars().take(1000).collect();
    let shown = format!(
        "    {:.1?}, {} MiB, exit code {}\n    {error}",
        ran.took, ran.peak, ran.answer.code
    );
    wrong.extend(front.run_honestly().err());
    if std::env::var_os("PURSER_HOSTILE_SHOW").is_some() {
        println!("{shown}");
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("{}\n{shown}", wrong.join("\n    ")))
    }
}

fn check_outcome(ran: &Ran, attack: &Attack) -> Vec<String> {
    let mut wrong = Vec::new();
    let runs: Value = serde_json::from_str(&ran.answer.stdout).unwrap_or_default();
    let outcome = &runs[0]["outcome"];
    let class = if runs[0]["state"] == "complete" {
        "ok"
    } else {
        outcome["class"].as_str().unwrap_or("nothing")
    };
    let blame = outcome["blame"].as_str().unwrap_or_default();
    if (class, blame) != (&attack.class, &attack.blame) {
        let Attack {
            class: expected,
            blame: of,
            ..
        } = attack;
        wrong.push(format!(
            "is {class} blamed on {blame:?} where {expected} blamed on {of:?} was expected"
        ));
    }
    if (ran.answer.code == 0) != (attack.class == "ok") {
        wrong.push(format!("the exit code is {}", ran.answer.code));
    }
    for says in &attack.says {
        if !ran.answer.stderr.contains(says) {
            wrong.push(format!("does not say {says:?}"));
        }
    }
    if ran.answer.stderr.contains("panicked") {
        wrong.push("something panicked".into());
    }
    let steers = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if ran.answer.stderr.contains(steers) || ran.answer.stdout.contains(steers) {
        wrong.push("what is printed holds a control character".into());
    }
    let error = ran
        .answer
        .stderr
        .lines()
        .skip_while(|line| !line.starts_with("error: "))
        .map(str::len)
        .sum::<usize>();
    if error > MAX_ERROR {
        wrong.push(format!("the error has {error} bytes"));
    }
    wrong
}

fn check_cost(ran: &Ran, attack: &Attack) -> Vec<String> {
    let mut wrong = Vec::new();
    if ran.took > Duration::from_secs(attack.seconds) {
        wrong.push(format!(
            "took {:?}, allowed are {} s",
            ran.took, attack.seconds
        ));
    }
    if ran.peak > attack.memory {
        wrong.push(format!(
            "had {} MiB, allowed are {}",
            ran.peak, attack.memory
        ));
    }
    wrong
}

/// The credential is told to nobody.
fn check_secrecy(front: &Front, ran: &Ran) -> Vec<String> {
    let requests: String = front
        .elsewhere
        .seen()
        .iter()
        .map(|seen| seen.head.clone())
        .collect();
    let who = [
        ("the connector", front.upstream.told()),
        (
            "who reads the output",
            ran.answer.stdout.clone().into_bytes(),
        ),
        (
            "who reads the errors",
            ran.answer.stderr.clone().into_bytes(),
        ),
        ("the other host", requests.into_bytes()),
    ];
    who.iter()
        .filter_map(|(who, what)| {
            Some(format!("{who} is told the credential: {}", found_in(what)?))
        })
        .collect()
}

fn check_requests(front: &Front, attack: &Attack) -> Vec<String> {
    let mut wrong = Vec::new();
    let (seen, told, places) = (front.upstream.seen(), front.upstream.told(), front.places());
    let elsewhere = front.elsewhere.seen().len();
    if (seen.len(), elsewhere) != (attack.asked, attack.elsewhere) {
        wrong.push(format!(
            "there were {} requests and {elsewhere} elsewhere",
            seen.len()
        ));
    }
    let last = seen
        .last()
        .map(|seen| seen.head.clone())
        .unwrap_or_default();
    for part in &attack.seen {
        if !last.contains(&*String::from_utf8_lossy(&expand(part, &places, 0))) {
            wrong.push(format!("{part:?} is not in {last:?}"));
        }
    }
    let parts = attack
        .told
        .iter()
        .map(|part| (part, true))
        .chain(attack.untold.iter().map(|part| (part, false)));
    for (part, expected) in parts {
        let bytes = expand(part, &places, 0);
        if told.windows(bytes.len()).any(|window| window == bytes) != expected {
            wrong.push(format!("the connector knows {part:?}: {}", !expected));
        }
    }
    wrong
}
