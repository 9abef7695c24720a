//! Compression of export files.

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};
use std::io::{self, Write as _};

/// Version 2.0, sizes in a data descriptor, deflated, no modification time.
const ENTRY_OPTIONS: [u8; 10] = [20, 0, 8, 0, 8, 0, 0, 0, 0, 0];

/// Compresses a text with gzip.
pub(crate) fn gzip(text: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text)?;
    encoder.finish()
}

/// Creates a ZIP archive of files, given by name and text.
///
/// The archive looks as if it was streamed while it was created: the sizes follow each file, in a
/// data descriptor.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> io::Result<Vec<u8>> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for (name, text) in files {
        let offset = le_u32(archive.len());
        // The upper half is the length of the extra field, which is empty.
        let name_length = le_u32(name.len());
        let name = name.as_bytes();
        let compressed = deflate(text)?;
        let sums = checksum_and_sizes(text, &compressed);

        let local_file = [
            b"PK\x03\x04",
            ENTRY_OPTIONS.as_slice(),
            &[0; 12],
            &name_length,
            name,
            &compressed,
            b"PK\x07\x08",
            &sums,
        ];
        archive.extend(local_file.concat());

        let directory_entry = [
            b"PK\x01\x02\x14\0",
            ENTRY_OPTIONS.as_slice(),
            &sums,
            &name_length,
            &[0; 10],
            &offset,
            name,
        ];
        directory.extend(directory_entry.concat());
    }

    let count = le_u32(files.len());
    let count = count.get(..2).unwrap_or_default();
    let offset = le_u32(archive.len());
    let size = le_u32(directory.len());
    archive.extend(directory);
    let end = [b"PK\x05\x06\0\0\0\0", count, count, &size, &offset, &[0; 2]];
    archive.extend(end.concat());

    Ok(archive)
}

fn deflate(text: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text)?;
    encoder.finish()
}

fn checksum_and_sizes(text: &[u8], compressed: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(text);

    [
        crc.sum().to_le_bytes(),
        le_u32(compressed.len()),
        le_u32(text.len()),
    ]
    .concat()
}

/// Encodes a length. Files here are far below 4 GiB.
fn le_u32(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}
