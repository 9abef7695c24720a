//! The built-in templates, and refusal of unsound ones.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod support;

use purser_model::{Blame, Blamed as _};
use purser_vault::oauth::GrantType;
use purser_vault::{FieldKind, Template, TemplateError};
use support::built_in;

/// An API key template that uses every key.
const KEY: &str = r#"
name = "acme"
title = "Acme API key"
summary = "A key and the version of the API."
like = ["bearer", "api-key-header"]
hosts = ["*.acme.example", "acme.example"]

[static]
api-version = "2024-01"

[[fields]]
name = "key"
title = "API key"
help = "From the settings."
secret = true

[[fields]]
name = "team"
title = "Team"
required = false

[[sign.headers]]
name = "x-api-key"
value = "Key {key}"

[[sign.headers]]
name = "x-version"
value = "{api-version}"

[[sign.query]]
name = "team"
value = "{team}"
"#;

/// An OAuth template that uses every key.
const OAUTH: &str = r#"
name = "acme-oauth"
title = "Acme"
summary = "Consent at Acme."
like = ["bearer"]

[static]
region = "eu"

[[fields]]
name = "tenant"
title = "Tenant"
type = "host"

[[fields]]
name = "space"
title = "Space"

[[fields]]
name = "client-id"
title = "Client id"

[[fields]]
name = "client-secret"
title = "Client secret"
secret = true
required = false

[[fields]]
name = "pem"
title = "Key"
secret = true
type = "private-key"
required = false

[[fields]]
name = "auth"
title = "Auth"
choices = ["basic", "post", "private-key-jwt"]
default = "basic"

[[sign.headers]]
name = "authorization"
value = "Bearer {access-token}"

[[sign.headers]]
name = "x-instance"
value = "{instance}"

[oauth]
grant = "authorization-code"
authorization-url = "https://{tenant}.acme.example/{region}/authorize"
token-url = "https://{tenant}.acme.example/{space}/token?space={space}"
revocation-url = "http://127.0.0.1/revoke"
client-id = "{client-id}"
client-secret = "{client-secret}"
private-key = "{pem}"
token-auth = "{auth}"
algorithm = "ES256"
key-id = "k1"
scopes = "read write"
scope-separator = ","
issuer = "https://acme.example"
audience = "acme"
assertion-lifetime = 60
token-path = "/authed_user/access_token"
lifetime = 3600
margin = 30
refresh-token-lifetime = 7776000

[oauth.authorization-params]
prompt = "consent"

[oauth.token-params]
resource = "{space}"

[oauth.metadata]
instance = "/instance_url"
"#;

fn error(toml: &str) -> TemplateError {
    match Template::parse(toml) {
        Ok(_) => panic!("this parses:\n{toml}"),
        Err(error) => error,
    }
}

/// Replaces the only occurrence of a text in the template.
fn with(toml: &str, from: &str, to: &str) -> String {
    assert_eq!(toml.matches(from).count(), 1, "{from}");
    toml.replace(from, to)
}

/// Asserts that the change makes the template invalid, with this error and these words in its
/// message.
macro_rules! refused {
    ($toml:expr, $from:expr => $to:expr, $kind:pat, $($word:expr),*) => {{
        let error = error(&with($toml, $from, $to));
        assert!(matches!(error, $kind), "{error:?}");
        let text = error.to_string();
        $(assert!(text.contains($word), "{text:?} lacks {:?}", $word);)*
        assert_eq!(error.blame(), Blame::Operator);
        assert!(error.next_step().is_some());
    }};
}

#[test]
fn parse_template_has_the_written_values() {
    let acme = Template::parse(KEY).unwrap();

    assert_eq!(
        (acme.name().as_str(), acme.title()),
        ("acme", "Acme API key")
    );
    assert_eq!(acme.summary(), "A key and the version of the API.");
    assert_eq!((acme.toml(), acme.grant()), (KEY, None));
    assert_eq!(acme.hosts(), ["*.acme.example", "acme.example"]);

    let [key, team] = acme.fields() else {
        panic!("{:?}", acme.fields())
    };

    assert_eq!(
        (key.name.as_str(), key.title.as_str(), key.help.as_str()),
        ("key", "API key", "From the settings.")
    );
    assert!(key.secret && key.required && key.kind == FieldKind::Text && key.default.is_none());
    assert!(!team.secret && !team.required && team.help.is_empty() && team.choices.is_empty());
    assert_eq!(
        Template::parse(OAUTH).unwrap().grant(),
        Some(GrantType::AuthorizationCode)
    );
}

