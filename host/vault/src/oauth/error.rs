//! What can go wrong with tokens. No message holds a token or any other secret; what comes from outside was cleaned before it got here.

use super::{ClockSkew, Unanswered};
use purser_model::{Blame, Blamed, NextStep};

/// Why there are no tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// The browser came back with another `state` than it was sent with: another attempt's answer, or a forged one. Nothing of it was used.
    #[error("the answer in the browser does not belong to this attempt: its state is another")]
    StateMismatch,
    /// The browser came back from another authorization server (RFC 9207).
    #[error("the answer in the browser comes from {}, not from {expected}", .found.as_deref().unwrap_or("a server that does not name itself"))]
    IssuerMismatch {
        /// The issuer that the settings know.
        expected: String,
        /// The one that answered.
        found: Option<String>,
    },
    /// The person said no.
    #[error("access was denied in the browser{}", detail(.description.as_ref()))]
    Denied {
        /// What the application says of it.
        description: Option<String>,
    },
    /// The browser came back with something that is no answer.
    #[error("the answer in the browser is malformed: {0}")]
    CallbackMalformed(&'static str),
    /// The provider understood and refused.
    #[error("the provider refused: {}{}{}{}", meaning(.code), detail(.description.as_ref()), in_status(*.status), skewed(*.clock))]
    Rejected {
        /// The error code of the standard, or the application's own.
        code: String,
        /// What the application says of it.
        description: Option<String>,
        /// The status of the answer. None where the refusal came through the browser.
        status: Option<u16>,
        /// How far this machine's clock is off, where that may be why.
        clock: Option<ClockSkew>,
    },
    /// The provider answered with a status that means failure, and no error of the standard.
    #[error("the provider answered with status {status}{}{}", detail(.text.as_ref()), skewed(*.clock))]
    Status {
        /// The status.
        status: u16,
        /// What it says of it.
        text: Option<String>,
        /// How far this machine's clock is off, where that may be why.
        clock: Option<ClockSkew>,
    },
    /// There is no answer.
    #[error("the provider did not answer: {0}")]
    Unanswered(#[from] Unanswered),
    /// A successful answer that cannot be read.
    #[error("the provider's answer is not understood: {0}")]
    Malformed(String),
    /// A token that a bearer header cannot carry.
    #[error("the provider gave a token of type {0:?}, and requests are signed with bearer tokens")]
    TokenType(String),
    /// The settings do not allow it, or contradict themselves.
    #[error("{0}")]
    Unsupported(String),
    /// There is nothing to renew with.
    #[error(
        "the application gave no refresh token, so its access cannot be renewed without a person"
    )]
    NoRefreshToken,
    /// The private key cannot sign.
    #[error("the private key cannot be used: {0}")]
    Key(&'static str),
    /// The operating system gives no random numbers.
    #[error("the operating system gives no random numbers")]
    Random,
}

impl OAuthError {
    /// Whether the provider says that the code or the refresh token is not, or no longer, valid. Only a person can help then, unless another
    /// process has renewed the tokens meanwhile.
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

    /// Whether the provider may have acted although no usable result arrived: the refresh token that was sent may be used up, and another
    /// one be lost. Asking again is safe only where [`Provider::can_repeat`](super::Provider::can_repeat) says so.
    #[must_use]
    pub const fn outcome_unknown(&self) -> bool {
        match self {
            Self::Unanswered(unanswered) => !unanswered.unsent,
            Self::Status { status, .. } => is_gateway_failure(*status),
            // It answered with success, and what it gave is lost.
            Self::Malformed(_) | Self::TokenType(_) => true,
            _ => false,
        }
    }
}

/// Statuses with which something in between says that it got no answer: the standard's, and two of a common proxy.
pub(super) const fn is_gateway_failure(status: u16) -> bool {
    matches!(status, 502 | 504 | 520 | 524)
}

