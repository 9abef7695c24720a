//! Credentials: the headers and query parameters of a request, and every encoding in which a
//! response could repeat them.

use crate::credential_error::CredentialError;
use crate::opaque::assert_opaque;
use crate::{SHORTEST_SECRET, Secret, encodings};

/// Header fields that the host sets, in lower case. Neither a connector nor a credential may name
/// them.
///
/// `accept-encoding` and `range` are among them because responses are scrubbed. A body in an
/// encoding that the host did not ask for, or in slices, could hide the credential.
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

/// Returns true if the host alone sets this header field. `name` is in lower case.
#[must_use]
pub fn is_host_header(name: &str) -> bool {
    HOST_HEADERS.contains(&name) || name.starts_with("proxy-")
}

/// Header fields and query parameters that authenticate a request. Has no `Debug`, as all of it is
/// secret.
pub struct Credential {
    headers: Vec<(String, Secret)>,
    query: Vec<(String, Secret)>,
    hidden: Vec<Secret>,
    plain_headers: Vec<(String, Secret)>,
    plain_query: Vec<(String, Secret)>,
}

assert_opaque!(Credential);

impl Credential {
    /// Makes a credential of its parts.
    ///
    /// `hidden` are the secrets that it is made of, and those that belong to it without being sent,
    /// such as the refresh token.
    ///
    /// # Errors
    /// Fails if HTTP would not carry a value unchanged: a control character (most often a copied
    /// line break), a space at an end, an invalid header name or one that the host sets itself.
    /// Also fails if a hidden secret is shorter than [`SHORTEST_SECRET`].
    pub fn new(
        headers: Vec<(String, Secret)>,
        query: Vec<(String, Secret)>,
        hidden: Vec<Secret>,
    ) -> Result<Self, CredentialError> {
        check_values(&headers, &query)?;
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

    /// Adds values that are sent along and are not secret, such as the version of an API.
    ///
    /// They are not redacted from responses: a date or a word would be missing in the data.
    ///
    /// # Errors
    /// As for [`Credential::new`].
    pub fn with_plain(
        mut self,
        headers: Vec<(String, Secret)>,
        query: Vec<(String, Secret)>,
    ) -> Result<Self, CredentialError> {
        check_values(&headers, &query)?;
        self.plain_headers.extend(headers);
        self.plain_query.extend(query);
        Ok(self)
    }

    /// Returns the header fields: names in lower case, values of visible ASCII characters and
    /// spaces.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.headers
            .iter()
            .chain(&self.plain_headers)
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Returns the query parameters; neither name nor value is percent-encoded.
    pub fn query(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.query
            .iter()
            .chain(&self.plain_query)
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Returns every text in which a response could repeat a secret.
    ///
    /// These are the secrets as they are and as a header or the query carries them. Each is also in
    /// base64 (both alphabets, at any offset), percent-encoded, form-encoded, and escaped in JSON
    /// or HTML. None is empty or comes twice.
    #[must_use]
    pub fn redaction_patterns(&self) -> Vec<Secret> {
        let sent = self
            .headers
            .iter()
            .chain(&self.query)
            .map(|(_, value)| value);

        let texts = sent
            .chain(&self.hidden)
            .flat_map(|secret| encodings::all(secret.expose()));

        let mut patterns: Vec<_> = texts
            .filter(|text| text.len() >= SHORTEST_SECRET)
            .map(Secret::new)
            .collect();

        patterns.sort_by(|a, b| a.expose().cmp(b.expose()));
        patterns.dedup_by(|a, b| a.expose() == b.expose());

        patterns
    }
}

fn check_values(
    headers: &[(String, Secret)],
    query: &[(String, Secret)],
) -> Result<(), CredentialError> {
    for (name, value) in headers {
        check_header_name(name)?;
        check_header_value(value.expose())?;
    }

    if query
        .iter()
        .any(|(name, value)| name.is_empty() || value.expose().chars().any(char::is_control))
    {
        return Err(CredentialError::InvalidCharacter("query parameter".into()));
    }

    Ok(())
}

/// Checks that HTTP carries the text unchanged.
fn check_header_value(text: &str) -> Result<(), CredentialError> {
    if !text
        .bytes()
        .all(|byte| byte == b' ' || byte.is_ascii_graphic())
    {
        return Err(CredentialError::InvalidCharacter("header value".into()));
    }

    if text.starts_with(' ') || text.ends_with(' ') {
        return Err(CredentialError::SurroundingSpace("header value".into()));
    }

    Ok(())
}

/// Checks that a credential may set a header of this name, which is in lower case.
pub(crate) fn check_header_name(name: &str) -> Result<(), CredentialError> {
    // A token of RFC 9110, in lower case.
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
