//! Configuration templates as text.

use super::{Table, names};
use purser_engine::{Template, TemplateField};
use purser_model::TemplateName;

/// Returns a table of templates.
pub(crate) fn list(templates: &[Template]) -> String {
    let mut table = Table::new(["NAME", "SUMMARY"]);
    for template in templates {
        table.row([template.name().as_str(), template.summary()]);
    }

    format!("{table}\n\n`purser template show NAME` lists the fields of a template.")
}

/// Returns all details of a template.
pub(crate) fn details(template: &Template) -> String {
    let mut fields = Table::of_fields();
    fields.row(["Template", template.name().as_str()]);
    fields.row(["Title", template.title()]);
    fields.row(["Summary", template.summary()]);
    if !template.like().is_empty() {
        let like = names(template.like(), TemplateName::as_str, ", ");
        fields.row(["Can replace", &like]);
    }
    if !template.hosts().is_empty() {
        fields.row(["Only for hosts", &template.hosts().join(", ")]);
    }

    let mut table = Table::new(["FIELD", "GIVEN", "DEFAULT", "HELP"]);
    for field in template.fields() {
        table.row([
            field.name.as_str(),
            given(field),
            field.default.as_deref().unwrap_or_default(),
            &help(field),
        ]);
    }

    format!("{fields}\n\n{table}")
}

/// Returns the way to give a field its value.
fn given(field: &TemplateField) -> &'static str {
    match (field.secret, field.required && field.default.is_none()) {
        (true, true) => "as a secret",
        (true, false) => "as a secret, optional",
        (false, true) => "with --set",
        (false, false) => "with --set, optional",
    }
}

fn help(field: &TemplateField) -> String {
    let mut text = field.help.clone();
    if !field.choices.is_empty() {
        text += &format!("; one of: {}", field.choices.join(", "));
    }

    text
}

/// Returns the result of adding a template.
pub(crate) fn added(template: &Template) -> String {
    let name = template.name();

    format!(
        "Added template {name}.\n\n{}\n\n\
         Next: purser connection create NAME --alias ALIAS --base-url URL --template {name}",
        details(template)
    )
}
