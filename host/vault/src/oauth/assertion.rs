//! Signed assertions (RFC 7523): as a grant, and for client authentication.

use super::error::OAuthError;
use super::settings::{OAuthSettings, SigningAlgorithm};
use crate::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use purser_model::Timestamp;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// Use of an assertion.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AssertionUse {
    /// Authorization grant (RFC 7523, section 2.1).
    Grant,
    /// Client authentication (RFC 7523, section 2.2).
    ClientAuth,
}

/// Signs a new assertion, issued at `now` by this machine's clock.
pub(super) fn sign(
    settings: &OAuthSettings,
    purpose: AssertionUse,
    now: Timestamp,
) -> Result<Secret, OAuthError> {
    let pem = settings.private_key.as_ref();
    let pem = pem.ok_or_else(|| missing("private-key"))?;

    let mut header = Header::new(settings.algorithm.algorithm());
    header.kid.clone_from(&settings.key_id);
    let claims = claims(settings, purpose, now)?;

    encode(&header, &claims.into(), pem)
}

fn claims(
    settings: &OAuthSettings,
    purpose: AssertionUse,
    now: Timestamp,
) -> Result<Map<String, Value>, OAuthError> {
    let client = settings.client_id.as_deref();
    let audience = settings.audience.as_deref();
    let lifetime = i64::try_from(settings.assertion_lifetime).unwrap_or(i64::MAX);
    let mut claims = Map::new();

    let issuer;
    let subject;

    match purpose {
        AssertionUse::Grant => {
            issuer = settings.issuer.as_deref().or(client);
            subject = settings.subject.as_deref();
            let extra = settings.claims.iter();
            claims.extend(extra.map(|(name, value)| (name.clone(), value.as_str().into())));
        }
        // The client is both issuer and subject of its own assertion (RFC 7523, section 3).
        AssertionUse::ClientAuth => {
            issuer = client;
            subject = client;
        }
    }

    let issuer = issuer.ok_or_else(|| missing("issuer"))?;
    claims.insert("iss".into(), issuer.into());

    if let Some(subject) = subject {
        claims.insert("sub".into(), subject.into());
    }

    claims.insert(
        "aud".into(),
        audience.unwrap_or(settings.token_url.as_str()).into(),
    );

    claims.insert("iat".into(), now.as_second().into());
    let expiry = now.as_second().saturating_add(lifetime);
    claims.insert("exp".into(), expiry.into());
    claims.insert("jti".into(), random_id()?.into());

    Ok(claims)
}

/// Checks that a private key can sign with this algorithm, by signing.
///
/// # Errors
/// Fails if the text is not PEM, is encrypted, or is of another kind than the algorithm needs.
pub(crate) fn check_private_key(
    pem: &Secret,
    algorithm: SigningAlgorithm,
) -> Result<(), OAuthError> {
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
    // Some applications hand out JSON files, in which line breaks are escaped, and people copy the
    // value as it is.
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
        OAuthError::Key("it is not a private key in PEM of the kind that the algorithm needs")
    })
}

/// Returns 128 random bits, by which the provider recognizes a repeated assertion.
fn random_id() -> Result<String, OAuthError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| OAuthError::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

pub(super) fn missing(field: &str) -> OAuthError {
    OAuthError::Unsupported(format!(
        "the template's [oauth] needs {field} for this grant and client authentication"
    ))
}
