//! The rules for requests: which addresses, hosts, paths and header fields are allowed.

pub(crate) mod address;
pub(crate) mod base_url;
pub(crate) mod headers;
pub(crate) mod hop;
pub(crate) mod redirect;
pub(crate) mod resolver;
pub(crate) mod scope;
pub(crate) mod target;
