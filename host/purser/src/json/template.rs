//! Configuration templates in JSON: `purser template`.

use super::{Document, list};
use crate::words;
use purser_engine::{Template, TemplateField};
use purser_model::TemplateName;
use serde::Serialize;

/// A configuration template.
#[derive(Serialize)]
pub(crate) struct TemplateJson<'a> {
    name: &'a str,
    title: &'a str,
    summary: &'a str,
    like: Vec<&'a str>,
    hosts: &'a [String],
    fields: Vec<TemplateFieldJson<'a>>,
}

/// A field that a connection fills in.
#[derive(Serialize)]
struct TemplateFieldJson<'a> {
    name: &'a str,
    title: &'a str,
    help: &'a str,
    r#type: &'static str,
    secret: bool,
    required: bool,
    default: Option<&'a str>,
    choices: &'a [String],
}

/// The deletion of a template.
#[derive(Serialize)]
pub(crate) struct TemplateDeletedJson<'a> {
    deleted: &'a str,
}

impl Document for TemplateJson<'_> {}
impl Document for TemplateDeletedJson<'_> {}

impl<'a> From<&'a Template> for TemplateJson<'a> {
    fn from(template: &'a Template) -> Self {
        Self {
            name: template.name().as_str(),
            title: template.title(),
            summary: template.summary(),
            like: template.like().iter().map(TemplateName::as_str).collect(),
            hosts: template.hosts(),
            fields: list(template.fields()),
        }
    }
}

impl<'a> From<&'a TemplateField> for TemplateFieldJson<'a> {
    fn from(field: &'a TemplateField) -> Self {
        Self {
            name: field.name.as_str(),
            title: &field.title,
            help: &field.help,
            r#type: words::field_kind(field.kind),
            secret: field.secret,
            required: field.required,
            default: field.default.as_deref(),
            choices: &field.choices,
        }
    }
}

impl<'a> From<&'a TemplateName> for TemplateDeletedJson<'a> {
    fn from(name: &'a TemplateName) -> Self {
        Self {
            deleted: name.as_str(),
        }
    }
}
