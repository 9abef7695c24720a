//! Packing files. An archive is written as it would be if it were sent while it is written: sizes stand behind the files.

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};
use std::io::{self, Write as _};

/// By gzip.
pub(crate) fn gzip(text: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text)?;
    encoder.finish()
}

/// As a ZIP archive of these files.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> io::Result<Vec<u8>> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let at = length(archive.len());
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text)?;
        let packed = encoder.finish()?;
        let mut crc = Crc::new();
        crc.update(text);
        let sums = [
            crc.sum().to_le_bytes(),
            length(packed.len()),
            length(text.len()),
        ]
        .concat();
        // Of its name, and of nothing beside it.
        let named = length(name.len());
        // Version 2.0, sizes behind the file, deflated, written at no known time.
        let kind = [20, 0, 8, 0, 8, 0, 0, 0, 0, 0];
        let name = name.as_bytes();
        archive.extend(
            [
                b"PK\x03\x04",
                kind.as_slice(),
                &[0; 12],
                &named,
                name,
                &packed,
                b"PK\x07\x08",
                &sums,
            ]
            .concat(),
        );
        directory.extend(
            [
                b"PK\x01\x02\x14\0",
                kind.as_slice(),
                &sums,
                &named,
                &[0; 10],
                &at,
                name,
            ]
            .concat(),
        );
    }
    let count = length(files.len());
    let count = count.get(..2).unwrap_or_default();
    let (at, size) = (length(archive.len()), length(directory.len()));
    archive.extend(directory);
    archive.extend([b"PK\x05\x06\0\0\0\0", count, count, &size, &at, &[0; 2]].concat());
    Ok(archive)
}

/// Files here are small.
fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes()
}
