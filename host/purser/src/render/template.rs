//! Configuration templates.

use super::Table;
use purser_engine::{Template, TemplateField};

/// One template a row.
pub(crate) fn list(templates: &[Template]) -> String {
    let mut table = Table::new(["NAME", "WHAT IT DOES"]);
    for template in templates {
        table.row([template.name().as_str(), template.summary()]);
    }
    format!("{table}\n\n`purser template show NAME` says what a template asks for.")
}

/// All that a person needs to know to fill a template in.
pub(crate) fn sheet(template: &Template) -> String {
    let mut facts = Table::of_facts();
    facts.row(["Template", template.name().as_str()]);
    facts.row(["Title", template.title()]);
    facts.row(["What it does", template.summary()]);
    if !template.like().is_empty() {
        let like: Vec<_> = template
            .like()
            .iter()
            .map(purser_model::TemplateName::as_str)
            .collect();
        facts.row(["Also good where a connector asks for", &like.join(", ")]);
    }
    if !template.hosts().is_empty() {
        facts.row(["Only signs requests to", &template.hosts().join(", ")]);
    }
    let mut table = Table::new(["FIELD", "GIVEN", "DEFAULT", "WHAT IT IS"]);
    for field in template.fields() {
        table.row([
            field.name.as_str(),
            how(field),
            field.default.as_deref().unwrap_or_default(),
            &meaning(field),
        ]);
    }
    format!("{facts}\n\n{table}")
}

/// How a field is given.
fn how(field: &TemplateField) -> &'static str {
    match (field.secret, field.required && field.default.is_none()) {
        (true, true) => "as a secret",
        (true, false) => "as a secret, if there is one",
        (false, true) => "with --set",
        (false, false) => "with --set, if wanted",
    }
}

fn meaning(field: &TemplateField) -> String {
    let mut text = field.help.clone();
    if !field.choices.is_empty() {
        text += &format!("; one of: {}", field.choices.join(", "));
    }
    text
}
