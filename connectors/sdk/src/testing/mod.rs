//! The test kit: runs a connector natively, against answers that a test writes down.
//!
//! A [`Trial`] does what the host does: it completes settings with their defaults, and refuses a request that the description does not ask
//! for. It panics, naming what is wrong, when the description contradicts itself, when a request comes that the test does not expect, and
//! when one that it expects does not come.
//!
//! ```
//! # use purser_sdk::prelude::*;
//! # struct Hub;
//! # impl Connector for Hub {
//! #     fn describe() -> Description {
//! #         Description::new("hub", "1.0.0", "Hub").template("bearer").stream(DataStream::accounts("users", "Users"))
//! #             .request(Action::read("users"), &[Method::Get], "/users", "To list them.")
//! #     }
//! #     async fn read(app: &Client, _: ReadRequest) -> Result<Page, Failure> {
//! #         let rows: Rows<String> = app.get("/users").send().await?.ok()?.json()?;
//! #         Ok(Page::accounts(rows.map(Account::new)))
//! #     }
//! # }
//! use purser_sdk::testing::Trial;
//!
//! let page = Trial::<Hub>::new().expect(Method::Get, "/users", r#"["ada"]"#).read("users").unwrap();
//! assert_eq!(page, Page::accounts(vec![Account::new("ada")]));
//! ```

// A test kit fails by panicking.
#![allow(clippy::panic)]

mod body;
mod description;
mod reply;
mod script;
mod trial;

pub use crate::bindings::purser::connector::http::Request;
#[doc(hidden)]
pub use body::Body;
pub use reply::Reply;
pub use script::Script;
pub(crate) use script::record;
pub use trial::{Trial, block_on};

/// Where the connection of a trial is: an absolute target that begins with it is one below the base URL.
pub const BASE_URL: &str = "https://app.example";
