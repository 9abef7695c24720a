//! Cassettes: recording a run, and checking a connector against the recording.

mod malformed;
mod recording;
mod replay;

use purser_tests::{CommandOutput, Purser, TestEnv};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the path of the environment's cassette.
fn cassette(env: &TestEnv) -> PathBuf {
    env.purser.home().with_file_name("boards.cassette.json")
}

/// Runs the profile and records it.
fn record(env: &TestEnv, more: &str) -> CommandOutput {
    env.purser.run(&format!(
        "run boards --record {} {more}",
        cassette(env).display()
    ))
}

fn read(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

/// Returns an environment with this many members, and the cassette of its first run.
fn recorded(members: usize) -> (TestEnv, Value) {
    let env = TestEnv::ready(members);
    assert_eq!(record(&env, "").code, 0);
    let cassette = read(&cassette(&env));
    (env, cassette)
}

/// Checks a connector against a cassette without any Purser home.
fn check(component: &Path, cassette: impl AsRef<[u8]>, more: &str) -> CommandOutput {
    let purser = Purser::new();
    let file = purser.file("some.cassette.json", cassette);
    let output = purser.run(&format!(
        "connector check {} --replay {file} {more}",
        component.display()
    ));

    assert!(!purser.home().exists(), "a home was created");

    output
}

fn report(output: &CommandOutput) -> Value {
    serde_json::from_str(&output.stdout).unwrap()
}

fn stream<'a>(of: &'a Value, name: &str) -> &'a Value {
    of["streams"]
        .as_array()
        .unwrap()
        .iter()
        .find(|stream| stream["stream"] == name)
        .unwrap()
}

/// Returns the calls of a stream, for changes.
fn calls<'a>(cassette: &'a mut Value, name: &str) -> &'a mut Vec<Value> {
    let streams = cassette["streams"].as_array_mut().unwrap();
    let found = streams
        .iter_mut()
        .find(|stream| stream["stream"] == name)
        .unwrap();
    found["calls"].as_array_mut().unwrap()
}

/// Returns the first response of a call, for changes.
fn response(call: &mut Value) -> &mut Value {
    &mut call["exchanges"][0]["answer"]["response"]
}
