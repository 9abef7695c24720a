//! Credentials: what is put on a request, and every form in which it could come back.

use crate::{CredentialError, SHORTEST_SECRET, Secret, forms};

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

/// What signs a request: header fields and query parameters. Has no `Debug`: what it holds is what must not be seen.
pub struct Credential {
    headers: Vec<(String, Secret)>,
    query: Vec<(String, Secret)>,
    hidden: Vec<Secret>,
    plain_headers: Vec<(String, Secret)>,
    plain_query: Vec<(String, Secret)>,
}

static_assertions::assert_not_impl_any!(Credential: std::fmt::Debug, std::fmt::Display, Clone, serde::Serialize);

impl Credential {
    /// Puts together what a template places on a request. `hidden` are the secrets it is made of, and those that belong to it without being
    /// sent, such as the token that renews it.
    ///
    /// # Errors
    /// When HTTP would not carry it unchanged: a control character (most often the line break of a copied key), a space at an end, a header
    /// name that is none or that the host sets itself; or when a hidden secret is shorter than [`SHORTEST_SECRET`].
    pub fn new(
        headers: Vec<(String, Secret)>,
        query: Vec<(String, Secret)>,
        hidden: Vec<Secret>,
    ) -> Result<Self, CredentialError> {
        check(&headers, &query)?;
        if hidden
            .iter()
            .any(|secret| secret.expose().len() < SHORTEST_SECRET)
        {
            return Err(CredentialError::TooShort("secret".into()));
        }
        Ok(Self {
            headers,
            query,
            hidden,
            plain_headers: Vec::new(),
            plain_query: Vec::new(),
        })
    }

    /// Adds what is sent along and is not secret, such as the version of an API. It is not looked for in answers: taken out of them, a
    /// date or a word would be missing in the data.
    ///
    /// # Errors
    /// As in [`Credential::new`].
    pub fn with_plain(
        mut self,
        headers: Vec<(String, Secret)>,
        query: Vec<(String, Secret)>,
    ) -> Result<Self, CredentialError> {
        check(&headers, &query)?;
        self.plain_headers.extend(headers);
        self.plain_query.extend(query);
        Ok(self)
    }

    /// The header fields: names in lower case, values of visible ASCII characters and spaces.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.headers
            .iter()
            .chain(&self.plain_headers)
            .map(|(name, value)| (name.as_str(), value))
    }

    /// The query parameters, neither of name and value percent-encoded.
    pub fn query(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.query
            .iter()
            .chain(&self.plain_query)
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Every form in which a secret could come back: as it is, as it stands in a header or in the query; each of them in base64 (both
    /// alphabets, wherever it stands in what was encoded), percent-encoded, form-encoded, and escaped in JSON or HTML. None is empty, and
    /// none comes twice.
    #[must_use]
    pub fn marks(&self) -> Vec<Secret> {
        let sent = self
            .headers
            .iter()
            .chain(&self.query)
            .map(|(_, value)| value);
        let texts = sent
            .chain(&self.hidden)
            .flat_map(|secret| forms::of(secret.expose()));
        let mut marks: Vec<_> = texts
            .filter(|text| text.len() >= SHORTEST_SECRET)
            .map(Secret::new)
            .collect();
        marks.sort_by(|a, b| a.expose().cmp(b.expose()));
        marks.dedup_by(|a, b| a.expose() == b.expose());
        marks
    }
}

fn check(headers: &[(String, Secret)], query: &[(String, Secret)]) -> Result<(), CredentialError> {
    for (name, value) in headers {
        header_name(name)?;
        header_text(value.expose())?;
    }
    if query
        .iter()
        .any(|(name, value)| name.is_empty() || value.expose().chars().any(char::is_control))
    {
        return Err(CredentialError::Character("query parameter".into()));
    }
    Ok(())
}

/// Checks that HTTP carries the text unchanged.
fn header_text(text: &str) -> Result<(), CredentialError> {
    if !text
        .bytes()
        .all(|byte| byte == b' ' || byte.is_ascii_graphic())
    {
        return Err(CredentialError::Character("header's value".into()));
    }
    if text.starts_with(' ') || text.ends_with(' ') {
        return Err(CredentialError::OuterSpace("header's value".into()));
    }
    Ok(())
}

/// Checks that it is the name of a header that a credential may set, in lower case.
pub(crate) fn header_name(name: &str) -> Result<(), CredentialError> {
    // RFC 9110's token, in lower case.
    let token = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte)
    };
    if name.is_empty() || name.len() > 100 || !name.bytes().all(token) {
        return Err(CredentialError::HeaderName(
            name.chars().take(100).collect(),
        ));
    }
    if is_host_header(name) {
        return Err(CredentialError::HostHeader(name.to_owned()));
    }
    Ok(())
}
