//! Connections, through the command line: every template, a real OAuth provider, tokens that expire
//! during a run, killed processes, and changed keys.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail loudly"
)]

mod canary;
mod consent;
mod echo_server;
mod health;
mod interruptions;
mod invalid_input;
mod machine_tokens;
mod oauth_env;
mod odd_tokens;
mod templates;
mod token_refresh;
mod vault_key;
