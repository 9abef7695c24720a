//! Template files. An accepted template signs every request with its secret, for no other host, and
//! does not leak the secret.

use crate::grant::is_control;
use crate::harness::{Target, Verdict};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use purser_model::FieldName;
use purser_vault::oauth::Tokens;
use purser_vault::{Credential, FieldKind, Secret, Template, TemplateField, TemplateInstance};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

#[test]
fn accepted_template_signs_every_request_and_leaks_no_secret() {
    Target {
        name: "template",
        rounds: 25_000,
        words: WORDS,
        read: |file| file,
        check,
    }
    .run();
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "[[fields]]\n", "name = \"token\"\n", "name = \"site\"\n", "title = \"T\"\n", "secret = true\n",
    "required = false\n", "type = \"url\"\n", "type = \"host\"\n", "type = \"words\"\n", "type = \"private-key\"\n",
    "default = \"x\"\n", "choices = [\"a\", \"b\"]\n", "[sign]\n", "[sign.basic]\n", "user = \"{token}\"\n",
    "password = \"{token}\"\n", "[[sign.headers]]\n", "[[sign.query]]\n", "name = \"authorization\"\n",
    "name = \"{token}\"\n", "value = \"Bearer {token}\"\n", "value = \"{access-token}\"\n", "[oauth]\n",
    "grant = \"client-credentials\"\n", "grant = \"jwt-bearer\"\n",
    "token-url = \"https://{site}.id.example/token\"\n", "token-url = \"https://id.example/{token}\"\n",
    "token-url = \"{site}/token\"\n", "client-id = \"{site}\"\n", "client-secret = \"{token}\"\n",
    "[oauth.token-params]\n", "[oauth.metadata]\n", "[static]\n", "hosts = [\"*.acme.example\"]\n",
    "hosts = [\"acme.*\"]\n", "like = [\"bearer\"]\n", "{access-token}", "{token}", "{site}", "{{", "}}", "\\u0000",
    "\\n", "\\u202E", "host", "cookie", "proxy-x", "https:", "http://localhost/",
];

