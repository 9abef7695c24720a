//! Reads by valid guests, and failures that they report.

use crate::fake_host::{FakeHost, compile, read, read_within, users};
use crate::guest::Guest;
use purser_model::{Blame, Blamed, Cursor, Failure, HttpError, Limits, Records};
use purser_sandbox::CallError;

#[tokio::test]
async fn valid_page_is_returned() {
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
async fn cursor_is_passed_and_returned_unchanged() {
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
        .read(FakeHost::ok().call(Limits::default()), request)
        .await
        .unwrap();
    assert_eq!(page.next, Some(cursor));
}

#[tokio::test]
async fn no_state_survives_a_call() {
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
            .read(FakeHost::ok().call(Limits::default()), users())
            .await
            .unwrap();
        assert_eq!(page.total, Some(1));
    }
}

#[tokio::test]
async fn request_of_a_guest_is_sent() {
    let host = FakeHost::ok();
    read_within(
        &Guest::reading("(if (call $get) (then unreachable))"),
        Limits::default(),
        &host,
    )
    .await
    .unwrap();
    let requests = host.requests.lock().unwrap();
    assert_eq!(
        requests
            .iter()
            .map(|request| request.target.as_str())
            .collect::<Vec<_>>(),
        ["/users"]
    );
}

#[tokio::test]
async fn failure_of_a_connector_keeps_its_text() {
    let error = read(&Guest::returning(|image| {
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

/// Returns a guest that requests the users, and reports every error as transient.
fn failing_without_response() -> Guest {
    let mut guest = Guest::honest();
    let failure = guest.image.failure(0, "no response");
    guest.read = format!(
        "(if (call $get) (then (return (i32.const {failure})))) {}",
        guest.read
    );
    guest
}

#[tokio::test]
async fn failure_after_a_denial_has_it_as_evidence() {
    let denied = HttpError::Denied("read:users GET /users".into());
    let error = read_within(
        &failing_without_response(),
        Limits::default(),
        &FakeHost::responding(Err(denied.clone())),
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
async fn failure_after_a_network_error_has_no_evidence() {
    let host = FakeHost::responding(Err(HttpError::ConnectionRefused));
    let error = read_within(&failing_without_response(), Limits::default(), &host)
        .await
        .unwrap_err();
    assert_eq!(
        (error.class().as_str(), error.blame(), error.evidence()),
        ("transient", Blame::Upstream, None)
    );
}

#[tokio::test]
async fn failure_after_a_later_response_has_no_evidence() {
    let mut guest = Guest::honest();
    let failure = guest.image.failure(2, "401");
    guest.read = format!("(drop (call $get)) (drop (call $get)) i32.const {failure}");
    let first = std::sync::atomic::AtomicBool::new(true);
    let host = FakeHost::new(move |_| {
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
    let error = read_within(&guest, Limits::default(), &host)
        .await
        .unwrap_err();
    assert_eq!(
        (error.class().as_str(), error.evidence()),
        ("auth-rejected", None)
    );
}

/// More calls than can run at once, none of which ends before the others begin.
#[tokio::test]
async fn calls_over_the_concurrency_limit_wait() {
    let host = FakeHost::new(|_| {
        Box::pin(async {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            Ok(purser_model::Response {
                status: 200,
                headers: vec![],
                body: vec![],
            })
        })
    });
    let connector = compile(&Guest::reading("(drop (call $get))"));
    let calls: Vec<_> = (0..150)
        .map(|_| {
            let (connector, call) = (connector.clone(), host.call(Limits::default()));
            tokio::spawn(async move { connector.read(call, users()).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}
