//! Cassettes as whole documents.
