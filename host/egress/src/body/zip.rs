//! One file of a ZIP archive, read from its beginning to its end as it arrives.
//!
//! The directory of an archive stands at its end, so what is needed to use it is the whole archive on a disk, and memory for a directory as
//! large as whoever made it wants. What stands before each file says the same: name, method, and where it ends. Crates that read it do not
//! read archives that were written as they were sent, which are most exports: their sizes stand behind the files.

use crate::body::budget::ByteBudget;
use crate::body::decompress::Raw;
use async_compression::tokio::bufread::DeflateDecoder;
use flate2::Crc;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _, Take};

const FILE: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
/// What can stand behind the last file: a directory, the end of an empty one, or what belongs to either.
const BEHIND: [u32; 4] = [0x0201_4b50, 0x0605_4b50, 0x0606_4b50, 0x0806_4b50];

/// Flags: encrypted; sizes behind the file.
const ENCRYPTED: u16 = 1;
const SIZES_BEHIND: u16 = 1 << 3;

/// Stands for a size that is written elsewhere, in eight bytes.
const ELSEWHERE: u32 = u32::MAX;
/// The part of a header where.
const WIDE: u16 = 1;

/// Room for what is not wanted.
const SCRATCH: usize = 16 << 10;

/// An archive.
pub(crate) struct Zip {
    ending: String,
    /// The name of the file that is wanted, once it was met.
    found: Option<String>,
    state: State,
}

enum State {
    Between(Raw),
    Within(Entry),
    Done,
}

/// A file that is being read.
struct Entry {
    data: Data,
    wanted: bool,
    /// What its header says it should come to; nothing where that stands behind it.
    said: Option<Sum>,
    is: Sum,
    crc: Crc,
    /// Whether sizes are written in eight bytes.
    wide: bool,
}

/// What a file comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sum {
    crc: u32,
    bytes: u64,
}

enum Data {
    Stored(Take<Raw>),
    Deflated(Box<DeflateDecoder<Take<Raw>>>),
}

impl Zip {
    pub(crate) const fn new(raw: Raw, ending: String) -> Self {
        Self {
            ending,
            found: None,
            state: State::Between(raw),
        }
    }

    /// Reads on in the file that is wanted; nothing when the archive was read to its directory, and the file was what was promised. Only then
    /// is it certain that there is no second one.
    ///
    /// # Errors
    /// See above; and when the budget does not last for what is passed over.
    pub(crate) async fn read(
        &mut self,
        buffer: &mut [u8],
        budget: &ByteBudget,
    ) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Ok(0),
                State::Between(raw) => self.state = self.next(raw).await?,
                State::Within(mut entry) if entry.wanted => {
                    let read = entry.read(buffer).await?;
                    if read > 0 {
                        self.state = State::Within(entry);
                        return Ok(read);
                    }
                    self.state = State::Between(entry.end().await?);
                }
                State::Within(mut entry) => {
                    let mut scratch = vec![0; SCRATCH];
                    loop {
                        match entry.read(&mut scratch).await? {
                            0 => break,
                            read => budget
                                .take(read as u64)
                                .map_err(|fault| io::Error::other(fault.error))?,
                        }
                    }
                    self.state = State::Between(entry.end().await?);
                }
            }
        }
    }

    /// What comes behind a file, or at the beginning.
    async fn next(&mut self, mut raw: Raw) -> io::Result<State> {
        match raw.read_u32_le().await? {
            FILE => {
                let (name, mut entry) = Entry::begin(raw).await?;
                entry.wanted = !name.ends_with('/') && name.ends_with(&self.ending);
                if !entry.wanted {
                    return Ok(State::Within(entry));
                }
                if let Some(first) = self.found.replace(name.clone()) {
                    return Err(damage(format!(
                        "it holds two files that could be meant, {} and {}",
                        shown(&first),
                        shown(&name)
                    )));
                }
                Ok(State::Within(entry))
            }
            signature if BEHIND.contains(&signature) => match &self.found {
                Some(_) => Ok(State::Done),
                None => Err(damage(format!(
                    "it holds no file whose name ends with {}",
                    shown(&self.ending)
                ))),
            },
            _ => Err(damage(
                "where a file should begin is something else".to_owned(),
            )),
        }
    }
}

