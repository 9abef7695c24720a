//! Downloads: files that are streamed, compressed, damaged, endless, or read from an offset.

use super::server::{Server, Step, http_response};
use super::{SECRET, TestEnv, body_budget, get};
use crate::{ByteBudget, StreamingResponse};
use flate2::Crc;
use flate2::write::{DeflateEncoder, GzEncoder};
use futures::StreamExt as _;
use purser_model::{Compression, Download, HttpError, RequestStats};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The budget of most downloads: a gigabyte.
const LARGE_BUDGET: u64 = 1 << 30;

/// Starts a download with a budget of `all` bytes.
async fn open(
    env: &TestEnv,
    base: &str,
    download: Download,
    all: u64,
) -> (Result<StreamingResponse, HttpError>, RequestStats) {
    let bodies = body_budget(1000);
    let downloads = ByteBudget::new("download-bytes", all);
    env.client(base)
        .download(&env.scope, download, &bodies, &Arc::new(downloads))
        .await
}

fn file(compression: Compression, start: u64) -> Download {
    Download {
        request: get("/file"),
        compression,
        skip_bytes: start,
    }
}

/// Reads all pieces of a body.
async fn read(response: StreamingResponse) -> Result<Vec<u8>, HttpError> {
    let mut body = response.body;
    let mut all = Vec::new();

    while let Some(piece) = body.next().await {
        let piece = piece?;

        assert!(
            piece.len() <= 1 << 20 && !piece.is_empty(),
            "a piece of {} bytes",
            piece.len()
        );

        all.extend(piece);
    }

    Ok(all)
}

/// Downloads a file that the server sends as `sent`.
async fn received(sent: &[u8], compression: Compression, start: u64) -> Result<Vec<u8>, HttpError> {
    let server = Server::responding(http_response("200 OK", &[], sent)).await;
    read(
        open(
            &TestEnv::granting_all(),
            &server.base(),
            file(compression, start),
            LARGE_BUDGET,
        )
        .await
        .0?,
    )
    .await
}

fn rows(bytes: usize) -> Vec<u8> {
    (0..)
        .flat_map(|row| format!("m_{row},name {row}\n").into_bytes())
        .take(bytes)
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The format of one entry of an archive.
#[derive(Clone, Copy)]
struct Format {
    deflated: bool,
    /// Checksum and sizes follow in a data descriptor.
    descriptor: bool,
    /// Sizes have eight bytes.
    zip64: bool,
    /// The checksum is wrong.
    wrong_crc: bool,
    encrypted: bool,
}

/// Uncompressed, with its sizes in the header.
const STORED: Format = Format {
    deflated: false,
    descriptor: false,
    zip64: false,
    wrong_crc: false,
    encrypted: false,
};
/// Compressed, with a data descriptor, as programs write it that stream archives.
const STREAMED: Format = Format {
    deflated: true,
    descriptor: true,
    ..STORED
};

/// Writes one entry of an archive.
fn entry(name: &str, content: &[u8], format: Format) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(content);
    let crc = crc.sum() ^ u32::from(format.wrong_crc);
    let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    let data = if format.deflated {
        encoder.finish().unwrap()
    } else {
        content.to_vec()
    };
    let sizes = [data.len() as u64, content.len() as u64];
    let narrow_sizes = |stated: bool| {
        sizes
            .map(|size| {
                if stated {
                    u32::try_from(size).unwrap()
                } else {
                    0
                }
                .to_le_bytes()
            })
            .concat()
    };
    let flags = (u16::from(format.descriptor) << 3) | u16::from(format.encrypted);
    let method = if format.deflated { 8_u16 } else { 0 };
    let extra = match format.zip64 {
        // Another extra field comes first.
        true => [
            &[7, 7, 2, 0, 1, 1, 1, 0, 16, 0][..],
            &sizes[1].to_le_bytes(),
            &sizes[0].to_le_bytes(),
        ]
        .concat(),
        false => Vec::new(),
    };
    let mut all = [
        &b"PK\x03\x04\x14\0"[..],
        &flags.to_le_bytes(),
        &method.to_le_bytes(),
        &[0; 4],
    ]
    .concat();
    all.extend(if format.descriptor {
        [0; 4]
    } else {
        crc.to_le_bytes()
    });
    all.extend(if format.zip64 {
        vec![0xff; 8]
    } else {
        narrow_sizes(!format.descriptor)
    });
    all.extend((name.len() as u16).to_le_bytes());
    all.extend((extra.len() as u16).to_le_bytes());
    all.extend([name.as_bytes(), &extra, &data].concat());

    if format.descriptor {
        all.extend([*b"PK\x07\x08", crc.to_le_bytes()].concat());
        all.extend(if format.zip64 {
            sizes.map(u64::to_le_bytes).concat()
        } else {
            narrow_sizes(true)
        });
    }
    all
}

