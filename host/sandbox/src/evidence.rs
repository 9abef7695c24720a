//! What the host last told a guest of a request, as the cause of what the guest does next.

use crate::limits::TABLE_LIMIT;
use purser_model::{Blame, GrantRule, HttpError};

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
pub(crate) const fn class(evidence: &HttpError) -> &'static str {
    match evidence {
        HttpError::Denied(_) => "request-denied",
        HttpError::DestinationProhibited(_) => "destination-prohibited",
        HttpError::CredentialUnavailable(_) => "credential-unavailable",
        HttpError::BudgetExhausted(_) | HttpError::ResponseBodySize(_) => "over-limit",
        _ => "request-invalid",
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
pub(crate) fn next_step(evidence: &HttpError) -> String {
    match evidence {
        HttpError::Denied(line) if line.parse::<GrantRule>().is_ok() => {
            format!("grant it: purser connector grant NAME --allow {}", shell_quoted(line))
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
pub(crate) fn raise(limit: &str) -> String {
    if limit == TABLE_LIMIT {
        return "report it to the connector's author".into();
    }
    format!(
        "if the connector should need that much, raise {limit} in its grant; otherwise report it to its author"
    )
}

/// Quotes for a POSIX shell. The guest had a hand in the text, and an operator will paste it.
fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
