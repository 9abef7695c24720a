//! Names that the protocol sets itself. A template cannot add a parameter or claim of these names.

/// Claims of an assertion (RFC 7519, section 4.1).
pub(crate) const CLAIMS: [&str; 7] = ["iss", "sub", "aud", "iat", "nbf", "exp", "jti"];

/// Parameters of the authorization URL (RFC 6749, section 4.1.1; RFC 7636, section 4.3).
pub(crate) const AUTHORIZATION_PARAMS: [&str; 7] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// Form fields of a token request (RFC 6749, sections 2.3.1, 4.1.3 and 6; RFC 7521, section 4).
pub(crate) const TOKEN_PARAMS: [&str; 11] = [
    "grant_type",
    "code",
    "code_verifier",
    "redirect_uri",
    "refresh_token",
    "scope",
    "assertion",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
];