/// Writes an archive. Its directory is never read, so the start of one is enough.
fn archive(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), b"PK\x01\x02 and so on".to_vec()].concat()
}

/// The compression of an archive of which the CSV file is wanted.
fn csv() -> Compression {
    Compression::Zip(".csv".into())
}

/// Returns the text of a content-coding error.
fn coding_error(outcome: Result<Vec<u8>, HttpError>) -> String {
    match outcome {
        Err(HttpError::ContentCoding(why)) => why,
        other => panic!("{:?}", other.map(|body| body.len())),
    }
}

#[tokio::test]
async fn file_larger_than_the_response_limit_arrives_whole() {
    let sent = rows(3 << 20);
    let env = TestEnv::granting_all().with_limits(|limits| limits.response_bytes = 1000);
    let server = Server::responding(http_response("200 OK", &["x-kind: export"], &sent)).await;
    let (response, stats) = open(
        &env,
        &server.base(),
        file(Compression::Plain, 0),
        LARGE_BUDGET,
    )
    .await;

    let response = response.unwrap();

    assert_eq!((response.status, stats.attempts), (200, 1));
    assert!(
        response
            .headers
            .iter()
            .any(|header| header.name == "x-kind")
    );
    assert!(read(response).await.unwrap() == sent);
}

#[tokio::test]
async fn compressed_files_arrive_decompressed() {
    let sent = rows(2 << 20);
    let (first, second) = sent.split_at(700_000);

    for compressed in [gzip(&sent), [gzip(first), gzip(second)].concat()] {
        assert!(received(&compressed, Compression::Gzip, 0).await.unwrap() == sent);
    }

    for deflated in [true, false] {
        for zip64 in [true, false] {
            for descriptor in [deflated, false] {
                let format = Format {
                    deflated,
                    descriptor,
                    zip64,
                    ..STORED
                };
                let folder = entry(
                    "members/",
                    b"",
                    Format {
                        descriptor: true,
                        ..STORED
                    },
                );
                let compressed = archive(&[
                    folder,
                    entry("READ.ME", &sent, format),
                    entry("members/all.csv", &sent, format),
                    entry("z", b"", format),
                ]);

                assert!(received(&compressed, csv(), 0).await.unwrap() == sent);
            }
        }
    }
}

#[tokio::test]
async fn gzip_declared_as_content_encoding_is_decompressed_once() {
    let sent = rows(100_000);
    let server = Server::responding(http_response(
        "200 OK",
        &["content-encoding: gzip"],
        gzip(&sent),
    ))
    .await;

    let response = open(
        &TestEnv::granting_all(),
        &server.base(),
        file(Compression::Gzip, 0),
        LARGE_BUDGET,
    )
    .await
    .0
    .unwrap();

    assert!(read(response).await.unwrap() == sent);
}

