//! Runs a connector natively, against scripted responses.
//!
//! A [`TestHost`] behaves as the host: it completes settings with their defaults, and denies a
//! request without requested access. It panics with a message if the description contradicts
//! itself, if a request is not expected, or if an expected request does not come.
//!
//! ```
//! # use purser_sdk::prelude::*;
//! # struct Hub;
//! # impl Connector for Hub {
//! #     fn describe() -> Description {
//! #         Description::new("hub", "1.0.0", "Hub")
//! #             .template("bearer")
//! #             .stream(DataStream::accounts("users", "Users"))
//! #             .request(Action::read("users"), &[Method::Get], "/users", "To list them.")
//! #     }
//! #     async fn read(app: &Client, _: ReadRequest) -> Result<Page, Failure> {
//! #         let rows: Rows<String> = app.get("/users").send().await?.ok()?.json()?;
//! #         Ok(Page::accounts(rows.map(Account::new)))
//! #     }
//! # }
//! use purser_sdk::testing::TestHost;
//!
//! let host = TestHost::<Hub>::new().expect(Method::Get, "/users", r#"["ada"]"#);
//! let page = host.read("users").unwrap();
//! assert_eq!(page, Page::accounts(vec![Account::new("ada")]));
//! ```

#![allow(clippy::panic, reason = "a testing kit fails by panicking")]

mod body;
mod description;
mod response;
mod script;
mod test_host;

pub use crate::bindings::purser::connector::http::Request;
#[doc(hidden)]
pub use body::Body;
pub use response::MockResponse;
pub(crate) use script::{Script, record};
pub use test_host::{TestHost, block_on};

/// The base URL of the connection.
pub const BASE_URL: &str = "https://app.example";
