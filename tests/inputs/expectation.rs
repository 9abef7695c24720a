//! Comparison of what came out with the right values. Each function returns the differences.

use crate::case::{CommandResult, ReadResult};
use jiff::Timestamp;
use purser_tests::{CommandOutput, Purser};
use serde_json::Value;

/// Compares the result of a command.
pub(crate) fn command(step: &str, output: &CommandOutput, right: &CommandResult) -> Vec<String> {
    let mut problems = texts(step, output, &right.says, &right.never_says);
    if output.code != right.code {
        problems.push(format!(
            "{step}: exit code {}, not {}: {}{}",
            output.code, right.code, output.stdout, output.stderr
        ));
    }
    problems
}

/// Compares the result of a read, and the figures after it.
pub(crate) fn read(
    step: &str,
    purser: &Purser,
    output: &CommandOutput,
    requests: &[String],
    right: &ReadResult,
) -> Vec<String> {
    let mut problems = texts(step, output, &right.says, &right.never_says);
    let mut check = |what: &str, is_right: bool, found: String| {
        if !is_right {
            problems.push(format!("{step}: {what}: {found}"));
        }
    };

    let codes: &[i32] = if right.code.is_empty() {
        &[0]
    } else {
        &right.code
    };
    check(
        &format!("exit code, right {codes:?}"),
        codes.contains(&output.code),
        format!("{} {}{}", output.code, output.stdout, output.stderr),
    );
    if let Some(most) = right.requests {
        check(
            &format!("at most {most} requests"),
            requests.len() <= most,
            format!("{} requests, {:?}", requests.len(), requests.last()),
        );
    }
    if let Some((least, most)) = right.parked {
        let until = purser.json("runs list")[0]["parked_until"].clone();
        let seconds = until.as_str().map(|until| {
            let until: Timestamp = until.parse().unwrap();
            until.duration_since(Timestamp::now()).as_secs()
        });
        let is_right = seconds.is_some_and(|wait| (least..=most).contains(&wait));
        check(
            &format!("parked for {least} to {most} s"),
            is_right,
            format!("{seconds:?}"),
        );
    }

    let accounts = purser.json("accounts app");
    if let Some(ids) = &right.accounts {
        let found: Vec<_> = list(&accounts).iter().map(|row| text(&row["id"])).collect();
        check(
            &format!("accounts {ids:?}"),
            found == *ids,
            format!("{found:?}"),
        );
    }
    for (id, facts) in &right.account {
        let found = list(&accounts).iter().find(|row| row["id"] == **id);
        check(
            &format!("account {id} has {facts}"),
            found.is_some_and(|row| contains(row, facts)),
            format!("{found:?}"),
        );
    }

    let figures = purser.json("reconcile");
    if let Some(held) = right.held {
        let found: u64 = list(&figures["positions"])
            .iter()
            .map(|position| position["allocated"].as_u64().unwrap())
            .sum();
        check(
            &format!("{held} seats held"),
            found == held,
            found.to_string(),
        );
    }
    for (state, ids) in [
        ("ready", &right.ready),
        ("attention-required", &right.attention),
    ] {
        let Some(ids) = ids else { continue };
        let mut found: Vec<_> = list(&figures["candidates"])
            .iter()
            .filter(|candidate| candidate["state"] == state)
            .map(|candidate| text(&candidate["account"]))
            .collect();
        found.sort();
        check(
            &format!("{state} {ids:?}"),
            found == *ids,
            format!("{found:?}"),
        );
    }
    if !right.matched.is_empty() {
        let seats = held_seats(purser, &figures);
        for (id, number) in &right.matched {
            let seat = seats.iter().find(|seat| seat["account"] == **id);
            let found = seat.map(|seat| text(&seat["employee_number"]));
            check(
                &format!("{id} is matched to {number:?}"),
                found.as_ref() == Some(number),
                format!("{found:?}"),
            );
        }
    }

    let position = purser.run("position");
    for said in &right.position_says {
        let all = format!("{}{}", position.stdout, position.stderr);
        check(&format!("position says {said:?}"), all.contains(said), all);
    }
    problems
}

/// Returns every seat that is held, with its account and holder.
fn held_seats(purser: &Purser, figures: &Value) -> Vec<Value> {
    let mut seats = Vec::new();
    for position in list(&figures["positions"]) {
        let (application, product) = (text(&position["application"]), text(&position["product"]));
        let why =
            format!("position --application {application} --product {product} --why allocated");
        seats.extend_from_slice(list(&purser.json(&why)["seats"]));
    }
    seats
}

fn texts(
    step: &str,
    output: &CommandOutput,
    says: &[String],
    never_says: &[String],
) -> Vec<String> {
    let all = format!("{}{}", output.stdout, output.stderr);
    let missing = says.iter().filter(|text| !all.contains(*text));
    let missing = missing.map(|text| format!("{step}: does not say {text:?}: {all}"));
    let wrong = never_says.iter().filter(|text| all.contains(*text));
    let wrong = wrong.map(|text| format!("{step}: says {text:?}: {all}"));
    missing.chain(wrong).collect()
}

/// Returns true if every value of `part` is in `whole`. Objects may have more fields.
fn contains(whole: &Value, part: &Value) -> bool {
    match part {
        Value::Object(fields) => fields
            .iter()
            .all(|(name, value)| contains(&whole[name], value)),
        other => whole == other,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