#[tokio::test]
async fn damaged_file_fails_with_the_reason() {
    let sent = rows(300_000);
    let compressed = gzip(&sent);
    let mut wrong = compressed.clone();
    let last = wrong.len() - 6;
    wrong[last] ^= 1;

    assert!(
        coding_error(
            received(
                &compressed[..compressed.len() - 20_000],
                Compression::Gzip,
                0
            )
            .await
        )
        .contains("ends before")
    );
    assert!(
        coding_error(received(&compressed[..compressed.len() - 4], Compression::Gzip, 0).await)
            .contains("gzip")
    );
    assert!(coding_error(received(&wrong, Compression::Gzip, 0).await).contains("gzip"));
    assert!(coding_error(received(b"", Compression::Gzip, 0).await).contains("ends before"));

    let one = entry("a.csv", &sent, STREAMED);
    let cases = [
        (
            archive(&[one.clone(), entry("b.csv", b"x", STREAMED)]),
            "two files that could be meant, \"a.csv\" and \"b.csv\"",
        ),
        (
            archive(&[entry("a.txt", &sent, STREAMED)]),
            "no file whose name ends with \".csv\"",
        ),
        (
            archive(&[entry(
                "a.csv",
                &sent,
                Format {
                    wrong_crc: true,
                    ..STREAMED
                },
            )]),
            "checksum or size",
        ),
        (
            archive(&[entry(
                "a.csv",
                &sent,
                Format {
                    encrypted: true,
                    ..STREAMED
                },
            )]),
            "encrypted",
        ),
        (
            archive(&[entry(
                "a.csv",
                &sent,
                Format {
                    descriptor: true,
                    ..STORED
                },
            )]),
            "that its header states",
        ),
        (
            archive(&[one.clone(), b"something else".to_vec()]),
            "should begin",
        ),
        (b"<html>".to_vec(), "should begin"),
        (one.clone(), "ends before"),
        (one[..one.len() - 1000].to_vec(), "the ZIP"),
        (
            entry("a.csv", &sent, STORED)[..1000].to_vec(),
            "ends before",
        ),
        (Vec::new(), "ends before"),
    ];

    for (compressed, why) in cases {
        let error = coding_error(received(&compressed, csv(), 0).await);
        assert!(error.contains(why), "{why}: {error}");
    }
}

#[tokio::test]
async fn mutated_archive_fails_or_yields_the_original_file() {
    let mut rng = fastrand::Rng::with_seed(7);
    let whole = archive(&[
        entry("a.txt", &rows(5_000), STREAMED),
        entry("a.csv", &rows(9_000), STREAMED),
    ]);

    for _ in 0..60 {
        let mut compressed = whole.clone();

        for _ in 0..rng.usize(1..6) {
            let at = rng.usize(..compressed.len());
            compressed[at] = rng.u8(..);
        }

        let outcome = received(&compressed, csv(), 0).await;

        assert!(
            outcome.as_ref().map_or(true, |body| *body == rows(9_000)),
            "another file than the original"
        );
    }
}

#[tokio::test]
async fn compression_bomb_ends_at_the_download_budget() {
    let mut gz = GzEncoder::new(Vec::new(), flate2::Compression::best());
    (0..1024).for_each(|_| gz.write_all(&[b'\n'; 1 << 16]).unwrap());
    let gz = gz.finish().unwrap();
    let zip = archive(&[entry("a.csv", &vec![b'\n'; 64 << 20], STREAMED)]);
    let beside = archive(&[
        entry("a.txt", &vec![b'\n'; 64 << 20], STREAMED),
        entry("a.csv", b"x", STREAMED),
    ]);

    for (compressed, compression) in [(gz, Compression::Gzip), (zip, csv()), (beside, csv())] {
        assert!(compressed.len() < 1 << 20);

        let server = Server::responding(http_response("200 OK", &[], compressed)).await;
        let response = open(
            &TestEnv::granting_all(),
            &server.base(),
            file(compression, 0),
            5 << 20,
        )
        .await
        .0
        .unwrap();

        assert_eq!(
            read(response).await,
            Err(HttpError::BudgetExhausted(
                "download-bytes = 5242880".into()
            ))
        );
    }
}