#[test]
fn is_accepted_by_name_or_by_one_it_is_like() {
    let acme = Template::parse(KEY).unwrap();

    assert_eq!(
        acme.like()
            .iter()
            .map(|name| name.as_str())
            .collect::<Vec<_>>(),
        ["bearer", "api-key-header"]
    );
    assert!(
        acme.is_accepted_by(&["acme"])
            && acme.is_accepted_by(&["basic", "bearer"])
            && acme.is_accepted_by(&["api-key-header".to_owned()])
    );
    assert!(!acme.is_accepted_by(&["basic"]) && !acme.is_accepted_by::<&str>(&[]));
}

#[test]
fn allows_host_only_of_its_patterns() {
    let acme = Template::parse(KEY).unwrap();
    for host in [
        "acme.example",
        "eu.acme.example",
        "a.b.acme.example",
        "EU.Acme.Example",
    ] {
        assert!(acme.allows_host(host), "{host}");
    }

    for host in [
        "evil.example",
        "evilacme.example",
        "acme.example.evil.example",
        "",
        "acme.example.",
    ] {
        assert!(!acme.allows_host(host), "{host}");
    }

    assert!(built_in("bearer").allows_host("anything.example"));
}

#[test]
fn built_in_templates_have_the_known_fields() {
    let shape = |template: &Template| {
        let fields = template.fields().iter().map(|field| {
            let mark = if field.secret { "*" } else { "" };
            let mark = if field.required {
                mark.to_owned()
            } else {
                format!("{mark}?")
            };
            format!("{}{mark}", field.name)
        });
        format!(
            "{}: {}",
            template.name(),
            fields.collect::<Vec<_>>().join(" ")
        )
    };

    let shapes: Vec<_> = purser_vault::built_in().iter().map(shape).collect();

    assert_eq!(
        shapes,
        [
            "bearer: token*",
            "basic: user password*",
            "basic-api-key: key*",
            "api-key-header: header prefix? key*",
            "api-key-query: parameter key*",
            "oauth-authorization-code: authorization-url token-url revocation-url? client-id client-secret*? \
             private-key*? token-auth? key-id? algorithm? scopes? prompt? issuer?",
            "oauth-client-credentials: token-url revocation-url? client-id client-secret*? private-key*? token-auth? \
             key-id? algorithm? scopes? audience?",
            "oauth-jwt-bearer: token-url revocation-url? issuer subject? audience? private-key* key-id? algorithm? \
             scopes? client-id? client-secret*?",
        ]
    );

    for template in purser_vault::built_in() {
        let oauth = template.name().as_str().starts_with("oauth-");
        assert_eq!(template.grant().is_some(), oauth);
        assert_eq!(
            template.is_accepted_by(&["bearer"]),
            oauth || template.name().as_str() == "bearer"
        );
        let text = |field: &purser_vault::TemplateField| {
            field.help.len() > 20 && !field.help.ends_with('.')
        };
        assert!(template.fields().iter().all(text), "{}", template.name());
    }
}

#[test]
fn parse_malformed_toml_or_unknown_key_is_refused() {
    refused!(KEY, "name = \"acme\"" => "name = ", TemplateError::Toml(_), "name");
    refused!(KEY, "name = \"acme\"" => "name = \"Acme\"", TemplateError::Toml(_), "Acme");
    refused!(KEY, "name = \"acme\"\n" => "", TemplateError::Toml(_), "name");
    refused!(KEY, "secret = true" => "secret = true\nhidden = 1", TemplateError::Toml(_), "hidden", "choices");
    refused!(KEY, "secret = true" => "secret = true\ntype = \"number\"", TemplateError::Toml(_), "number", "private-key");
    refused!(KEY, "like =" => "likes =", TemplateError::Toml(_), "likes", "like");
    refused!(KEY, "name = \"x-version\"" => "name = \"x-version\"\nsecret = true", TemplateError::Toml(_), "secret");
    refused!(KEY, "[[sign.query]]" => "[sign.cookies]\na = \"b\"\n[[sign.query]]", TemplateError::Toml(_), "cookies");
    refused!(KEY, "[static]" => "[sign.basic]\nuser = \"u\"\npassword = \"p\"\nrealm = \"r\"\n[static]", TemplateError::Toml(_), "realm");
    refused!(OAUTH, "scopes =" => "scope =", TemplateError::Toml(_), "scope", "scopes");
    refused!(OAUTH, "\"authorization-code\"" => "\"password\"", TemplateError::Toml(_), "password", "jwt-bearer");

    assert_eq!(
        error(&format!("{KEY}#{}", "x".repeat(65_536))),
        TemplateError::TooLong
    );
}

