//! Quayboard, an invented SaaS application with an HTTP API, and Northbridge, an invented company that pays for it.
//!
//! Purser's demonstration, its end-to-end tests and its benchmark run against it. It is a server like any other: it listens on loopback,
//! wants a bearer token, hands out pages behind cursors, limits the rate of requests, changes its state when a seat is taken back, and
//! shares no code with the connector that reads it. What differs from a real one is that it can be told to misbehave ([`Fault`]), that it
//! counts what it was asked ([`RunningSample::answers`]), and that everything in it follows from a seed, so that the right answer to every
//! question about it is known ([`Truth`]).
//!
//! The API, below the base URL, with `Authorization: Bearer TOKEN`:
//!
//! | request | answer |
//! |---|---|
//! | `GET /me` | whom the token belongs to, the workspace, the token's scopes |
//! | `GET /members?limit=N&cursor=C` | `{"members": […], "next_cursor": "…" or null, "total": N}` |
//! | `GET /members/ID` | one member |
//! | `GET /activity?limit=N&cursor=C` | `{"activity": […], "next_cursor": …}`: when each seat was last used, `null` for never |
//! | `GET /plans` | `{"plans": […]}`: seats bought and seats given out |
//! | `DELETE /members/ID/seats/PLAN` | 204; 409 for the owner and for seats that come from a group |
//! | `POST /members/ID/suspend` | the member; 409 for the owner |
//! | `POST /exports` with `{"format": "csv.gz"}` | 202 and `{"id": "…", "state": "running"}`: a file of all members, as `csv` or `jsonl`, plain, `.gz` or `.zip` |
//! | `GET /exports/ID` | the same; after a while the state is `ready` |
//! | `GET /exports/ID/file` | the file; where it is not packed, a part of it (`range: bytes=N-`) |
//!
//! Errors are `{"error": {"code": "…", "message": "…"}}`, with a `scope` where one is missing.

mod answers;
mod api;
mod author;
mod company;
mod directory;
mod export;
mod fault;
mod gate;
mod limiter;
mod member;
mod names;
mod pack;
mod paging;
mod problem;
mod server;
mod story;
mod truth;
mod workspace;

pub use answers::Answers;
pub use company::{Company, Population};
pub use fault::{Fault, Scope};
pub use limiter::Rate;
pub use member::{Kind, Member, Role, Seat, State, Used};
pub use server::{RunningSample, SampleOptions, start};
pub use truth::{PlanTruth, Price, Truth};
