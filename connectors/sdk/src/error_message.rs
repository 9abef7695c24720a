//! The application's own sentence about an error, and the permission that it names as missing.

use serde_json::Value;

/// Members that describe an error: of SCIM, OAuth, JSON:API and of applications' own formats, most
/// precise first.
const MESSAGE: [&str; 9] = [
    "message",
    "detail",
    "error_description",
    "error_message",
    "description",
    "error",
    "errors",
    "title",
    "reason",
];

/// Members that name the permission which a request lacks. `needed` is of Slack.
const PERMISSION: [&str; 8] = [
    "needed",
    "required_scope",
    "required_scopes",
    "requiredScopes",
    "missing_scope",
    "missing_scopes",
    "required_permission",
    "required_permissions",
];

/// Deepest nesting of objects and lists that a message is looked for in.
const MAX_DEPTH: usize = 4;

/// Returns the sentence of an error body.
pub(crate) fn of(body: &Value) -> Option<String> {
    text_in(body, MAX_DEPTH).map(str::to_owned)
}

fn text_in(value: &Value, depth: usize) -> Option<&str> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim()),
        Value::Object(_) if depth > 0 => MESSAGE
            .iter()
            .find_map(|name| text_in(member(value, name)?, depth - 1)),
        Value::Array(list) if depth > 0 => text_in(list.first()?, depth - 1),
        _ => None,
    }
}

/// Returns the permission that an error body names as missing.
pub(crate) fn permission(body: &Value) -> Option<String> {
    let named = |holder: &Value| {
        PERMISSION
            .iter()
            .find_map(|name| words(member(holder, name)?))
    };
    named(body).or_else(|| named(member(body, "error")?))
}

/// Returns the scope that a challenge asks for (RFC 6750, section 3): `Bearer scope="users:read"`.
pub(crate) fn scope_of_challenge(challenge: &str) -> Option<String> {
    let at = challenge.to_ascii_lowercase().find("scope=\"")?;
    let quoted = challenge.get(at..)?.split('"').nth(1)?.trim();
    (!quoted.is_empty()).then(|| quoted.to_owned())
}

fn words(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(list) => {
            let words: Vec<_> = list.iter().filter_map(Value::as_str).collect();
            words.join(" ")
        }
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Returns a member, with its name compared without case.
fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let members = value.as_object()?;
    members
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, member)| member)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sentence_is_found_in_every_usual_form() {
        for body in [
            json!({"message": "no"}),
            json!({"Message": " no "}),
            json!({"detail": "no", "status": "403"}),
            json!({"error": "forbidden", "error_description": "no"}),
            json!({"error": "no"}),
            json!({"error": {"code": 403, "message": "no"}}),
            json!({"error": {"errors": [{"reason": "no"}]}}),
            json!({"errors": [{"title": "x", "detail": "no"}]}),
            json!({"errors": ["no"]}),
            json!([{"message": "no"}]),
            json!({"message": "", "title": "no"}),
        ] {
            assert_eq!(of(&body).as_deref(), Some("no"), "{body}");
        }
        for body in [json!({}), json!({"message": null}), json!([]), json!(7)] {
            assert_eq!(of(&body), None, "{body}");
        }
    }

    #[test]
    fn missing_permission_is_found_in_body_and_challenge() {
        for body in [
            json!({"ok": false, "error": "missing_scope", "needed": "users:read"}),
            json!({"requiredScopes": ["users:read"]}),
            json!({"error": {"required_scope": "users:read"}}),
        ] {
            assert_eq!(permission(&body).as_deref(), Some("users:read"), "{body}");
        }
        assert_eq!(permission(&json!({"needed": true})), None);

        let challenge = "Bearer error=\"insufficient_scope\", Scope=\"users:read audit\"";
        assert_eq!(
            scope_of_challenge(challenge).as_deref(),
            Some("users:read audit")
        );
        assert_eq!(scope_of_challenge("Bearer realm=\"x\""), None);
    }
}
