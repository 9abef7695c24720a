//! Credentials: their sources, how they are set on a request, and which were used.

pub(crate) mod inject;
pub(crate) mod source;
pub(crate) mod used;
