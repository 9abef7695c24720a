//! Running servers, and a client without knowledge of their code.

use purser_sample_app::{Company, Fault, Population, RunningSample, SampleOptions, start};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;

/// The second page of ten members.
pub(crate) const SECOND_PAGE: &str = "/members?limit=10&cursor=c_0000000a";

pub(crate) fn company(members: usize) -> Company {
    Company::new(Population {
        seed: 1,
        members,
        now: "2026-03-01T12:00:00Z".parse().unwrap(),
    })
}

pub(crate) fn start_with(members: usize, options: SampleOptions) -> RunningSample {
    start(&company(members), options).unwrap()
}

/// Starts a server with thirty members, pages of at most ten, and one fault.
pub(crate) fn start_with_fault(fault: Fault) -> RunningSample {
    start_with(
        30,
        SampleOptions {
            page_limit: 10,
            faults: vec![fault],
            ..SampleOptions::default()
        },
    )
}

/// Sends a request on a connection of its own. Returns status, head and body of the response, or
/// `None` if the connection breaks.
pub(crate) fn exchange(
    sample: &RunningSample,
    token: &str,
    method: &str,
    path: &str,
) -> Option<(u16, String, String)> {
    let base = sample.base_url();
    let (address, prefix) = base.trim_start_matches("http://").split_once('/').unwrap();
    let request = format!(
        "{method} /{prefix}{path} HTTP/1.1\r\n\
         host: {address}\r\n\
         authorization: Bearer {token}\r\n\
         connection: close\r\n\
         content-length: 0\r\n\r\n"
    );

    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;

    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, head.to_lowercase(), body.to_owned()))
}

/// Sends a request with the right token. The body is null if it is not JSON.
pub(crate) fn call(sample: &RunningSample, method: &str, path: &str) -> (u16, Value) {
    let (status, _, body) = exchange(sample, sample.token(), method, path).unwrap();
    (status, serde_json::from_str(&body).unwrap_or(Value::Null))
}

pub(crate) fn status(sample: &RunningSample, method: &str, path: &str) -> u16 {
    call(sample, method, path).0
}

/// Sends a request that must fail. Returns the status and the error's code.
pub(crate) fn error(sample: &RunningSample, method: &str, path: &str) -> (u16, String) {
    let (status, body) = call(sample, method, path);
    (status, body["error"]["code"].as_str().unwrap().to_owned())
}

pub(crate) fn get(sample: &RunningSample, path: &str) -> Value {
    let (status, body) = call(sample, "GET", path);
    assert_eq!(status, 200, "{path}: {body}");
    body
}

/// Returns the rows of all pages of a list.
pub(crate) fn get_all(sample: &RunningSample, list: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut path = format!("/{list}?limit=100");
    loop {
        let page = get(sample, &path);
        rows.extend(page[list].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/{list}?limit=100&cursor={cursor}"),
            None => return rows,
        }
    }
}

pub(crate) fn len(value: &Value) -> usize {
    value.as_array().unwrap().len()
}
