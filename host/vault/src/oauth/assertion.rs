//! Signed assertions (RFC 7523): as a grant, and as the client's proof of who it is.

use super::{OAuthError, OAuthSettings, SigningAlgorithm};
use crate::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use purser_model::Timestamp;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// What an assertion is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// RFC 7523, section 2.1.
    Grant,
    /// RFC 7523, section 2.2.
    Client,
}

/// A fresh assertion, issued at `now` by this machine's clock.
pub(super) fn sign(
    settings: &OAuthSettings,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Secret, OAuthError> {
    let pem = settings
        .private_key
        .as_ref()
        .ok_or_else(|| missing("private-key"))?;
    let client = settings.client_id.as_deref();
    let (issuer, subject) = match purpose {
        Purpose::Grant => (
            settings.issuer.as_deref().or(client),
            settings.subject.as_deref(),
        ),
        Purpose::Client => (client, client),
    };
    let mut claims = Map::new();
    if purpose == Purpose::Grant {
        claims.extend(
            settings
                .claims
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().into())),
        );
    }
    claims.insert(
        "iss".into(),
        issuer.ok_or_else(|| missing("issuer"))?.into(),
    );
    if let Some(subject) = subject {
        claims.insert("sub".into(), subject.into());
    }
    let audience = settings
        .audience
        .as_deref()
        .unwrap_or(settings.token_url.as_str());
    claims.insert("aud".into(), audience.into());
    claims.insert("iat".into(), now.as_second().into());
    let lifetime = i64::try_from(settings.assertion_lifetime).unwrap_or(i64::MAX);
    claims.insert(
        "exp".into(),
        now.as_second().saturating_add(lifetime).into(),
    );
    claims.insert("jti".into(), identifier()?.into());

    let mut header = Header::new(settings.algorithm.algorithm());
    header.kid.clone_from(&settings.key_id);
    encode(&header, &claims.into(), pem)
}

/// Checks that a private key can sign with this algorithm, by signing.
///
/// # Errors
/// When it is no PEM, is encrypted, or is of another kind than the algorithm needs.
pub fn check_private_key(pem: &Secret, algorithm: SigningAlgorithm) -> Result<(), OAuthError> {
    encode(&Header::new(algorithm.algorithm()), &Value::Null, pem).map(|_| ())
}

fn encode(header: &Header, claims: &Value, pem: &Secret) -> Result<Secret, OAuthError> {
    let key = key(pem, header.alg)?;
    let signed = jsonwebtoken::encode(header, claims, &key);
    signed
        .map(Secret::new)
        .map_err(|_| OAuthError::Key("it does not fit the algorithm"))
}

fn key(pem: &Secret, algorithm: Algorithm) -> Result<EncodingKey, OAuthError> {
    // In the JSON files that some applications hand out, line breaks are escaped, and stay so when the value is copied.
    let pem = Zeroizing::new(pem.expose().replace("\\n", "\n"));
    if pem.contains("ENCRYPTED") {
        return Err(OAuthError::Key("it is encrypted"));
    }
    if pem.contains("BEGIN EC PRIVATE KEY") {
        return Err(OAuthError::Key("it is in SEC1 form"));
    }
    let key = match algorithm {
        Algorithm::ES256 | Algorithm::ES384 => EncodingKey::from_ec_pem(pem.as_bytes()),
        Algorithm::EdDSA => EncodingKey::from_ed_pem(pem.as_bytes()),
        _ => EncodingKey::from_rsa_pem(pem.as_bytes()),
    };
    key.map_err(|_| {
        OAuthError::Key("it is no private key in PEM of the kind that the algorithm needs")
    })
}

/// 128 random bits, by which the provider knows a repeated assertion.
fn identifier() -> Result<String, OAuthError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| OAuthError::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

pub(super) fn missing(field: &str) -> OAuthError {
    OAuthError::Unsupported(format!(
        "the template's [oauth] needs {field} for this grant and way of authenticating"
    ))
}
