//! Bodies: byte budgets, decompression and streaming.

pub(crate) mod budget;
pub(crate) mod decompress;
pub(crate) mod streaming;
pub(crate) mod zip;
