//! HTTP errors that the host itself caused, as the explanation of a later failure.

use crate::limits::TABLE_LIMIT;
use purser_model::{Blame, GrantRule, HttpError, NextStep, OutcomeClass};

/// True if the host, not the network or the application, caused this error. It then explains the
/// failure that follows.
pub(crate) const fn is_host_refusal(error: &HttpError) -> bool {
    matches!(
        error,
        HttpError::Denied(_)
            | HttpError::RedirectDenied(_)
            | HttpError::Invalid(_)
            | HttpError::BudgetExhausted(_)
            | HttpError::ResponseBodySize(_)
            | HttpError::DestinationProhibited(_)
            | HttpError::CredentialUnavailable(_)
    )
}

/// Returns the class of a failure that this refusal caused.
pub(crate) const fn class(refusal: &HttpError) -> OutcomeClass {
    match refusal {
        HttpError::Denied(_) | HttpError::RedirectDenied(_) => OutcomeClass::RequestDenied,
        HttpError::DestinationProhibited(_) => OutcomeClass::DestinationProhibited,
        HttpError::CredentialUnavailable(_) => OutcomeClass::CredentialUnavailable,
        HttpError::BudgetExhausted(_) | HttpError::ResponseBodySize(_) => OutcomeClass::OverLimit,
        _ => OutcomeClass::RequestInvalid,
    }
}

/// Returns whose fault it is. The operator is not to blame for a request that no grant can allow.
pub(crate) fn blame(refusal: &HttpError) -> Blame {
    match refusal {
        HttpError::Denied(line) if line.parse::<GrantRule>().is_err() => Blame::Guest,
        HttpError::Denied(_)
        | HttpError::RedirectDenied(_)
        | HttpError::DestinationProhibited(_)
        | HttpError::CredentialUnavailable(_) => Blame::Operator,
        _ => Blame::Guest,
    }
}

/// Returns the step that would allow the request.
pub(crate) fn next_step(refusal: &HttpError) -> NextStep {
    match refusal {
        HttpError::Denied(line) if line.parse::<GrantRule>().is_ok() => NextStep::GrantConnector {
            connector: None,
            allow: Some(line.clone()),
        },
        // why: the application chose the place, so the operator has reason to look before granting
        HttpError::RedirectDenied(line) => NextStep::advice(
            "see if the application should redirect there",
        )
        .and(NextStep::GrantConnector {
            connector: None,
            allow: Some(line.clone()),
        }),
        HttpError::DestinationProhibited(_) => NextStep::AllowPrivateNetwork,
        HttpError::CredentialUnavailable(_) => "give the connection a working credential".into(),
        HttpError::BudgetExhausted(limit) => raise_limit(limit.split(' ').next().unwrap_or(limit)),
        HttpError::ResponseBodySize(_) => raise_limit("response-bytes"),
        _ => "report it to the connector's author".into(),
    }
}

/// Returns the step for a limit that is too low.
pub(crate) fn raise_limit(limit: &str) -> NextStep {
    // No grant can change this limit.
    if limit == TABLE_LIMIT {
        return "report it to the connector's author".into();
    }
    NextStep::RaiseLimit {
        connector: None,
        limit: limit.to_owned(),
    }
}
