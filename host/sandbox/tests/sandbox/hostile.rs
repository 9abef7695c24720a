//! Hostile guests. Each call ends, blames the guest, and leaves the sandbox usable.

use crate::fake_host::{FakeHost, compile, read, read_within, sandbox, users};
use crate::guest::Guest;
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

/// Returns a short processor time limit, so that tests are quick.
fn short_cpu_limit() -> Limits {
    Limits {
        cpu_ms: 300,
        ..Limits::default()
    }
}

/// A single thread runs both. Without interruption, the valid calls would have to wait.
#[tokio::test(flavor = "current_thread")]
async fn other_calls_progress_beside_an_endless_guest() {
    let spinning = compile(&Guest::reading("(loop (br 0))"));
    let honest = compile(&Guest::honest());
    let spin = tokio::spawn(async move {
        spinning
            .read(FakeHost::ok().call(short_cpu_limit()), users())
            .await
    });
    let beside = tokio::spawn(async move {
        let mut reads = 0;
        while !spin.is_finished() {
            honest
                .read(FakeHost::ok().call(Limits::default()), users())
                .await
                .unwrap();
            reads += 1;
            tokio::task::yield_now().await;
        }
        (reads, spin.await.unwrap())
    });
    let (reads, spun) = beside.await.unwrap();
    assert_eq!(spun, Err(CallError::EpochDeadline { ms: 300 }));
    assert!(reads >= 5, "only {reads} reads beside it");
}

#[tokio::test]
async fn endless_start_function_reaches_the_deadline() {
    let guest = Guest {
        start: "(loop (br 0))".into(),
        ..Guest::honest()
    };
    let error = read_within(&guest, short_cpu_limit(), &FakeHost::ok())
        .await
        .unwrap_err();
    assert_eq!(error, CallError::EpochDeadline { ms: 300 });
}

#[tokio::test]
async fn memory_growth_over_the_limit_is_refused() {
    let guest = Guest::reading(
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
async fn initial_memory_over_the_limit_is_refused() {
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
    read_within(&guest, limits, &FakeHost::ok()).await.unwrap();
}

#[tokio::test]
async fn table_growth_over_the_limit_is_refused() {
    let grow = "(loop $again (br_if $again
        (i32.ne (table.grow $t (ref.null func) (i32.const 1000)) (i32.const -1)))) unreachable";
    let guest = Guest {
        more: "(table $t 1 funcref)".into(),
        ..Guest::reading(grow)
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
async fn initial_table_over_the_limit_does_not_compile() {
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
async fn trap_names_the_functions_and_the_last_error_log() {
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
async fn stack_overflow_is_a_trap() {
    let guest = Guest {
        more: "(func $deep (call $deep) (call $deep))".into(),
        ..Guest::reading("(call $deep)")
    };
    let error = error_of(guest).await;
    assert!(
        message_of(&error).starts_with("call stack exhausted, in deep"),
        "{error}"
    );
}

#[tokio::test]
async fn handles_over_the_limit_are_a_trap() {
    let guest = Guest {
        imports: "(import \"$root\" \"[waitable-set-new]\" (func $set (result i32)))".into(),
        ..Guest::reading(
            "(local $n i32)
             (loop $again (drop (call $set)) (local.set $n (i32.add (local.get $n) (i32.const 1)))
               (br_if $again (i32.lt_u (local.get $n) (i32.const 20000))))",
        )
    };
    let error = error_of(guest).await;
    assert!(message_of(&error).contains("handle"), "{error}");
}

#[tokio::test]
async fn cursor_over_the_limit_is_refused() {
    let error = error_of(Guest::returning(|image| {
        image.page(0, &[], &[], Some(&"x".repeat(16385)))
    }))
    .await;
    assert_eq!(
        error,
        CallError::InvalidResult("next: a cursor of 16385 bytes is over the limit of 16384".into())
    );
}

#[tokio::test]
async fn records_of_another_kind_are_refused() {
    let error = error_of(Guest::returning(|image| {
        let product = image.product("pro", "Pro");
        image.page(2, &[product], &[], None)
    }));
    let why = "records are products where the stream yields accounts";
    assert_eq!(error.await, CallError::InvalidResult(why.into()));
}

#[tokio::test]
async fn text_passed_many_times_is_counted_each_time() {
    let error = error_of(Guest::returning(|image| {
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
async fn string_beyond_memory_is_a_trap() {
    let error = error_of(Guest::returning(|image| {
        let mut account = image.account("u1");
        account[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        image.page(0, &[account], &[], None)
    }));
    assert!(message_of(&error.await).contains("out of bounds"));
}

#[tokio::test]
async fn string_that_is_not_utf8_is_a_trap() {
    let error = error_of(Guest::returning(|image| {
        let place = image.place(b"\xff\xfe");
        let mut account = image.account("u1");
        account[..4].copy_from_slice(&place.to_le_bytes());
        image.page(0, &[account], &[], None)
    }));
    assert!(message_of(&error.await).contains("utf-8"));
}

#[tokio::test]
async fn account_without_an_id_costs_its_row() {
    let guest = Guest::returning(|image| {
        let accounts = [image.account(""), image.account("u1")];
        image.page(0, &accounts, &[], None)
    });

    let page = read(&guest).await.unwrap();

    assert_eq!(page.records.len(), 1);
    assert_eq!(page.rejected[0].reason, "id is empty");
}