fn check(input: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(input) else {
        return Verdict::Refused("no UTF-8".into());
    };

    let template = match Template::parse(text) {
        Ok(template) => template,
        // The message of the TOML parser quotes the file, except for its last line.
        Err(error) => {
            return Verdict::Refused(
                error
                    .to_string()
                    .trim_end()
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
    };
    assert_eq!(
        Template::parse(template.toml()).unwrap(),
        template,
        "the stored text parses to another template"
    );
    assert_printable(&template);
    assert_bound_to_hosts(&template);

    let filled = [true, false].map(|everything| filled(&template, everything));
    let fields = template.fields().len().min(4);

    Verdict::Accepted(format!(
        "{fields} fields, grant {:?}, {filled:?}",
        template.grant()
    ))
}

fn assert_printable(template: &Template) {
    let fields = template.fields();
    for text in [template.title(), template.summary()]
        .into_iter()
        .chain(fields.iter().map(|field| field.title.as_str()))
    {
        assert!(
            !text.trim().is_empty() && !text.chars().any(char::is_control),
            "{text:?}"
        );
    }

    let names: BTreeSet<_> = fields.iter().map(|field| &field.name).collect();
    assert_eq!(names.len(), fields.len(), "two fields have the same name");

    for field in fields {
        assert!(
            !field.help.chars().any(char::is_control),
            "{:?}",
            field.help
        );
        assert!(
            !field.secret || field.default.is_none() && field.choices.is_empty(),
            "the value of {} is in the file",
            field.name
        );
        assert!(
            field.secret || field.kind != FieldKind::PrivateKey,
            "{} is stored in plain text",
            field.name
        );
    }

    assert!(
        template.grant().is_some() || fields.iter().any(|field| field.secret),
        "no field is secret"
    );
}

/// Asserts that a host pattern matches names below its domain, and no neighbouring name.
fn assert_bound_to_hosts(template: &Template) {
    for pattern in template.hosts() {
        assert!(
            pattern.is_ascii() && !pattern.chars().any(is_control),
            "{pattern:?}"
        );

        let host = pattern.replace(['*', '?'], "x");
        assert!(template.allows_host(&host), "{host} is not in {pattern}");

        let last = pattern.rsplit('.').next().unwrap();

        let others = template.hosts().iter().any(|other| {
            other
                .rsplit('.')
                .next()
                .unwrap()
                .eq_ignore_ascii_case("invalid")
        });
        assert!(
            others || !template.allows_host(&format!("{host}.invalid")),
            "{last}"
        );
        assert!(
            pattern.contains(['*', '?'])
                || template.hosts().len() > 1
                || !template.allows_host(&format!("evil-{host}")),
            "{pattern}"
        );
    }
}

/// Returns a secret that cannot be in the file by chance.
fn canary(name: &FieldName) -> String {
    format!("c4n4ry/{name}/0123456789")
}

/// Fills in all fields, or only the required ones. Returns the outcome in words.
fn filled(template: &Template, everything: bool) -> &'static str {
    let given = |field: &&TemplateField| everything || field.required;
    let (secret, plain): (Vec<_>, Vec<_>) = template
        .fields()
        .iter()
        .filter(given)
        .partition(|field| field.secret);
    let secrets = secret
        .iter()
        .map(|field| (field.name.clone(), Secret::new(secret_for(field))))
        .collect();

    let plain: BTreeMap<_, _> = plain
        .iter()
        .map(|field| (field.name.clone(), plain_for(field)))
        .collect();

    let filled = match TemplateInstance::new(template, plain, secrets, false) {
        Ok(filled) => filled,
        Err(error) => {
            let text = format!("{error} {error:?}");
            assert!(!text.contains("c4n4ry"), "an error shows a secret: {text}");
            return "cannot be filled in";
        }
    };
    assert!(
        filled
            .plain()
            .values()
            .all(|value| !value.contains("c4n4ry"))
    );

    let is_oauth = template.grant().is_some();

    if let Some(oauth) = filled.oauth().unwrap() {
        let urls = [
            Some(&oauth.token_url),
            oauth.authorization_url.as_ref(),
            oauth.revocation_url.as_ref(),
        ];
        for url in urls.into_iter().flatten() {
            assert!(!url.as_str().contains("c4n4ry"), "{url}");
            assert!(
                url.username().is_empty() && url.password().is_none() && url.fragment().is_none(),
                "{url}"
            );

            let local = url.host_str().is_some_and(|host| {
                host == "localhost"
                    || host.ends_with(".localhost")
                    || host.starts_with("127.")
                    || host == "[::1]"
            });
            assert!(
                url.scheme() == "https" || url.scheme() == "http" && local,
                "{url}"
            );
        }

        let params = oauth
            .authorization_params
            .values()
            .chain(oauth.token_params.values())
            .chain(oauth.claims.values());
        assert!(
            params
                .chain(&oauth.client_id)
                .chain(&oauth.scopes)
                .all(|text| !text.contains("c4n4ry"))
        );
    }

    let tokens = is_oauth.then(|| tokens(&filled));
    match filled.credential(tokens.as_ref()) {
        Ok(credential) => assert_signs(&credential, is_oauth),
        Err(error) => panic!("a filled template does not sign: {error}"),
    }

    if is_oauth {
        "signs with a token"
    } else {
        "signs"
    }
}

fn secret_for(field: &TemplateField) -> String {
    match field.kind {
        FieldKind::PrivateKey => PRIVATE_KEY.clone(),
        _ => canary(&field.name),
    }
}

/// An EC key on the curve P-256.
static PRIVATE_KEY: LazyLock<String> = LazyLock::new(|| {
    let text = STANDARD.encode(rcgen::KeyPair::generate().unwrap().serialize_der());
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
});

fn plain_for(field: &TemplateField) -> String {
    if let Some(fitting) = field.choices.iter().find(|choice| *choice == "ES256") {
        return fitting.clone();
    }

    let value = match field.kind {
        FieldKind::Url => "https://probe.example/base",
        FieldKind::Host => "probe",
        FieldKind::Words => "one two",
        FieldKind::Text | FieldKind::PrivateKey => "plain",
    };

    field
        .choices
        .first()
        .or(field.default.as_ref())
        .cloned()
        .unwrap_or_else(|| value.to_owned())
}

fn tokens(filled: &TemplateInstance) -> Tokens {
    let metadata = filled.oauth().unwrap().unwrap().metadata;

    Tokens {
        access: Secret::new("c4n4ry/access-token".into()),
        refresh: Some(Secret::new("c4n4ry/refresh-token".into())),
        obtained_at: jiff::Timestamp::UNIX_EPOCH,
        expires_at: None,
        refresh_expires_at: None,
        margin: 60,
        scopes: Vec::new(),
        rotates: None,
        metadata: metadata
            .into_iter()
            .map(|(name, _)| (name, "metadata".to_owned()))
            .collect(),
    }
}

/// Asserts that a header or parameter holds a secret, that no name does, and that redaction covers
/// every value with a secret.
fn assert_signs(credential: &Credential, is_oauth: bool) {
    let marks = credential.redaction_patterns();

    let mut signed = false;
    for (name, value) in credential.headers().chain(credential.query()) {
        assert!(
            !name.contains("c4n4ry"),
            "the name {name} contains a secret"
        );

        let value = value.expose();
        let decoded = value
            .strip_prefix("Basic ")
            .and_then(|word| STANDARD.decode(word).ok());
        let inner = decoded.map_or_else(
            || value.to_owned(),
            |bytes| String::from_utf8_lossy(&bytes).into_owned(),
        );
        let secret = if is_oauth {
            "c4n4ry/access-token"
        } else {
            "c4n4ry/"
        };

        signed |= inner.contains(secret);
        let hidden = marks.iter().any(|mark| mark.expose() == value);
        assert!(
            hidden || !inner.contains("c4n4ry"),
            "{name} holds a secret that is not redacted"
        );
    }

    assert!(signed, "a request is not signed with the secret");
}
