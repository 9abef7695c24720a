//! What the host last told a guest of a request, as the cause of what the guest does next.

use crate::limits::TABLE_LIMIT;
use purser_model::{Blame, GrantRule, HttpError, NextStep, OutcomeClass};

/// Whether an error of the HTTP import lies on this side of the wire, so that it explains what a guest does next.
pub(crate) const fn is_evidence(error: &HttpError) -> bool {
    matches!(
        error,
        HttpError::Denied(_)
            | HttpError::Invalid(_)
            | HttpError::BudgetExhausted(_)
            | HttpError::ResponseBodySize(_)
            | HttpError::DestinationProhibited(_)
            | HttpError::CredentialUnavailable(_)
    )
}

/// The kind of failure it makes.
pub(crate) const fn class(evidence: &HttpError) -> OutcomeClass {
    match evidence {
        HttpError::Denied(_) => OutcomeClass::RequestDenied,
        HttpError::DestinationProhibited(_) => OutcomeClass::DestinationProhibited,
        HttpError::CredentialUnavailable(_) => OutcomeClass::CredentialUnavailable,
        HttpError::BudgetExhausted(_) | HttpError::ResponseBodySize(_) => OutcomeClass::OverLimit,
        _ => OutcomeClass::RequestInvalid,
    }
}

/// Whose fault it is. What no grant can allow is nothing that the operator left out.
pub(crate) fn blame(evidence: &HttpError) -> Blame {
    match evidence {
        HttpError::Denied(line) if line.parse::<GrantRule>().is_err() => Blame::Guest,
        HttpError::Denied(_)
        | HttpError::DestinationProhibited(_)
        | HttpError::CredentialUnavailable(_) => Blame::Operator,
        _ => Blame::Guest,
    }
}

/// What to do about it.
pub(crate) fn next_step(evidence: &HttpError) -> NextStep {
    match evidence {
        HttpError::Denied(line) if line.parse::<GrantRule>().is_ok() => {
            NextStep::GrantConnector { connector: None, allow: Some(line.clone()) }
        }
        HttpError::DestinationProhibited(_) => {
            "if the application is on your own network, allow the connection to reach private addresses".into()
        }
        HttpError::CredentialUnavailable(_) => "give the connection a working credential".into(),
        HttpError::BudgetExhausted(limit) => raise(limit.split(' ').next().unwrap_or(limit)),
        HttpError::ResponseBodySize(_) => raise("response-bytes"),
        _ => "report it to the connector's author".into(),
    }
}

/// What to do about a limit that is too low.
pub(crate) fn raise(limit: &str) -> NextStep {
    if limit == TABLE_LIMIT {
        return "report it to the connector's author".into();
    }
    NextStep::RaiseLimit {
        connector: None,
        limit: limit.to_owned(),
    }
}
