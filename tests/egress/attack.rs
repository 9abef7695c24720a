//! One attack: running it through the command line, and checking its result.

use crate::attack_format::Attack;
use crate::egress_env::EgressEnv;
use crate::encodings::found_in;
use crate::placeholders::expand;
use crate::process::CommandRun;
use serde_json::Value;
use std::time::Duration;

/// Upper limit for an error shown to a person, in bytes.
const MAX_ERROR: usize = 16 << 10;

/// Runs an attack. The error lists all violated expectations.
pub(crate) fn run_attack(env: &mut EgressEnv, attack: &Attack) -> Result<(), String> {
    let before = env.other_host.connections();
    let run = env.run_attack(attack)?;
    let mut wrong = check_outcome(&run, attack);
    wrong.extend(check_cost(&run, attack));
    wrong.extend(check_secrecy(env, &run));
    wrong.extend(check_requests(env, attack));

    if attack.other_host_requests == 0 && env.other_host.connections() > before {
        wrong.push("there was a connection to the other host".into());
    }

    let error: Vec<_> = run
        .output
        .stderr
        .lines()
        .skip_while(|line| !line.starts_with("error: "))
        .collect();
    let error: String = error.join("\n    ").chars().take(1000).collect();
    let shown = format!(
        "    {:.1?}, {} MiB, exit code {}\n    {error}",
        run.took, run.peak, run.output.code
    );

    wrong.extend(env.run_honestly().err());

    if std::env::var_os("PURSER_HOSTILE_SHOW").is_some() {
        println!("{shown}");
    }

    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("{}\n{shown}", wrong.join("\n    ")))
    }
}

fn check_outcome(run: &CommandRun, attack: &Attack) -> Vec<String> {
    let mut wrong = Vec::new();
    let runs: Value = serde_json::from_str(&run.output.stdout).unwrap_or_default();
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

    if (run.output.code == 0) != (attack.class == "ok") {
        wrong.push(format!("the exit code is {}", run.output.code));
    }

    for says in &attack.says {
        if !run.output.stderr.contains(says) {
            wrong.push(format!("the error lacks {says:?}"));
        }
    }

    if run.output.stderr.contains("panicked") {
        wrong.push("the command panicked".into());
    }

    let is_control = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if run.output.stderr.contains(is_control) || run.output.stdout.contains(is_control) {
        wrong.push("the output holds a control character".into());
    }

    let error = run
        .output
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

fn check_cost(run: &CommandRun, attack: &Attack) -> Vec<String> {
    let mut wrong = Vec::new();
    if run.took > Duration::from_secs(attack.seconds) {
        wrong.push(format!(
            "took {:?}, the limit is {} s",
            run.took, attack.seconds
        ));
    }

    if run.peak > attack.memory {
        wrong.push(format!(
            "had {} MiB, the limit is {}",
            run.peak, attack.memory
        ));
    }

    wrong
}

/// Checks that the credential is in no output, no request to the other host, and not in the
/// connector's memory.
fn check_secrecy(env: &EgressEnv, run: &CommandRun) -> Vec<String> {
    let requests: String = env
        .other_host
        .seen()
        .iter()
        .map(|seen| seen.head.clone())
        .collect();
    let searched = [
        ("the connector's memory", env.upstream.connector_memory()),
        ("standard output", run.output.stdout.clone().into_bytes()),
        ("standard error", run.output.stderr.clone().into_bytes()),
        ("a request to the other host", requests.into_bytes()),
    ];

    searched
        .iter()
        .filter_map(|(place, bytes)| {
            Some(format!(
                "{place} holds the credential: {}",
                found_in(bytes)?
            ))
        })
        .collect()
}

fn check_requests(env: &EgressEnv, attack: &Attack) -> Vec<String> {
    let mut wrong = Vec::new();
    let seen = env.upstream.seen();
    let memory = env.upstream.connector_memory();
    let addresses = env.addresses();

    let other_host = env.other_host.seen().len();
    if (seen.len(), other_host) != (attack.requests, attack.other_host_requests) {
        wrong.push(format!(
            "there were {} requests, and {other_host} to the other host",
            seen.len()
        ));
    }

    let last = seen
        .last()
        .map(|seen| seen.head.clone())
        .unwrap_or_default();
    for part in &attack.last_request {
        if !last.contains(&*String::from_utf8_lossy(&expand(part, &addresses, 0))) {
            wrong.push(format!("{part:?} is not in {last:?}"));
        }
    }

    let parts = attack
        .received
        .iter()
        .map(|part| (part, true))
        .chain(attack.not_received.iter().map(|part| (part, false)));
    for (part, expected) in parts {
        let bytes = expand(part, &addresses, 0);
        if memory.windows(bytes.len()).any(|window| window == bytes) != expected {
            wrong.push(format!(
                "the connector's memory holds {part:?}: {}",
                !expected
            ));
        }
    }

    wrong
}