impl Entry {
    /// Reads a header, behind its signature.
    async fn begin(mut raw: Raw) -> io::Result<(String, Self)> {
        let _version = raw.read_u16_le().await?;
        let (flags, method) = (raw.read_u16_le().await?, raw.read_u16_le().await?);
        let _modified = raw.read_u32_le().await?;
        let crc = raw.read_u32_le().await?;
        let (packed, bytes) = (raw.read_u32_le().await?, raw.read_u32_le().await?);
        let (name, extra) = (raw.read_u16_le().await?, raw.read_u16_le().await?);
        let name = String::from_utf8_lossy(&exactly(&mut raw, name).await?).into_owned();
        let sizes = wide_sizes(&exactly(&mut raw, extra).await?);
        let behind = flags & SIZES_BEHIND != 0;
        let (wide_bytes, wide_packed) = sizes.unwrap_or_default();
        let packed = if packed == ELSEWHERE {
            wide_packed
        } else {
            packed.into()
        };
        let bytes = if bytes == ELSEWHERE {
            wide_bytes
        } else {
            bytes.into()
        };
        // A folder has nothing in it, whatever is behind it.
        let folder = name.ends_with('/');
        let data = match method {
            _ if flags & ENCRYPTED != 0 => {
                return Err(damage(format!("{} is encrypted", shown(&name))));
            }
            0 if behind && !folder => {
                return Err(damage(format!(
                    "{} is neither packed nor of a length that is told before it",
                    shown(&name)
                )));
            }
            0 => Data::Stored(raw.take(packed)),
            8 => {
                let room = if behind { u64::MAX } else { packed };
                Data::Deflated(Box::new(DeflateDecoder::new(raw.take(room))))
            }
            other => {
                return Err(damage(format!(
                    "{} is packed by method {other}, which is not read here",
                    shown(&name)
                )));
            }
        };
        let said = (!behind).then_some(Sum { crc, bytes });
        Ok((
            name,
            Self {
                data,
                wanted: false,
                said,
                is: Sum::default(),
                crc: Crc::new(),
                wide: sizes.is_some(),
            },
        ))
    }

    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.data {
            Data::Stored(stored) => stored.read(buffer).await?,
            Data::Deflated(deflated) => deflated.read(buffer).await?,
        };
        self.crc.update(buffer.get(..read).unwrap_or_default());
        self.is.bytes += read as u64;
        Ok(read)
    }

    /// Checks that it was what was said of it, and gives back what is read from.
    async fn end(self) -> io::Result<Raw> {
        let is = Sum {
            crc: self.crc.sum(),
            ..self.is
        };
        let rest = match self.data {
            Data::Stored(stored) => stored,
            Data::Deflated(deflated) => deflated.into_inner(),
        };
        let left = rest.limit();
        let mut raw = rest.into_inner();
        let said = match self.said {
            Some(_) if left > 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            Some(said) => said,
            None => {
                let mut crc = raw.read_u32_le().await?;
                if crc == DESCRIPTOR {
                    crc = raw.read_u32_le().await?;
                }
                // Of the packed size nothing is known here that it could be compared with.
                let bytes = if self.wide || is.bytes > u32::MAX.into() {
                    let _packed = raw.read_u64_le().await?;
                    raw.read_u64_le().await?
                } else {
                    let _packed = raw.read_u32_le().await?;
                    raw.read_u32_le().await?.into()
                };
                Sum { crc, bytes }
            }
        };
        if said == is {
            Ok(raw)
        } else {
            Err(damage(
                "a file in it is not what it was when it was packed".to_owned(),
            ))
        }
    }
}

async fn exactly(from: &mut (impl AsyncRead + Unpin), length: u16) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length.into()];
    from.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// The sizes in eight bytes, unpacked and packed, from the parts of a header: each has a number and a length.
fn wide_sizes(mut parts: &[u8]) -> Option<(u64, u64)> {
    while let Some(([number, length], rest)) = parts.split_at_checked(4).and_then(|(head, rest)| {
        let (number, length) = head.split_at_checked(2)?;
        Some((
            [number.try_into().ok()?, length.try_into().ok()?].map(u16::from_le_bytes),
            rest,
        ))
    }) {
        let (part, rest) = rest.split_at_checked(length.into())?;
        if number == WIDE {
            let size = |at: usize| {
                part.get(at..at + 8)?
                    .try_into()
                    .ok()
                    .map(u64::from_le_bytes)
            };
            return Some((size(0).unwrap_or_default(), size(8).unwrap_or_default()));
        }
        parts = rest;
    }
    None
}

fn damage(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// A name from an archive, fit to be shown.
fn shown(name: &str) -> String {
    format!("{:?}", name.chars().take(100).collect::<String>())
}
