//! Normalization of responses to the standard's form, before the `oauth2` crate reads them.
//!
//! Applications put the token elsewhere, write numbers as strings, leave out `token_type`, separate
//! scopes by commas, and report errors with status 200.

use super::clock::ClockSkew;
use super::endpoint::TokenResponse;
use super::error::{OAuthError, is_gateway_failure};
use super::redact::Redactor;
use super::settings::OAuthSettings;
use oauth2::basic::BasicTokenType;
use oauth2::{ExtraTokenFields, StandardTokenResponse};
use purser_model::FieldName;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use zeroize::{Zeroize as _, Zeroizing};

/// Token response as the `oauth2` crate parses it.
pub(super) type ParsedResponse = StandardTokenResponse<ExtraFields, BasicTokenType>;

/// Fields that are read beyond the standard's.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct ExtraFields {
    /// Seconds for which the refresh token is valid; 0 if it does not expire.
    pub(super) refresh_token_expires_in: Option<u64>,
    /// Values that the template keeps of the response.
    #[serde(default)]
    pub(super) metadata: BTreeMap<FieldName, String>,
}

impl fmt::Debug for ExtraFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExtraFields")
    }
}

impl ExtraTokenFields for ExtraFields {}

/// Parser for the response to one request.
pub(super) struct ResponseParser<'a> {
    pub(super) settings: &'a OAuthSettings,
    /// Removes the secrets that were sent.
    pub(super) redactor: Redactor,
    /// True if the request carried a refresh token.
    pub(super) is_refresh: bool,
    /// Clock skew, if the request carried an assertion and the clocks differ.
    pub(super) clock: Option<ClockSkew>,
}

