//! Guests that mean harm. Each comes to an end, is named as the culprit, and leaves the sandbox fit
//! for the next.

use crate::guest::Guest;
use crate::world::{World, compile, read, read_within, sandbox, users};
use purser_model::{Blame, Blamed, Limits};
use purser_sandbox::{CallError, SandboxError};

async fn error_of(guest: Guest) -> CallError {
    let error = read(&guest).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Guest, "{error}");
    read(&Guest::honest()).await.unwrap();
    error
}

fn message_of(error: &CallError) -> &str {
    let CallError::Trapped { message, .. } = error else {
        panic!("no trap: {error:?}")
    };
    message
}

/// What a call may compute here, so that tests are quick.
fn briefly() -> Limits {
    Limits {
        cpu_ms: 300,
        ..Limits::default()
    }
}

/// A single thread runs both: without interruption, the honest calls would not get a turn until the
/// other is done.
#[tokio::test(flavor = "current_thread")]
async fn others_go_on_beside_a_guest_that_computes_without_end() {
    let spinning = compile(&Guest::that_reads("(loop (br 0))"));
    let honest = compile(&Guest::honest());
    let spin =
        tokio::spawn(async move { spinning.read(World::fine().call(briefly()), users()).await });
    let beside = tokio::spawn(async move {
        let mut reads = 0;
        while !spin.is_finished() {
            honest
                .read(World::fine().call(Limits::default()), users())
                .await
                .unwrap();
            reads += 1;
            tokio::task::yield_now().await;
        }
        (reads, spin.await.unwrap())
    });
    let (reads, spun) = beside.await.unwrap();
    assert_eq!(spun, Err(CallError::Stuck { ms: 300 }));
    assert!(reads >= 5, "only {reads} reads beside it");
}

#[tokio::test]
async fn a_start_function_has_an_end_too() {
    let guest = Guest {
        start: "(loop (br 0))".into(),
        ..Guest::honest()
    };
    let error = read_within(&guest, briefly(), &World::fine())
        .await
        .unwrap_err();
    assert_eq!(error, CallError::Stuck { ms: 300 });
}

#[tokio::test]
async fn memory_has_an_end() {
    let guest = Guest::that_reads(
        "(loop $again (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable",
    );
    assert_eq!(
        error_of(guest).await,
        CallError::OverLimit {
            limit: "memory-bytes",
            value: 64 << 20
        }
    );
}

#[tokio::test]
async fn memory_is_limited_from_the_beginning() {
    let guest = Guest {
        pages: 2048,
        ..Guest::honest()
    };
    assert_eq!(
        error_of(guest).await,
        CallError::OverLimit {
            limit: "memory-bytes",
            value: 64 << 20
        }
    );
    let guest = Guest {
        pages: 2048,
        ..Guest::honest()
    };
    let limits = Limits {
        memory_bytes: 256 << 20,
        ..Limits::default()
    };
    read_within(&guest, limits, &World::fine()).await.unwrap();
}

#[tokio::test]
async fn tables_have_an_end() {
    let grow = "(loop $again (br_if $again
        (i32.ne (table.grow $t (ref.null func) (i32.const 1000)) (i32.const -1)))) unreachable";
    let guest = Guest {
        more: "(table $t 1 funcref)".into(),
        ..Guest::that_reads(grow)
    };
    assert_eq!(
        error_of(guest).await,
        CallError::OverLimit {
            limit: "table-elements",
            value: 20_000
        }
    );
}

#[tokio::test]
async fn a_table_too_large_to_begin_with_does_not_compile() {
    let guest = Guest {
        more: "(table $t 1000000 funcref)".into(),
        ..Guest::honest()
    };
    assert!(matches!(
        sandbox().compile(&guest.build()),
        Err(SandboxError::Compile(_))
    ));
}

#[tokio::test]
async fn a_crash_says_where_and_what_was_said_before() {
    let mut guest = Guest::honest();
    let words = guest.image.place(b"panicked: no such field");
    guest.more = format!(
        "(func $parse_users (call $log (i32.const 3) (i32.const {words}) (i32.const 23)) unreachable)"
    );
    guest.read = format!("(call $parse_users) {}", guest.read);
    let error = error_of(guest).await;
    assert_eq!(
        message_of(&error),
        "wasm `unreachable` instruction executed, in parse_users < read"
    );
    assert!(
        error.to_string().ends_with(": \"panicked: no such field\""),
        "{error}"
    );
}

#[tokio::test]
async fn the_stack_has_an_end() {
    let guest = Guest {
        more: "(func $deep (call $deep) (call $deep))".into(),
        ..Guest::that_reads("(call $deep)")
    };
    let error = error_of(guest).await;
    assert!(
        message_of(&error).starts_with("call stack exhausted, in deep"),
        "{error}"
    );
}

#[tokio::test]
async fn handles_have_an_end() {
    let guest = Guest {
        imports: "(import \"$root\" \"[waitable-set-new]\" (func $set (result i32)))".into(),
        ..Guest::that_reads(
            "(local $n i32)
             (loop $again (drop (call $set)) (local.set $n (i32.add (local.get $n) (i32.const 1)))
               (br_if $again (i32.lt_u (local.get $n) (i32.const 20000))))",
        )
    };
    let error = error_of(guest).await;
    assert!(message_of(&error).contains("handle"), "{error}");
}

#[tokio::test]
async fn a_cursor_has_an_end() {
    let error = error_of(Guest::that_answers(|image| {
        image.page(0, &[], &[], Some(&"x".repeat(16385)))
    }))
    .await;
    assert_eq!(
        error,
        CallError::BadAnswer("next: a cursor of 16385 bytes is over the limit of 16384".into())
    );
}

#[tokio::test]
async fn records_are_of_the_streams_kind() {
    let error = error_of(Guest::that_answers(|image| {
        let product = image.product("pro", "Pro");
        image.page(2, &[product], &[], None)
    }));
    let why = "records are products where the stream yields accounts";
    assert_eq!(error.await, CallError::BadAnswer(why.into()));
}

#[tokio::test]
async fn one_text_handed_over_many_times_is_counted_each_time() {
    let error = error_of(Guest::that_answers(|image| {
        let text = image.string(&"x".repeat(60_000));
        let row = image.rejected(&text);
        image.page(0, &[], &vec![row; 1000], None)
    }));
    assert_eq!(
        error.await,
        CallError::OverLimit {
            limit: "memory-bytes",
            value: 64 << 20
        }
    );
}

#[tokio::test]
async fn a_string_beyond_memory_is_refused() {
    let error = error_of(Guest::that_answers(|image| {
        let mut account = image.account("u1");
        account[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        image.page(0, &[account], &[], None)
    }));
    assert!(message_of(&error.await).contains("out of bounds"));
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let error = error_of(Guest::that_answers(|image| {
        let place = image.place(b"\xff\xfe");
        let mut account = image.account("u1");
        account[..4].copy_from_slice(&place.to_le_bytes());
        image.page(0, &[account], &[], None)
    }));
    assert!(message_of(&error.await).contains("utf-8"));
}

#[tokio::test]
async fn an_account_without_an_id_is_refused() {
    let error = error_of(Guest::that_answers(|image| {
        let account = image.account("");
        image.page(0, &[account], &[], None)
    }));
    assert_eq!(
        error.await,
        CallError::BadAnswer("accounts[0].id is empty".into())
    );
}
