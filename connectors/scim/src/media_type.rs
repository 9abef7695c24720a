//! Media type of SCIM.

/// Media type of requests and responses (RFC 7644, section 8.1).
pub(crate) const SCIM: &str = "application/scim+json";
