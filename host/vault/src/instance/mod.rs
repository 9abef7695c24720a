//! Template instances: a template with the values of its fields, from which credentials are made.

mod document;
mod oauth;
mod sign;
mod template_instance;
mod values;

#[cfg(test)]
mod tests;

pub use template_instance::TemplateInstance;
