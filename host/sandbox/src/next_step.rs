//! Next steps that several errors share.

use purser_model::NextStep;

/// Returns the step after which a connector matches the WIT package of this host.
pub(crate) fn rebuild() -> NextStep {
    NextStep::from("rebuild the connector with the SDK of this version of Purser")
        .and(NextStep::BuildConnector)
}

/// Returns the step for a connector that misbehaves.
pub(crate) fn report_and_roll_back() -> NextStep {
    NextStep::from("report it to the connector's author; until it is fixed, use an earlier version")
        .and(NextStep::RollBackConnector { connector: None })
}
