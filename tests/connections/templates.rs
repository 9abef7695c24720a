//! Templates that operators write, as TOML.

use crate::echo_server::EchoServer;
use purser_tests::Purser;
use serde_json::json;

const OWN: &str = "\
name = 'acme'
title = 'Acme keys'
summary = 'Two headers and a version, as Acme wants them.'
like = ['bearer']
[static]
version = '2024-01'
[[fields]]
name = 'account'
title = 'Account'
help = 'The number of the account.'
[[fields]]
name = 'key'
title = 'Key'
help = 'The key.'
secret = true
[[sign.headers]]
name = 'x-acme-account'
value = '{account}'
[[sign.headers]]
name = 'x-acme-key'
value = 'v={version};k={key}'
[[sign.query]]
name = 'account'
value = '{account}'
";

#[test]
fn built_in_templates_are_listed_and_their_copies_accepted() {
    let purser = Purser::new();
    let names: Vec<_> = purser
        .json("template list")
        .as_array()
        .unwrap()
        .iter()
        .map(|template| template["name"].as_str().unwrap().to_owned())
        .collect();
    for name in [
        "api-key-header",
        "api-key-query",
        "basic",
        "basic-api-key",
        "bearer",
        "oauth-authorization-code",
        "oauth-client-credentials",
        "oauth-jwt-bearer",
    ] {
        assert!(names.contains(&name.to_owned()), "{names:?}");
        let shown = purser.ok(&format!("template show {name}"));
        assert!(shown.contains("as a secret"), "{shown}");
        let toml = purser.ok(&format!("template show {name} --toml"));
        let file = purser.file(
            "own.toml",
            toml.replace(&format!("name = \"{name}\""), "name = \"own\""),
        );
        purser.ok(&format!("template add {file}"));
        purser.ok("template delete own");
    }

    purser.run("template show kerberos").assert_refused(
        3,
        "input or configuration",
        "no template kerberos",
    );
    purser
        .run("template delete bearer")
        .assert_refused(3, "input or configuration", "built in");
}

#[test]
fn custom_template_signs_every_request_as_declared() {
    let echo = EchoServer::start();
    let purser = Purser::new();
    purser.upload_and_grant("canary");
    purser.ok("alias create echo --connector canary");

    let file = purser.file("acme.toml", OWN);
    purser.ok(&format!("template add {file}"));
    let words = format!(
        "main --alias echo --base-url {} --template acme --set account=4711 --private-network",
        echo.base_url()
    );

    let output = purser.connect(&words, "k-s3cret-key");
    assert_eq!(output.code, 0, "{output:#?}");

    let received = echo.received();
    assert!(!received.is_empty());

    for request in received {
        assert_eq!(request.header("x-acme-account"), Some("4711"));
        assert_eq!(
            request.header("x-acme-key"),
            Some("v=2024-01;k=k-s3cret-key")
        );
        assert!(
            request.target.ends_with("?account=4711"),
            "{}",
            request.target
        );
    }

    purser.run("template delete acme").assert_refused(
        3,
        "input or configuration",
        "in use by connection main",
    );
    purser.run(&format!("template add {file}")).assert_refused(
        3,
        "input or configuration",
        "already exists",
    );

    purser.ok("connection delete main");
    purser.ok("template delete acme");
}

#[test]
fn failed_request_is_retried_as_often_as_the_alias_sets() {
    for attempts in [1, 3] {
        let echo = EchoServer::start();
        let purser = Purser::new();
        purser.upload_and_grant("canary");
        purser.ok(&format!(
            "alias create echo --connector canary --retry-attempts {attempts} --retry-within 30"
        ));

        let words = format!(
            "main --alias echo --base-url {} --template bearer --private-network",
            echo.base_url()
        );
        assert_eq!(purser.connect(&words, "k-s3cret-token").code, 0);

        purser.ok("profile create p --connector canary --alias echo");
        echo.fail();
        purser.ok("run p --stream stall");

        assert_eq!(
            echo.received()
                .iter()
                .filter(|request| request.target == "/api/stall")
                .count(),
            attempts
        );
    }
}

#[test]
fn invalid_template_is_refused_naming_the_mistake() {
    let purser = Purser::new();
    for (from, to, says) in [
        ("title = 'Acme keys'", "titel = 'Acme keys'", "titel"),
        ("value = '{account}'", "value = '{acount}'", "acount"),
        ("name = 'x-acme-key'", "name = 'host'", "host"),
        ("name = 'acme'", "name = 'bearer'", "built in"),
        ("secret = true\n", "", "secret"),
        ("name = 'x-acme-key'", "name =", "TOML"),
    ] {
        let file = purser.file("acme.toml", OWN.replacen(from, to, 1));
        purser.run(&format!("template add {file}")).assert_refused(
            3,
            "input or configuration",
            says,
        );
    }

    let added = purser
        .json("template list")
        .as_array()
        .unwrap()
        .iter()
        .any(|template| template["name"] == "acme");
    assert!(!added);
    assert_ne!(purser.json("template list"), json!([]));
}
