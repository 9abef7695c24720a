//! Exports: files of all members that take a while to prepare.

use crate::fault::Fault;
use crate::pack;
use crate::problem::Problem;
use crate::server::Shared;
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

/// How often an export is asked for before it is ready.
const ASKED: u32 = 3;

/// What is sent of a file at once.
const CHUNK: usize = 10_000;

/// One that was asked for.
pub(crate) struct Export {
    format: Format,
    asked: u32,
    /// Of the moment when it was asked for.
    file: Bytes,
}

/// Which export is wanted.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    format: Format,
}

/// What a file is, and what it is packed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Format {
    #[serde(rename = "csv")]
    Csv,
    #[serde(rename = "csv.gz")]
    CsvGz,
    #[serde(rename = "csv.zip")]
    CsvZip,
    #[serde(rename = "jsonl")]
    Jsonl,
    #[serde(rename = "jsonl.gz")]
    JsonlGz,
    #[serde(rename = "jsonl.zip")]
    JsonlZip,
}

impl Format {
    const fn is_csv(self) -> bool {
        matches!(self, Self::Csv | Self::CsvGz | Self::CsvZip)
    }

    const fn is_plain(self) -> bool {
        matches!(self, Self::Csv | Self::Jsonl)
    }

    fn pack(self, text: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Csv | Self::Jsonl => Ok(text.to_vec()),
            Self::CsvGz | Self::JsonlGz => pack::gzip(text),
            Self::CsvZip => pack::zip(&[("READ.ME", b"All members."), ("members.csv", text)]),
            Self::JsonlZip => pack::zip(&[("READ.ME", b"All members."), ("members.jsonl", text)]),
        }
    }
}

/// `POST /exports`
pub(crate) async fn begin(
    State(shared): State<Arc<Shared>>,
    Json(Wanted { format }): Json<Wanted>,
) -> Result<Response, Problem> {
    let mut live = shared.live();
    let mut text = if format.is_csv() {
        live.workspace.csv()
    } else {
        live.workspace.json_lines()
    };
    for fault in &live.faults {
        match *fault {
            Fault::ExportEchoes => text = text.replace("m_", &format!("{}_", shared.token)),
            Fault::ExportBomb { bytes } => text.extend(std::iter::repeat_n('\n', bytes)),
            _ => {}
        }
    }
    // Packing into memory does not fail.
    let file = format
        .pack(text.as_bytes())
        .map_err(|_| Problem::Unavailable)?
        .into();
    live.exports.push(Export {
        format,
        asked: 0,
        file,
    });
    let id = live.exports.len();
    Ok((
        StatusCode::ACCEPTED,
        Json(json!({ "id": format!("x{id}"), "state": "running" })),
    )
        .into_response())
}

/// `GET /exports/ID`
pub(crate) async fn state(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let mut live = shared.live();
    let export = place(&id)
        .and_then(|place| live.exports.get_mut(place))
        .ok_or(Problem::NoExport)?;
    export.asked += 1;
    let state = if export.asked < ASKED {
        "running"
    } else {
        "ready"
    };
    Ok(Json(json!({ "id": id, "state": state })))
}

/// `GET /exports/ID/file`
pub(crate) async fn file(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut live = shared.live();
    let export = place(&id)
        .and_then(|place| live.exports.get(place))
        .filter(|export| export.asked >= ASKED);
    let export = export.ok_or(Problem::NoExport)?;
    let (format, mut file) = (export.format, export.file.clone());
    let ranges = format.is_plain() && !live.faults.contains(&Fault::ExportWithoutRanges);
    let range = headers
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok())
        .filter(|_| ranges);
    let start = range.and_then(|range| {
        range
            .strip_prefix("bytes=")?
            .strip_suffix('-')?
            .parse::<usize>()
            .ok()
    });
    let all = file.len();
    if let Some(start) = start {
        if start >= all {
            let told = [(header::CONTENT_RANGE, format!("bytes */{all}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, told).into_response());
        }
        file = file.slice(start..);
    }
    let breaks_off = live
        .faults
        .iter()
        .position(|fault| matches!(fault, Fault::ExportBreaksOff { .. }));
    let breaks_off = breaks_off.map(|index| live.faults.remove(index));
    drop(live);
    let told = [(header::CONTENT_LENGTH, file.len().to_string())];
    let body = match breaks_off {
        Some(Fault::ExportBreaksOff { after }) => pieces(file.slice(..after.min(file.len())), true),
        _ => pieces(file, false),
    };
    Ok(match start {
        Some(start) => {
            let range = [(
                header::CONTENT_RANGE,
                format!("bytes {start}-{}/{all}", all.saturating_sub(1)),
            )];
            (StatusCode::PARTIAL_CONTENT, told, range, body).into_response()
        }
        None => (told, body).into_response(),
    })
}

/// A file in small pieces, so that nothing in it is certain to arrive at once.
fn pieces(file: Bytes, breaks_off: bool) -> Body {
    let count = file.len().div_ceil(CHUNK);
    let piece =
        move |index: usize| Ok(file.slice(index * CHUNK..file.len().min((index + 1) * CHUNK)));
    let end = stream::iter(breaks_off.then_some(())).then(|()| async {
        // What was sent until then is on its way.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(stream::iter((0..count).map(piece)).chain(end))
}

fn place(id: &str) -> Option<usize> {
    id.strip_prefix('x')?.parse::<usize>().ok()?.checked_sub(1)
}
