//! Failures from HTTP errors and statuses.
//!
//! The host decides from the case alone what happens next. The text names the request, and keeps
//! the message of the host or of the application.

use crate::{Cursor, Failure, HttpError, Pending, ReclaimMode, Response};

impl Failure {
    /// Returns the failure of a read of a stream that the connector does not have.
    #[must_use]
    pub fn no_such_stream(name: &str) -> Self {
        Self::ConfigInvalid(format!("the connector has no stream {name:?}"))
    }

    /// Returns the failure of a reclaim in a mode that the connector does not offer.
    #[must_use]
    pub fn no_such_mode(mode: ReclaimMode) -> Self {
        Self::ConfigInvalid(format!(
            "the connector does not offer to reclaim by {mode:?}"
        ))
    }

    /// Asks the host to call again with this cursor after so many milliseconds, while the
    /// application prepares the data.
    #[must_use]
    pub fn pending(cursor: impl Into<Cursor>, wait_ms: u64) -> Self {
        Self::Pending(Pending {
            cursor: cursor.into(),
            wait_ms,
        })
    }

    /// Returns the failure of a request without a response.
    ///
    /// It is `config-invalid` if the operator can fix it in the grant or the connection, so that no
    /// run waits for the application. It is `transient` if a retry may help.
    pub(crate) fn from_http_error(line: &str, error: HttpError) -> Self {
        use HttpError as E;
        match error {
            E::HttpRequestDenied(grant) => Self::ConfigInvalid(format!(
                "{line} was not sent: the grant does not allow it. Allowed by: {grant}"
            )),
            E::BudgetExhausted(limit) => Self::ConfigInvalid(format!(
                "{line} was not sent: a limit of the grant is used up: {limit}"
            )),
            E::HttpResponseBodySize(limit) => Self::ConfigInvalid(format!(
                "the response to {line} exceeds the {limit} bytes that the grant allows; request smaller pages or allow more"
            )),
            E::DestinationIpProhibited(address) => Self::ConfigInvalid(format!(
                "{line} was not sent: the connection may not reach this address: {address}"
            )),
            E::CredentialUnavailable(why) => {
                Self::AuthRejected(format!("{line} was not sent: {why}"))
            }
            E::HttpRequestInvalid(why) => {
                Self::ContractViolation(format!("{line} is not a valid request: {why}"))
            }
            E::HttpResponseContentCoding(why) => Self::ContractViolation(format!(
                "the content of the response to {line} cannot be read: {why}"
            )),
            E::HttpProtocolError(why) => {
                Self::ContractViolation(format!("the response to {line} is not valid HTTP: {why}"))
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

    /// Returns the usual failure of an error status.
    pub(crate) fn from_status(response: &Response) -> Self {
        let what = response.sentence();
        match response.status() {
            401 => Self::AuthRejected(what),
            402 => Self::PlanUnsupported(what),
            403 => Self::PermissionMissing(what),
            404 => Self::ConfigInvalid(format!("{what}; is the connection's base URL right?")),
            408 | 425 | 500 | 502..=504 | 506..=599 => Self::Transient(what),
            // The host has already waited for `retry-after`, and a guest has no clock.
            429 => Self::RateLimited(None),
            _ => Self::ContractViolation(what),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denied_request_keeps_the_grant_line() {
        let failure = Failure::from_http_error(
            "GET /users",
            HttpError::HttpRequestDenied("read:users GET /users".into()),
        );
        let Failure::ConfigInvalid(text) = failure else {
            panic!("{failure:?}")
        };
        assert!(text.contains("read:users GET /users"), "{text}");
    }

    #[test]
    fn only_errors_that_a_retry_may_fix_are_transient() {
        let case = |error| Failure::from_http_error("GET /", error);
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
