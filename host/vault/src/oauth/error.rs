//! Failures of authorization and token requests. No message holds a token or any other secret: text
//! of the provider is redacted before it gets here.

use super::clock::ClockSkew;
use super::endpoint::TokenRequestError;
use super::token_type::needs_proof;
use purser_model::{Blame, Blamed, NextStep};

/// Reason why no tokens were obtained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// The browser returned with another `state` than it was sent with: another authorization's
    /// callback, or a forged one. Nothing of it was used.
    #[error("the callback in the browser does not belong to this authorization: its state differs")]
    StateMismatch,
    /// The browser returned from another authorization server (RFC 9207).
    #[error("the callback in the browser comes from {}, not from {expected}", .found.as_deref().unwrap_or("a server that does not state its issuer"))]
    IssuerMismatch {
        /// Issuer in the settings.
        expected: String,
        /// Issuer in the callback; absent if it names none.
        found: Option<String>,
    },
    /// The person denied access.
    #[error("access was denied in the browser{}", text_detail(.description.as_ref()))]
    Denied {
        /// Text of the application; absent if it gives none.
        description: Option<String>,
    },
    /// The browser returned with a query that is not an authorization response.
    #[error("the callback in the browser is malformed: {0}")]
    CallbackMalformed(&'static str),
    /// The provider understood the request and refused it.
    #[error("the provider refused: {}{}{}{}", meaning(.code), text_detail(.description.as_ref()), status_detail(*.status), clock_detail(*.clock))]
    Rejected {
        /// Error code of the standard, or the application's own.
        code: String,
        /// Text of the application; absent if it gives none.
        description: Option<String>,
        /// HTTP status; absent if the refusal came through the browser.
        status: Option<u16>,
        /// Clock skew, if it may be the cause.
        clock: Option<ClockSkew>,
    },
    /// The provider responded with a failure status and without an error of the standard.
    #[error("the provider responded with status {status}{}{}", text_detail(.text.as_ref()), clock_detail(*.clock))]
    Status {
        /// HTTP status.
        status: u16,
        /// Text of the provider; absent if it gives none.
        text: Option<String>,
        /// Clock skew, if it may be the cause.
        clock: Option<ClockSkew>,
    },
    /// No response arrived.
    #[error("the provider did not respond: {0}")]
    NoResponse(#[from] TokenRequestError),
    /// A successful response could not be parsed.
    #[error("the provider's response cannot be parsed: {0}")]
    Malformed(String),
    /// The token's type is not one that a bearer header carries.
    #[error(
        "the provider issued a token of type {0:?}, but requests are signed with bearer tokens"
    )]
    TokenType(String),
    /// The settings do not allow the call, or contradict themselves.
    #[error("{0}")]
    Unsupported(String),
    /// There is no refresh token.
    #[error(
        "the application issued no refresh token, so its access cannot be refreshed without a person"
    )]
    NoRefreshToken,
    /// The private key cannot sign.
    #[error("the private key cannot be used: {0}")]
    Key(&'static str),
    /// The operating system returned no random numbers.
    #[error("the operating system returned no random numbers")]
    Random,
}

impl OAuthError {
    /// Returns true if the code or the refresh token is not valid, or no longer.
    ///
    /// Only a person can help then, unless another process has refreshed the tokens meanwhile.
    #[must_use]
    pub fn is_invalid_grant(&self) -> bool {
        // The standard's code, and those of applications that have their own.
        let codes = [
            "invalid_grant",
            "bad_refresh_token",
            "invalid_refresh_token",
            "bad_verification_code",
        ];

        matches!(self, Self::Rejected { code, .. } if codes.contains(&code.as_str()))
    }

    /// Returns true if the provider may have acted although no usable result arrived.
    ///
    /// The refresh token that was sent may be used up and its successor lost. A retry is safe only
    /// if [`Provider::can_retry`](super::Provider::can_retry) returns true.
    #[must_use]
    pub const fn outcome_unknown(&self) -> bool {
        match self {
            Self::NoResponse(error) => !error.unsent,
            Self::Status { status, .. } => is_gateway_failure(*status),
            // The provider succeeded, and the tokens that it issued are lost.
            Self::Malformed(_) | Self::TokenType(_) => true,
            _ => false,
        }
    }
}

/// Returns true for statuses with which a gateway says that it got no response: the standard's, and
/// two of a common proxy.
pub(super) const fn is_gateway_failure(status: u16) -> bool {
    matches!(status, 502 | 504 | 520 | 524)
}

