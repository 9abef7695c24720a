//! Answers, brought into the standard's form before the library reads them. Applications put the token elsewhere, write numbers as strings,
//! leave out `token_type`, separate scopes by commas, and report errors with status 200; all that ends here.

use super::error::is_gateway_failure;
use super::text::Hidden;
use super::{ClockSkew, OAuthError, OAuthSettings, TokenAnswer};
use oauth2::basic::BasicTokenType;
use oauth2::{ExtraTokenFields, StandardTokenResponse};
use purser_model::FieldName;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use zeroize::{Zeroize as _, Zeroizing};

/// A token answer as the library reads it.
pub(super) type Answer = StandardTokenResponse<Extra, BasicTokenType>;

/// What is kept beyond the standard.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Extra {
    /// Seconds for which the refresh token is valid. 0: it does not expire.
    pub(super) refresh_token_expires_in: Option<u64>,
    /// What the template keeps of the answer.
    #[serde(default)]
    pub(super) metadata: BTreeMap<FieldName, String>,
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Extra")
    }
}

impl ExtraTokenFields for Extra {}

/// What is needed to read an answer.
pub(super) struct Reading<'a> {
    pub(super) settings: &'a OAuthSettings,
    /// The secrets that were sent.
    pub(super) hidden: Hidden,
    /// Whether a refresh token was sent.
    pub(super) refreshes: bool,
    /// How far the clock is off, if the request carried an assertion.
    pub(super) clock: Option<ClockSkew>,
}

