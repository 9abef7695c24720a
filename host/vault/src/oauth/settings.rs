//! What a filled template says of its OAuth provider: every placeholder replaced, every value checked for its type.

use crate::Secret;
use jsonwebtoken::Algorithm;
use purser_model::FieldName;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use url::Url;

/// How tokens are first got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantKind {
    /// RFC 6749, section 4.1: a person consents in a browser. Always with PKCE (RFC 7636).
    AuthorizationCode,
    /// RFC 6749, section 4.4.
    ClientCredentials,
    /// RFC 7523, section 2.1: a signed assertion.
    JwtBearer,
}

impl GrantKind {
    /// Whether tokens are got without a person, and so can be got anew at any time.
    #[must_use]
    pub const fn is_machine(self) -> bool {
        matches!(self, Self::ClientCredentials | Self::JwtBearer)
    }
}

/// How Purser proves to the token endpoint which client it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenAuth {
    /// The header `authorization: Basic`, RFC 6749, section 2.3.1.
    Basic,
    /// `client_id` and `client_secret` in the form.
    Post,
    /// An assertion signed with the private key, RFC 7523, section 2.2.
    PrivateKeyJwt,
    /// A public client: `client_id` alone.
    None,
}

impl FromStr for TokenAuth {
    type Err = TokenAuthError;

    fn from_str(text: &str) -> Result<Self, TokenAuthError> {
        match text {
            "basic" => Ok(Self::Basic),
            "post" => Ok(Self::Post),
            "private-key-jwt" => Ok(Self::PrivateKeyJwt),
            "none" => Ok(Self::None),
            _ => Err(TokenAuthError(text.chars().take(80).collect())),
        }
    }
}

/// Text that names no way of authenticating at the token endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no way to authenticate at the token endpoint: use basic, post, private-key-jwt or none"
)]
pub struct TokenAuthError(String);

/// How assertions are signed. Always with a private key: a shared secret (HS256 and its kin) proves less, and no built-in template wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SigningAlgorithm(Algorithm);

impl SigningAlgorithm {
    /// The one that every provider knows.
    pub const RS256: Self = Self(Algorithm::RS256);

    pub(super) const fn algorithm(self) -> Algorithm {
        self.0
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl FromStr for SigningAlgorithm {
    type Err = SigningAlgorithmError;

    fn from_str(text: &str) -> Result<Self, SigningAlgorithmError> {
        match text.parse() {
            Ok(Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) | Err(_) => {
                Err(SigningAlgorithmError(text.chars().take(80).collect()))
            }
            Ok(algorithm) => Ok(Self(algorithm)),
        }
    }
}

/// Text that names no algorithm for assertions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no algorithm for signed assertions: use RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA"
)]
pub struct SigningAlgorithmError(String);

/// What a filled template says of its OAuth provider. Has no `Debug`: it holds the client's secrets.
pub struct OAuthSettings {
    /// How tokens are first got.
    pub grant: GrantKind,
    /// Where a person consents. Needed for [`GrantKind::AuthorizationCode`].
    pub authorization_url: Option<Url>,
    /// Where tokens are got and renewed.
    pub token_url: Url,
    /// Where tokens are given back (RFC 7009).
    pub revocation_url: Option<Url>,
    /// The client's name. Needed for everything but a JWT bearer grant.
    pub client_id: Option<String>,
    /// The client's secret. A public client has none.
    pub client_secret: Option<Secret>,
    /// How the client authenticates.
    pub token_auth: TokenAuth,
    /// What assertions are signed with, in PEM.
    pub private_key: Option<Secret>,
    /// The name under which the provider knows the public half.
    pub key_id: Option<String>,
    /// How assertions are signed.
    pub algorithm: SigningAlgorithm,
    /// The scopes that are asked for.
    pub scopes: Vec<String>,
    /// What stands between two scopes. By the standard, a space.
    pub scope_separator: String,
    /// With [`GrantKind::AuthorizationCode`], the authorization server's issuer identifier, to compare with the `iss` of RFC 9207 (an answer
    /// without one is refused too: who forges answers would leave it out); with [`GrantKind::JwtBearer`], the assertion's `iss` (absent: the client's name).
    pub issuer: Option<String>,
    /// The assertion's `sub`. Absent: none is sent.
    pub subject: Option<String>,
    /// The assertions' `aud`. Absent: the token URL.
    pub audience: Option<String>,
    /// More claims of a JWT bearer assertion.
    pub claims: BTreeMap<String, String>,
    /// For how many seconds an assertion is valid.
    pub assertion_lifetime: u64,
    /// More parameters of the authorization URL.
    pub authorization_params: BTreeMap<String, String>,
    /// More form fields of every token request.
    pub token_params: BTreeMap<String, String>,
    /// Where the access token stands in the answer, as an RFC 6901 pointer. By the standard, `/access_token`.
    pub token_path: String,
    /// For how many seconds a token is valid where the answer does not say. Absent: until it is refused.
    pub lifetime: Option<u64>,
    /// How many seconds before its expiry a token is renewed; never more than a quarter of its lifetime.
    pub margin: u64,
    /// For how many seconds a refresh token is valid where the answer does not say.
    pub refresh_token_lifetime: Option<u64>,
    /// What of the answer is kept with the token, as RFC 6901 pointers.
    pub metadata: Vec<(FieldName, String)>,
    /// Whether requests are signed with `authorization: Bearer`, so that a token of another type cannot be used.
    pub signs_bearer: bool,
}

static_assertions::assert_not_impl_any!(OAuthSettings: fmt::Debug, fmt::Display, Clone, serde::Serialize);

impl OAuthSettings {
    /// Where the access token stands by the standard.
    pub const TOKEN_PATH: &str = "/access_token";
}
