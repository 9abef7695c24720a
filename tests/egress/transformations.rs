//! Transformations of response bodies: encodings, chunks, and cuts.

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use std::io::Write as _;

/// Applies one transformation to a body.
pub(crate) fn transformed(body: Vec<u8>, name: &str) -> Vec<u8> {
    let number = |text: &str| text.parse::<usize>().unwrap();
    if let Some(by) = name.strip_prefix("cut by ") {
        return body[..body.len() - number(by)].to_vec();
    }

    if let Some(of) = name.strip_prefix("chunks of ") {
        let chunks = body.chunks(number(of));
        let chunks = chunks.flat_map(|chunk| {
            [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()
        });
        return chunks.chain(*b"0\r\n\r\n").collect();
    }

    match name {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&body).unwrap();
            encoder.finish().unwrap()
        }
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&body).unwrap();
            encoder.finish().unwrap()
        }
        other => panic!("unknown transformation {other:?}"),
    }
}
