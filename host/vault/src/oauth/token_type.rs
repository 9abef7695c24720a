//! Token types, by which a client knows how to send a token (RFC 6749, section 7.1).

/// Types that applications give to tokens which they expect as bearer tokens (RFC 6750), in lower
/// case and without separators. `bot` and `user` are of Slack.
const BEARER: [&str; 11] = [
    "",
    "bearer",
    "bearertoken",
    "bot",
    "user",
    "app",
    "jwt",
    "token",
    "accesstoken",
    "oauth",
    "oauth2",
];

/// Types that are sent with a proof, or not at all: RFC 9449, draft-ietf-oauth-v2-http-mac, RFC
/// 8693 and draft-ietf-oauth-pop-key-distribution.
const NEVER_BEARER: [&str; 5] = ["dpop", "mac", "na", "pop", "hok"];

/// Returns the type without case and separators, and without the prefix of RFC 8693.
fn normalized(token_type: &str) -> String {
    let lower = token_type.trim().to_ascii_lowercase();
    let name = lower
        .strip_prefix("urn:ietf:params:oauth:token-type:")
        .unwrap_or(&lower);

    name.chars()
        .filter(|c| !matches!(c, ' ' | '_' | '-' | '/' | '.'))
        .collect()
}

/// True if a token of this type is sent as a bearer token, by itself or because the template lists
/// the type in `token-types`.
pub(super) fn is_bearer(token_type: &str, listed: &[String]) -> bool {
    let name = normalized(token_type);
    BEARER.contains(&name.as_str()) || listed.iter().any(|listed| normalized(listed) == name)
}

/// True if a token of this type can never be sent as a bearer token.
pub(crate) fn needs_proof(token_type: &str) -> bool {
    NEVER_BEARER.contains(&normalized(token_type).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_are_bearer_in_all_but_name_are_bearer() {
        for token_type in [
            "Bearer",
            "BEARER",
            "bearer_token",
            "BearerToken",
            " bearer ",
            "",
            "bot",
            "user",
            "JWT",
            "access_token",
            "urn:ietf:params:oauth:token-type:access_token",
        ] {
            assert!(is_bearer(token_type, &[]), "{token_type}");
        }
    }

    #[test]
    fn other_types_are_bearer_only_if_they_are_listed() {
        for token_type in ["MAC", "DPoP", "N_A", "PoP", "acme-session"] {
            assert!(!is_bearer(token_type, &[]), "{token_type}");
            assert_eq!(needs_proof(token_type), token_type != "acme-session");
        }
        assert!(is_bearer("Acme-Session", &["acme-session".to_owned()]));
    }
}
