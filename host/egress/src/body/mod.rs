//! Response bodies: byte budgets, decompression, and streaming.

pub(crate) mod budget;
pub(crate) mod byte_stream;
pub(crate) mod coding;
mod decompress;
pub(crate) mod streaming;
mod zip;
