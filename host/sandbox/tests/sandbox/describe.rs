//! Descriptions: valid, invalid, and calls of imports.

use crate::fake_host::{compile, sandbox};
use crate::guest::Guest;
use purser_model::{Blame, Blamed, Digest, StreamKind};
use purser_sandbox::{CallError, SandboxError};

async fn refusal(guest: &Guest) -> SandboxError {
    compile(guest).describe().await.unwrap_err()
}

#[tokio::test]
async fn valid_description_is_returned() {
    let bytes = Guest::honest().build();
    let connector = sandbox().compile(&bytes).unwrap();
    assert_eq!(connector.digest(), Digest::of(&bytes));
    let description = connector.describe().await.unwrap();
    assert_eq!(
        (description.name.as_str(), description.version.to_string()),
        ("example", "1.2.3".to_owned())
    );
    assert_eq!(description.templates, ["bearer"]);
    assert_eq!(
        description
            .streams
            .iter()
            .map(|stream| stream.kind)
            .collect::<Vec<_>>(),
        [StreamKind::Accounts]
    );
}

#[tokio::test]
async fn describe_that_sends_is_refused() {
    let send = r#"(import "purser:connector/http@0.1.0" "[async-lower]send" (func $begin (param i32 i32) (result i32)))"#;
    let mut guest = Guest {
        imports: send.into(),
        ..Guest::honest()
    };
    let target = guest.image.string("/users");
    let request = guest
        .image
        .place(&[vec![0; 4], target, vec![0; 24]].concat());
    guest.describe = format!(
        "(drop (call $begin (i32.const {request}) (i32.const 1024))) {}",
        guest.describe
    );
    let error = refusal(&guest).await;
    let expected = CallError::ImportDuringDescribe {
        import: "http.send",
        arguments: "GET /users".into(),
    };
    assert_eq!(error, SandboxError::Describe(expected));
    assert_eq!(error.blame(), Blame::Guest);
}

#[tokio::test]
async fn describe_that_waits_is_refused() {
    let guest = Guest {
        describe: "call $get".into(),
        ..Guest::honest()
    };
    let error = refusal(&guest).await;
    assert!(
        error
            .to_string()
            .contains("called an import that waits while it described itself"),
        "{error}"
    );
}

#[tokio::test]
async fn describe_that_logs_is_refused_with_its_line() {
    let mut guest = Guest::honest();
    let words = guest.image.place(b"panicked at src/lib.rs");
    guest.describe =
        format!("(call $log (i32.const 3) (i32.const {words}) (i32.const 22)) unreachable");
    let error = refusal(&guest).await;
    assert!(
        error
            .to_string()
            .ends_with("called log.write while it described itself: \"panicked at src/lib.rs\""),
        "{error}"
    );
}

#[tokio::test]
async fn describe_without_end_reaches_its_deadline() {
    let guest = Guest {
        describe: "(loop (br 0)) unreachable".into(),
        ..Guest::honest()
    };
    assert_eq!(
        refusal(&guest).await,
        SandboxError::Describe(CallError::EpochDeadline { ms: 1000 })
    );
}

#[tokio::test]
async fn text_with_control_characters_is_refused() {
    let mut guest = Guest::honest();
    guest.describe = format!(
        "i32.const {}",
        guest.image.description("example", "\u{1b}[2JHarmless.")
    );
    assert_eq!(
        refusal(&guest).await,
        SandboxError::Description("summary holds a control character".into())
    );
}

#[tokio::test]
async fn invalid_name_is_refused() {
    let mut guest = Guest::honest();
    guest.describe = format!(
        "i32.const {}",
        guest.image.description("../evil", "An example.")
    );
    assert!(
        matches!(refusal(&guest).await, SandboxError::Description(why) if why.starts_with("name: \"../evil\" is not a valid name"))
    );
}

#[tokio::test]
async fn description_without_streams_is_refused() {
    let mut guest = Guest::honest();
    // The number of streams becomes 0: the list is the eighth field.
    guest.describe = format!(
        "{d} i32.const 0 i32.store offset=60 {d}",
        d = guest.describe
    );
    assert_eq!(
        refusal(&guest).await,
        SandboxError::Description("it offers no stream".into())
    );
}