#[test]
fn parse_empty_or_control_text_is_refused() {
    refused!(KEY, "\"Acme API key\"" => "\" \"", TemplateError::Text { .. }, "title", "empty");
    refused!(KEY, "\"A key and the version of the API.\"" => "\"\"", TemplateError::Text { .. }, "summary");
    refused!(KEY, "\"Team\"" => "\"\\u001b[2J\"", TemplateError::Text { .. }, "fields.team.title", "control");
    refused!(KEY, "\"From the settings.\"" => "\"a\\nb\"", TemplateError::Text { .. }, "fields.key.help");
}

#[test]
fn parse_name_used_twice_is_refused() {
    refused!(KEY, "name = \"team\"\ntitle" => "name = \"key\"\ntitle", TemplateError::Duplicate { .. }, "key");
    refused!(KEY, "api-version = \"2024-01\"" => "key = \"2024-01\"", TemplateError::Duplicate { .. }, "static", "key");
    refused!(KEY, "api-version =" => "access-token =", TemplateError::Reserved { .. }, "access-token");
    refused!(KEY, "name = \"team\"\ntitle" => "name = \"access-token\"\ntitle", TemplateError::Reserved { .. }, "access-token");
    refused!(OAUTH, "instance = \"/instance_url\"" => "tenant = \"/instance_url\"", TemplateError::Duplicate { .. }, "tenant");
    refused!(OAUTH, "instance = \"/instance_url\"" => "region = \"/instance_url\"", TemplateError::Duplicate { .. }, "region");
    refused!(OAUTH, "instance = \"/instance_url\"" => "access-token = \"/x\"", TemplateError::Reserved { .. }, "access-token");
    refused!(KEY, "\"x-version\"" => "\"X-Api-Key\"", TemplateError::Duplicate { .. }, "sign.headers", "x-api-key");
    refused!(KEY, "[[sign.query]]" => "[[sign.query]]\nname = \"team\"\nvalue = \"1\"\n[[sign.query]]", TemplateError::Duplicate { .. }, "sign.query");
    let both = "[sign.basic]\nuser = \"\"\npassword = \"{key}\"\n[[sign.query]]";
    let both = with(KEY, "[[sign.query]]", both);

    refused!(&both, "\"x-version\"" => "\"authorization\"", TemplateError::Duplicate { .. }, "authorization");
}

#[test]
fn parse_contradicting_field_attributes_are_refused() {
    let field = |from: &str, to: &str| error(&with(KEY, from, to));
    for attributes in [
        "secret = true\ntype = \"url\"",
        "secret = true\ntype = \"host\"",
        "secret = true\ntype = \"words\"",
        "type = \"private-key\"",
        "secret = true\ndefault = \"hush-hush\"",
        "secret = true\nchoices = [\"a\"]",
    ] {
        assert!(
            matches!(
                field("secret = true", attributes),
                TemplateError::InvalidField { .. }
            ),
            "{attributes}"
        );
    }

    for attributes in [
        "choices = [\"a\", \"a\"]",
        "choices = [\"a\", \"\"]",
        "choices = [\"a\"]\ndefault = \"b\"",
        "choices = [\"a\"]\ntype = \"words\"",
        "type = \"url\"\ndefault = \"a\"",
        "type = \"host\"\ndefault = \"a/b\"",
        "default = \"a\\nb\"",
    ] {
        let error = field("required = false", attributes);
        assert!(
            matches!(&error, TemplateError::InvalidField { field, .. } if field.as_str() == "team"),
            "{attributes}: {error}"
        );
    }
}

