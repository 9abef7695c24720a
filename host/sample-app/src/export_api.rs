//! Handlers of exports.

use crate::api_error::ApiError;
use crate::export::{Export, ExportFormat};
use crate::fault::Fault;
use crate::state::SharedState;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::stream::{self, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// The size of the chunks that a file is sent in, in bytes.
const CHUNK_BYTES: usize = 10_000;

/// The delay before a download is cut off, so that the bytes sent before arrive.
const DISCONNECT_DELAY: Duration = Duration::from_millis(50);

/// The body of a request for an export.
#[derive(Deserialize)]
pub(crate) struct NewExport {
    format: ExportFormat,
}

/// Handles `POST /exports`.
pub(crate) async fn create(
    State(shared): State<Arc<SharedState>>,
    Json(NewExport { format }): Json<NewExport>,
) -> Result<Response, ApiError> {
    let mut state = shared.lock();
    let mut text = if format.is_csv() {
        state.workspace.csv()
    } else {
        state.workspace.json_lines()
    };
    for fault in &state.faults {
        match *fault {
            Fault::ExportEchoesToken => text = text.replace("m_", &format!("{}_", shared.token)),
            Fault::ExportBomb { bytes } => text.extend(std::iter::repeat_n('\n', bytes)),
            _ => {}
        }
    }

    // Compressing into memory does not fail.
    let file = format
        .compress(text.as_bytes())
        .map_err(|_| ApiError::Unavailable)?;
    state.exports.push(Export::new(format, file.into()));
    let id = state.exports.len();

    let body = json!({ "id": format!("x{id}"), "state": "running" });
    Ok((StatusCode::ACCEPTED, Json(body)).into_response())
}

/// Handles `GET /exports/ID`.
pub(crate) async fn state(
    State(shared): State<Arc<SharedState>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let mut state = shared.lock();
    let export = parse_id(&id)
        .and_then(|index| state.exports.get_mut(index))
        .ok_or(ApiError::UnknownExport)?;

    Ok(Json(json!({ "id": id, "state": export.poll() })))
}

/// Handles `GET /exports/ID/file`.
pub(crate) async fn file(
    State(shared): State<Arc<SharedState>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut state = shared.lock();
    let export = parse_id(&id)
        .and_then(|index| state.exports.get(index))
        .filter(|export| export.is_ready())
        .ok_or(ApiError::UnknownExport)?;
    let file = export.file();
    let has_ranges =
        export.format().is_plain() && !state.faults.contains(&Fault::ExportWithoutRanges);

    let start = range_start(&headers).filter(|_| has_ranges);
    let size = file.len();
    if start.is_some_and(|start| start >= size) {
        let headers = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
        return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
    }

    let disconnect_after = take_disconnect(&mut state.faults);
    drop(state);

    Ok(file_response(file, start, disconnect_after))
}

/// Removes the next fault that cuts off a download, and returns the bytes sent before.
fn take_disconnect(faults: &mut Vec<Fault>) -> Option<usize> {
    let (index, after) = faults.iter().enumerate().find_map(|(index, fault)| {
        let Fault::ExportDisconnects { after } = *fault else {
            return None;
        };
        Some((index, after))
    })?;
    faults.remove(index);

    Some(after)
}

/// Returns the response with a file, from a byte on if the request has a range.
fn file_response(file: Bytes, start: Option<usize>, disconnect_after: Option<usize>) -> Response {
    let size = file.len();
    let content = file.slice(start.unwrap_or(0)..);
    // The length announced is the whole one, so that a client notices the cut.
    let length = [(header::CONTENT_LENGTH, content.len().to_string())];
    let body = match disconnect_after {
        Some(after) => chunked(content.slice(..after.min(content.len())), true),
        None => chunked(content, false),
    };

    match start {
        Some(start) => {
            let last = size.saturating_sub(1);
            let range = [(
                header::CONTENT_RANGE,
                format!("bytes {start}-{last}/{size}"),
            )];
            (StatusCode::PARTIAL_CONTENT, length, range, body).into_response()
        }
        None => (length, body).into_response(),
    }
}

/// Sends a file in small chunks, so that clients cannot rely on receiving it at once. Cuts the
/// connection off at the end if `disconnects` is set.
fn chunked(file: Bytes, disconnects: bool) -> Body {
    let count = file.len().div_ceil(CHUNK_BYTES);
    let chunk = move |index: usize| {
        let end = file.len().min((index + 1) * CHUNK_BYTES);
        Ok(file.slice(index * CHUNK_BYTES..end))
    };
    let end = stream::iter(disconnects.then_some(())).then(|()| async {
        tokio::time::sleep(DISCONNECT_DELAY).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });

    Body::from_stream(stream::iter((0..count).map(chunk)).chain(end))
}

/// Parses `range: bytes=N-`. Other ranges are ignored.
fn range_start(headers: &HeaderMap) -> Option<usize> {
    headers
        .get(header::RANGE)?
        .to_str()
        .ok()?
        .strip_prefix("bytes=")?
        .strip_suffix('-')?
        .parse()
        .ok()
}

/// Parses the id of an export to its index.
fn parse_id(id: &str) -> Option<usize> {
    id.strip_prefix('x')?.parse::<usize>().ok()?.checked_sub(1)
}
