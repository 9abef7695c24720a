//! Streams read in parts, pages committed together, and rows that change place while they are read.

use crate::fixture::{Fixture, GUARD, account, accounts, accounts_page, at, cursor, name};
use purser_model::{Account, Page, RejectedRow};
use purser_store::{Completion, RequestStats, PartialCommit, Partition, PartitionPage, StreamStart, ShiftPolicy, StoreError};

fn of(part: u32, page: Page) -> PartitionPage {
    PartitionPage {
        part,
        page,
        stats: RequestStats {
            requests: 1,
            ..RequestStats::default()
        },
    }
}

fn first(rows: Vec<Account>, next: Option<&str>, partitions: &[&str]) -> PartitionPage {
    of(
        0,
        Page {
            partitions: partitions.iter().map(|start| cursor(start)).collect(),
            ..accounts_page(rows, next)
        },
    )
}

fn part(number: u32, at: &str) -> Partition {
    Partition {
        number,
        cursor: Some(cursor(at)),
    }
}

fn commit(fixture: &Fixture, run: i64, pages: &[PartitionPage]) -> Result<usize, PartialCommit> {
    fixture
        .store
        .commit_pages(run, &name("users"), pages)
        .map(|committed| committed.len())
}

fn complete(fixture: &Fixture, run: i64, shift_policy: ShiftPolicy) -> Result<Completion, StoreError> {
    fixture
        .store
        .complete_stream(run, &name("users"), GUARD, shifts, at(0))
}

#[test]
fn each_part_goes_on_where_it_stopped() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture.users(run);
    let page = |id: &str, next| accounts_page(accounts(&[id]), next);
    let pages = [
        first(accounts(&["a"]), None, &["1", "2", "3"]),
        of(2, page("c", Some("2b"))),
        of(3, page("d", None)),
    ];
    assert_eq!(commit(&fixture, run, &pages).unwrap(), 3);

    let run = fixture.run();
    assert_eq!(
        fixture.users(run).from,
        StreamStart::Partitions(vec![part(1, "1"), part(2, "2b")])
    );
    assert!(matches!(
        complete(&fixture, run, ShiftPolicy::ReadAgain),
        Err(StoreError::OutOfTurn { .. })
    ));
    // Nothing comes after the end of a part, and there are no others than those named.
    for done in [0, 3, 9] {
        let PartialCommit { error, .. } =
            commit(&fixture, run, &[of(done, page("x", None))]).unwrap_err();
        assert!(matches!(error, StoreError::OutOfTurn { .. }), "{error}");
    }
    // A part may come to where another began: it is up to the connector where its parts end.
    commit(
        &fixture,
        run,
        &[of(1, page("b", Some("2"))), of(2, page("c2", None))],
    )
    .unwrap();
    assert_eq!(fixture.users(run).from, StreamStart::Partitions(vec![part(1, "2")]));
    commit(&fixture, run, &[of(1, page("b2", None))]).unwrap();
    assert_eq!(fixture.users(run).from, StreamStart::End);
    assert_eq!(
        complete(&fixture, run, ShiftPolicy::ReadAgain).unwrap(),
        Completion::Complete { removed: 0 }
    );
    assert_eq!(fixture.ids(), ["a", "b", "b2", "c", "c2", "d"]);
    assert_eq!(
        fixture.users(fixture.run()).from,
        StreamStart::Beginning,
        "the next generation has no parts yet"
    );
}

#[test]
fn a_part_that_leads_back_is_refused() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture.users(run);
    commit(&fixture, run, &[first(accounts(&["a"]), None, &["1"])]).unwrap();
    let PartialCommit { error, .. } = commit(
        &fixture,
        run,
        &[of(1, accounts_page(Vec::new(), Some("1")))],
    )
    .unwrap_err();
    assert!(matches!(error, StoreError::RepeatedCursor(_)), "{error}");
}

#[test]
fn pages_before_one_that_cannot_be_committed_are() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture.users(run);
    let page = |ids: &[&str], next| of(0, accounts_page(accounts(ids), Some(next)));
    let PartialCommit { committed, error } = commit(
        &fixture,
        run,
        &[
            page(&["a"], "1"),
            page(&["b", "c"], "2"),
            page(&["x", "x"], "3"),
            page(&["d"], "4"),
        ],
    )
    .unwrap_err();
    assert!(matches!(error, StoreError::DuplicateId { .. }), "{error}");
    assert_eq!(
        committed
            .iter()
            .map(|committed| committed.records)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(fixture.ids(), ["a", "b", "c"]);
    assert_eq!(fixture.users(run).from, StreamStart::Partitions(vec![part(0, "2")]));
    assert_eq!(
        fixture.store.run(run).unwrap().streams[0].counts.requests,
        2
    );
    assert_eq!(commit(&fixture, run, &[]).unwrap(), 0);
}

