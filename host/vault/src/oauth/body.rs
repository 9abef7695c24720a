//! Body of a token response as JSON: JSON itself, also after a byte order mark, or the form that
//! GitHub and others send by default.

use super::error::OAuthError;
use serde_json::{Map, Value};
use url::form_urlencoded;
use zeroize::{Zeroize as _, Zeroizing};

/// Mark at the start of UTF-8, which RFC 8259, section 8.1, lets a parser skip.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// JSON that may hold tokens. Its texts are overwritten when it is dropped.
pub(super) struct WipedJson(pub(super) Value);

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

/// Returns the object that a body holds.
///
/// # Errors
/// The error says what the body is instead, without quoting it.
pub(super) fn object(body: &[u8]) -> Result<WipedJson, OAuthError> {
    let text = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let json = serde_json::from_slice(text).ok().map(WipedJson);

    json.filter(|json| json.0.is_object())
        .or_else(|| form(text))
        .ok_or_else(|| OAuthError::Malformed(description(text).to_owned()))
}

/// Parses a form with a token or an error in it. Each value is a text then.
fn form(body: &[u8]) -> Option<WipedJson> {
    let text = std::str::from_utf8(body).ok()?.trim();
    if text.contains(char::is_whitespace) || text.starts_with(['{', '[', '<', '"']) {
        return None;
    }

    let members: Map<_, _> = form_urlencoded::parse(text.as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect();
    let form = WipedJson(members.into());
    let is_response = ["access_token", "error"]
        .iter()
        .any(|name| form.0.get(name).is_some_and(|value| value != ""));
    is_response.then_some(form)
}

/// Describes a body that holds no object.
fn description(body: &[u8]) -> &'static str {
    let start = body.trim_ascii_start();
    let is_utf_16 = matches!(
        body,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, b'{', ..] | [b'{', 0, ..]
    );

    if is_utf_16 {
        "it is UTF-16, and JSON is UTF-8 (RFC 8259, section 8.1)"
    } else if start.is_empty() {
        "it is empty"
    } else if start.starts_with(b"<") {
        "it is a web page or XML, not a JSON object"
    } else {
        "it is not a JSON object"
    }
}

/// Returns code and description of an error: the standard's `error` as a text, or an object of the
/// application's own. A success may hold `error: null` or the like.
pub(super) fn stated_error(document: &Value) -> Option<(String, Option<String>)> {
    match document.get("error") {
        Some(Value::String(code)) if !code.is_empty() => {
            Some((code.clone(), first_text(document, &DESCRIPTIONS)))
        }
        Some(object @ Value::Object(_)) => {
            // why: a text such as `OAuthException` says more than a number
            let code = ["code", "type", "status"]
                .iter()
                .find_map(|name| object.get(name)?.as_str())
                .map(str::to_owned)
                .or_else(|| first_text(object, &["code"]))
                .unwrap_or_else(unknown_error);
            Some((
                code,
                first_text(object, &["message", "description", "detail"]),
            ))
        }
        _ if is_refusal(document) => Some((
            error_code(holder(document)).unwrap_or_else(unknown_error),
            said(document),
        )),
        _ => None,
    }
}

/// Members that describe an error, most precise first.
const DESCRIPTIONS: [&str; 9] = [
    "error_description",
    "message",
    "error_message",
    "error_msg",
    "errmsg",
    "msg",
    "detail",
    "title",
    "reason",
];

/// Members that hold the code of an error, or say with one of [`NO_ERROR`] that there is none.
const CODES: [&str; 4] = ["error_code", "errcode", "errorCode", "code"];

/// Codes of a success.
const NO_ERROR: [&str; 5] = ["0", "200", "ok", "success", ""];

/// Returns code and description of an error in a response without a token, by the members that
/// applications use instead of the standard's. A sentence alone may be about anything.
pub(super) fn loose_error(document: &Value) -> Option<(String, Option<String>)> {
    let code = error_code(holder(document)).or_else(|| {
        let has_list = first_of_list(document).is_some();
        has_list.then(unknown_error)
    })?;
    Some((code, said(document)))
}

/// Returns the application's own sentence, if it states one.
pub(super) fn said(document: &Value) -> Option<String> {
    first_text(holder(document), &DESCRIPTIONS)
        .or_else(|| first_of_list(document)?.as_str().map(str::to_owned))
}

/// Returns the object that describes an error: the first of a list, or the response itself.
fn holder(document: &Value) -> &Value {
    first_of_list(document)
        .filter(|error| error.is_object())
        .unwrap_or(document)
}

fn first_of_list(document: &Value) -> Option<&Value> {
    document.get("errors")?.get(0)
}

fn error_code(holder: &Value) -> Option<String> {
    first_text(holder, &CODES)
        .filter(|code| !NO_ERROR.contains(&code.to_ascii_lowercase().as_str()))
}

/// True if the response says that it is a failure, as Slack does with `ok`.
fn is_refusal(document: &Value) -> bool {
    ["ok", "success"].iter().any(|name| {
        matches!(document.get(name), Some(Value::Bool(false)))
            || document.get(name).and_then(Value::as_str) == Some("false")
    })
}

/// Returns the first of these members that is a text or a number.
fn first_text(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match value.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn unknown_error() -> String {
    "unknown error".into()
}

/// Overwrites the body when it is dropped.
pub(super) fn wiped(body: Vec<u8>) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(body)
}
