//! Response bodies: byte budgets, decompression, and streaming.

pub(crate) mod budget;
mod byte_stream;
mod decompress;
pub(crate) mod streaming;
mod zip;