/// One read by position, page by page; gives what it is completed as.
fn offset_paged(fixture: &Fixture, shift_policy: ShiftPolicy, pages: &[(&[&str], u64, usize)]) -> Completion {
    let run = fixture.run();
    fixture.users(run);
    for (at, (ids, total, unusable)) in pages.iter().enumerate() {
        let next = (at + 1 < pages.len()).then(|| at.to_string());
        let rejected = vec![
            RejectedRow {
                row: "7".into(),
                reason: "no id".into()
            };
            *unusable
        ];
        let page = accounts_page(ids.iter().map(|id| account(id)).collect(), next.as_deref());
        let page = Page {
            offset_paged: true,
            total: Some(*total),
            rejected,
            ..page
        };
        commit(fixture, run, &[of(0, page)]).unwrap();
    }
    let done = complete(fixture, run, shifts).unwrap();
    if done == Completion::Shifted {
        // It is not over, and what it found is not believed yet.
        assert_eq!(fixture.users(run).from, StreamStart::End);
        fixture.store.restart_stream(run, &name("users")).unwrap();
    }
    done
}

#[test]
fn rows_that_change_place_are_noticed() {
    let fixture = Fixture::ready();
    let done = |pages: &[(&[&str], u64, usize)]| offset_paged(&fixture, ShiftPolicy::ReadAgain, pages);
    assert_eq!(
        done(&[(&["a", "b"], 5, 1), (&["c", "d"], 5, 0)]),
        Completion::Complete { removed: 0 }
    );
    let signs: [&[(&[&str], u64, usize)]; 4] = [
        // One was removed in front of "c", which therefore came too early to be read.
        &[(&["a", "b"], 4, 0), (&["d"], 3, 0)],
        // One was added in front of "b", which therefore came again.
        &[(&["a", "b"], 4, 0), (&["b", "c", "d"], 4, 0)],
        // One was removed and one added: only the sum tells.
        &[(&["a", "b"], 4, 0), (&["d"], 4, 0)],
        // More than there should be.
        &[(&["a", "b"], 4, 0), (&["c", "d"], 4, 1)],
    ];
    for pages in signs {
        assert_eq!(done(pages), Completion::Shifted, "{pages:?}");
        assert_eq!(
            fixture.ids(),
            ["a", "b", "c", "d"],
            "nothing is gone for it"
        );
    }
    // The signs are of the read that they were met in.
    assert_eq!(
        done(&[(&["a", "b"], 3, 0), (&["d"], 3, 0)]),
        Completion::ShrinkRefused {
            would_remove: 1,
            had: 4
        }
    );
}

#[test]
fn what_keeps_moving_is_gone_when_no_read_has_seen_it() {
    let fixture = Fixture::ready();
    let ids: Vec<String> = (0..20).map(|number| format!("u{number:02}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    offset_paged(&fixture, ShiftPolicy::ReadAgain, &[(&ids, 20, 0)]);
    let since = 2;
    // "u00" is in the first of these reads alone, "u01" in the second, "u02" in none.
    let (one, other) = (
        [&ids[..1], &ids[3..]].concat(),
        [&ids[1..2], &ids[3..]].concat(),
    );
    assert_eq!(
        offset_paged(&fixture, ShiftPolicy::ReadAgain, &[(&one, 20, 0)]),
        Completion::Shifted
    );
    assert_eq!(
        offset_paged(&fixture, ShiftPolicy::Since(since), &[(&other, 20, 0)]),
        Completion::Complete { removed: 1 }
    );
    assert_eq!(fixture.ids(), [&ids[..2], &ids[3..]].concat());
}

#[test]
fn a_stream_behind_a_cursor_may_change_its_total() {
    let fixture = Fixture::ready();
    let run = fixture.run();
    fixture.users(run);
    let page = |ids: &[&str], total, next| {
        of(
            0,
            Page {
                total: Some(total),
                ..accounts_page(accounts(ids), next)
            },
        )
    };
    commit(
        &fixture,
        run,
        &[page(&["a"], 2, Some("1")), page(&["b", "c"], 3, None)],
    )
    .unwrap();
    assert_eq!(
        complete(&fixture, run, ShiftPolicy::ReadAgain).unwrap(),
        Completion::Complete { removed: 0 }
    );
}
