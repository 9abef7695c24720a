//! Outcomes of a connector's calls, completed by what is known of the connector.

use super::view::ConnectorView;
use purser_model::{Blame, ConnectorName, Description, GrantRule, NextStep, Outcome, OutcomeClass};

/// Connector that an outcome is about.
pub(crate) struct OutcomeSubject {
    /// Requested access, which tells a grant that is too narrow from a request never asked for.
    description: Description,
    /// Reference to exactly this version, for the next step.
    reference: String,
}

impl From<&ConnectorView> for OutcomeSubject {
    fn from(known: &ConnectorView) -> Self {
        Self {
            description: known.description.clone(),
            reference: known.reference(),
        }
    }
}

impl OutcomeSubject {
    /// Returns the name of the connector.
    pub(crate) const fn name(&self) -> &ConnectorName {
        &self.description.name
    }

    /// Completes an outcome by what is known of the connector: its name in the next step, and the
    /// fault for a request that it never asked for.
    pub(crate) fn complete(&self, mut outcome: Outcome) -> Outcome {
        if let Some(rule) = denied_rule(&outcome)
            && !self.asks_for(&rule)
        {
            // why: an operator cannot have forgotten to grant what nobody asked for
            outcome.blame = Blame::Guest;
            outcome.message += "; the connector does not ask for that in its description";
            outcome.next_step = outcome.next_step.map(|grant| {
                NextStep::advice(
                    "report it to the connector's author; if you want to allow it all the same",
                )
                .and(grant)
            });
        }

        let step = outcome.next_step.take();
        outcome.next_step = step.map(|step| step.for_connector(self.name(), &self.reference));
        outcome
    }

    fn asks_for(&self, rule: &GrantRule) -> bool {
        self.description
            .requests
            .iter()
            .any(|wanted| GrantRule::from(wanted).covers(rule))
    }
}

/// Returns the rule that would have allowed the connector's own request. A redirect that was denied
/// is the application's choice, and its next step begins otherwise.
fn denied_rule(outcome: &Outcome) -> Option<GrantRule> {
    match (&outcome.class, &outcome.next_step) {
        (
            OutcomeClass::RequestDenied,
            Some(NextStep::GrantConnector {
                allow: Some(line), ..
            }),
        ) => line.parse().ok(),
        _ => None,
    }
}
