//! Granting: what one digest may send, and within which limits.

use crate::{ConnectorView, Error, Purser};
use jiff::Timestamp;
use purser_model::{Grant, GrantRule};

impl Purser {
    /// Gives a connector's bytes this grant in place of any earlier one. Less than the connector wants is fine, and so is more: an operator
    /// may know the application better. But a rule for an action that it does not have is a mistake, and refused.
    ///
    /// # Errors
    /// When there is no such connector, or the grant does not fit it.
    pub fn grant(&self, reference: &str, grant: Grant) -> Result<ConnectorView, Error> {
        let connector = self.connector(reference)?;
        if let Some(GrantRule { action, .. }) =
            grant.rules.iter().find(|rule| !connector.description.offers(&rule.action))
        {
            return Err(Error::refused(
                format!("connector {} has no action {action}", connector.description.name),
                format!("`purser connector inspect {reference}` shows its actions"),
            ));
        }
        self.store.set_grant(&connector.digest, &grant, Timestamp::now())?;
        self.connector(&connector.digest.to_string())
    }
}
