//! Reads one file of a ZIP archive while the archive arrives.
//!
//! Reads local headers instead of the central directory, so memory stays constant. Entries with a
//! data descriptor are supported.
//!
//! Our own, because `astral_async_zip` rejects a whole archive for one stored folder with a data
//! descriptor, which libraries that stream archives write.

use crate::body::budget::ByteBudget;
use crate::body::byte_stream::{ByteStream, into_io_error};
use async_compression::tokio::bufread::DeflateDecoder;
use flate2::Crc;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _, Take};

/// The signature of a local file header.
const LOCAL_HEADER: u32 = 0x0403_4b50;
/// The optional signature of a data descriptor.
const DESCRIPTOR: u32 = 0x0807_4b50;
/// The signatures that can follow the last file: central directory, end of an empty one, ZIP64 end
/// record, and archive extra data.
const TRAILERS: [u32; 4] = [0x0201_4b50, 0x0605_4b50, 0x0606_4b50, 0x0806_4b50];

/// Flag of a local header: the file is encrypted.
const FLAG_ENCRYPTED: u16 = 1;
/// Flag of a local header: checksum and sizes follow the file in a data descriptor.
const FLAG_DESCRIPTOR: u16 = 1 << 3;

/// Compression method: stored, that is uncompressed.
const METHOD_STORED: u16 = 0;
/// Compression method: deflate.
const METHOD_DEFLATE: u16 = 8;

/// The size in a header that refers to the ZIP64 extra field.
const SIZE_IN_ZIP64: u32 = u32::MAX;
/// The id of the ZIP64 extra field.
const ZIP64_EXTRA: u16 = 1;

/// The buffer for files that are skipped, in bytes.
const SKIP_BUFFER: usize = 16 << 10;

/// The longest part of a file name that an error shows, in characters.
const MAX_NAME_CHARS: usize = 100;

/// Reads the only file of an archive whose name ends with a suffix.
pub(crate) struct ZipReader {
    suffix: String,
    /// The name of the wanted file, once its header was read.
    found: Option<String>,
    state: ZipState,
}

enum ZipState {
    /// Before a local header or the end of the archive.
    Between(ByteStream),
    /// In the data of an entry.
    Within(ZipEntry),
    Done,
}

/// The entry that is being read.
struct ZipEntry {
    data: EntryData,
    is_wanted: bool,
    /// Checksum and size as the header states them; `None` if a data descriptor follows.
    expected: Option<Summary>,
    /// The decompressed bytes read so far.
    bytes: u64,
    crc: Crc,
    /// True if the data descriptor has sizes of eight bytes.
    is_zip64: bool,
}

/// Checksum and decompressed size of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Summary {
    crc: u32,
    bytes: u64,
}

enum EntryData {
    Stored(Take<ByteStream>),
    Deflated(Box<DeflateDecoder<Take<ByteStream>>>),
}

impl ZipReader {
    /// Reads from `bytes` the file whose name ends with `suffix`.
    pub(crate) const fn new(bytes: ByteStream, suffix: String) -> Self {
        Self {
            suffix,
            found: None,
            state: ZipState::Between(bytes),
        }
    }

    /// Reads from the wanted file and returns the number of bytes. Returns 0 only after the whole
    /// archive was read up to its directory, because only then no second file can match.
    ///
    /// # Errors
    /// Fails if the archive is damaged, if no file or a second one matches, or if `budget` does not
    /// suffice for the files that are skipped.
    pub(crate) async fn read(
        &mut self,
        buffer: &mut [u8],
        budget: &ByteBudget,
    ) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, ZipState::Done) {
                ZipState::Done => return Ok(0),
                ZipState::Between(bytes) => self.state = self.next_entry(bytes).await?,
                ZipState::Within(mut entry) if entry.is_wanted => {
                    let read = entry.read(buffer).await?;
                    if read > 0 {
                        self.state = ZipState::Within(entry);
                        return Ok(read);
                    }
                    self.state = ZipState::Between(entry.finish().await?);
                }
                ZipState::Within(entry) => {
                    self.state = ZipState::Between(entry.skip(budget).await?)
                }
            }
        }
    }

    /// Reads what follows an entry, or begins the archive: the next header or the directory.
    async fn next_entry(&mut self, mut bytes: ByteStream) -> io::Result<ZipState> {
        match bytes.read_u32_le().await? {
            LOCAL_HEADER => {
                let (name, mut entry) = ZipEntry::begin(bytes).await?;
                entry.is_wanted = !is_folder(&name) && name.ends_with(&self.suffix);
                if !entry.is_wanted {
                    return Ok(ZipState::Within(entry));
                }

                // A second match is an error, because either file could be meant.
                if let Some(first) = self.found.replace(name.clone()) {
                    return Err(damaged(format!(
                        "it holds two files that could be meant, {} and {}",
                        quoted(&first),
                        quoted(&name)
                    )));
                }
                Ok(ZipState::Within(entry))
            }
            signature if TRAILERS.contains(&signature) => match &self.found {
                Some(_) => Ok(ZipState::Done),
                None => Err(damaged(format!(
                    "it holds no file whose name ends with {}",
                    quoted(&self.suffix)
                ))),
            },
            _ => Err(damaged(
                "a file header should begin where something else stands".to_owned(),
            )),
        }
    }
}