#[tokio::test]
async fn endless_file_ends_at_the_download_budget() {
    let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
    let nothing = gzip(b"");
    let cases = [
        (b"a,b\n".repeat(1000), Compression::Plain),
        (nothing.repeat(1000), Compression::Gzip),
        (entry("x", b"", STREAMED), csv()),
    ];

    for (sent, compression) in cases {
        let server = Server::start(move |_, _| {
            vec![Step::Send(head.to_vec()), Step::SendForever(sent.clone())]
        })
        .await;

        let response = open(
            &TestEnv::granting_all(),
            &server.base(),
            file(compression, 0),
            3 << 20,
        )
        .await
        .0
        .unwrap();

        assert_eq!(
            read(response).await,
            Err(HttpError::BudgetExhausted(
                "download-bytes = 3145728".into()
            ))
        );
    }

    let announced = Server::responding(http_response("200 OK", &[], rows(1000))).await;
    let refused = open(
        &TestEnv::granting_all(),
        &announced.base(),
        file(Compression::Plain, 0),
        999,
    )
    .await
    .0;

    assert_eq!(
        refused.err(),
        Some(HttpError::BudgetExhausted("download-bytes = 999".into())),
        "before any of it is read"
    );
}

#[tokio::test]
async fn file_that_breaks_off_is_an_error() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n".to_vec();

    for (sent, compression) in [
        (rows(600_000), Compression::Plain),
        (gzip(&rows(600_000)), Compression::Gzip),
    ] {
        let server = Server::responding([head.clone(), sent].concat()).await;
        let (response, stats) = open(
            &TestEnv::granting_all(),
            &server.base(),
            file(compression, 0),
            LARGE_BUDGET,
        )
        .await;

        assert_eq!(
            read(response.unwrap()).await,
            Err(HttpError::ConnectionTerminated)
        );
        assert_eq!(
            (stats.attempts, server.received().len()),
            (1, 1),
            "it is not retried"
        );
    }
}

#[tokio::test]
async fn download_is_retried_until_the_body_begins() {
    let server = Server::start(|number, _| match number {
        0 => vec![Step::Send(http_response("503 Busy", &[], "later"))],
        1 => vec![],
        _ => vec![Step::Send(http_response("200 OK", &[], "a,b\n"))],
    })
    .await;
    let (response, stats) = open(
        &TestEnv::granting_all(),
        &server.base(),
        file(Compression::Plain, 0),
        LARGE_BUDGET,
    )
    .await;

    assert_eq!(
        (read(response.unwrap()).await.unwrap(), stats.attempts),
        (b"a,b\n".to_vec(), 3)
    );
}

#[tokio::test]
async fn unsuccessful_response_is_read_whole_and_counted_as_a_body() {
    let server = Server::responding(http_response("404 Gone", &[], "the export has expired")).await;
    let response = open(
        &TestEnv::granting_all(),
        &server.base(),
        file(Compression::Gzip, 7),
        LARGE_BUDGET,
    )
    .await
    .0
    .unwrap();

    assert_eq!(
        (response.status, read(response).await.unwrap()),
        (404, b"the export has expired".to_vec())
    );

    let large = Server::responding(http_response("404 Gone", &[], [b'x'; 2000])).await;
    let refused = open(
        &TestEnv::granting_all(),
        &large.base(),
        file(Compression::Plain, 0),
        LARGE_BUDGET,
    )
    .await
    .0;

    assert_eq!(
        refused.err(),
        Some(HttpError::BudgetExhausted(
            "response-bytes-total = 1000".into()
        ))
    );
}