#[test]
fn parse_unused_field_is_refused() {
    refused!(KEY, "\"{team}\"" => "\"x\"", TemplateError::UnusedField(_), "team");
    refused!(OAUTH, "private-key = \"{pem}\"\n" => "", TemplateError::UnusedField(_), "pem");
}

#[test]
fn parse_unknown_placeholder_is_refused() {
    refused!(KEY, "\"{team}\"" => "\"{teem}\"", TemplateError::UnknownPlaceholder { .. }, "sign.query.value", "{teem}", "{team}", "{key}", "{api-version}");
    refused!(KEY, "\"{team}\"" => "\"{access-token}\"", TemplateError::UnknownPlaceholder { .. }, "{access-token}");
    refused!(KEY, "\"{team}\"" => "\"{team\"", TemplateError::Pattern { .. }, "sign.query.value");
    refused!(KEY, "name = \"x-version\"" => "name = \"{x-version}\"", TemplateError::UnknownPlaceholder { .. }, "sign.headers.name");

    // A name is seen in logs, so the application cannot choose it.
    refused!(OAUTH, "name = \"x-instance\"" => "name = \"{instance}\"", TemplateError::UnknownPlaceholder { .. }, "sign.headers.name");
    refused!(OAUTH, "scopes = \"read write\"" => "scopes = \"{access-token}\"", TemplateError::UnknownPlaceholder { .. }, "oauth.scopes");
    refused!(OAUTH, "resource = \"{space}\"" => "resource = \"{instance}\"", TemplateError::UnknownPlaceholder { .. }, "oauth.token-params.resource");

    refused!(OAUTH, "prompt = \"consent\"" => "prompt = \"}\"", TemplateError::Pattern { .. }, "oauth.authorization-params.prompt");
}

#[test]
fn parse_secret_in_a_visible_place_is_refused() {
    let seen = |from: &str, to: &str, key: &str| refused!(OAUTH, from => to, TemplateError::SecretExposed { .. }, key, "{client-secret}");
    seen(
        "/{region}/authorize",
        "/{client-secret}/authorize",
        "oauth.authorization-url",
    );

    seen(
        "/token?space={space}",
        "/token?space={client-secret}",
        "oauth.token-url",
    );

    seen(
        "127.0.0.1/revoke",
        "127.0.0.1/{client-secret}",
        "oauth.revocation-url",
    );

    seen(
        "prompt = \"consent\"",
        "prompt = \"{client-secret}\"",
        "oauth.authorization-params.prompt",
    );

    seen(
        "resource = \"{space}\"",
        "resource = \"{client-secret}\"",
        "oauth.token-params.resource",
    );

    seen(
        "client-id = \"{client-id}\"",
        "client-id = \"{client-secret}\"",
        "oauth.client-id",
    );

    seen(
        "scopes = \"read write\"",
        "scopes = \"{client-secret}\"",
        "oauth.scopes",
    );

    seen(
        "name = \"x-instance\"",
        "name = \"{client-secret}\"",
        "sign.headers.name",
    );

    refused!(KEY, "[[sign.query]]\nname = \"team\"" => "[[sign.query]]\nname = \"{key}\"", TemplateError::SecretExposed { .. }, "sign.query.name");
}

#[test]
fn parse_private_key_in_a_sent_value_is_refused() {
    for (from, to) in [
        ("\"{instance}\"", "\"{pem}\""),
        ("resource = \"{space}\"", "resource = \"{pem}\""),
        ("/{region}/authorize", "/{pem}"),
    ] {
        refused!(OAUTH, from => to, TemplateError::PrivateKeySent { .. }, "{pem}");
    }
}

#[test]
fn parse_client_secret_and_private_key_must_be_secret_fields() {
    for to in [
        "\"hush-hush\"",
        "\"{client-id}\"",
        "\"x{client-secret}\"",
        "\"{pem}\"",
        "\"{region}\"",
        "\"{nothing}\"",
    ] {
        refused!(OAUTH, "\"{client-secret}\"" => to, TemplateError::OAuth { .. }, "oauth.client-secret", "secret = true");
    }

    for to in ["\"{client-secret}\"", "\"{pem}{pem}\"", "\"{client-id}\""] {
        refused!(OAUTH, "\"{pem}\"" => to, TemplateError::OAuth { .. }, "oauth.private-key", "private-key");
    }
}