impl ZipEntry {
    /// Reads a local header after its signature. Returns the name of the file and its reader.
    async fn begin(mut bytes: ByteStream) -> io::Result<(String, Self)> {
        let _version = bytes.read_u16_le().await?;
        let flags = bytes.read_u16_le().await?;
        let method = bytes.read_u16_le().await?;
        let _modified = bytes.read_u32_le().await?;
        let crc = bytes.read_u32_le().await?;
        let compressed_size = bytes.read_u32_le().await?;
        let size = bytes.read_u32_le().await?;
        let name_length = bytes.read_u16_le().await?;
        let extra_length = bytes.read_u16_le().await?;
        let name = read_exactly(&mut bytes, name_length).await?;
        let name = String::from_utf8_lossy(&name).into_owned();
        let zip64 = zip64_sizes(&read_exactly(&mut bytes, extra_length).await?);

        let (zip64_size, zip64_compressed_size) = zip64.unwrap_or_default();
        let compressed_size = match compressed_size {
            SIZE_IN_ZIP64 => zip64_compressed_size,
            narrow => narrow.into(),
        };
        let size = match size {
            SIZE_IN_ZIP64 => zip64_size,
            narrow => narrow.into(),
        };

        let has_descriptor = flags & FLAG_DESCRIPTOR != 0;
        let data = match method {
            _ if flags & FLAG_ENCRYPTED != 0 => {
                return Err(damaged(format!("{} is encrypted", quoted(&name))));
            }
            // Only a compressed stream shows its own end. A folder has no data in any case.
            METHOD_STORED if has_descriptor && !is_folder(&name) => {
                return Err(damaged(format!(
                    "{} is neither compressed nor of a length that its header states",
                    quoted(&name)
                )));
            }
            METHOD_STORED => EntryData::Stored(bytes.take(compressed_size)),
            METHOD_DEFLATE => {
                let limit = if has_descriptor {
                    u64::MAX
                } else {
                    compressed_size
                };
                EntryData::Deflated(Box::new(DeflateDecoder::new(bytes.take(limit))))
            }
            other => {
                return Err(damaged(format!(
                    "{} is compressed by method {other}, which is not supported",
                    quoted(&name)
                )));
            }
        };

        let entry = Self {
            data,
            is_wanted: false,
            expected: (!has_descriptor).then_some(Summary { crc, bytes: size }),
            bytes: 0,
            crc: Crc::new(),
            is_zip64: zip64.is_some(),
        };
        Ok((name, entry))
    }

    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.data {
            EntryData::Stored(stored) => stored.read(buffer).await?,
            EntryData::Deflated(deflated) => deflated.read(buffer).await?,
        };

        self.crc.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as u64;
        Ok(read)
    }

    /// Reads the rest of the entry and discards it. It counts to `budget`, because decompressing it
    /// takes as long as if it were wanted.
    async fn skip(mut self, budget: &ByteBudget) -> io::Result<ByteStream> {
        let mut scratch = vec![0; SKIP_BUFFER];
        loop {
            match self.read(&mut scratch).await? {
                0 => return self.finish().await,
                read => budget.consume(read as u64).map_err(into_io_error)?,
            }
        }
    }

    /// Checks the entry against its header or data descriptor, and returns the stream after it.
    async fn finish(self) -> io::Result<ByteStream> {
        let actual = Summary {
            crc: self.crc.sum(),
            bytes: self.bytes,
        };
        let data = match self.data {
            EntryData::Stored(stored) => stored,
            EntryData::Deflated(deflated) => deflated.into_inner(),
        };
        let unread = data.limit();
        let mut bytes = data.into_inner();

        let expected = match self.expected {
            // The archive ended, or the compressed data did, before the stated length.
            Some(_) if unread > 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            Some(expected) => expected,
            None => {
                let has_wide_sizes = self.is_zip64 || actual.bytes > u32::MAX.into();
                read_descriptor(&mut bytes, has_wide_sizes).await?
            }
        };

        if expected == actual {
            Ok(bytes)
        } else {
            Err(damaged(
                "the checksum or size of a file in it is wrong".to_owned(),
            ))
        }
    }
}

/// Reads a data descriptor. Its signature is optional; the compressed size cannot be verified here
/// and is skipped.
async fn read_descriptor(bytes: &mut ByteStream, has_wide_sizes: bool) -> io::Result<Summary> {
    let mut crc = bytes.read_u32_le().await?;
    if crc == DESCRIPTOR {
        crc = bytes.read_u32_le().await?;
    }

    let size = if has_wide_sizes {
        let _compressed_size = bytes.read_u64_le().await?;
        bytes.read_u64_le().await?
    } else {
        let _compressed_size = bytes.read_u32_le().await?;
        bytes.read_u32_le().await?.into()
    };
    Ok(Summary { crc, bytes: size })
}

async fn read_exactly(from: &mut (impl AsyncRead + Unpin), length: u16) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length.into()];
    from.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// Finds the ZIP64 field among the extra fields of a header, each of which has an id and a length.
/// Returns the decompressed and the compressed size.
fn zip64_sizes(mut fields: &[u8]) -> Option<(u64, u64)> {
    loop {
        let (id, rest) = fields.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let length = u16::from_le_bytes(*length);
        let (field, rest) = rest.split_at_checked(length.into())?;
        if u16::from_le_bytes(*id) == ZIP64_EXTRA {
            let size = |at: usize| {
                field
                    .get(at..at + 8)?
                    .try_into()
                    .ok()
                    .map(u64::from_le_bytes)
            };
            return Some((size(0).unwrap_or_default(), size(8).unwrap_or_default()));
        }
        fields = rest;
    }
}

fn is_folder(name: &str) -> bool {
    name.ends_with('/')
}

fn damaged(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Quotes and shortens a name from an archive for an error text.
fn quoted(name: &str) -> String {
    format!(
        "{:?}",
        name.chars().take(MAX_NAME_CHARS).collect::<String>()
    )
}