#[tokio::test]
async fn download_from_an_offset_requests_a_range_or_skips() {
    let sent = b"012,456789\n".to_vec();
    let partly = Server::responding(http_response(
        "206 Partial Content",
        &["content-range: bytes 3-10/11"],
        ",456789\n",
    ))
    .await;

    let response = open(
        &TestEnv::granting_all(),
        &partly.base(),
        file(Compression::Plain, 4),
        LARGE_BUDGET,
    )
    .await
    .0
    .unwrap();

    assert_eq!(read(response).await.unwrap(), b"456789\n");
    assert_eq!(partly.received()[0].field("range"), Some("bytes=3-"));
    assert_eq!(
        partly.received()[0].field("accept-encoding"),
        Some("identity")
    );

    let zipped = archive(&[entry("a.csv", &sent, STREAMED)]);

    for (compressed, compression) in [
        (sent.clone(), Compression::Plain),
        (gzip(&sent), Compression::Gzip),
        (zipped, csv()),
    ] {
        assert_eq!(
            received(&compressed, compression.clone(), 4).await.unwrap(),
            b"456789\n"
        );
        assert_eq!(
            received(&compressed, compression.clone(), 11)
                .await
                .unwrap(),
            b""
        );
        assert!(
            coding_error(received(&compressed, compression, 12).await).contains("it has 11 bytes")
        );
    }

    let server = Server::responding(http_response("200 OK", &[], gzip(&sent))).await;
    open(
        &TestEnv::granting_all(),
        &server.base(),
        file(Compression::Gzip, 4),
        LARGE_BUDGET,
    )
    .await
    .0
    .unwrap();

    assert_eq!(
        server.received()[0].field("range"),
        None,
        "no range of a compressed file can be used"
    );

    for range in ["bytes 2-10/11", "bytes 4-10/11", "bytes */11", "nonsense"] {
        let range = format!("content-range: {range}");
        let other = Server::responding(http_response(
            "206 Partial Content",
            &[&range],
            "2,456789\n",
        ))
        .await;
        let refused = open(
            &TestEnv::granting_all(),
            &other.base(),
            file(Compression::Plain, 4),
            LARGE_BUDGET,
        )
        .await
        .0;

        assert!(
            matches!(refused.err(), Some(HttpError::Protocol(_))),
            "{range}"
        );
    }

    let end = Server::responding(http_response(
        "416 Range Not Satisfiable",
        &["content-range: bytes */10"],
        "no",
    ))
    .await;

    let response = open(
        &TestEnv::granting_all(),
        &end.base(),
        file(Compression::Plain, 12),
        LARGE_BUDGET,
    )
    .await
    .0
    .unwrap();

    assert_eq!(
        (response.status, read(response).await.unwrap()),
        (416, b"no".to_vec())
    );
}

