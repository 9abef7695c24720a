//! Quayboard, a sample SaaS application with an HTTP API, and Northbridge, a sample company that
//! pays for it.
//!
//! Purser's demonstration, end-to-end tests and benchmark run against it. It listens on loopback,
//! requires a bearer token, serves pages with cursors, limits the rate of requests and changes its
//! state when a seat is removed. It shares no code with the connector that reads it.
//!
//! It differs from a real application in three ways. Faults can be injected ([`Fault`]). It counts
//! its responses ([`RunningSample::responses`]). Everything in it follows from a seed, so the
//! expected result of every reconciliation is known ([`Expected`]).
//!
//! The API, below the base URL, with `Authorization: Bearer TOKEN`:
//!
//! - `GET /me`: the token's owner, its workspace and its scopes.
//! - `GET /members?limit=N&cursor=C`:
//!   `{"members": […], "next_cursor": "…" or null, "total": N}`.
//! - `GET /members/ID`: one member.
//! - `GET /activity?limit=N&cursor=C`: `{"activity": […], "next_cursor": …}`, the last use of each
//!   seat, `null` for never.
//! - `GET /members/ID/activity`: the same for one member.
//! - `GET /plans`: `{"plans": […]}`, seats purchased and seats used.
//! - `DELETE /members/ID/seats/PLAN`: 204; 409 for the owner and for seats that come from a group.
//! - `POST /members/ID/suspend`: the member; 409 for the owner.
//! - `POST /exports` with `{"format": "csv.gz"}`: 202 and `{"id": "…", "state": "running"}`. The
//!   file has all members, as `csv` or `jsonl`, plain, `.gz` or `.zip`.
//! - `GET /exports/ID`: the same; after a few requests the state is `ready`.
//! - `GET /exports/ID/file`: the file; an uncompressed one from any byte on (`range: bytes=N-`).
//!
//! Errors are `{"error": {"code": "…", "message": "…"}}`, with a `scope` if one is missing.

mod api;
mod api_error;
mod company;
mod company_csv;
mod compress;
mod expected;
mod export;
mod export_api;
mod fault;
mod member;
mod member_generator;
mod middleware;
mod names;
mod page_query;
mod plan;
mod population;
mod rate_limit;
mod response_log;
mod scenario;
mod scope;
mod server;
mod state;
mod workspace;

pub use company::Company;
pub use expected::{Expected, ExpectedPlan, Price};
pub use fault::Fault;
pub use member::{LastUse, Member, MemberKind, MemberState, Role, Seat};
pub use population::Population;
pub use rate_limit::RateLimit;
pub use response_log::ResponseLog;
pub use scope::Scope;
pub use server::{RunningSample, SampleOptions, start};
