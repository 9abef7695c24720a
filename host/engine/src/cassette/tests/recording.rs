//! Tests of writing the file.

use crate::cassette::format::MAX_CALLS;
use crate::cassette::{CallRecorder, CassetteError, CassetteWriter, ConnectorIdentity};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use purser_model::{
    Digest, Download, HttpError, Limits, Page, Records, Request, Response, Settings, StreamKind,
};
use purser_sandbox::{Call, IncomingResponse, Level, Outbound, ReadRequest, RunLog};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Application that refuses every connection, and a log that discards every line.
struct FakeHost;

impl Outbound for FakeHost {
    fn send(&self, _: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        std::future::ready(Err(HttpError::ConnectionRefused)).boxed()
    }

    fn download(&self, _: Download) -> BoxFuture<'static, Result<IncomingResponse, HttpError>> {
        std::future::ready(Err(HttpError::ConnectionRefused)).boxed()
    }
}

impl RunLog for FakeHost {
    fn line(&self, _: Level, _: String) {}
}

/// Records this many calls to a file `c.json`.
fn record_calls(folder: &Path, calls: usize) -> CassetteWriter {
    let writer = CassetteWriter::create(&folder.join("c.json"), u64::MAX).unwrap();
    let connector = ConnectorIdentity {
        name: "hub".parse().unwrap(),
        version: "1.0.0".parse().unwrap(),
        digest: Digest::of(b"hub"),
    };
    writer.identify(connector, &Limits::default(), &Settings::new());

    let page = Ok(Page {
        records: Records::Products(Vec::new()),
        rejected: Vec::new(),
        next: None,
        total: None,
        partitions: Vec::new(),
        offset_paged: false,
    });
    for _ in 0..calls {
        let request = ReadRequest {
            stream: "plans".parse().unwrap(),
            kind: StreamKind::Products,
            cursor: None,
            since: None,
            page_size: 1,
            accounts: Vec::new(),
        };
        let mut call = Call {
            limits: Limits::default(),
            settings: Settings::new(),
            outbound: Arc::new(FakeHost),
            log: Arc::new(FakeHost),
        };
        if let Some(recorder) = CallRecorder::attach(Some(&writer), &mut call, &request) {
            recorder.finish(&page);
        }
    }
    writer
}

#[test]
fn file_created_during_the_run_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let writer = record_calls(folder.path(), 1);
    fs::write(folder.path().join("c.json"), "precious").unwrap();

    let finished = writer.finish();

    assert!(matches!(finished, Err(CassetteError::Exists(_))));
    let text = fs::read_to_string(folder.path().join("c.json")).unwrap();
    assert_eq!(text, "precious");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn calls_over_the_limit_are_cut_off() {
    let folder = tempfile::tempdir().unwrap();

    let summary = record_calls(folder.path(), MAX_CALLS + 1).finish().unwrap();

    let summary = summary.unwrap();
    assert_eq!(summary.calls, MAX_CALLS);
    assert!(summary.cut_off);
}
