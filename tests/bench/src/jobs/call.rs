//! Job `call`: the cost of a fresh instance for every call of a connector. A connector of usual
//! size, built with the SDK, is called for the activity of zero accounts: it reads its request and
//! returns an empty page. The alternative with the same isolation, a process, is measured beside
//! it.

use crate::figures::{Figure, Goal};
use crate::options::Options;
use crate::report::Section;
use anyhow::{Context, Result, anyhow, ensure};
use futures::future::BoxFuture;
use purser_model::{Download, HttpError, Limits, Request, Response, Settings, StreamKind};
use purser_sandbox::{
    Call, Connector, IncomingResponse, Level, Outbound, ReadRequest, RunLog, Sandbox,
};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

/// Median time of a call, in microseconds.
const GOAL: Goal = Goal::AtMost(50.0);

/// Calls in a round.
const CALLS: usize = 5_000;

/// Processes in a round: fewer, because each takes much longer than a call.
const PROCESSES: usize = 100;

/// Outbound and log of calls that must use neither.
struct NoHost;

impl Outbound for NoHost {
    fn send(&self, _: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        Box::pin(std::future::ready(Err(HttpError::Internal(Some(
            "no request is expected".into(),
        )))))
    }

    fn download(&self, _: Download) -> BoxFuture<'static, Result<IncomingResponse, HttpError>> {
        Box::pin(std::future::ready(Err(HttpError::ConnectionRefused)))
    }
}

impl RunLog for NoHost {
    fn line(&self, _: Level, _: String) {}
}

pub(super) fn measure(options: &Options) -> Result<Vec<Section>> {
    let calls_a_round = options.scaled(CALLS);
    let bytes = std::fs::read(options.connector("per-account")?)?;
    let connector = Sandbox::new()?.compile(&bytes)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let count = options.rounds(5);
    let mut calls = Vec::new();

    let mut processes = Vec::new();
    for round in 0..=count {
        eprintln!("call: round {round} of {count}");
        let connector = connector.clone();

        // Calls run in a task of the runtime, as in a real run.
        let call = runtime
            .block_on(async { tokio::spawn(time_calls(connector, calls_a_round)).await })??;
        let process = time_processes()?;

        if round > 0 {
            calls.push(call);
            processes.push(process);
        }
    }

    let title = format!(
        "a read that does nothing, with a fresh instance of a connector of {} KB; {calls_a_round} calls a round, {count} rounds",
        bytes.len() / 1000
    );
    let line = |name: &str, values: &[f64]| {
        vec![
            name.to_owned(),
            format!("{:.1}", Figure::from_values(values.iter().copied())),
        ]
    };

    let table = vec![
        vec!["program".into(), "µs".into()],
        line("process", &processes),
        line("purser", &calls),
    ];
    let part = calls
        .iter()
        .zip(&processes)
        .map(|(call, process)| process / call);

    let faster = part.collect::<Vec<_>>();
    let section = Section {
        title,
        table,
        findings: Vec::new(),
        remarks: Vec::new(),
    };
    let section = section.find("a call", calls, (" µs", ""), Some(GOAL)).find(
        "calls for the price of a process that does nothing",
        faster,
        ("", ""),
        None,
    );

    Ok(vec![section])
}

/// Returns the median time of sequential calls, in microseconds.
async fn time_calls(connector: Connector, calls: usize) -> Result<f64> {
    // why: the host gives a call every setting, so those of the description need their defaults
    let description = connector.describe().await?;
    let settings = description
        .complete(&Settings::new())
        .map_err(|why| anyhow!(why))?;

    let call = Call {
        limits: Limits::default(),
        settings,
        outbound: Arc::new(NoHost),
        log: Arc::new(NoHost),
    };
    let stream = "uses".parse().context("a stream's name")?;
    let request = ReadRequest {
        stream,
        kind: StreamKind::Activity,
        cursor: None,
        since: None,
        page_size: 500,
        accounts: vec![],
    };

    let mut took = Vec::with_capacity(calls);
    for _ in 0..calls {
        let began = Instant::now();
        let page = connector.read(call.clone(), request.clone()).await?;
        took.push(began.elapsed().as_secs_f64() * 1e6);
        ensure!(
            page.records.is_empty(),
            "a page without accounts has records"
        );
    }

    Ok(Figure::from_values(took).median)
}

fn time_processes() -> Result<f64> {
    let mut took = Vec::with_capacity(PROCESSES);
    for _ in 0..PROCESSES {
        let began = Instant::now();
        let mut command = Command::new("true");
        ensure!(
            command.stdin(Stdio::null()).status()?.success(),
            "`true` failed"
        );
        took.push(began.elapsed().as_secs_f64() * 1e6);
    }

    Ok(Figure::from_values(took).median)
}