#[test]
fn parse_header_of_the_host_is_refused() {
    for name in ["host", "Cookie", "proxy-authorization", "content-length"] {
        refused!(KEY, "\"x-version\"" => &format!("{name:?}"), TemplateError::Header { .. }, "sign.headers", "Purser itself");
    }

    for name in ["", "x version", "x:y"] {
        refused!(KEY, "\"x-version\"" => &format!("{name:?}"), TemplateError::Header { .. }, "not a header name");
    }

    refused!(KEY, "[[sign.query]]\nname = \"team\"" => "[[sign.query]]\nname = \"\"", TemplateError::Text { .. }, "sign.query");
}

#[test]
fn parse_unsafe_url_is_refused() {
    let url = "\"https://{tenant}.acme.example/{space}/token?space={space}\"";
    for (to, word) in [
        ("http://{tenant}.acme.example/{space}", "https://"),
        ("http://acme.example/{space}", "https://"),
        ("ftp://acme.example/{space}", "https://"),
        ("acme.example/{space}", "not a URL"),
        ("https://", "not a URL"),
        ("", "not a URL"),
        ("https://acme.example:port/{space}", "not a URL"),
        ("https://user@acme.example/{space}", "user name"),
        ("https://:pass@acme.example/{space}", "user name"),
        ("https://{tenant}@evil.example/{space}", "user name"),
        ("https://acme.example/{space}#x", "fragment"),
        ("{tenant}/token", "scheme and host"),
        ("{space}", "scheme and host"),
        ("data:{space}", "no host"),
    ] {
        refused!(OAUTH, url => &format!("{to:?}"), TemplateError::Url { .. }, "oauth.token-url", word);
    }

    for to in [
        "https://{space}.acme.example/token",
        "https://{tenant}.{space}/token",
        "https://{space}/token",
        "https://{space}@acme.example/token",
        "https:{space}/token",
        "https:/{space}/token",
        "https:///{space}/token",
        "https:\\\\{space}/token",
        " https:/\t/{space}/token",
        "https://acme.example{space}/token",
    ] {
        refused!(OAUTH, url => &format!("{to:?}"), TemplateError::UrlHost { .. }, "oauth.token-url", "{space}");
    }

    for to in [
        "http://localhost:1/{space}/{tenant}",
        "http://[::1]/{space}/{tenant}",
        "https://{tenant}:8443/{space}",
    ] {
        let toml = with(
            &with(OAUTH, url, &format!("{to:?}")),
            "{tenant}.acme.example/{region}",
            "{tenant}.example",
        );
        assert!(Template::parse(&toml).is_ok(), "{to}");
    }
}

#[test]
fn parse_url_field_as_url_is_accepted() {
    let url = "\"https://{tenant}.acme.example/{space}/token?space={space}\"";
    let toml = with(
        OAUTH,
        "title = \"Space\"",
        "title = \"Space\"\ntype = \"url\"",
    );

    for good in ["{space}", "{space}/token"] {
        assert!(
            Template::parse(&with(&toml, url, &format!("{good:?}"))).is_ok(),
            "{good}"
        );
    }

    for bad in [
        "{space}.evil.example/",
        "{space}{tenant}",
        "{space}@evil.example",
    ] {
        refused!(&toml, url => &format!("{bad:?}"), TemplateError::Url { .. }, "only a path");
    }

    for bad in ["https://{space}/token", "https:/{space}"] {
        let error = error(&with(&toml, url, &format!("{bad:?}")));
        assert!(
            matches!(
                error,
                TemplateError::UrlHost { .. } | TemplateError::Url { .. }
            ),
            "{error}"
        );
    }
}

