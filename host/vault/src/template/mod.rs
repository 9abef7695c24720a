//! Configuration templates: the fields that an authentication method needs, and how a request is
//! signed with them. All of them are data in one TOML format, the built-in ones too.

mod built_in;
mod definition;
mod document;
mod error;
mod field;
mod oauth;
mod pattern;
mod resolve;
mod sign;
mod url;

pub use built_in::built_in;
pub use definition::Template;
pub use error::TemplateError;
pub use field::{FieldKind, TemplateField};
pub(crate) use oauth::OAuthTemplate;
pub(crate) use pattern::Pattern;
pub use pattern::PatternError;
pub(crate) use resolve::ACCESS_TOKEN;
pub(crate) use sign::{Basic, NamedPattern};
pub(crate) use url::UrlPattern;
