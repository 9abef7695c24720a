//! Normalization of responses to the standard's form, before the `oauth2` crate reads them.
//!
//! Applications put the token elsewhere, send a form, write numbers as strings, have token types of
//! their own, separate scopes by commas, and report errors with status 200.

use super::body::{self, WipedJson};
use super::clock::ClockSkew;
use super::endpoint::TokenResponse;
use super::error::{OAuthError, is_gateway_failure};
use super::lifetime;
use super::redact::Redactor;
use super::settings::OAuthSettings;
use super::token_type;
use oauth2::basic::BasicTokenType;
use oauth2::{ExtraTokenFields, StandardTokenResponse};
use purser_model::{FieldName, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

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
    /// Instant of the request, from which an instant of expiry is counted.
    pub(super) now: Timestamp,
}

impl ResponseParser<'_> {
    /// Rewrites a response as RFC 6749, section 5.1, defines it.
    pub(super) fn normalize(&self, response: TokenResponse) -> Result<Vec<u8>, OAuthError> {
        let status = response.status;
        let document = self.success(response)??;

        let standard = self.standard_form(&document.0).map_err(|error| {
            // why: an application may say in its own way, and with status 200, why it issues none
            match (body::loose_error(&document.0), error) {
                (Some(stated), _) => self.rejected(stated, status),
                (None, OAuthError::Malformed(why)) => {
                    let said = body::said(&document.0).map(|text| self.redactor.redact(&text));
                    let said = said.map(|text| format!("; it says: {text}"));
                    OAuthError::Malformed(why + &said.unwrap_or_default())
                }
                (None, error) => error,
            }
        })?;
        serde_json::to_vec(&standard.0)
            .map_err(|_| OAuthError::Malformed("it cannot be written again".into()))
    }

    /// Returns the JSON object of a successful response; the inner error if the body is not one.
    pub(super) fn success(
        &self,
        response: TokenResponse,
    ) -> Result<Result<WipedJson, OAuthError>, OAuthError> {
        let status = response.status;
        let body = body::wiped(response.body);
        let parsed = body::object(&body);
        let document = parsed.as_ref().ok();

        if is_gateway_failure(status) {
            return Err(self.status_error(status, &body, document));
        }

        // Some applications report errors with status 200, so the body goes before the status.
        if let Some(stated) = document.and_then(|json| body::stated_error(&json.0)) {
            return Err(self.rejected(stated, status));
        }

        if (200..300).contains(&status) {
            Ok(parsed)
        } else {
            Err(self.status_error(status, &body, document))
        }
    }

    /// Returns the error for a refusal with this code and description.
    fn rejected(&self, stated: (String, Option<String>), status: u16) -> OAuthError {
        let (code, description) = stated;
        OAuthError::Rejected {
            code: self.redactor.redact(&code),
            description: description.map(|text| self.redactor.redact(&text)),
            status: Some(status),
            clock: self.clock,
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

        let any = |names: &[&str]| names.iter().find_map(|name| member(name));

        let mut standard = Map::new();
        standard.insert("access_token".into(), token.into());
        standard.insert(
            "token_type".into(),
            self.token_type(any(&["token_type", "tokenType"])),
        );

        let refresh = any(&["refresh_token", "refreshToken"]).and_then(Value::as_str);
        if let Some(token) = refresh.filter(|token| !token.is_empty()) {
            standard.insert("refresh_token".into(), token.into());
        }

        // No application issues an expired token: 0 means that the lifetime is not known.
        let lifetime = lifetime::stated(&lifetime::ACCESS, member, self.now);
        if let Some(lifetime) = lifetime.filter(|lifetime| *lifetime > 0) {
            standard.insert("expires_in".into(), lifetime.into());
        }

        let refresh_lifetime = lifetime::stated(&lifetime::REFRESH, member, self.now);
        if let Some(lifetime) = refresh_lifetime {
            standard.insert("refresh_token_expires_in".into(), lifetime.into());
        }

        if let Some(scopes) = any(&["scope", "scopes"]).and_then(|scopes| self.scopes(scopes)) {
            standard.insert("scope".into(), scopes.join(" ").into());
        }

        standard.insert("metadata".into(), self.metadata(document).into());
        Ok(WipedJson(standard.into()))
    }

    /// Returns the token's type by the standard. A type that is bearer in all but name becomes
    /// `bearer`; another one stays, and decides whether the token can be used.
    fn token_type(&self, stated: Option<&Value>) -> Value {
        match stated {
            None => "bearer".into(),
            Some(Value::String(text))
                if token_type::is_bearer(text, &self.settings.token_types) =>
            {
                "bearer".into()
            }
            Some(other) => other.clone(),
        }
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

fn non_null(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}