impl Blamed for OAuthError {
    fn blame(&self) -> Blame {
        match self {
            Self::Rejected { clock: Some(_), .. }
            | Self::Status { clock: Some(_), .. }
            | Self::Random => Blame::Host,
            Self::Rejected { code, status, .. } if is_transient(code, *status) => Blame::Upstream,
            Self::Status {
                status: 429 | 500..,
                ..
            }
            | Self::CallbackMalformed(_)
            | Self::Malformed(_) => Blame::Upstream,
            Self::NoResponse(error) => error.blame,
            _ => Blame::Operator,
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        let text: String = match self {
            Self::StateMismatch => "start again, and use the page that this authorization opens".into(),
            Self::IssuerMismatch { expected, .. } => {
                format!("start again, and consent at {expected} only; check the template's issuer, or leave it out")
            }
            Self::Denied { .. } => "start again, and allow the access that the page asks for".into(),
            Self::CallbackMalformed(_) => "start again".into(),
            Self::Rejected { clock: Some(_), .. } | Self::Status { clock: Some(_), .. } => {
                "set this machine's clock, or let it be kept by NTP, and try again".into()
            }
            Self::Rejected { code, status, .. } if is_transient(code, *status) => "try again later".into(),
            Self::Rejected { code, .. } => remedy(code).into(),
            Self::Status { status: 429 | 500.., .. } => "try again later".into(),
            Self::Status { .. } => "check the token URL against the application's documentation".into(),
            Self::NoResponse(_) | Self::Random => return None,
            Self::Malformed(_) => {
                "check the token URL and the template's token path against the application's documentation".into()
            }
            Self::TokenType(token_type) if needs_proof(token_type) => {
                "have the application issue bearer tokens to this client: a token of this type needs a proof with each request, which Purser does not send".into()
            }
            Self::TokenType(_) => {
                "if the application expects it as a bearer token, name its type in the template: token-types in [oauth]".into()
            }
            Self::Unsupported(_) => "correct the template or the connection's fields".into(),
            Self::NoRefreshToken => {
                "authorize again; have the application issue a refresh token (often by a scope such as offline_access)".into()
            }
            Self::Key(_) => {
                "provide the private key in PEM, unencrypted, in PKCS#8 form: `openssl pkcs8 -topk8 -nocrypt` makes it"
                    .into()
            }
        };

        Some(NextStep::from(text))
    }
}

/// Returns true if the same request may succeed later.
fn is_transient(code: &str, status: Option<u16>) -> bool {
    matches!(
        code,
        "server_error" | "temporarily_unavailable" | "slow_down"
    ) || matches!(status, Some(429 | 500..))
}

/// Explains a code by RFC 6749, sections 4.1.2.1 and 5.2, and RFC 7009, section 2.2.1.
fn meaning(code: &str) -> String {
    let meaning = match code {
        "invalid_request" => "it finds the request malformed",
        "invalid_client" => {
            "it does not know the client, or the client's secret or authentication method is wrong"
        }
        "invalid_grant" => {
            "the code, refresh token or assertion is invalid, expired, revoked, or another client's"
        }
        "unauthorized_client" => "the client may not use this grant",
        "unsupported_grant_type" => "it does not support this grant",
        "unsupported_response_type" => "it does not support the authorization code grant",
        "invalid_scope" => "a scope is unknown, malformed, or more than may be granted",
        "access_denied" => "access was denied",
        "server_error" => "it failed",
        "temporarily_unavailable" | "slow_down" => "it is overloaded or under maintenance",
        "unsupported_token_type" => "it does not revoke tokens of this kind",
        _ => return code.to_owned(),
    };

    format!("{meaning} ({code})")
}

/// Returns the next step for a code.
fn remedy(code: &str) -> &'static str {
    match code {
        "invalid_client" => {
            "check the client id, the client secret and the authentication method (token-auth) against the application's settings"
        }
        "invalid_grant" => {
            "authorize again; with an assertion, check the issuer, subject, audience and key that it names"
        }
        "unauthorized_client" => "allow this grant for the client in the application's settings",
        "unsupported_grant_type" | "unsupported_response_type" => {
            "use a template with a grant that the application supports"
        }
        "invalid_scope" => {
            "correct the scopes, or allow them for the client in the application's settings"
        }
        "access_denied" => "have the access allowed in the application",
        _ => "check the connection's fields against the application's documentation",
    }
}

fn text_detail(text: Option<&String>) -> String {
    text.filter(|text| !text.is_empty())
        .map(|text| format!(": {text}"))
        .unwrap_or_default()
}

fn status_detail(status: Option<u16>) -> String {
    status
        .map(|status| format!(" (status {status})"))
        .unwrap_or_default()
}

fn clock_detail(clock: Option<ClockSkew>) -> String {
    clock
        .map(|clock| {
            format!("; this machine's clock is {clock}, which makes its assertions invalid")
        })
        .unwrap_or_default()
}
