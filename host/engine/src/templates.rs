//! Configuration templates: the built-in ones, and those that the operator added as data.

use crate::Error;
use jiff::Timestamp;
use purser_model::{Description, NextStep, TemplateName};
use purser_store::Store;
use purser_vault::{Template, TemplateError, built_in};
use std::sync::Arc;

/// Configuration templates: the built-in ones and those that the operator added.
pub struct Templates {
    store: Arc<Store>,
}

impl Templates {
    pub(crate) const fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// Returns all templates, the built-in ones first.
    pub fn list(&self) -> Result<Vec<Template>, Error> {
        let added = self.store.templates()?;
        let added = added
            .iter()
            .map(|toml| Template::parse(toml))
            .collect::<Result<Vec<_>, _>>()?;

        Ok(built_in().iter().cloned().chain(added).collect())
    }

    /// Returns one template.
    pub fn find(&self, name: &TemplateName) -> Result<Template, Error> {
        if let Some(template) = built_in().iter().find(|template| template.name() == name) {
            return Ok(template.clone());
        }

        match self.store.template(name)? {
            Some(toml) => Ok(Template::parse(&toml)?),
            None => Err(Error::refused(
                format!("there is no template {name}"),
                NextStep::ListTemplates.and(NextStep::AddTemplate),
            )),
        }
    }

    /// Adds a template. It never changes after that, because connections rely on it.
    ///
    /// # Errors
    /// The text is invalid, or the name is taken.
    pub fn add(&self, toml: &str) -> Result<Template, Error> {
        let template = Template::parse(toml)?;
        let name = template.name();
        if is_built_in(name) {
            return Err(Error::refused(
                format!("template {name} is built in"),
                "give the template in the file another name",
            ));
        }

        self.store.add_template(name, toml, Timestamp::now())?;
        Ok(template)
    }

    /// Deletes an added template.
    ///
    /// # Errors
    /// The template does not exist, is built in, or a connection uses it.
    pub fn delete(&self, name: &TemplateName) -> Result<(), Error> {
        if is_built_in(name) {
            return Err(Error::refused(
                format!("template {name} is built in"),
                "built-in templates cannot be deleted",
            ));
        }

        Ok(self.store.delete_template(name)?)
    }
}

fn is_built_in(name: &TemplateName) -> bool {
    built_in().iter().any(|template| template.name() == name)
}

/// Returns true if a connector works with the template of this name.
pub(crate) fn serves(templates: &[Template], name: &str, description: &Description) -> bool {
    templates.iter().any(|template| {
        template.name().as_str() == name && template.is_accepted_by(&description.templates)
    })
}

impl From<TemplateError> for Error {
    fn from(error: TemplateError) -> Self {
        Self::Vault(error.into())
    }
}