#[test]
fn parse_template_that_may_not_sign_is_refused() {
    refused!(KEY, "secret = true" => "", TemplateError::NoSecret, "secret");
    let sign = KEY.split_once("[[sign.headers]]").unwrap().0;
    let team = sign.split_once("\n[[fields]]\nname = \"team\"").unwrap().0;

    assert!(matches!(error(team), TemplateError::Unsigned(_)));

    refused!(KEY, "\"Key {key}\"" => "\"{api-version}\"", TemplateError::Unsigned(_), "[sign]");

    // Without the optional field the header would be left out, and the secret with it.
    refused!(KEY, "\"Key {key}\"" => "\"{team} {key}\"", TemplateError::Unsigned(_), "left out");
    refused!(KEY, "secret = true" => "secret = true\nrequired = false", TemplateError::Unsigned(_), "required");
    refused!(KEY, "\"x-api-key\"" => "\"{team}\"", TemplateError::Unsigned(_), "left out");

    // An OAuth template must send its token, not its client's secret.
    refused!(OAUTH, "\"Bearer {access-token}\"" => "\"Basic {client-secret}\"", TemplateError::Unsigned(_), "{access-token}");
    let basic = with(
        KEY,
        "[[sign.query]]",
        "[sign.basic]\nuser = \"{key}\"\npassword = \"\"\n[[sign.query]]",
    );

    assert!(Template::parse(&with(&basic, "\"Key {key}\"", "\"x\"")).is_ok());
}

#[test]
fn parse_origin_in_sign_is_refused() {
    for key in ["url", "base-url", "origin", "host", "hosts"] {
        let sign = format!("[sign]\n{key} = \"https://evil.example\"\n[static]");
        refused!(KEY, "[static]" => &sign, TemplateError::OtherOrigin(_), "the connection's own origin alone");
    }

    for key in ["url", "host"] {
        let pair = format!("name = \"x-version\"\n{key} = \"evil.example\"");
        refused!(KEY, "name = \"x-version\"" => &pair, TemplateError::OtherOrigin(_), "sign.headers");
    }
}

#[test]
fn parse_too_wide_host_pattern_is_refused() {
    for bad in [
        "",
        "*",
        "acme.*",
        "acme.exampl?",
        "*acme.example",
        "?acme.example",
        "https://acme.example",
        "acme.example:443",
        "acme.example/",
        "acme.example.",
        "a b.example",
        "\u{e9}.example",
    ] {
        refused!(KEY, "\"*.acme.example\"" => &format!("{bad:?}"), TemplateError::HostPattern(_), "hosts");
    }

    for good in [
        "localhost",
        "eu-*.acme.example",
        "?.acme.example",
        "10.0.0.1",
    ] {
        assert!(
            Template::parse(&with(KEY, "\"*.acme.example\"", &format!("{good:?}"))).is_ok(),
            "{good}"
        );
    }
}

#[test]
fn parse_oauth_keys_must_suit_the_grant() {
    let authorization =
        "authorization-url = \"https://{tenant}.acme.example/{region}/authorize\"\n";
    let params = "[oauth.authorization-params]\nprompt = \"consent\"\n";
    refused!(OAUTH, authorization => "", TemplateError::OAuth { .. }, "authorization-url", "requires it");
    refused!(OAUTH, "client-id = \"{client-id}\"\n" => "key-id2 = \"\"\n", TemplateError::Toml(_), "key-id2");
    refused!(OAUTH, "client-id = \"{client-id}\"\n" => "", TemplateError::OAuth { .. }, "client-id", "requires it");
    refused!(OAUTH, "key-id = \"k1\"" => "subject = \"x\"", TemplateError::OAuth { .. }, "subject", "not use it");
    refused!(OAUTH, params => "[oauth.claims]\nx = \"y\"\n", TemplateError::OAuth { .. }, "claims", "not use it");

    let machine = with(OAUTH, "\"authorization-code\"", "\"client-credentials\"");
    refused!(&machine, params => "", TemplateError::OAuth { .. }, "authorization-url", "not use it");
    refused!(&machine, authorization => "", TemplateError::OAuth { .. }, "authorization-params", "not use it");
    let machine = with(&with(&machine, params, ""), authorization, "");

    assert!(Template::parse(&machine).is_ok());

    let no_secret = with(&machine, "client-secret = \"{client-secret}\"\n", "");

    assert!(
        matches!(error(&no_secret), TemplateError::UnusedField(_)),
        "a private key will do"
    );

    refused!(&no_secret, "private-key = \"{pem}\"\n" => "", TemplateError::OAuth { .. }, "client-secret", "requires it");

    let jwt = with(&machine, "\"client-credentials\"", "\"jwt-bearer\"");
    refused!(&jwt, "key-id = \"k1\"" => "", TemplateError::OAuth { .. }, "private-key", "required");
    let jwt = with(
        &jwt,
        "type = \"private-key\"\nrequired = false",
        "type = \"private-key\"",
    );

    assert!(Template::parse(&jwt).is_ok());
    assert!(
        Template::parse(&with(
            &jwt,
            "key-id = \"k1\"",
            "subject = \"x\"\nclaims = { x = \"y\" }"
        ))
        .is_ok()
    );

    refused!(&jwt, "private-key = \"{pem}\"\n" => "", TemplateError::OAuth { .. }, "private-key", "requires it");
    let anonymous = with(&jwt, "client-id = \"{client-id}\"\n", "");

    refused!(&anonymous, "issuer = \"https://acme.example\"\n" => "", TemplateError::OAuth { .. }, "issuer", "requires it");
}

