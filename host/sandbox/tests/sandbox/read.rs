//! Honest guests, and honest mistakes.

use crate::guest::Guest;
use crate::world::{World, compile, read, read_within, users};
use purser_model::{Blame, Blamed, Cursor, Failure, HttpError, Limits, Records};
use purser_sandbox::CallError;

#[tokio::test]
async fn a_page_arrives() {
    let page = read(&Guest::honest()).await.unwrap();
    let Records::Accounts(accounts) = page.records else {
        panic!("no accounts")
    };
    assert_eq!(
        accounts
            .iter()
            .map(|account| account.id.as_str())
            .collect::<Vec<_>>(),
        ["u1"]
    );
    assert_eq!((page.next, page.total), (None, None));
}

#[tokio::test]
async fn a_cursor_goes_in_and_comes_out_unchanged() {
    // The cursor that came in is the next one: it is stored where the page has its `next`.
    let mut guest = Guest::honest();
    let page = guest.image.page(0, &[], &[], Some(""));
    guest.read = format!(
        "(i32.store (i32.const {}) (local.get $cursor)) (i32.store (i32.const {}) (local.get $cursor_length)) i32.const {page}",
        page + 8 + 24,
        page + 8 + 28
    );
    let cursor = Cursor::new("ünïcode & 100%".into()).unwrap();
    let mut request = users();
    request.cursor = Some(cursor.clone());
    let page = compile(&guest)
        .read(World::fine().call(Limits::default()), request)
        .await
        .unwrap();
    assert_eq!(page.next, Some(cursor));
}

#[tokio::test]
async fn nothing_is_kept_from_one_call_to_the_next() {
    let mut guest = Guest::honest();
    let page = guest.image.page(0, &[], &[], None);
    guest.more = "(global $calls (mut i64) (i64.const 0))".into();
    // `total` is the number of calls this instance has had, counted in a global and in memory.
    guest.read = format!(
        "(global.set $calls (i64.add (global.get $calls) (i64.const 1)))
         (i64.store (i32.const 512) (i64.add (i64.load (i32.const 512)) (i64.const 1)))
         (i32.store (i32.const {}) (i32.const 1))
         (i64.store (i32.const {}) (i64.mul (global.get $calls) (i64.load (i32.const 512)))) i32.const {page}",
        page + 8 + 32,
        page + 8 + 40,
    );
    let connector = compile(&guest);
    for _ in 0..3 {
        let page = connector
            .read(World::fine().call(Limits::default()), users())
            .await
            .unwrap();
        assert_eq!(page.total, Some(1));
    }
}

#[tokio::test]
async fn a_request_goes_out_and_its_answer_comes_back() {
    let world = World::fine();
    read_within(
        &Guest::that_reads("(if (call $get) (then unreachable))"),
        Limits::default(),
        &world,
    )
    .await
    .unwrap();
    let requests = world.requests.lock().unwrap();
    assert_eq!(
        requests
            .iter()
            .map(|request| request.target.as_str())
            .collect::<Vec<_>>(),
        ["/users"]
    );
}

#[tokio::test]
async fn a_failure_is_reported_in_the_connectors_words() {
    let error = read(&Guest::that_answers(|image| {
        image.failure(2, "401 \u{1b}[31mUnauthorized")
    }))
    .await
    .unwrap_err();
    let failure = Failure::AuthRejected("401 [31mUnauthorized".into());
    assert_eq!(
        error,
        CallError::Failed {
            failure,
            evidence: None
        }
    );
    assert_eq!(
        (error.class().as_str(), error.blame()),
        ("auth-rejected", Blame::Operator)
    );
}

/// A guest that asks for the users and calls whatever goes wrong transient.
fn that_gives_up() -> Guest {
    let mut guest = Guest::honest();
    let failure = guest.image.failure(0, "no answer");
    guest.read = format!(
        "(if (call $get) (then (return (i32.const {failure})))) {}",
        guest.read
    );
    guest
}

#[tokio::test]
async fn a_denial_is_the_cause_of_the_failure_that_follows() {
    let denied = HttpError::Denied("read:users GET /users".into());
    let error = read_within(
        &that_gives_up(),
        Limits::default(),
        &World::that_says(Err(denied.clone())),
    )
    .await
    .unwrap_err();
    assert_eq!(error.evidence(), Some(&denied));
    assert_eq!(
        (error.class().as_str(), error.blame()),
        ("request-denied", Blame::Operator)
    );
    assert!(
        error.next_step()
            == Some(purser_model::NextStep::GrantConnector {
                connector: None,
                allow: Some("read:users GET /users".into())
            })
    );
}

#[tokio::test]
async fn what_happened_on_the_wire_is_no_evidence() {
    let world = World::that_says(Err(HttpError::ConnectionRefused));
    let error = read_within(&that_gives_up(), Limits::default(), &world)
        .await
        .unwrap_err();
    assert_eq!(
        (error.class().as_str(), error.blame(), error.evidence()),
        ("transient", Blame::Upstream, None)
    );
}

#[tokio::test]
async fn a_denial_that_the_connector_got_over_explains_nothing() {
    let mut guest = Guest::honest();
    let failure = guest.image.failure(2, "401");
    guest.read = format!("(drop (call $get)) (drop (call $get)) i32.const {failure}");
    let first = std::sync::atomic::AtomicBool::new(true);
    let world = World::new(move |_| {
        let denied = first.swap(false, std::sync::atomic::Ordering::SeqCst);
        Box::pin(async move {
            if denied {
                return Err(HttpError::Denied("read:users GET /users".into()));
            }
            Ok(purser_model::Response {
                status: 401,
                headers: vec![],
                body: vec![],
            })
        })
    });
    let error = read_within(&guest, Limits::default(), &world)
        .await
        .unwrap_err();
    assert_eq!(
        (error.class().as_str(), error.evidence()),
        ("auth-rejected", None)
    );
}

/// More calls than can be under way at once, and none that ends before the others have begun: the
/// rest waits for its turn.
#[tokio::test]
async fn calls_wait_for_their_turn() {
    let world = World::new(|_| {
        Box::pin(async {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            Ok(purser_model::Response {
                status: 200,
                headers: vec![],
                body: vec![],
            })
        })
    });
    let connector = compile(&Guest::that_reads("(drop (call $get))"));
    let calls: Vec<_> = (0..150)
        .map(|_| {
            let (connector, call) = (connector.clone(), world.call(Limits::default()));
            tokio::spawn(async move { connector.read(call, users()).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}
