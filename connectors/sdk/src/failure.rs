//! From what came back to why a call did not succeed. The host decides from the case alone what happens next, so the case matters more
//! than the words; the words name the request and keep what the host or the application said.

use crate::{Failure, HttpError, ReclaimMode, Response};

impl Failure {
    /// The answer to a read of a stream that the connector does not have.
    #[must_use]
    pub fn no_such_stream(name: &str) -> Self {
        Self::ConfigInvalid(format!("the connector has no stream {name:?}"))
    }

    /// The answer to a reclaim in a mode that the connector does not offer.
    #[must_use]
    pub fn no_such_mode(mode: ReclaimMode) -> Self {
        Self::ConfigInvalid(format!(
            "the connector does not offer to reclaim by {mode:?}"
        ))
    }

    /// Why a request has no answer. What the operator can mend in the grant or the connection is `config-invalid`, so that nobody waits
    /// for the application to get better; what time may mend is `transient`.
    pub(crate) fn unanswered(line: &str, error: HttpError) -> Self {
        use HttpError as E;
        match error {
            E::HttpRequestDenied(grant) => Self::ConfigInvalid(format!(
                "{line} was not sent: the grant does not allow it. Allowed by: {grant}"
            )),
            E::BudgetExhausted(limit) => Self::ConfigInvalid(format!(
                "{line} was not sent: a limit of the grant is used up: {limit}"
            )),
            E::HttpResponseBodySize(limit) => Self::ConfigInvalid(format!(
                "the answer to {line} is larger than the {limit} bytes that the grant allows; ask for smaller pages or allow more"
            )),
            E::DestinationIpProhibited(address) => Self::ConfigInvalid(format!(
                "{line} was not sent: the connection may not reach that address: {address}"
            )),
            E::CredentialUnavailable(why) => {
                Self::AuthRejected(format!("{line} was not sent: {why}"))
            }
            E::HttpRequestInvalid(why) => {
                Self::ContractViolation(format!("{line} is no request that can be sent: {why}"))
            }
            E::HttpResponseContentCoding(why) => Self::ContractViolation(format!(
                "the file behind {line} is not what it should be: {why}"
            )),
            E::HttpProtocolError(why) => {
                Self::ContractViolation(format!("the answer to {line} is no HTTP: {why}"))
            }
            E::LoopDetected => Self::ContractViolation(format!("{line} was redirected too often")),
            E::TlsCertificateError(why) => Self::ContractViolation(format!(
                "{line} was not sent: the server's certificate is not acceptable: {why}"
            )),
            E::DnsError(why) => {
                Self::Transient(format!("{line}: the host name does not resolve: {why}"))
            }
            E::TlsProtocolError(why) => Self::Transient(format!("{line}: TLS failed: {why}")),
            E::ConnectionRefused => Self::Transient(format!("{line}: the connection was refused")),
            E::ConnectionTerminated => Self::Transient(format!(
                "{line}: the connection ended before the response was complete"
            )),
            E::ConnectionTimeout => Self::Transient(format!("{line}: no connection in time")),
            E::HttpResponseTimeout => Self::Transient(format!("{line}: no response in time")),
            E::InternalError(why) => Self::Transient(format!(
                "{line}: the host could not send it{}",
                why.map(|why| format!(": {why}")).unwrap_or_default()
            )),
        }
    }

    /// What a status other than success means, unless the connector knows better.
    pub(crate) fn of_status(response: &Response) -> Self {
        let what = response.sentence();
        match response.status() {
            401 => Self::AuthRejected(what),
            402 => Self::PlanUnsupported(what),
            403 => Self::PermissionMissing(what),
            404 => Self::ConfigInvalid(format!("{what}; is the connection's base URL right?")),
            408 | 425 | 500 | 502..=504 | 506..=599 => Self::Transient(what),
            // The host has waited for what `retry-after` said as long as it was going to, and it alone has a clock.
            429 => Self::RateLimited(None),
            _ => Self::ContractViolation(what),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_keeps_the_grant_line() {
        let failure = Failure::unanswered(
            "GET /users",
            HttpError::HttpRequestDenied("read:users GET /users".into()),
        );
        let Failure::ConfigInvalid(text) = failure else {
            panic!("{failure:?}")
        };
        assert!(text.contains("read:users GET /users"), "{text}");
    }

    #[test]
    fn only_what_time_may_mend_is_transient() {
        let case = |error| Failure::unanswered("GET /", error);
        for error in [
            HttpError::DnsError(String::new()),
            HttpError::ConnectionRefused,
            HttpError::ConnectionTerminated,
            HttpError::ConnectionTimeout,
            HttpError::HttpResponseTimeout,
            HttpError::TlsProtocolError(String::new()),
            HttpError::InternalError(None),
        ] {
            assert!(
                matches!(case(error.clone()), Failure::Transient(_)),
                "{error:?}"
            );
        }
        assert!(matches!(
            case(HttpError::BudgetExhausted("requests 1000".into())),
            Failure::ConfigInvalid(_)
        ));
        assert!(
            matches!(case(HttpError::HttpResponseBodySize(9)), Failure::ConfigInvalid(text) if text.contains('9'))
        );
        assert!(matches!(
            case(HttpError::CredentialUnavailable(String::new())),
            Failure::AuthRejected(_)
        ));
        assert!(matches!(
            case(HttpError::LoopDetected),
            Failure::ContractViolation(_)
        ));
    }
}