/// The rest of a credential after its first byte would not be found.
#[tokio::test]
async fn download_cannot_start_within_a_credential() {
    let row = format!("m1,{SECRET},\"%73{}\"\n", SECRET.get(1..).unwrap());
    let whole = received(row.as_bytes(), Compression::Plain, 0)
        .await
        .unwrap();

    assert!(!String::from_utf8_lossy(&whole).contains(SECRET.get(1..).unwrap()));

    for start in 1..row.len() {
        let partly = format!(
            "content-range: bytes {}-{}/{}",
            start - 1,
            row.len() - 1,
            row.len()
        );
        let partly = http_response("206 Partial Content", &[&partly], &row[start - 1..]);
        let zipped = archive(&[entry("a.csv", row.as_bytes(), STREAMED)]);
        let responses = [
            (partly, Compression::Plain),
            (http_response("200 OK", &[], &row), Compression::Plain),
            (
                http_response("200 OK", &[], gzip(row.as_bytes())),
                Compression::Gzip,
            ),
            (http_response("200 OK", &[], zipped), csv()),
        ];

        for (sent, compression) in responses {
            let server = Server::responding(sent).await;
            let response = open(
                &TestEnv::granting_all(),
                &server.base(),
                file(compression, start as u64),
                LARGE_BUDGET,
            )
            .await
            .0
            .unwrap();

            match read(response).await {
                Ok(rest) => assert_eq!(rest, whole[start..], "from {start}"),
                Err(error) => {
                    assert!(matches!(error, HttpError::Invalid(_)));
                    assert!(
                        !b",\"\n".contains(&row.as_bytes()[start - 1]),
                        "from {start}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn credential_is_scrubbed_at_every_position_of_a_file() {
    let row = format!("m,{SECRET},%73{}\n", SECRET.get(1..).unwrap());
    let sent = row.repeat(20_000);

    for (compressed, compression) in [
        (sent.clone().into_bytes(), Compression::Plain),
        (gzip(sent.as_bytes()), Compression::Gzip),
    ] {
        let body = String::from_utf8(received(&compressed, compression, 0).await.unwrap()).unwrap();
        assert!(body == "m,[credential*********],[credential***********]\n".repeat(20_000));
        assert_eq!(body.len(), sent.len());
    }

    let named = archive(&[
        entry(&format!("{SECRET}.csv"), b"", STREAMED),
        entry("b.csv", b"", STREAMED),
    ]);

    assert!(coding_error(received(&named, csv(), 0).await).contains("[credential].csv"));
}

#[tokio::test]
async fn download_redirected_to_another_host_carries_no_credential() {
    let server = Server::start_tls(move |number, request| {
        let port = request
            .field("host")
            .and_then(|host| host.split(':').nth(1))
            .unwrap_or_default();
        let place = format!("location: https://files.example:{port}/x?signature=s");
        vec![Step::Send(if number < 2 {
            http_response("302 Found", &[&place], "")
        } else {
            http_response("200 OK", &[], "a,b\n")
        })]
    })
    .await;
    let ungranted = TestEnv::with_grant(&["GET /file"]).trusting(&server);
    let refused = open(
        &ungranted,
        &server.base(),
        file(Compression::Plain, 2),
        LARGE_BUDGET,
    )
    .await
    .0;

    assert!(matches!(refused.err(), Some(HttpError::RedirectDenied(_))));

    let env = TestEnv::with_grant(&[
        "GET /file",
        &format!("GET files.example:{}/x", server.address.port()),
    ])
    .trusting(&server);

    let response = open(
        &env,
        &server.base(),
        file(Compression::Plain, 2),
        LARGE_BUDGET,
    )
    .await
    .0
    .unwrap();

    assert_eq!(read(response).await.unwrap(), b"b\n");
    assert_eq!(server.received()[2].field("authorization"), None);
    assert_eq!(server.received()[2].field("range"), Some("bytes=1-"));
}

#[tokio::test]
async fn dropping_the_body_closes_the_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api", listener.local_addr().unwrap());
    let ended = Arc::new(AtomicBool::new(false));
    let has_ended = Arc::clone(&ended);
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while stream.write_all(&[b'\n'; 1 << 16]).await.is_ok() {}
        has_ended.store(true, Ordering::SeqCst);
    });
    let mut response = open(
        &TestEnv::granting_all(),
        &base,
        file(Compression::Plain, 0),
        LARGE_BUDGET,
    )
    .await
    .0
    .unwrap();
    response.body.next().await.unwrap().unwrap();

    assert!(!ended.load(Ordering::SeqCst));

    drop(response);

    for _ in 0..500 {
        if ended.load(Ordering::SeqCst) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    panic!("the connection stayed open");
}

#[tokio::test]
async fn download_may_take_longer_than_an_attempt() {
    let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    let drip = || {
        [
            Step::Send(b"a,b\n".to_vec()),
            Step::Pause(Duration::from_millis(20)),
        ]
    };
    let server = Server::start(move |_, _| {
        std::iter::once(Step::Send(head.clone()))
            .chain(std::iter::repeat_with(drip).take(30).flatten())
            .collect()
    })
    .await;
    let mut env = TestEnv::granting_all();
    env.egress.timeouts.attempt = Duration::from_millis(100);

    let response = open(
        &env,
        &server.base(),
        file(Compression::Plain, 0),
        LARGE_BUDGET,
    )
    .await
    .0
    .unwrap();

    assert_eq!(read(response).await.unwrap(), b"a,b\n".repeat(30));

    env.egress.timeouts.silence = Duration::from_millis(100);
    let silent = [http_response("200 OK", &[], "a,b\n")].concat()[..60].to_vec();
    let server = Server::start(move |_, _| {
        vec![
            Step::Send(silent.clone()),
            Step::Pause(Duration::from_secs(60)),
        ]
    })
    .await;

    let outcome = match open(
        &env,
        &server.base(),
        file(Compression::Plain, 0),
        LARGE_BUDGET,
    )
    .await
    .0
    {
        Ok(response) => read(response).await.err(),
        Err(error) => Some(error),
    };

    assert_eq!(outcome, Some(HttpError::ResponseTimeout));
}