impl Reading<'_> {
    /// The answer as RFC 6749, section 5.1 has it.
    pub(super) fn tokens(&self, answer: TokenAnswer) -> Result<Vec<u8>, OAuthError> {
        let document = self.success(answer)?;
        let document =
            document.ok_or_else(|| OAuthError::Malformed("it is no JSON object".into()))?;
        serde_json::to_vec(&self.normal(&document.0)?.0)
            .map_err(|_| OAuthError::Malformed("it cannot be written again".into()))
    }

    /// The object in a successful answer, if there is one.
    pub(super) fn success(&self, answer: TokenAnswer) -> Result<Option<Document>, OAuthError> {
        let (status, body) = (answer.status, Zeroizing::new(answer.body));
        let document = serde_json::from_slice(&body)
            .ok()
            .map(Document)
            .filter(|document| document.0.is_object());
        if is_gateway_failure(status) {
            return Err(self.failure(status, &body, document.as_ref()));
        }
        if let Some((code, description)) = document.as_ref().and_then(|document| error(&document.0))
        {
            return Err(OAuthError::Rejected {
                code: self.hidden.clean(&code),
                description: description.map(|text| self.hidden.clean(&text)),
                status: Some(status),
                clock: self.clock,
            });
        }
        if (200..300).contains(&status) {
            Ok(document)
        } else {
            Err(self.failure(status, &body, document.as_ref()))
        }
    }

    /// A failure without an error of the standard. Of a page in HTML nothing is shown.
    fn failure(&self, status: u16, body: &[u8], document: Option<&Document>) -> OAuthError {
        let text = match document {
            Some(Document(value)) => ["error_description", "message", "detail", "title", "error"]
                .iter()
                .find_map(|name| value.get(name).and_then(Value::as_str))
                .map(str::to_owned),
            None => std::str::from_utf8(body)
                .ok()
                .filter(|text| !text.trim_start().starts_with('<'))
                .map(str::to_owned),
        };
        let text = text
            .map(|text| self.hidden.clean(&text))
            .filter(|text| !text.is_empty());
        OAuthError::Status {
            status,
            text,
            clock: self.clock,
        }
    }

    fn normal(&self, document: &Value) -> Result<Document, OAuthError> {
        let (home, token) = self.token(document)?;
        // What belongs to the token stands beside it; only where nothing else can be meant, at the top.
        let lone = document.get("access_token").is_none();
        let beside = |name: &str| {
            present(home.get(name)).or_else(|| lone.then(|| present(document.get(name))).flatten())
        };

        let mut normal = Map::new();
        normal.insert("access_token".into(), token.into());
        normal.insert(
            "token_type".into(),
            beside("token_type")
                .cloned()
                .unwrap_or_else(|| "bearer".into()),
        );
        if let Some(token) = beside("refresh_token")
            .and_then(Value::as_str)
            .filter(|token| !token.is_empty())
        {
            normal.insert("refresh_token".into(), token.into());
        }
        // No token is given that has expired already: where 0 is said, nothing is meant.
        if let Some(lifetime) = beside("expires_in")
            .and_then(seconds)
            .filter(|lifetime| *lifetime > 0)
        {
            normal.insert("expires_in".into(), lifetime.into());
        }
        let refresh_lifetime =
            beside("refresh_token_expires_in").or_else(|| beside("refresh_expires_in"));
        if let Some(lifetime) = refresh_lifetime.and_then(seconds) {
            normal.insert("refresh_token_expires_in".into(), lifetime.into());
        }
        if let Some(scopes) = beside("scope").and_then(|scopes| self.scopes(scopes)) {
            normal.insert("scope".into(), scopes.join(" ").into());
        }
        normal.insert("metadata".into(), self.metadata(document).into());
        Ok(Document(normal.into()))
    }

    /// The token, and the object that it stands in.
    fn token<'d>(&self, document: &'d Value) -> Result<(&'d Value, &'d str), OAuthError> {
        let at = |path: &str| {
            let token = document
                .pointer(path)?
                .as_str()
                .filter(|token| !token.is_empty())?;
            Some((document.pointer(path.rsplit_once('/')?.0)?, token))
        };
        let path = self.settings.token_path.as_str();
        // Applications that nest the token when it is first given may give it in the standard's place when it is renewed. Not so the other
        // way: the first answer can hold another's token there.
        let found = at(path).or_else(|| {
            self.refreshes
                .then(|| at(OAuthSettings::TOKEN_PATH))
                .flatten()
        });
        found.ok_or_else(|| OAuthError::Malformed(format!("there is no token at {path}")))
    }

    /// Scopes as a list. None where they are not told in a way that can be read.
    fn scopes<'d>(&self, scopes: &'d Value) -> Option<Vec<&'d str>> {
        if let Value::Array(scopes) = scopes {
            return scopes.iter().map(Value::as_str).collect();
        }
        let separator = self.settings.scope_separator.as_str();
        // A scope may hold a comma. Where one that was asked for does, commas separate nothing.
        let commas = separator.contains(',')
            || !self.settings.scopes.iter().any(|scope| scope.contains(','));
        let parts = scopes
            .as_str()?
            .split(move |c: char| c.is_whitespace() || (commas && c == ','));
        let pieces = parts.flat_map(|part| {
            if separator.trim().is_empty() {
                vec![part]
            } else {
                part.split(separator).collect()
            }
        });
        Some(pieces.filter(|scope| !scope.is_empty()).collect())
    }

    fn metadata(&self, document: &Value) -> Map<String, Value> {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        };
        let wanted = self.settings.metadata.iter();
        wanted
            .filter_map(|(name, path)| {
                Some((name.to_string(), text(document.pointer(path)?)?.into()))
            })
            .collect()
    }
}

/// A JSON document that may hold tokens. Its texts are overwritten when it is dropped.
pub(super) struct Document(Value);

impl Drop for Document {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        _ => {}
    }
}

/// A refusal: the standard's `error` as a text, or an object of the application's own. A success may hold `error: null` or the like.
fn error(document: &Value) -> Option<(String, Option<String>)> {
    let text = |value: &Value, names: &[&str]| {
        names
            .iter()
            .find_map(|name| value.get(name).and_then(Value::as_str))
            .map(str::to_owned)
    };
    match document.get("error")? {
        Value::String(code) if !code.is_empty() => Some((
            code.clone(),
            text(document, &["error_description", "message", "error_message"]),
        )),
        object @ Value::Object(_) => {
            let code =
                text(object, &["code", "type", "status"]).unwrap_or_else(|| "unknown error".into());
            Some((code, text(object, &["message", "description", "detail"])))
        }
        _ => None,
    }
}

fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// Seconds: a number, or a number in a string. Fractions are cut.
fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().and_then(whole)),
        Value::String(text) => text
            .trim()
            .parse()
            .ok()
            .or_else(|| text.trim().parse().ok().and_then(whole)),
        _ => None,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked, and such a cast saturates"
)]
fn whole(seconds: f64) -> Option<u64> {
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds as u64)
}