impl Blamed for OAuthError {
    fn blame(&self) -> Blame {
        match self {
            Self::Rejected { clock: Some(_), .. }
            | Self::Status { clock: Some(_), .. }
            | Self::Random => Blame::Host,
            Self::Rejected { code, status, .. } if is_passing(code, *status) => Blame::Upstream,
            Self::Status {
                status: 429 | 500..,
                ..
            }
            | Self::CallbackMalformed(_)
            | Self::Malformed(_) => Blame::Upstream,
            Self::Unanswered(unanswered) => unanswered.blame,
            _ => Blame::Operator,
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        let text: String = match self {
            Self::StateMismatch => "start again, and use the page that this attempt opens".into(),
            Self::IssuerMismatch { expected, .. } => {
                format!("start again, and consent at {expected} only; check the template's issuer, or leave it out")
            }
            Self::Denied { .. } => "start again, and allow the access that the page asks for".into(),
            Self::CallbackMalformed(_) => "start again".into(),
            Self::Rejected { clock: Some(_), .. } | Self::Status { clock: Some(_), .. } => {
                "set this machine's clock, or let it be kept by NTP, and try again".into()
            }
            Self::Rejected { code, status, .. } if is_passing(code, *status) => "try again later".into(),
            Self::Rejected { code, .. } => remedy(code).into(),
            Self::Status { status: 429 | 500.., .. } => "try again later".into(),
            Self::Status { .. } => "check the token URL against the application's documentation".into(),
            Self::Unanswered(_) | Self::Random => return None,
            Self::Malformed(_) => {
                "check the token URL and the template's token path against the application's documentation".into()
            }
            Self::TokenType(_) => "say in the template's [sign] how the application wants such a token".into(),
            Self::Unsupported(_) => "correct the template or the connection's fields".into(),
            Self::NoRefreshToken => {
                "connect again; have the application give a refresh token (often a scope such as offline_access)".into()
            }
            Self::Key(_) => {
                "give the private key in PEM, unencrypted, in PKCS#8 form: `openssl pkcs8 -topk8 -nocrypt` makes it"
                    .into()
            }
        };
        Some(NextStep::from(text))
    }
}

/// Whether a refusal is of the kind that passes.
fn is_passing(code: &str, status: Option<u16>) -> bool {
    matches!(
        code,
        "server_error" | "temporarily_unavailable" | "slow_down"
    ) || matches!(status, Some(429 | 500..))
}

/// What a code means by RFC 6749, sections 4.1.2.1 and 5.2, and RFC 7009, section 2.2.1.
fn meaning(code: &str) -> String {
    let meaning = match code {
        "invalid_request" => "it finds the request malformed",
        "invalid_client" => {
            "it does not know the client, or the client's secret or way of authenticating is wrong"
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
        "unsupported_token_type" => "it does not take back tokens of this kind",
        _ => return code.to_owned(),
    };
    format!("{meaning} ({code})")
}

/// What to do about a code.
fn remedy(code: &str) -> &'static str {
    match code {
        "invalid_client" => {
            "check the client id, the client secret and the way of authenticating (token-auth) against the application's settings"
        }
        "invalid_grant" => {
            "connect again; with an assertion, check the issuer, subject, audience and key that it names"
        }
        "unauthorized_client" => "allow this grant for the client in the application's settings",
        "unsupported_grant_type" | "unsupported_response_type" => {
            "use a template with a grant that the application supports"
        }
        "invalid_scope" => {
            "correct the scopes, or allow them for the client in the application's settings"
        }
        "access_denied" => "have someone allow the access",
        _ => "check the connection's fields against the application's documentation",
    }
}

fn detail(text: Option<&String>) -> String {
    text.filter(|text| !text.is_empty())
        .map(|text| format!(": {text}"))
        .unwrap_or_default()
}

fn in_status(status: Option<u16>) -> String {
    status
        .map(|status| format!(" (status {status})"))
        .unwrap_or_default()
}

fn skewed(clock: Option<ClockSkew>) -> String {
    clock
        .map(|clock| {
            format!("; this machine's clock is {clock}, which makes its assertions invalid")
        })
        .unwrap_or_default()
}
