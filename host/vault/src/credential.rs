//! Credentials: a template with its secret, ready to sign requests.

use crate::{CredentialError, Secret, VaultError, forms};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purser_model::Template;

/// The least bytes of a secret. What comes back from an application is searched for the secret; a shorter one would be found by chance, or
/// is an ordinary word, and taking it out would damage the data. Keys that applications issue are several times longer.
pub const SHORTEST_SECRET: usize = 6;

/// The header fields that the host sets, in lower case. Neither a connector nor a credential may name them.
///
/// Beside the fields that frame a message, `accept-encoding` and `range` are among them because answers are scrubbed: of a body that
/// arrives in an encoding the host did not ask for, or in slices, nobody could tell whether it holds the credential.
const HOST_HEADERS: [&str; 16] = [
    "accept-encoding",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "expect",
    "host",
    "if-range",
    "keep-alive",
    "proxy-authenticate",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// Whether the host alone sets this header field. `name` is in lower case.
#[must_use]
pub fn is_host_header(name: &str) -> bool {
    HOST_HEADERS.contains(&name) || name.starts_with("proxy-")
}

/// A template with its secret. Has no `Debug`: what it holds is what must not be seen.
pub struct Credential {
    template: Template,
    secret: Secret,
}

static_assertions::assert_not_impl_any!(Credential: std::fmt::Debug, std::fmt::Display, Clone, serde::Serialize);

impl Credential {
    /// Joins a template and a secret.
    ///
    /// # Errors
    /// When they cannot be sent as a header: a control character (most often the line break of a copied key), a space at an end, a header
    /// name that is none or that the host sets itself; or when the secret is shorter than [`SHORTEST_SECRET`].
    pub fn new(template: Template, secret: Secret) -> Result<Self, VaultError> {
        check(&template, secret.expose())?;
        Ok(Self { template, secret })
    }

    /// The secret, to be sealed.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The name of the header field that carries it, in lower case.
    #[must_use]
    pub fn header_name(&self) -> &str {
        match &self.template {
            Template::Bearer | Template::Basic { .. } => "authorization",
            Template::ApiKeyHeader { header, .. } => header,
        }
    }

    /// The value of that field: visible ASCII characters and spaces.
    #[must_use]
    pub fn header_value(&self) -> Secret {
        let secret = self.secret.expose();
        Secret::new(match &self.template {
            Template::Bearer => format!("Bearer {secret}"),
            Template::Basic { .. } => format!("Basic {}", STANDARD.encode(self.pair().expose())),
            Template::ApiKeyHeader { prefix, .. } => format!("{prefix}{secret}"),
        })
    }

    /// Every form in which the secret could come back: as it is, as user and password, as the header's value; each of them in base64 (both
    /// alphabets, wherever it stands in what was encoded), percent-encoded, form-encoded, and escaped in JSON or HTML. None is empty, and
    /// none comes twice.
    #[must_use]
    pub fn marks(&self) -> Vec<Secret> {
        let value = self.header_value();
        let mut texts = forms::of(self.secret.expose());
        texts.extend(forms::of(value.expose()));
        if let Template::Basic { .. } = self.template {
            let pair = self.pair();
            // The word after `Basic ` comes back on its own too, with what encoders do to its `+`, `/` and `=`.
            texts.extend(forms::of(&STANDARD.encode(pair.expose())));
            texts.extend(forms::of(pair.expose()));
        }
        let mut marks: Vec<_> = texts.into_iter().filter(|text| !text.is_empty()).map(Secret::new).collect();
        marks.sort_by(|a, b| a.expose().cmp(b.expose()));
        marks.dedup_by(|a, b| a.expose() == b.expose());
        marks
    }

    /// `user:password`, as basic authentication has it; the secret alone elsewhere.
    fn pair(&self) -> Secret {
        match &self.template {
            Template::Basic { user } => Secret::new(format!("{user}:{}", self.secret.expose())),
            _ => Secret::new(self.secret.expose().to_owned()),
        }
    }
}

fn check(template: &Template, secret: &str) -> Result<(), CredentialError> {
    match template {
        Template::Bearer => header_text("secret", secret, false)?,
        Template::Basic { user } => {
            // They travel in base64, so any character but a control character (RFC 7617, section 2) will do.
            if secret.chars().any(char::is_control) {
                return Err(CredentialError::Character("secret"));
            }
            if user.chars().any(char::is_control) {
                return Err(CredentialError::Character("user name"));
            }
            if user.contains(':') {
                return Err(CredentialError::Colon);
            }
        }
        Template::ApiKeyHeader { header, prefix } => {
            header_name(header)?;
            header_text("prefix", prefix, true)?;
            header_text("secret", secret, false)?;
        }
    }
    if secret.len() < SHORTEST_SECRET { Err(CredentialError::TooShort) } else { Ok(()) }
}

/// Checks that HTTP carries the text unchanged. A prefix may end with the space that separates it.
fn header_text(what: &'static str, text: &str, is_prefix: bool) -> Result<(), CredentialError> {
    if !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return Err(CredentialError::Character(what));
    }
    if text.starts_with(' ') || (text.ends_with(' ') && !is_prefix) {
        return Err(CredentialError::OuterSpace(what));
    }
    Ok(())
}

fn header_name(name: &str) -> Result<(), CredentialError> {
    // RFC 9110's token, in lower case.
    let token = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || name.len() > 100 || !name.bytes().all(token) {
        return Err(CredentialError::HeaderName(name.chars().take(100).collect()));
    }
    if is_host_header(name) {
        return Err(CredentialError::HostHeader(name.to_owned()));
    }
    Ok(())
}
