//! Settings of an OAuth provider, with every placeholder replaced and every value of its type.

use crate::Secret;
use crate::opaque::assert_opaque;
use jsonwebtoken::Algorithm;
use purser_model::FieldName;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use url::Url;

/// Grant type by which tokens are first obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantType {
    /// RFC 6749, section 4.1: a person consents in a browser. Always with PKCE (RFC 7636).
    AuthorizationCode,
    /// RFC 6749, section 4.4: the client's own credentials.
    ClientCredentials,
    /// RFC 7523, section 2.1: a signed assertion.
    JwtBearer,
}

impl GrantType {
    /// Returns true if tokens are obtained without a person, and so at any time.
    #[must_use]
    pub const fn is_unattended(self) -> bool {
        matches!(self, Self::ClientCredentials | Self::JwtBearer)
    }
}

/// Authentication of the client at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(
    serialize_all = "kebab-case",
    parse_err_ty = TokenAuthError,
    parse_err_fn = TokenAuthError::new
)]
pub enum TokenAuth {
    /// Header `authorization: Basic` (RFC 6749, section 2.3.1).
    Basic,
    /// `client_id` and `client_secret` in the form.
    Post,
    /// Assertion signed with the private key (RFC 7523, section 2.2).
    PrivateKeyJwt,
    /// Public client: `client_id` alone.
    None,
}

/// Text that does not name a client authentication method.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a method of authentication at the token endpoint: use basic, post, private-key-jwt or none"
)]
pub struct TokenAuthError(String);

impl TokenAuthError {
    fn new(text: &str) -> Self {
        Self(text.chars().take(80).collect())
    }
}

/// Signature algorithm of assertions.
///
/// Always with a private key: a shared secret (HS256 and its kin) proves less, and no built-in
/// template needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SigningAlgorithm(Algorithm);

impl SigningAlgorithm {
    /// The algorithm that every provider supports.
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

/// Text that does not name an algorithm for assertions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not an algorithm for signed assertions: use RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA"
)]
pub struct SigningAlgorithmError(String);

/// Settings of an OAuth provider. Has no `Debug`: it holds the client's secrets.
pub struct OAuthSettings {
    /// Grant type by which tokens are first obtained.
    pub grant: GrantType,
    /// Authorization endpoint. Required for [`GrantType::AuthorizationCode`], else absent.
    pub authorization_url: Option<Url>,
    /// Token endpoint, for obtaining and refreshing.
    pub token_url: Url,
    /// Revocation endpoint (RFC 7009); absent if the provider has none.
    pub revocation_url: Option<Url>,
    /// Client id. Absent only for [`GrantType::JwtBearer`].
    pub client_id: Option<String>,
    /// Client secret; absent for a public client.
    pub client_secret: Option<Secret>,
    /// Authentication of the client at the token endpoint.
    pub token_auth: TokenAuth,
    /// Private key in PEM that signs assertions; absent if none is sent.
    pub private_key: Option<Secret>,
    /// Id under which the provider knows the public key; absent if it does not need one.
    pub key_id: Option<String>,
    /// Signature algorithm of assertions.
    pub algorithm: SigningAlgorithm,
    /// Requested scopes.
    pub scopes: Vec<String>,
    /// Separator between two scopes. A space by the standard.
    pub scope_separator: String,
    /// Issuer.
    ///
    /// With [`GrantType::AuthorizationCode`] it is compared with the `iss` of RFC 9207. A callback
    /// without `iss` is refused too, as a forged one would leave it out. With
    /// [`GrantType::JwtBearer`] it is the assertion's `iss`; if absent, the client id is.
    pub issuer: Option<String>,
    /// `sub` of the assertion; if absent, none is sent.
    pub subject: Option<String>,
    /// `aud` of assertions; if absent, the token URL.
    pub audience: Option<String>,
    /// Additional claims of a JWT bearer assertion.
    pub claims: BTreeMap<String, String>,
    /// Seconds for which an assertion is valid.
    pub assertion_lifetime: u64,
    /// Additional parameters of the authorization URL.
    pub authorization_params: BTreeMap<String, String>,
    /// Additional form fields of every token request.
    pub token_params: BTreeMap<String, String>,
    /// Place of the access token in the response, as an RFC 6901 pointer.
    pub token_path: String,
    /// Token types that the application means as bearer tokens, beside the known ones.
    pub token_types: Vec<String>,
    /// Seconds for which a token is valid if the response does not say; absent if until refused.
    pub lifetime: Option<u64>,
    /// Seconds before its expiry at which a token is refreshed; at most a quarter of its lifetime
    /// is used.
    pub margin: u64,
    /// Seconds for which a refresh token is valid if the response does not say; absent if not
    /// known.
    pub refresh_token_lifetime: Option<u64>,
    /// Values of the response that are kept with the token, as RFC 6901 pointers.
    pub metadata: Vec<(FieldName, String)>,
    /// True if requests carry `authorization: Bearer`, so that a token of another type cannot be
    /// used.
    pub signs_bearer: bool,
}

assert_opaque!(OAuthSettings);

impl OAuthSettings {
    /// Place of the access token in a response by the standard.
    pub const TOKEN_PATH: &str = "/access_token";
}
