//! Tests of recording, matching and comparing, without a run.

mod compare;
mod draft;
mod earlier_versions;
mod recording;
mod responses;

use super::draft::CassetteDraft;
use super::format::Exchange;
use purser_model::{HttpError, Method, Request, Response};

fn request(method: Method, target: &str, body: Option<&[u8]>) -> Request {
    Request {
        method,
        target: target.into(),
        headers: vec![],
        body: body.map(<[u8]>::to_vec),
        idempotent: false,
    }
}

fn ok_response(text: &str) -> Result<Response, HttpError> {
    Ok(Response {
        status: 200,
        headers: vec![],
        body: text.as_bytes().to_vec(),
    })
}

/// Returns requests and responses as they are recorded.
fn record_exchanges(exchanges: &[(Request, Result<Response, HttpError>)]) -> Vec<Exchange> {
    let mut draft = CassetteDraft::new(u64::MAX);

    exchanges
        .iter()
        .map(|(request, response)| Exchange {
            request: draft.request(request),
            response: Some(draft.response(response)),
        })
        .collect()
}