impl ResponseParser<'_> {
    /// Rewrites a response as RFC 6749, section 5.1, defines it.
    pub(super) fn normalize(&self, response: TokenResponse) -> Result<Vec<u8>, OAuthError> {
        let document = self.success(response)?;
        let document =
            document.ok_or_else(|| OAuthError::Malformed("it is not a JSON object".into()))?;

        serde_json::to_vec(&self.standard_form(&document.0)?.0)
            .map_err(|_| OAuthError::Malformed("it cannot be written again".into()))
    }

    /// Returns the JSON object of a successful response; `None` if the body is not one.
    pub(super) fn success(&self, response: TokenResponse) -> Result<Option<WipedJson>, OAuthError> {
        let status = response.status;
        let body = Zeroizing::new(response.body);
        let document = serde_json::from_slice(&body)
            .ok()
            .map(WipedJson)
            .filter(|document| document.0.is_object());

        if is_gateway_failure(status) {
            return Err(self.status_error(status, &body, document.as_ref()));
        }

        // Some applications report errors with status 200, so the body goes before the status.
        if let Some((code, description)) = document.as_ref().and_then(|json| error_of(&json.0)) {
            return Err(OAuthError::Rejected {
                code: self.redactor.redact(&code),
                description: description.map(|text| self.redactor.redact(&text)),
                status: Some(status),
                clock: self.clock,
            });
        }

        if (200..300).contains(&status) {
            Ok(document)
        } else {
            Err(self.status_error(status, &body, document.as_ref()))
        }
    }

    /// Describes a failure without an error of the standard. An HTML page is not quoted.
    fn status_error(&self, status: u16, body: &[u8], document: Option<&WipedJson>) -> OAuthError {
        let text = match document {
            Some(WipedJson(value)) => ["error_description", "message", "detail", "title", "error"]
                .iter()
                .find_map(|name| value.get(name).and_then(Value::as_str))
                .map(str::to_owned),
            None => std::str::from_utf8(body)
                .ok()
                .filter(|text| !text.trim_start().starts_with('<'))
                .map(str::to_owned),
        };

        let text = text
            .map(|text| self.redactor.redact(&text))
            .filter(|text| !text.is_empty());

        OAuthError::Status {
            status,
            text,
            clock: self.clock,
        }
    }

    fn standard_form(&self, document: &Value) -> Result<WipedJson, OAuthError> {
        let (parent, token) = self.token(document)?;

        // The members that belong to the token stand beside it. Those at the top count only if no
        // other token is there.
        let is_only_token = document.get("access_token").is_none();

        let member = |name: &str| {
            non_null(parent.get(name)).or_else(|| {
                is_only_token
                    .then(|| non_null(document.get(name)))
                    .flatten()
            })
        };

        let mut standard = Map::new();
        standard.insert("access_token".into(), token.into());
        let token_type = member("token_type").cloned();
        standard.insert(
            "token_type".into(),
            token_type.unwrap_or_else(|| "bearer".into()),
        );

        let refresh = member("refresh_token").and_then(Value::as_str);
        if let Some(token) = refresh.filter(|token| !token.is_empty()) {
            standard.insert("refresh_token".into(), token.into());
        }

        // No application issues an expired token: 0 means that the lifetime is not known.
        let lifetime = member("expires_in").and_then(seconds);
        if let Some(lifetime) = lifetime.filter(|lifetime| *lifetime > 0) {
            standard.insert("expires_in".into(), lifetime.into());
        }

        let refresh_lifetime =
            member("refresh_token_expires_in").or_else(|| member("refresh_expires_in"));
        if let Some(lifetime) = refresh_lifetime.and_then(seconds) {
            standard.insert("refresh_token_expires_in".into(), lifetime.into());
        }

        if let Some(scopes) = member("scope").and_then(|scopes| self.scopes(scopes)) {
            standard.insert("scope".into(), scopes.join(" ").into());
        }

        standard.insert("metadata".into(), self.metadata(document).into());
        Ok(WipedJson(standard.into()))
    }

    /// Returns the object that holds the token, and the token.
    fn token<'d>(&self, document: &'d Value) -> Result<(&'d Value, &'d str), OAuthError> {
        let at = |path: &str| {
            let token = document.pointer(path)?.as_str();
            let token = token.filter(|token| !token.is_empty())?;
            Some((document.pointer(path.rsplit_once('/')?.0)?, token))
        };

        // Applications that nest the token in the first response may put it in the standard's
        // place at a refresh. The reverse is not allowed: the first response can hold another
        // token there.
        let path = self.settings.token_path.as_str();

        let found = at(path).or_else(|| {
            self.is_refresh
                .then(|| at(OAuthSettings::TOKEN_PATH))
                .flatten()
        });

        found.ok_or_else(|| OAuthError::Malformed(format!("there is no token at {path}")))
    }

    /// Splits the scopes; `None` if their form is not understood.
    fn scopes<'d>(&self, scopes: &'d Value) -> Option<Vec<&'d str>> {
        if let Value::Array(scopes) = scopes {
            return scopes.iter().map(Value::as_str).collect();
        }

        // A scope may hold a comma. If a requested one does, commas do not separate scopes.
        let separator = self.settings.scope_separator.as_str();
        let commas = separator.contains(',')
            || !self.settings.scopes.iter().any(|scope| scope.contains(','));
        let words = scopes
            .as_str()?
            .split(move |c: char| c.is_whitespace() || (commas && c == ','));

        let scopes = words.flat_map(|word| {
            if separator.trim().is_empty() {
                vec![word]
            } else {
                word.split(separator).collect()
            }
        });

        Some(scopes.filter(|scope| !scope.is_empty()).collect())
    }

    fn metadata(&self, document: &Value) -> Map<String, Value> {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(boolean) => Some(boolean.to_string()),
            _ => None,
        };

        let entry = |(name, path): &(FieldName, String)| {
            let text = text(document.pointer(path)?)?;
            Some((name.to_string(), text.into()))
        };

        self.settings.metadata.iter().filter_map(entry).collect()
    }
}

/// JSON that may hold tokens. Its texts are overwritten when it is dropped.
pub(super) struct WipedJson(Value);

impl Drop for WipedJson {
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

/// Returns code and description of an error: the standard's `error` as a text, or an object of the
/// application's own. A success may hold `error: null` or the like.
fn error_of(document: &Value) -> Option<(String, Option<String>)> {
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

fn non_null(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// Parses seconds: a number, or a number in a string. A fraction is cut.
fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number
            .as_u64()
            .or_else(|| number.as_f64().and_then(whole_seconds)),
        Value::String(text) => {
            let text = text.trim();
            text.parse()
                .ok()
                .or_else(|| text.parse().ok().and_then(whole_seconds))
        }
        _ => None,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked, and such a cast saturates"
)]
fn whole_seconds(seconds: f64) -> Option<u64> {
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds as u64)
}