#[test]
fn parse_reserved_parameter_is_refused() {
    for name in [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    ] {
        refused!(OAUTH, "prompt = " => &format!("{name} = "), TemplateError::Reserved { .. }, "oauth.authorization-params", name);
    }

    for name in [
        "grant_type",
        "code",
        "code_verifier",
        "redirect_uri",
        "refresh_token",
        "scope",
        "assertion",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
    ] {
        refused!(OAUTH, "resource = " => &format!("{name} = "), TemplateError::Reserved { .. }, "oauth.token-params", name);
    }

    refused!(OAUTH, "prompt = " => "\"\" = ", TemplateError::Text { .. }, "oauth.authorization-params");
    for name in ["iss", "sub", "aud", "exp", "iat", "nbf", "jti"] {
        let claims = format!("[oauth.claims]\n{name} = \"x\"\n[oauth.token-params]");
        refused!(OAUTH, "[oauth.token-params]" => &claims, TemplateError::Reserved { .. }, "oauth.claims", name);
    }
}

#[test]
fn parse_invalid_word_or_number_is_refused() {
    let wrong = |from: &str, to: &str, word: &str| refused!(OAUTH, from => to, TemplateError::OAuth { .. }, word);
    wrong("algorithm = \"ES256\"", "algorithm = \"HS256\"", "RS256");
    wrong(
        "token-auth = \"{auth}\"",
        "token-auth = \"digest\"",
        "private-key-jwt",
    );

    wrong("\"private-key-jwt\"]", "\"digest\"]", "token-auth");
    wrong(
        "choices = [\"basic\", \"post\", \"private-key-jwt\"]\ndefault = \"basic\"",
        "default = \"digest\"",
        "token-auth",
    );

    wrong(
        "scope-separator = \",\"",
        "scope-separator = \"\"",
        "scope-separator",
    );

    wrong(
        "scope-separator = \",\"",
        "scope-separator = \"123456789\"",
        "scope-separator",
    );

    wrong(
        "scope-separator = \",\"",
        "scope-separator = \"\\n\"",
        "scope-separator",
    );

    wrong(
        "assertion-lifetime = 60",
        "assertion-lifetime = 0",
        "1 to 3600",
    );

    wrong(
        "assertion-lifetime = 60",
        "assertion-lifetime = 3601",
        "1 to 3600",
    );

    wrong("\nlifetime = 3600", "\nlifetime = 0", "lifetime");
    wrong("\nlifetime = 3600", "\nlifetime = 315360001", "lifetime");
    wrong("margin = 30", "margin = 315360001", "margin");
    wrong(
        "refresh-token-lifetime = 7776000",
        "refresh-token-lifetime = 0",
        "refresh-token-lifetime",
    );

    refused!(OAUTH, "margin = 30" => "margin = -1", TemplateError::Toml(_), "-1");
    for pointer in ["", "/", "access_token", "/a~2", "/a~", "/a\\u0000"] {
        wrong(
            "\"/authed_user/access_token\"",
            &format!("\"{pointer}\""),
            "token-path",
        );
        wrong(
            "\"/instance_url\"",
            &format!("\"{pointer}\""),
            "metadata.instance",
        );
    }

    assert!(Template::parse(&with(OAUTH, "\"/instance_url\"", "\"/a~1b/~0c/0\"")).is_ok());
}
