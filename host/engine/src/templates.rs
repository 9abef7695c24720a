//! Configuration templates: the built-in ones, and those that the operator adds as data.

use crate::Error;
use jiff::Timestamp;
use purser_model::{Description, TemplateName};
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

    /// Every template: the built-in ones first, then those that were added.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list(&self) -> Result<Vec<Template>, Error> {
        let added = self.store.templates()?;
        let added = added
            .iter()
            .map(|toml| Template::parse(toml))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(built_in().iter().cloned().chain(added).collect())
    }

    /// The template of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, name: &TemplateName) -> Result<Template, Error> {
        if let Some(template) = built_in().iter().find(|template| template.name() == name) {
            return Ok(template.clone());
        }
        match self.store.template(name)? {
            Some(toml) => Ok(Template::parse(&toml)?),
            None => Err(Error::refused(
                format!("there is no template {name}"),
                "`purser template list` shows those there are; `purser template add FILE` adds one",
            )),
        }
    }

    /// Adds a template of the operator's own. Once added it never changes, because connections rely on what it says.
    ///
    /// # Errors
    /// When the text is no template, or the name is taken.
    pub fn add(&self, toml: &str) -> Result<Template, Error> {
        let template = Template::parse(toml)?;
        let name = template.name();
        if built_in().iter().any(|known| known.name() == name) {
            return Err(Error::refused(
                format!("template {name} is built in"),
                "give the file another name for its template",
            ));
        }
        self.store.add_template(name, toml, Timestamp::now())?;
        Ok(template)
    }

    /// Forgets a template that no connection uses.
    ///
    /// # Errors
    /// When there is none, it is built in, or a connection uses it.
    pub fn delete(&self, name: &TemplateName) -> Result<(), Error> {
        if built_in().iter().any(|known| known.name() == name) {
            return Err(Error::refused(
                format!("template {name} is built in"),
                "it takes no room; leave it",
            ));
        }
        Ok(self.store.delete_template(name)?)
    }
}

/// Whether a connector works with the template of this name.
pub(crate) fn serves(templates: &[Template], name: &str, description: &Description) -> bool {
    templates
        .iter()
        .any(|template| template.name().as_str() == name && template.serves(&description.templates))
}

impl From<TemplateError> for Error {
    fn from(error: TemplateError) -> Self {
        Self::Vault(error.into())
    }
}
