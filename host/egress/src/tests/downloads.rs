//! Files that are read while they arrive: packed, broken, endless, from the middle on.

use super::server::{Server, Step, answer};
use super::{Bench, SECRET, bytes, get};
use crate::{Arrival, ByteBudget, Effort};
use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};
use futures::StreamExt as _;
use purser_model::{Compression, Download, HttpError};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A gigabyte, unless said otherwise.
const ALL: u64 = 1 << 30;

async fn open(
    bench: &Bench,
    base: &str,
    download: Download,
    all: u64,
) -> (Result<Arrival, HttpError>, Effort) {
    let (bodies, downloads) = (bytes(1000), ByteBudget::new("download-bytes", all));
    bench
        .channel(base)
        .download(&bench.permit, download, &bodies, &Arc::new(downloads))
        .await
}

fn file(compression: Compression, start: u64) -> Download {
    Download {
        request: get("/file"),
        compression,
        start,
    }
}

/// All pieces of a file in one, or why not.
async fn read(arrival: Arrival) -> Result<Vec<u8>, HttpError> {
    let mut body = arrival.body;
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

/// What comes of a file that is sent so.
async fn received(sent: &[u8], compression: Compression, start: u64) -> Result<Vec<u8>, HttpError> {
    let server = Server::answering(answer("200 OK", &[], sent)).await;
    read(
        open(
            &Bench::open(),
            &server.base(),
            file(compression, start),
            ALL,
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
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// How one file of an archive is written.
#[derive(Clone, Copy)]
struct Way {
    deflated: bool,
    /// Its sizes stand behind it.
    behind: bool,
    /// They have eight bytes.
    wide: bool,
    /// Its checksum is another file's.
    wrong: bool,
    encrypted: bool,
}

const PLAIN: Way = Way {
    deflated: false,
    behind: false,
    wide: false,
    wrong: false,
    encrypted: false,
};
const USUAL: Way = Way {
    deflated: true,
    behind: true,
    ..PLAIN
};

/// One file of an archive, as far as it is read here.
fn entry(name: &str, content: &[u8], way: Way) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(content);
    let crc = crc.sum() ^ u32::from(way.wrong);
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    let data = if way.deflated {
        encoder.finish().unwrap()
    } else {
        content.to_vec()
    };
    let sizes = [data.len() as u64, content.len() as u64];
    let narrow = |said: bool| {
        sizes
            .map(|size| {
                if said {
                    u32::try_from(size).unwrap()
                } else {
                    0
                }
                .to_le_bytes()
            })
            .concat()
    };
    let flags = (u16::from(way.behind) << 3) | u16::from(way.encrypted);
    let method = if way.deflated { 8_u16 } else { 0 };
    let extra = match way.wide {
        // Something else before it.
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
    all.extend(if way.behind {
        [0; 4]
    } else {
        crc.to_le_bytes()
    });
    all.extend(if way.wide {
        vec![0xff; 8]
    } else {
        narrow(!way.behind)
    });
    all.extend((name.len() as u16).to_le_bytes());
    all.extend((extra.len() as u16).to_le_bytes());
    all.extend([name.as_bytes(), &extra, &data].concat());
    if way.behind {
        all.extend([*b"PK\x07\x08", crc.to_le_bytes()].concat());
        all.extend(if way.wide {
            sizes.map(u64::to_le_bytes).concat()
        } else {
            narrow(true)
        });
    }
    all
}

/// The directory is not read: its beginning is enough.
fn archive(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), b"PK\x01\x02 and so on".to_vec()].concat()
}

fn csv() -> Compression {
    Compression::Zip(".csv".into())
}

fn coding(outcome: Result<Vec<u8>, HttpError>) -> String {
    match outcome {
        Err(HttpError::ContentCoding(why)) => why,
        other => panic!("{:?}", other.map(|body| body.len())),
    }
}

#[tokio::test]
async fn a_file_larger_than_an_answer_may_be_arrives_whole() {
    let sent = rows(3 << 20);
    let bench = Bench::open().limited(|limits| limits.response_bytes = 1000);
    let server = Server::answering(answer("200 OK", &["x-kind: export"], &sent)).await;
    let (arrival, effort) = open(&bench, &server.base(), file(Compression::Plain, 0), ALL).await;
    let arrival = arrival.unwrap();
    assert_eq!((arrival.status, effort.attempts), (200, 1));
    assert!(arrival.headers.iter().any(|header| header.name == "x-kind"));
    assert!(read(arrival).await.unwrap() == sent);
}

#[tokio::test]
async fn packed_files_arrive_unpacked() {
    let sent = rows(2 << 20);
    let (first, second) = sent.split_at(700_000);
    for packed in [gzip(&sent), [gzip(first), gzip(second)].concat()] {
        assert!(received(&packed, Compression::Gzip, 0).await.unwrap() == sent);
    }
    for deflated in [true, false] {
        for wide in [true, false] {
            for behind in [deflated, false] {
                let way = Way {
                    deflated,
                    behind,
                    wide,
                    ..PLAIN
                };
                let folder = entry(
                    "members/",
                    b"",
                    Way {
                        behind: true,
                        ..PLAIN
                    },
                );
                let packed = archive(&[
                    folder,
                    entry("READ.ME", &sent, way),
                    entry("members/all.csv", &sent, way),
                    entry("z", b"", way),
                ]);
                assert!(received(&packed, csv(), 0).await.unwrap() == sent);
            }
        }
    }
}

#[tokio::test]
async fn gzip_that_is_called_a_content_encoding_is_undone_once() {
    let sent = rows(100_000);
    let server =
        Server::answering(answer("200 OK", &["content-encoding: gzip"], gzip(&sent))).await;
    let arrival = open(
        &Bench::open(),
        &server.base(),
        file(Compression::Gzip, 0),
        ALL,
    )
    .await
    .0
    .unwrap();
    assert!(read(arrival).await.unwrap() == sent);
}

#[tokio::test]
async fn damaged_files_are_told_from_whole_ones() {
    let sent = rows(300_000);
    let packed = gzip(&sent);
    let mut wrong = packed.clone();
    let last = wrong.len() - 6;
    wrong[last] ^= 1;
    assert!(
        coding(received(&packed[..packed.len() - 20_000], Compression::Gzip, 0).await)
            .contains("ends before")
    );
    assert!(
        coding(received(&packed[..packed.len() - 4], Compression::Gzip, 0).await).contains("gzip")
    );
    assert!(coding(received(&wrong, Compression::Gzip, 0).await).contains("gzip"));
    assert!(coding(received(b"", Compression::Gzip, 0).await).contains("ends before"));
    let one = entry("a.csv", &sent, USUAL);
    let cases = [
        (
            archive(&[one.clone(), entry("b.csv", b"x", USUAL)]),
            "two files that could be meant, \"a.csv\" and \"b.csv\"",
        ),
        (
            archive(&[entry("a.txt", &sent, USUAL)]),
            "no file whose name ends with \".csv\"",
        ),
        (
            archive(&[entry(
                "a.csv",
                &sent,
                Way {
                    wrong: true,
                    ..USUAL
                },
            )]),
            "not what it was",
        ),
        (
            archive(&[entry(
                "a.csv",
                &sent,
                Way {
                    encrypted: true,
                    ..USUAL
                },
            )]),
            "encrypted",
        ),
        (
            archive(&[entry(
                "a.csv",
                &sent,
                Way {
                    behind: true,
                    ..PLAIN
                },
            )]),
            "of a length that is told",
        ),
        (
            archive(&[one.clone(), b"something else".to_vec()]),
            "should begin",
        ),
        (b"<html>".to_vec(), "should begin"),
        (one.clone(), "ends before"),
        (one[..one.len() - 1000].to_vec(), "the ZIP"),
        (entry("a.csv", &sent, PLAIN)[..1000].to_vec(), "ends before"),
        (Vec::new(), "ends before"),
    ];
    for (packed, why) in cases {
        let told = coding(received(&packed, csv(), 0).await);
        assert!(told.contains(why), "{why}: {told}");
    }
}

#[tokio::test]
async fn an_archive_of_anything_is_no_trouble() {
    let mut rng = fastrand::Rng::with_seed(7);
    let whole = archive(&[
        entry("a.txt", &rows(5_000), USUAL),
        entry("a.csv", &rows(9_000), USUAL),
    ]);
    for _ in 0..60 {
        let mut packed = whole.clone();
        for _ in 0..rng.usize(1..6) {
            let at = rng.usize(..packed.len());
            packed[at] = rng.u8(..);
        }
        let outcome = received(&packed, csv(), 0).await;
        assert!(
            outcome.as_ref().map_or(true, |body| *body == rows(9_000)),
            "another file than was packed"
        );
    }
}

#[tokio::test]
async fn a_bomb_is_cut_at_the_limit_and_named() {
    let mut gz = GzEncoder::new(Vec::new(), Compression::best());
    (0..1024).for_each(|_| gz.write_all(&[b'\n'; 1 << 16]).unwrap());
    let gz = gz.finish().unwrap();
    let zip = archive(&[entry("a.csv", &vec![b'\n'; 64 << 20], USUAL)]);
    let beside = archive(&[
        entry("a.txt", &vec![b'\n'; 64 << 20], USUAL),
        entry("a.csv", b"x", USUAL),
    ]);
    for (packed, compression) in [(gz, Compression::Gzip), (zip, csv()), (beside, csv())] {
        assert!(packed.len() < 1 << 20);
        let server = Server::answering(answer("200 OK", &[], packed)).await;
        let arrival = open(
            &Bench::open(),
            &server.base(),
            file(compression, 0),
            5 << 20,
        )
        .await
        .0
        .unwrap();
        assert_eq!(
            read(arrival).await,
            Err(HttpError::BudgetExhausted(
                "download-bytes = 5242880".into()
            ))
        );
    }
}

#[tokio::test]
async fn a_file_without_an_end_is_cut_at_the_limit_whatever_it_is() {
    let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
    let nothing = gzip(b"");
    let cases = [
        (b"a,b\n".repeat(1000), Compression::Plain),
        (nothing.repeat(1000), Compression::Gzip),
        (entry("x", b"", USUAL), csv()),
    ];
    for (sent, compression) in cases {
        let server = Server::start(move |_, _| {
            vec![Step::Send(head.to_vec()), Step::SendForEver(sent.clone())]
        })
        .await;
        let arrival = open(
            &Bench::open(),
            &server.base(),
            file(compression, 0),
            3 << 20,
        )
        .await
        .0
        .unwrap();
        assert_eq!(
            read(arrival).await,
            Err(HttpError::BudgetExhausted(
                "download-bytes = 3145728".into()
            ))
        );
    }
    let announced = Server::answering(answer("200 OK", &[], rows(1000))).await;
    let refused = open(
        &Bench::open(),
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
async fn a_file_that_breaks_off_is_an_error_and_not_an_end() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n".to_vec();
    for (sent, compression) in [
        (rows(600_000), Compression::Plain),
        (gzip(&rows(600_000)), Compression::Gzip),
    ] {
        let server = Server::answering([head.clone(), sent].concat()).await;
        let (arrival, effort) =
            open(&Bench::open(), &server.base(), file(compression, 0), ALL).await;
        assert_eq!(
            read(arrival.unwrap()).await,
            Err(HttpError::ConnectionTerminated)
        );
        assert_eq!(
            (effort.attempts, server.seen().len()),
            (1, 1),
            "it is not asked for again"
        );
    }
}

#[tokio::test]
async fn before_it_begins_it_is_asked_for_again() {
    let server = Server::start(|number, _| match number {
        0 => vec![Step::Send(answer("503 Busy", &[], "later"))],
        1 => vec![],
        _ => vec![Step::Send(answer("200 OK", &[], "a,b\n"))],
    })
    .await;
    let (arrival, effort) = open(
        &Bench::open(),
        &server.base(),
        file(Compression::Plain, 0),
        ALL,
    )
    .await;
    assert_eq!(
        (read(arrival.unwrap()).await.unwrap(), effort.attempts),
        (b"a,b\n".to_vec(), 3)
    );
}

#[tokio::test]
async fn an_answer_that_is_no_success_is_read_whole_and_counted_as_one() {
    let server = Server::answering(answer("404 Gone", &[], "the export has expired")).await;
    let arrival = open(
        &Bench::open(),
        &server.base(),
        file(Compression::Gzip, 7),
        ALL,
    )
    .await
    .0
    .unwrap();
    assert_eq!(
        (arrival.status, read(arrival).await.unwrap()),
        (404, b"the export has expired".to_vec())
    );
    let large = Server::answering(answer("404 Gone", &[], [b'x'; 2000])).await;
    let refused = open(
        &Bench::open(),
        &large.base(),
        file(Compression::Plain, 0),
        ALL,
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
async fn the_rest_of_a_file_is_asked_for_and_passed_over_where_all_comes() {
    let sent = b"012,456789\n".to_vec();
    let partly = Server::answering(answer(
        "206 Partial Content",
        &["content-range: bytes 3-10/11"],
        ",456789\n",
    ))
    .await;
    let arrival = open(
        &Bench::open(),
        &partly.base(),
        file(Compression::Plain, 4),
        ALL,
    )
    .await
    .0
    .unwrap();
    assert_eq!(read(arrival).await.unwrap(), b"456789\n");
    assert_eq!(partly.seen()[0].field("range"), Some("bytes=3-"));
    assert_eq!(partly.seen()[0].field("accept-encoding"), Some("identity"));
    let zipped = archive(&[entry("a.csv", &sent, USUAL)]);
    for (packed, compression) in [
        (sent.clone(), Compression::Plain),
        (gzip(&sent), Compression::Gzip),
        (zipped, csv()),
    ] {
        assert_eq!(
            received(&packed, compression.clone(), 4).await.unwrap(),
            b"456789\n"
        );
        assert_eq!(
            received(&packed, compression.clone(), 11).await.unwrap(),
            b""
        );
        assert!(coding(received(&packed, compression, 12).await).contains("it has 11 bytes"));
    }
    let server = Server::answering(answer("200 OK", &[], gzip(&sent))).await;
    open(
        &Bench::open(),
        &server.base(),
        file(Compression::Gzip, 4),
        ALL,
    )
    .await
    .0
    .unwrap();
    assert_eq!(
        server.seen()[0].field("range"),
        None,
        "of what is packed no part can be used"
    );
    for range in ["bytes 2-10/11", "bytes 4-10/11", "bytes */11", "nonsense"] {
        let range = format!("content-range: {range}");
        let other = Server::answering(answer("206 Partial Content", &[&range], "2,456789\n")).await;
        let refused = open(
            &Bench::open(),
            &other.base(),
            file(Compression::Plain, 4),
            ALL,
        )
        .await
        .0;
        assert!(
            matches!(refused.err(), Some(HttpError::Protocol(_))),
            "{range}"
        );
    }
    let end = Server::answering(answer(
        "416 Range Not Satisfiable",
        &["content-range: bytes */10"],
        "no",
    ))
    .await;
    let arrival = open(
        &Bench::open(),
        &end.base(),
        file(Compression::Plain, 12),
        ALL,
    )
    .await
    .0
    .unwrap();
    assert_eq!(
        (arrival.status, read(arrival).await.unwrap()),
        (416, b"no".to_vec())
    );
}

/// What is left of a credential behind its first byte would not be found.
#[tokio::test]
async fn nobody_begins_in_the_middle_of_a_credential() {
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
        let partly = answer("206 Partial Content", &[&partly], &row[start - 1..]);
        let zipped = archive(&[entry("a.csv", row.as_bytes(), USUAL)]);
        let ways = [
            (partly, Compression::Plain),
            (answer("200 OK", &[], &row), Compression::Plain),
            (
                answer("200 OK", &[], gzip(row.as_bytes())),
                Compression::Gzip,
            ),
            (answer("200 OK", &[], zipped), csv()),
        ];
        for (sent, compression) in ways {
            let server = Server::answering(sent).await;
            let arrival = open(
                &Bench::open(),
                &server.base(),
                file(compression, start as u64),
                ALL,
            )
            .await
            .0
            .unwrap();
            match read(arrival).await {
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
async fn the_credential_is_taken_out_wherever_it_lies() {
    let row = format!("m,{SECRET},%73{}\n", SECRET.get(1..).unwrap());
    let sent = row.repeat(20_000);
    for (packed, compression) in [
        (sent.clone().into_bytes(), Compression::Plain),
        (gzip(sent.as_bytes()), Compression::Gzip),
    ] {
        let body = String::from_utf8(received(&packed, compression, 0).await.unwrap()).unwrap();
        assert!(body == "m,[credential*********],[credential***********]\n".repeat(20_000));
        assert_eq!(body.len(), sent.len());
    }
    let named = archive(&[
        entry(&format!("{SECRET}.csv"), b"", USUAL),
        entry("b.csv", b"", USUAL),
    ]);
    assert!(coding(received(&named, csv(), 0).await).contains("[credential].csv"));
}

#[tokio::test]
async fn a_file_elsewhere_gets_no_credential() {
    let server = Server::start_tls(move |number, seen| {
        let port = seen
            .field("host")
            .and_then(|host| host.split(':').nth(1))
            .unwrap_or_default();
        let place = format!("location: https://files.example:{port}/x?signature=s");
        vec![Step::Send(if number < 2 {
            answer("302 Found", &[&place], "")
        } else {
            answer("200 OK", &[], "a,b\n")
        })]
    })
    .await;
    let ungranted = Bench::granting(&["GET /file"]).trusting(&server);
    let refused = open(&ungranted, &server.base(), file(Compression::Plain, 2), ALL)
        .await
        .0;
    assert!(matches!(refused.err(), Some(HttpError::Denied(_))));
    let bench = Bench::granting(&[
        "GET /file",
        &format!("GET files.example:{}/x", server.address.port()),
    ])
    .trusting(&server);
    let arrival = open(&bench, &server.base(), file(Compression::Plain, 2), ALL)
        .await
        .0
        .unwrap();
    assert_eq!(read(arrival).await.unwrap(), b"b\n");
    assert_eq!(server.seen()[2].field("authorization"), None);
    assert_eq!(server.seen()[2].field("range"), Some("bytes=1-"));
}

#[tokio::test]
async fn what_is_let_go_of_ends_the_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api", listener.local_addr().unwrap());
    let ended = Arc::new(AtomicBool::new(false));
    let says = Arc::clone(&ended);
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while stream.write_all(&[b'\n'; 1 << 16]).await.is_ok() {}
        says.store(true, Ordering::SeqCst);
    });
    let mut arrival = open(&Bench::open(), &base, file(Compression::Plain, 0), ALL)
        .await
        .0
        .unwrap();
    arrival.body.next().await.unwrap().unwrap();
    assert!(!ended.load(Ordering::SeqCst));
    drop(arrival);
    for _ in 0..500 {
        if ended.load(Ordering::SeqCst) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the server could go on sending");
}

#[tokio::test]
async fn a_file_may_take_longer_than_an_attempt() {
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
    let mut bench = Bench::open();
    bench.egress.timing.attempt = Duration::from_millis(100);
    let arrival = open(&bench, &server.base(), file(Compression::Plain, 0), ALL)
        .await
        .0
        .unwrap();
    assert_eq!(read(arrival).await.unwrap(), b"a,b\n".repeat(30));
    bench.egress.timing.silence = Duration::from_millis(100);
    let silent = [answer("200 OK", &[], "a,b\n")].concat()[..60].to_vec();
    let server = Server::start(move |_, _| {
        vec![
            Step::Send(silent.clone()),
            Step::Pause(Duration::from_secs(60)),
        ]
    })
    .await;
    let outcome = match open(&bench, &server.base(), file(Compression::Plain, 0), ALL)
        .await
        .0
    {
        Ok(arrival) => read(arrival).await.err(),
        Err(error) => Some(error),
    };
    assert_eq!(outcome, Some(HttpError::ResponseTimeout));
}
